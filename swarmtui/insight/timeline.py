"""Keep what happened, in order, bounded; a line may be told better as more becomes known."""

from collections.abc import Hashable, Sequence
from itertools import islice

from swarmtui.insight.picture import Happening

MOST = 2_000


class Timeline:
    """Happenings, newest last, each under a key by which it can be replaced."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, Happening] = {}
        self._out: Sequence[Happening] | None = ()

    def put(self, key: Hashable, happening: Happening) -> None:
        """Add a happening, or replace the one of this key in its place."""
        if self._lines.get(key) == happening:
            return
        self._lines[key] = happening
        self._out = None
        for oldest in list(islice(self._lines, max(0, len(self._lines) - MOST))):
            del self._lines[oldest]

    def drop(self, key: Hashable) -> None:
        """Take a line back that turned out to be told better by another."""
        if self._lines.pop(key, None) is not None:
            self._out = None

    def take(self) -> Sequence[Happening]:
        """Return the happenings, newest last, for good."""
        if self._out is None:
            self._out = tuple(self._lines.values())
        return self._out
