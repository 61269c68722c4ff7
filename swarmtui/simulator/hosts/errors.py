"""What keeps simulated hosts from being served."""


class HostsError(Exception):
    """The reason, in a line for the person who asked for them."""
