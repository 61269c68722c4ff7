"""Sum up nodes by region and by contributor, and say how healthy each is and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

import msgspec

from swarmtui.insight.courses import CourseKeeper, Courses, CoursesMemory, Standing
from swarmtui.insight.picture import Group, Health, NodeLoad, Place
from swarmtui.insight.roster import Roster
from swarmtui.insight.wording import count_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

_TREND_POINTS = 8
_TREND_STEP = timedelta(seconds=15)
"""Eight of them are the last two minutes: long enough to see a region go and come back."""

_NO_LOAD = NodeLoad()
_PLACE_OF, _STATE_OF, _IS_GHOST = map(attrgetter, ("place", "state", "is_ghost"))
_ORDER = (Health.CRITICAL, Health.DEGRADED, Health.HEALTHY, Health.UNKNOWN)


class Entry(NamedTuple):
    """What one node adds to its groups."""

    place: Place
    state: NodeState
    is_ghost: bool
    load: NodeLoad


Reloaded = tuple[Place, int, int]
"""Where a node is that carries something else, and how many tasks and failures more."""


class GroupsMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many nodes of each group were ready, over the last minutes."""

    trends: Mapping[str, tuple[int, ...]] = {}
    trend_at: datetime | None = None
    courses: CoursesMemory = CoursesMemory()


class CensusMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of regions and of contributors."""

    regions: GroupsMemory = GroupsMemory()
    contributors: GroupsMemory = GroupsMemory()


class _Sum:
    """One group's counts."""

    __slots__ = ("failures", "ghosts", "nodes", "running", "states")

    def __init__(self) -> None:
        self.nodes = 0
        self.ghosts = 0
        self.running = 0
        self.failures = 0
        self.states: Counter[NodeState] = Counter()

    def count(self, state: NodeState, nodes: int, *, is_ghost: bool) -> None:
        """Count so many nodes in, or out when they are negative."""
        self.nodes += nodes
        self.states[state] += nodes
        if is_ghost:
            self.ghosts += nodes

    @property
    def standing(self) -> Standing:
        return Standing(self.nodes, self.states[NodeState.READY], self.running)


