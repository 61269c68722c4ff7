"""Keep points of the past for charts, and know how fast tasks start."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.picture import NodeCounts, Sample
from swarmtui.swarm.words import TaskState

STEP = timedelta(seconds=2)
_HALF = 500
MOST = 2 * _HALF


class HistoryMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The points kept, and what the next one has to tell."""

    old: tuple[Sample, ...] = ()
    new: tuple[Sample, ...] = ()
    old_step: timedelta = STEP
    election: bool = False
    dropped_election: bool = False


class History:
    """Points at least two seconds apart, bounded.

    The newer half stands as it came, a quarter of an hour at least; the older half is evenly
    spaced, wider the longer it goes on.
    """

    def __init__(self) -> None:
        self._old: list[Sample] = []
        self._new: deque[Sample] = deque()
        self._old_step = STEP
        self._out: Sequence[Sample] | None = ()
        self._election = False
        self._dropped_election = False

    def mark_election(self) -> None:
        """Have the next point say that a new leader was seen."""
        self._election = True

    def is_due(self, at: datetime) -> bool:
        """Tell whether it is time for a point."""
        return not self._new or at - self._new[-1].at >= STEP

    def add(
        self, at: datetime, nodes: NodeCounts, *, tasks: Mapping[TaskState, int], desired: int
    ) -> None:
        """Add a point; `tasks` are counts by state."""
        self._new.append(
            Sample(
                at=at,
                ready=nodes.ready,
                down=nodes.down,
                unknown=nodes.unknown,
                running=tasks.get(TaskState.RUNNING, 0),
                desired=desired,
                election=self._election,
                tasks=tasks,
            )
        )
        self._election = False
        self._out = None
        if len(self._new) > _HALF:
            self._retire(self._new.popleft())

    def take(self) -> Sequence[Sample]:
        """Return the points, oldest first, for good."""
        if self._out is None:
            self._out = (*self._old, *self._new)
        return self._out

    def remember(self) -> HistoryMemory:
        """Return all points."""
        return HistoryMemory(
            old=tuple(self._old),
            new=tuple(self._new),
            old_step=self._old_step,
            election=self._election,
            dropped_election=self._dropped_election,
        )

    def recall(self, memory: HistoryMemory) -> None:
        """Begin with what was remembered."""
        self._old, self._new = list(memory.old), deque(memory.new)
        self._old_step, self._out = memory.old_step, None
        self._election, self._dropped_election = memory.election, memory.dropped_election

    def _retire(self, sample: Sample) -> None:
        """Keep a point among the old ones, if it is far enough from the one before."""
        if self._old and sample.at - self._old[-1].at < self._old_step:
            self._dropped_election |= sample.election
            return
        if self._dropped_election:
            sample = msgspec.structs.replace(sample, election=True)
            self._dropped_election = False
        self._old.append(sample)
        if len(self._old) > _HALF:
            self._old = _thin(self._old)
            self._old_step *= 2


class Rate:
    """How fast a number changes, over the last half minute."""

    _OVER = timedelta(seconds=30)
    _STEP = timedelta(seconds=1)

    def __init__(self) -> None:
        self._points: deque[tuple[datetime, int]] = deque()

    def add(self, at: datetime, value: int) -> None:
        """Take a value into account; several within a second count as the last of them."""
        points = self._points
        if len(points) > 1 and at - points[-2][0] < self._STEP:
            points.pop()
        points.append((at, value))
        # The point just before the window stays: the rate is then over half a minute, not less.
        while len(points) > 2 and at - points[1][0] >= self._OVER:
            points.popleft()

    def remember(self) -> tuple[tuple[datetime, int], ...]:
        """Return the points."""
        return tuple(self._points)

    def recall(self, memory: tuple[tuple[datetime, int], ...]) -> None:
        """Begin with what was remembered."""
        self._points = deque(memory)

    def per_s(self) -> float:
        """Return the change per second; 0 before two points are known."""
        if len(self._points) < 2:
            return 0.0
        (first_at, first), (last_at, last) = self._points[0], self._points[-1]
        passed = (last_at - first_at).total_seconds()
        return (last - first) / passed if passed >= 1 else 0.0


def _thin(samples: Sequence[Sample]) -> list[Sample]:
    """Return every second point; an election on one that goes is kept on the point before."""
    kept = list(samples[0::2])
    for position, gone in enumerate(samples[1::2]):
        if gone.election:
            kept[position] = msgspec.structs.replace(kept[position], election=True)
    return kept
