"""Find nodes that are lost and come back again and again, elections left aside."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

import msgspec

from swarmtui.insight.commands import drain_nodes, tell_left
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.roster import Turn
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import clock_of, count_of, name_of, names_of, seconds_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

_SHOWN = 5


class FlappingMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which nodes came back when."""

    away: frozenset[str] = frozenset()
    returns: tuple[tuple[datetime, str], ...] = ()
    """Oldest first."""
    since: Mapping[str, datetime] = {}
    """Nodes that flap, by id."""


class Flapping:
    """The nodes that were lost, when they came back, and which of them flap."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.since: dict[str, datetime] = {}
        """Since when nodes flap, by id, oldest first."""
        self._thresholds = thresholds
        self._away: set[str] = set()
        self._returns: deque[tuple[datetime, str]] = deque()
        self._counts: Counter[str] = Counter()

    def see(self, news: Iterable[Turn], at: datetime) -> None:
        """Take into account who was lost and who came back, without those an election moved."""
        for turn in news:
            node_id = turn.node.id
            if turn.old is NodeState.READY and turn.new is not None:
                self._away.add(node_id)
            elif turn.new is None:
                self._away.discard(node_id)
                self.since.pop(node_id, None)
            elif turn.new is NodeState.READY and node_id in self._away:
                self._away.discard(node_id)
                self._note(node_id, at)
        self._forget(at)

    def find_problems(self, nodes: Mapping[str, Node], told: AbstractSet[str]) -> Iterator[Problem]:
        """Go through what is to be said of nodes that flap, but for those that are told already."""
        flapping = [id_ for id_ in self.since if id_ in nodes and id_ not in told]
        flapping.sort(key=lambda id_: (-self._counts[id_], id_))
        if not flapping:
            return
        within = seconds_of(self._thresholds.flaps_within.total_seconds())
        names = [name_of(nodes[id_]) for id_ in flapping[:_SHOWN]]
        times = f"{self._counts[flapping[0]]} times in {within}"
        text = f"{names[0]} flaps: lost and back {times}"
        if len(flapping) > 1:
            flap = (
                f"{count_of(len(flapping), 'node')} flap: {names_of([*names, *flapping[_SHOWN:]])}"
            )
            text = f"{flap}; {names[0]} was lost and back {times}"
        yield Problem(
            severity=Severity.WARNING,
            kind="flapping",
            subject="nodes",
            text=text,
            since=min(self.since[id_] for id_ in flapping),
            nodes=tuple(flapping),
            query=query_nodes(flapping, otherwise="age<10m"),
            size=len(flapping),
            evidence=[*map(self._tell, names, flapping[:_SHOWN]), *tell_left(flapping)],
            command=drain_nodes(flapping),
        )

    def remember(self) -> FlappingMemory:
        """Return who came back when."""
        return FlappingMemory(
            away=frozenset(self._away), returns=tuple(self._returns), since=dict(self.since)
        )

    def recall(self, memory: FlappingMemory) -> None:
        """Begin with what was remembered."""
        self._away, self._returns = set(memory.away), deque(memory.returns)
        self._counts = Counter(node_id for _, node_id in memory.returns)
        self.since = dict(memory.since)

    def _note(self, node_id: str, at: datetime) -> None:
        self._returns.append((at, node_id))
        self._counts[node_id] += 1
        if self._counts[node_id] >= self._thresholds.flaps and node_id not in self.since:
            self.since[node_id] = next(at for at, id_ in self._returns if id_ == node_id)

    def _forget(self, at: datetime) -> None:
        """Let returns go that are long ago: who was still for most of the time flaps no more."""
        while self._returns and at - self._returns[0][0] > self._thresholds.flaps_within:
            _, node_id = self._returns.popleft()
            self._counts[node_id] -= 1
            if self._counts[node_id] < self._thresholds.flaps - 1:
                self.since.pop(node_id, None)
            if not self._counts[node_id]:
                del self._counts[node_id]

    def _tell(self, name: str, node_id: str) -> str:
        last = max(at for at, id_ in self._returns if id_ == node_id)
        return f"{name}: back {self._counts[node_id]} times, last at {clock_of(last)}"