class Groups:
    """Nodes summed by one property of their place."""

    def __init__(
        self,
        name_of: Callable[[Place], str],
        pledges: Mapping[str, int],
        *,
        is_mine: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Take what was promised, by name, and who says whether one of those is me."""
        self._name_of = name_of
        self._is_mine = is_mine
        self._pledges = pledges
        self._sums: dict[str, _Sum] = {name: _Sum() for name in pledges}
        self._trends: Mapping[str, tuple[int, ...]] = {}
        self._trend_at: datetime | None = None
        self._courses = CourseKeeper()

    def size(self, name: str) -> int:
        """Return how many nodes a group has."""
        return self._sums[name].nodes if name in self._sums else 0

    def pledge(self, pledges: Mapping[str, int]) -> None:
        """Take what was promised, in the place of what was before."""
        self._pledges = pledges
        self._sums = {name: s for name, s in self._sums.items() if s.nodes or name in pledges}
        for name in pledges:
            self._sums.setdefault(name, _Sum())

    def move(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        """Count nodes as they are now, and not any more as they were."""
        self._count(after, 1)
        for name in self._count(before, -1):
            if not self._sums[name].nodes and name not in self._pledges:
                del self._sums[name]

    def reload(self, loads: Iterable[Reloaded]) -> None:
        """Count nodes of which nothing changed but what they carry: the short way of `move`."""
        sums, name_of = self._sums, self._name_of
        for place, running, failures in loads:
            each = sums[name_of(place)]
            each.running += running
            each.failures += failures

    def is_due(self, at: datetime) -> bool:
        """Tell whether it is time for a point of the trends or of the courses."""
        return self._courses.is_due(at) or self._is_trend_due(at)

    def mark(self, at: datetime) -> None:
        """Take a point of every group's trend and of its course, when it is time for one."""
        if self._courses.is_due(at):
            standings = {name: each.standing for name, each in self._sums.items()}
            self._courses.mark(at, standings)
        if not self._is_trend_due(at):
            return
        self._trend_at = at
        self._trends = {
            name: (*self._trends.get(name, ()), each.states[NodeState.READY])[-_TREND_POINTS + 1 :]
            for name, each in self._sums.items()
        }

    def remember(self) -> GroupsMemory:
        """Return the trends and the courses."""
        courses = self._courses.remember()
        return GroupsMemory(trends=self._trends, trend_at=self._trend_at, courses=courses)

    def recall(self, memory: GroupsMemory) -> None:
        """Begin with what was remembered."""
        self._trends, self._trend_at = memory.trends, memory.trend_at
        self._courses.recall(memory.courses)

    def courses(self) -> Courses:
        """Return the courses of all groups, for good."""
        return self._courses.take()

    def take(self, expected: Iterable[Place]) -> Sequence[Group]:
        """Return the groups, worst first, then by size.

        Nodes at the places `expected` are unknown after an election: they do not count against
        their group.
        """
        coming = Counter(map(self._name_of, expected))
        groups = [self._publish(name, each, coming[name]) for name, each in self._sums.items()]
        return tuple(sorted(groups, key=_rank))

    def _is_trend_due(self, at: datetime) -> bool:
        return self._trend_at is None or at - self._trend_at >= _TREND_STEP

    def _count(self, entries: Sequence[Entry], sign: int) -> Iterable[str]:
        """Count nodes in (`sign` 1) or out (-1), and return the groups they are of."""
        names = [*map(self._name_of, map(_PLACE_OF, entries))]
        # Most of many are alike: after an election, or when a recording is entered.
        states, ghosts = map(_STATE_OF, entries), map(_IS_GHOST, entries)
        alike = zip(names, states, ghosts, strict=True)
        for (name, state, is_ghost), nodes in Counter(alike).items():
            if name not in self._sums:
                self._sums[name] = _Sum()
            self._sums[name].count(state, sign * nodes, is_ghost=is_ghost)
        running: defaultdict[str, int] = defaultdict(int)
        for name, entry in zip(names, entries, strict=True):
            running[name] += entry.load.running
            if entry.load.failures_5m:
                self._sums[name].failures += sign * entry.load.failures_5m
        for name, tasks in running.items():
            self._sums[name].running += sign * tasks
        return dict.fromkeys(names)

    def _publish(self, name: str, each: _Sum, expected: int) -> Group:
        ready = each.states[NodeState.READY]
        health, reason = judge(each.nodes - each.ghosts, ready + expected, each.states)
        return Group(
            name=name,
            nodes=each.nodes,
            ready=ready,
            down=each.states[NodeState.DOWN],
            unknown=each.states[NodeState.UNKNOWN],
            ghosts=each.ghosts,
            tasks_running=each.running,
            failures_5m=each.failures,
            health=health,
            reason=reason,
            pledged=self._pledges.get(name),
            mine=name in self._pledges and self._is_mine(name),
            trend=(*self._trends.get(name, ()), ready),
        )


class Census:
    """Every node counted in its region and with its contributor."""

    def __init__(
        self, pledges: Mapping[str, int], *, is_mine: Callable[[str], bool] = lambda _: False
    ) -> None:
        """Take what contributors promised, and who says whether one of them is me."""
        self.regions = Groups(attrgetter("region"), {})
        self.contributors = Groups(attrgetter("contributor"), pledges, is_mine=is_mine)
        self._entries: dict[str, Entry] = {}

    def refresh(
        self,
        touched: Collection[str],
        nodes: Mapping[str, Node],
        roster: Roster,
        loads: Mapping[str, NodeLoad],
    ) -> None:
        """Count these nodes anew."""
        entries, places, ghosts = self._entries, roster.places(), roster.ghosts
        before = [entries.pop(id_) for id_ in touched if id_ in entries]
        ids = [id_ for id_ in touched if id_ in nodes]
        fields = zip(
            map(places.__getitem__, ids),
            [nodes[id_].state for id_ in ids],
            map(ghosts.__contains__, ids),
            map(loads.get, ids, repeat(_NO_LOAD)),
            strict=False,
        )
        # Made by C alone, as every node is after a recording was entered.
        after: list[Entry] = [*map(tuple.__new__, repeat(Entry), fields)]
        entries.update(zip(ids, after, strict=True))
        self.regions.move(before, after)
        self.contributors.move(before, after)

    def reload(self, touched: Iterable[str], loads: Mapping[str, NodeLoad]) -> None:
        """Count these nodes anew, known or not, of which nothing changed but what they carry."""
        entries, told = self._entries, list[Reloaded]()
        for node_id in touched:
            before = entries.get(node_id)
            if before is None:
                continue
            place, state, is_ghost, was = before
            load = loads.get(node_id, _NO_LOAD)
            entries[node_id] = Entry(place, state, is_ghost, load)
            told.append((place, load.running - was.running, load.failures_5m - was.failures_5m))
        self.regions.reload(told)
        self.contributors.reload(told)

    def is_due(self, at: datetime) -> bool:
        """Tell whether it is time for a point: every node has to be counted before."""
        return self.regions.is_due(at) or self.contributors.is_due(at)

    def mark(self, at: datetime) -> None:
        """Take a point of every group's trend, when it is time for one."""
        self.regions.mark(at)
        self.contributors.mark(at)

    def remember(self) -> CensusMemory:
        """Return what groups had before, all of them."""
        return CensusMemory(
            regions=self.regions.remember(), contributors=self.contributors.remember()
        )

    def recall(self, memory: CensusMemory) -> None:
        """Begin with what was remembered."""
        self.regions.recall(memory.regions)
        self.contributors.recall(memory.contributors)


def judge(nodes: int, ready: int, states: Mapping[NodeState, int]) -> tuple[Health, str]:
    """Return a group's health and why it is not healthy.

    `nodes` are those that count, without ghosts; `ready` are those that are ready or expected
    back. One in ten missing is degraded, half of them is critical.
    """
    if nodes <= 0:
        return Health.UNKNOWN, "no nodes"
    missing = nodes - ready
    if missing * 10 < nodes:
        return Health.HEALTHY, ""
    words = [f"{states[s]:,} {s}" for s in NodeState if s is not NodeState.READY and states[s]]
    reason = f"{missing:,} of {count_of(nodes, 'node')} not ready: {', '.join(words)}"
    return (Health.CRITICAL if missing * 2 >= nodes else Health.DEGRADED), reason


def _rank(group: Group) -> tuple[int, int, str]:
    return _ORDER.index(group.health), -group.nodes, group.name
