"""Take a manager's own counts into account, and compare them with what its lists show."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.wording import age_of, count_of, seconds_of
from swarmtui.swarm.observation import CountsSeen
from swarmtui.swarm.words import NodeState, TaskState

_FRESH = timedelta(seconds=5)
"""Counts come every second; when they stop, the lists are the better source soon."""

_PATIENCE = timedelta(seconds=90)
"""Every list is renewed within a minute: what differs for longer is not a matter of age."""

_STEADY = 0.01
"""Share by which a count may move and still stand still, as any large swarm's does."""
_FEW = 5

Figures = Mapping[str, int]


class CountedMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What counts were seen, and how they compared so far."""

    seen: CountsSeen | None = None
    anchor: Figures = {}
    differs_since: datetime | None = None


class Counted:
    """The counts seen last, and since when they stand still and differ from the lists."""

    def __init__(self) -> None:
        self._seen: CountsSeen | None = None
        self._anchor: Figures = {}
        self._differs_since: datetime | None = None

    def see(self, seen: CountsSeen, *, cluster_id: str) -> None:
        """Take counts into account, unless they are another swarm's."""
        foreign = bool(cluster_id and seen.cluster_id and seen.cluster_id != cluster_id)
        self._seen = None if seen.error or foreign else seen

    def remember(self) -> CountedMemory:
        """Return the counts seen last, and how they compared."""
        return CountedMemory(
            seen=self._seen, anchor=self._anchor, differs_since=self._differs_since
        )

    def recall(self, memory: CountedMemory) -> None:
        """Begin with what was remembered."""
        self._seen, self._anchor = memory.seen, memory.anchor
        self._differs_since = memory.differs_since

    def fresh(self, now: datetime) -> CountsSeen | None:
        """Return the counts if they are as good as now."""
        seen = self._seen
        return seen if seen is not None and now - seen.taken_at <= _FRESH else None

    def compare(self, *, running: int, ready: int, now: datetime) -> None:
        """Compare with what the lists show, when they have been seen whole."""
        seen = self.fresh(now)
        if seen is None:
            self._differs_since = None
            return
        counted = _figures(seen)
        listed = {"running": running, "ready": ready}
        # While a count moves, a list that is a minute old has to differ.
        moves = any(_differ(counted[what], self._anchor.get(what, 0)) for what in counted)
        if moves:
            self._anchor = counted
        if moves or not any(_differ(counted[what], listed[what]) for what in counted):
            self._differs_since = None
        elif self._differs_since is None:
            self._differs_since = now

    def find_problems(self, *, running: int, ready: int, now: datetime) -> Iterator[Problem]:
        """Go through what is wrong with the counts, or with the lists."""
        since, seen = self._differs_since, self.fresh(now)
        if since is None or seen is None or now - since < _PATIENCE:
            return
        counted = _figures(seen)
        yield Problem(
            severity=Severity.WARNING,
            kind="counts_differ",
            subject="metrics",
            text=f"the manager counts {count_of(counted['running'], 'running task')} and "
            f"{count_of(counted['ready'], 'ready node')}, its lists show {running:,} and "
            f"{ready:,}, for {seconds_of(age_of(since, now))}: one of them is wrong",
            since=since,
        )


def find_lost_counts(counts: CountsSeen | None) -> Iterator[Problem]:
    """Say that the metrics cannot be read; everything else goes on without them."""
    if counts is not None and counts.error:
        yield Problem(
            severity=Severity.INFO,
            kind="no_metrics",
            subject="metrics",
            text=counts.error,
            since=counts.taken_at,
        )


def _figures(seen: CountsSeen) -> Figures:
    return {
        "running": seen.tasks.get(TaskState.RUNNING, 0),
        "ready": seen.nodes.get(NodeState.READY, 0),
    }


def _differ(one: int, other: int) -> bool:
    return abs(one - other) > max(_FEW, _STEADY * max(one, other))
