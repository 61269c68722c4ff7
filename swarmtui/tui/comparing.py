"""Compare two times: the one that was marked and the one that is looked at; pure."""

from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from swarmtui.insight.comparison import Comparison, compare, without_tasks
from swarmtui.insight.picture import Picture


class Compared(NamedTuple):
    """What differs, and the two pictures it was found in, without their tasks."""

    comparison: Comparison
    before: Picture
    after: Picture


class Comparing:
    """Remembers a picture until there is another one to compare it with."""

    def __init__(self) -> None:
        self._marked: Picture | None = None

    @property
    def marked_at(self) -> datetime | None:
        """Return the time that is marked."""
        return self._marked.at if self._marked else None

    def take(self, picture: Picture) -> Compared | None:
        """Mark the time of this picture, or compare it with the one marked.

        The same time once more takes the mark away.
        """
        one, other = self._marked, without_tasks(picture)
        if one is None:
            self._marked = other
            return None
        self._marked = None
        if one.at == other.at:
            return None
        before, after = (one, other) if one.at < other.at else (other, one)
        return Compared(compare(before, after), before, after)


@runtime_checkable
class ShowingCompared(Protocol):
    """A view that shows what differs between two times."""

    def take_compared(self, compared: Compared) -> None:
        """Show this from now on."""
