"""Count how often something happened, second by second, in bounded memory."""

from array import array
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil

from swarmtui.insight.report import Bars, Pace, Peak

_MOST_CELLS = 86_400
"""A day by the second; longer times get wider cells, so that memory does not grow with them."""
_MOST_BARS = 120
_BAR_WIDTHS_S = (10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)


class Tempo:
    """When things happened, between two times."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self.total = 0
        self._begins = begins
        self._length_s = max(1.0, (ends - begins).total_seconds())
        self._cell_s = max(1.0, self._length_s / _MOST_CELLS)
        self._cells = array("Q", bytes(8 * ceil(self._length_s / self._cell_s)))

    def add(self, at: datetime, count: int = 1) -> None:
        """Count something in; what lies outside counts at the next end."""
        cell = int((at - self._begins).total_seconds() / self._cell_s)
        self._cells[min(max(cell, 0), len(self._cells) - 1)] += count
        self.total += count

    def publish(self) -> Pace:
        """Return how fast it went."""
        return Pace(
            total=self.total,
            per_minute=self.total * 60 / self._length_s,
            best_minute=self._find_best_minute(),
            bars=self._draw_bars(),
        )

    def _find_best_minute(self) -> Peak | None:
        if not self.total:
            return None
        width = max(1, round(60 / self._cell_s))
        sums = [0, *accumulate(self._cells)]
        last = len(sums) - 1
        best, begin = 0, 0
        for start in range(last):
            count = sums[min(start + width, last)] - sums[start]
            # Where several minutes are as good, the one that begins with something.
            if count > best or (count == best and begin == start - 1 and not self._cells[begin]):
                best, begin = count, start
        at = self._begins + timedelta(seconds=begin * self._cell_s)
        return Peak(round(best * min(1.0, 60 / (width * self._cell_s))), at)

    def _draw_bars(self) -> Bars:
        wanted_s = self._length_s / _MOST_BARS
        width_s = next((w for w in _BAR_WIDTHS_S if w >= wanted_s), wanted_s)
        counts = [0] * ceil(self._length_s / width_s)
        for cell, count in enumerate(self._cells):
            counts[min(int(cell * self._cell_s / width_s), len(counts) - 1)] += count
        return Bars(float(width_s), tuple(counts))
