"""Follow nodes that are being drained: what is left on them, and how fast it goes."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.commands import list_tasks_on, use_again
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import count_of, name_of, seconds_of
from swarmtui.swarm.snapshot import Snapshot

_STEP = timedelta(seconds=5)
_LOOK_AGAIN = timedelta(seconds=60)
"""Nodes that were empty are looked at again: lists of tasks may have come later than nodes."""
_OVER = timedelta(seconds=60)
_SHOWN = 5


class DrainingMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is left on nodes that are drained, and how it went."""

    left: Mapping[str, int] = {}
    """Tasks by node id."""
    known: frozenset[str] = frozenset()
    gone: int = 0
    points: tuple[tuple[datetime, int], ...] = ()
    since: datetime | None = None
    moved_at: datetime | None = None
    looked_at: datetime | None = None
    sampled_at: datetime | None = None


class Draining:
    """The tasks left on nodes that are drained and not down, every few seconds."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._left: dict[str, int] = {}
        self._known: frozenset[str] = frozenset()
        """Nodes that were drained at the last look."""
        self._gone = 0
        """Tasks that went, since there was last nothing left."""
        self._points: deque[tuple[datetime, int]] = deque()
        """What had gone when, over the last minute."""
        self._since: datetime | None = None
        self._moved_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._sampled_at: datetime | None = None

    def see(
        self,
        drained: Callable[[], AbstractSet[str]],
        running_on: Callable[[str], int],
        at: datetime,
    ) -> None:
        """Count what is left on the nodes that are drained and not down."""
        if self._sampled_at is not None and at - self._sampled_at < _STEP:
            return
        self._sampled_at = at
        nodes = frozenset(drained())
        for node_id in self._choose(nodes, at):
            self._count(node_id, running_on(node_id) if node_id in nodes else None, at)
        self._known = nodes
        self._mark(at)

    def find_problems(self, snapshot: Snapshot) -> Iterator[Problem]:
        """Go through what is to be said of nodes that are drained and not empty."""
        known = [id_ for id_ in self._left if id_ in snapshot.nodes]
        if not known or self._since is None:
            return
        nodes = sorted(known, key=lambda id_: (-self._left[id_], id_))
        first = name_of(snapshot.nodes[nodes[0]])
        who = first if len(nodes) == 1 else count_of(len(nodes), "node")
        left = count_of(sum(self._left[id_] for id_ in nodes), "task")
        stuck = self._find_stuck(snapshot)
        yield Problem(
            severity=Severity.WARNING if stuck else Severity.INFO,
            kind="draining",
            subject="nodes",
            text=f"{who} draining: {left} left, {stuck or self._tell_pace()}",
            since=self._since,
            nodes=tuple(nodes),
            query=query_nodes(nodes, otherwise="availability:drain tasks>0"),
            size=len(nodes),
            evidence=[
                *(
                    f"{name_of(snapshot.nodes[id_])}: {self._left[id_]:,} left"
                    for id_ in nodes[:_SHOWN]
                ),
                f"to call it off: {use_again(nodes[0])}",
            ],
            command=list_tasks_on(nodes[0]) if stuck else "",
        )

    def remember(self) -> DrainingMemory:
        """Return what is left, and how it went."""
        return DrainingMemory(
            left=dict(self._left),
            known=self._known,
            gone=self._gone,
            points=tuple(self._points),
            since=self._since,
            moved_at=self._moved_at,
            looked_at=self._looked_at,
            sampled_at=self._sampled_at,
        )

    def recall(self, memory: DrainingMemory) -> None:
        """Begin with what was remembered."""
        self._left, self._known, self._gone = dict(memory.left), memory.known, memory.gone
        self._points = deque(memory.points)
        self._since, self._moved_at = memory.since, memory.moved_at
        self._looked_at, self._sampled_at = memory.looked_at, memory.sampled_at

    def _choose(self, nodes: frozenset[str], at: datetime) -> AbstractSet[str]:
        """Return the nodes to count on: those with tasks, new ones, and sometimes all."""
        if self._looked_at is None or at - self._looked_at >= _LOOK_AGAIN:
            self._looked_at = at
            return nodes | self._left.keys()
        return (nodes - self._known) | self._left.keys()

    def _count(self, node_id: str, tasks: int | None, at: datetime) -> None:
        before = self._left.pop(node_id, 0)
        if tasks:
            self._left[node_id] = tasks
        if tasks is None or tasks == before:
            return  # taken back, down or removed: nothing was drained from it
        self._gone += max(0, before - tasks)
        self._moved_at = at

    def _mark(self, at: datetime) -> None:
        if not self._left:
            self._since = self._moved_at = None
            self._gone = 0
            self._points.clear()
            return
        self._since = self._since or at
        self._points.append((at, self._gone))
        while at - self._points[0][0] > _OVER:
            self._points.popleft()

    def _find_stuck(self, snapshot: Snapshot) -> str:
        """Say for how long nothing went; only lists of tasks that were seen since can tell."""
        seen_at = snapshot.oldest_tasks_at
        if self._moved_at is None or seen_at is None:
            return ""
        still = seen_at - self._moved_at
        if still < self._thresholds.drain_stuck:
            return ""
        return f"none went for {seconds_of(still.total_seconds())}"

    def _tell_pace(self) -> str:
        (first_at, first), (last_at, last) = self._points[0], self._points[-1]
        per_s = (last - first) / max(1.0, (last_at - first_at).total_seconds())
        if per_s <= 0:
            return "none gone in the last minute" if self._gone else "none gone yet"
        to_go = seconds_of(sum(self._left.values()) / per_s)
        return f"{max(1, round(per_s * 60)):,} a minute, {to_go} to go"
