"""Thin a long row of points out for a plot, so that no dip and no peak is lost."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from swarmtui.insight.picture import Sample

_COLUMNS = 240


class _Column:
    """The points of one part of the time that stand for all of them."""

    __slots__ = ("last", "least_ready", "least_running", "most_ready", "most_running")

    def __init__(self, first: Sample) -> None:
        self.least_ready = self.most_ready = first
        self.least_running = self.most_running = first
        self.last = first

    def add(self, sample: Sample) -> None:
        self.last = sample
        if sample.ready < self.least_ready.ready:
            self.least_ready = sample
        if sample.ready > self.most_ready.ready:
            self.most_ready = sample
        if sample.running < self.least_running.running:
            self.least_running = sample
        if sample.running > self.most_running.running:
            self.most_running = sample


class Course:
    """How nodes and tasks went, at most a few points for each of 240 parts of the time."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self._begins = begins
        self._ends = ends
        self._columns: list[_Column | None] = [None] * _COLUMNS
        self._last_at: datetime | None = None

    def add(self, samples: Iterable[Sample]) -> None:
        """Take in those of the points, oldest first, that are new and within the time."""
        for sample in samples:
            is_new = self._last_at is None or sample.at > self._last_at
            if is_new and self._begins <= sample.at <= self._ends:
                self._last_at = sample.at
                self._add(sample)

    def nodes(self) -> Sequence[Sample]:
        """Return the points that show the nodes."""
        return _in_order((c.least_ready, c.most_ready, c.last) for c in self._columns if c)

    def tasks(self) -> Sequence[Sample]:
        """Return the points that show the tasks."""
        return _in_order((c.least_running, c.most_running, c.last) for c in self._columns if c)

    def _add(self, sample: Sample) -> None:
        length = self._ends - self._begins
        part = (sample.at - self._begins) / length if length else 0.0
        position = min(int(part * _COLUMNS), _COLUMNS - 1)
        column = self._columns[position]
        if column is None:
            self._columns[position] = _Column(sample)
        else:
            column.add(sample)


def _in_order(columns: Iterable[Iterable[Sample]]) -> Sequence[Sample]:
    by_time = {sample.at: sample for column in columns for sample in column}
    return tuple(by_time[at] for at in sorted(by_time))
