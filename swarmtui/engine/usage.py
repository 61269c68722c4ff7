"""Say that what the user asked for cannot be meant."""

from swarmtui.swarm.text import plain


class AddressError(Exception):
    """The options, environment or docker's own files do not name an engine. One line."""

    def __init__(self, text: str) -> None:
        super().__init__(plain(text))
