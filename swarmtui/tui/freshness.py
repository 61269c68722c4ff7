"""Remember which values changed a moment ago, so that they can be shown bright."""

from datetime import datetime, timedelta

from swarmtui.tui.meaning import Meaning

FRESH_FOR = timedelta(seconds=2)


class Freshness:
    """The values a pane showed last, by name, and when each changed."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}
        self._changed: dict[str, datetime] = {}

    def meaning(
        self, name: str, value: object, *, now: datetime, otherwise: Meaning = Meaning.PLAIN
    ) -> Meaning:
        """Return `FRESH` when `value` changed in the last two seconds; new names are not fresh."""
        if self._known.setdefault(name, value) != value:
            self._known[name] = value
            self._changed[name] = now
        changed = self._changed.get(name)
        return Meaning.FRESH if changed and now - changed < FRESH_FOR else otherwise
