"""Keep what happened over a long time, the loudest where it gets too much."""

from collections.abc import Sequence
from datetime import datetime

from swarmtui.insight.picture import Happening, HappeningKind, Picture, Severity
from swarmtui.insight.timeline import MOST as MOST_IN_A_PICTURE

_MOST_KEPT = 2_000
_MOST_TOLD = 300
_ORDER = tuple(Severity)


class Happenings:
    """Lines of all pictures' timelines, each once, as it was told last."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self._begins = begins
        self._ends = ends
        self._lines: list[Happening] = []

    def look(self, picture: Picture) -> None:
        """Take a picture's timeline into account."""
        lines = picture.happenings
        # A timeline that is not full holds everything; of a full one the older lines are gone.
        oldest = min((line.at for line in lines), default=self._begins)
        is_full = len(lines) >= MOST_IN_A_PICTURE
        kept = [line for line in self._lines if line.at < oldest] if is_full else []
        inside = [line for line in lines if self._begins <= line.at <= self._ends]
        self._lines = _loudest(kept + inside, _MOST_KEPT)

    def publish(self) -> Sequence[Happening]:
        """Return the loudest lines, in the order of time."""
        return tuple(sorted(_loudest(self._lines, _MOST_TOLD), key=lambda line: line.at))


def _loudest(lines: list[Happening], most: int) -> list[Happening]:
    if len(lines) <= most:
        return lines
    ranked = sorted(range(len(lines)), key=lambda place: _loudness(lines[place]))
    return [lines[place] for place in sorted(ranked[:most])]


def _loudness(line: Happening) -> int:
    return -1 if line.kind is HappeningKind.ELECTION else _ORDER.index(line.severity)
