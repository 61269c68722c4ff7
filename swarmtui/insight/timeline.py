"""Keep what happened, in order, bounded; a line may be told better as more becomes known."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import msgspec

from swarmtui.insight.picture import Happening

MOST = 2_000

Key = tuple[str, str, datetime]
"""What sort of line it is, of whom or which of that sort, and when it began."""


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One line, as it is remembered."""

    key: Key
    happening: Happening


class Timeline:
    """Happenings, newest last, each under a key by which it can be replaced."""

    def __init__(self) -> None:
        self._lines: dict[Key, Happening] = {}
        self._out: Sequence[Happening] | None = ()

    def put(self, key: Key, happening: Happening) -> None:
        """Add a happening, or replace the one of this key in its place."""
        if self._lines.get(key) == happening:
            return
        self._lines[key] = happening
        self._out = None
        for oldest in list(islice(self._lines, max(0, len(self._lines) - MOST))):
            del self._lines[oldest]

    def drop(self, key: Key) -> None:
        """Take a line back that turned out to be told better by another."""
        if self._lines.pop(key, None) is not None:
            self._out = None

    def take(self) -> Sequence[Happening]:
        """Return the happenings, newest last, for good."""
        if self._out is None:
            self._out = tuple(self._lines.values())
        return self._out

    def remember(self) -> tuple[Line, ...]:
        """Return the lines with their keys, newest last."""
        return tuple(Line(*item) for item in self._lines.items())

    def recall(self, memory: tuple[Line, ...]) -> None:
        """Begin with what was remembered."""
        self._lines = {line.key: line.happening for line in memory}
        self._out = None
