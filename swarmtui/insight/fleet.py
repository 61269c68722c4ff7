"""Keep rows of machines and their containers, making anew only those that something happened to."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.machine_clocks import MachineClocks
from swarmtui.insight.machines import Answers, Machines, Matches, has_moved
from swarmtui.insight.picture import Place, Problem
from swarmtui.insight.published import Published
from swarmtui.insight.shared_nodes import find_shared
from swarmtui.insight.thresholds import Thresholds
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import (
    ContainerStats,
    MachineSeen,
    StatsSeen,
    TailSeen,
    TailState,
    TrustOutcome,
    service_of,
    task_id_of,
)

TREND = timedelta(minutes=2)
MOST_SAMPLES = 240


class CpuSample(NamedTuple):
    """What the containers of a machine used together at one moment."""

    at: datetime
    cpu_percent: float


class FleetMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was heard of machines beyond the last word of each."""

    answers: tuple[MachineSeen, ...] = ()
    """Who machines said they are, of those that were silent since."""
    trends: Mapping[str, tuple[CpuSample, ...]] = {}
    """By the machine's name."""
    trusts: Mapping[str, TrustOutcome] = {}
    """What came of the last yes to the host key, by the machine's name."""
    clocks: Mapping[str, datetime] = {}
    """Since when clocks are wrong, by the machine's name."""
    our_clock: datetime | None = None
    """Since when it is the clock here."""
    shared: Mapping[str, datetime] = {}
    """Since when several machines say they are one node, by its id."""


class Fleet:
    """The machines of the inventory and whatever else is tailed.

    Work grows with the samples that came and the machines that changed, not with all of them. One
    exception: when nodes come, go or move, all machines are matched to the nodes anew.
    """

    def __init__(
        self,
        machines: Iterable[Machine],
        *,
        place_machine: Callable[[Machine], Place],
        thresholds: Thresholds | None = None,
    ) -> None:
        self._place_machine = place_machine
        self._inventory = {machine.name: machine for machine in machines}
        self._answers = Answers()
        self._machines = Machines(self._inventory.values())
        self._matches = Matches(self._machines, ())
        self._has_moved = True
        self._touched = dict.fromkeys(self._inventory)
        """Names of machines whose rows are made anew next, in an order that does not change."""
        self._rows: Published[str, MachineRow] = Published()
        self._machine_of: Published[str, str] = Published()
        self._claims: defaultdict[str, set[str]] = defaultdict(set)
        """Names of the machines whose rows are of a node, by node id."""
        self._containers: dict[str, Sequence[ContainerRow]] = {}
        self._containers_out: Sequence[ContainerRow] | None = ()
        self._trends: dict[str, deque[CpuSample]] = {}
        self._trusts: dict[str, TrustOutcome] = {}
        self._clocks = MachineClocks(thresholds or Thresholds())
        self._shared: dict[str, datetime] = {}
        """Since when several machines say they are one node, by its id."""

    def remember(self, snapshot: Snapshot) -> FleetMemory:
        """Return what is known beyond the snapshot."""
        said = snapshot.machines
        return FleetMemory(
            answers=tuple(each for each in self._answers if said.get(each.machine) is not each),
            trends={name: tuple(trend) for name, trend in self._trends.items()},
            trusts=dict(self._trusts),
            clocks=dict(self._clocks.since),
            our_clock=self._clocks.ours_since,
            shared=dict(self._shared),
        )

    def recall(self, memory: FleetMemory, snapshot: Snapshot) -> None:
        """Begin with a snapshot, and with what was remembered beside it."""
        said = (each for each in snapshot.machines.values() if each.node_id)
        self._answers = Answers(sorted((*said, *memory.answers), key=lambda each: each.taken_at))
        self._machines = Machines(self._inventory.values(), seen=self._answers)
        self._trends = {
            name: deque(trend, maxlen=MOST_SAMPLES) for name, trend in memory.trends.items()
        }
        self._trusts = dict(memory.trusts)
        said_last = snapshot.machines.values()
        self._clocks.recall(said_last, since=memory.clocks, ours_since=memory.our_clock)
        self._shared = dict(memory.shared)
        self._touched |= dict.fromkeys((*snapshot.tails, *snapshot.stats))

    @property
    def answers(self) -> Iterable[MachineSeen]:
        """Return what machines said of which node they are, oldest first."""
        return self._answers

    def see(self, seen: StatsSeen | TailSeen) -> None:
        """Take in what was heard of a tail; the snapshot has it already."""
        self._touched[seen.machine] = None
        if isinstance(seen, StatsSeen):
            self._sample(seen)
        elif seen.state is TailState.ENDED:
            self._trends.pop(seen.machine, None)

    def see_answer(self, seen: MachineSeen) -> AbstractSet[str]:
        """Take in what a machine answered; the snapshot has it already.

        Return the ids of nodes, known or not, that may be other machines than before.
        """
        self._touched[seen.machine] = None
        if seen.trust is not None:
            self._trusts[seen.machine] = seen.trust
        self._clocks.see(seen)
        renamed = self._answers.hear(seen)
        self._see_shared(renamed, seen.taken_at)
        if not renamed:
            return renamed
        self._has_moved = True
        self._machines.hear([seen])
        machine = self._inventory.get(seen.machine)
        return renamed | {machine.node_id} if machine else renamed

    def see_nodes(self, changes: Iterable[Change[Node]]) -> None:
        """Take in nodes that changed."""
        self._has_moved = self._has_moved or any(has_moved(*change) for change in changes)

    def end_tails(self) -> None:
        """Look at all machines anew: their tails have ended."""
        self._trends.clear()
        self._touched |= dict.fromkeys((*self._inventory, *self._rows.take()))

    def place_anew(self) -> None:
        """Find out anew where all machines are and whose."""
        self._touched |= dict.fromkeys((*self._inventory, *self._rows.take()))

    def refresh(
        self, snapshot: Snapshot, *, touched: Iterable[str], place: Callable[[str], Place]
    ) -> None:
        """Make the rows anew of what was touched since the last time; `touched` are nodes."""
        if self._has_moved:
            self._match(snapshot)
        for node_id in touched:
            self._touched |= dict.fromkeys(self._claims.get(node_id, ()))
        for name in self._touched:
            self._renew(name, snapshot, place)
        self._touched.clear()

    def find_skewed(self) -> AbstractSet[str]:
        """Return the nodes whose clocks are wrong, by what their machines answered."""
        return frozenset(self._nodes_of(self._clocks.find_wrong()).values())

    def find_problems(self, nodes: Mapping[str, Node]) -> Iterator[Problem]:
        """Go through what is to be said of machines."""
        wrong = self._clocks.find_wrong()
        yield from self._clocks.find_problems(wrong, self._nodes_of(wrong))
        yield from find_shared(self._shared, self._answers, self._inventory, nodes)

    def containers(self) -> Sequence[ContainerRow]:
        """Return the containers of all machines tailed, for good."""
        if self._containers_out is None:
            in_order = (self._containers[name] for name in sorted(self._containers))
            self._containers_out = tuple(chain.from_iterable(in_order))
        return self._containers_out

    def machines(self) -> Mapping[str, MachineRow]:
        """Return the machines by name, for good."""
        return self._rows.take()

    def machine_of(self) -> Mapping[str, str]:
        """Return the names of machines by the id of the node that each is, for good."""
        return self._machine_of.take()

    def _nodes_of(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the ids of the nodes that these machines are, by the machine's name."""
        rows = ((name, self._rows.get(name)) for name in names)
        return {name: row.node_id for name, row in rows if row is not None and row.node_id}

    def _see_shared(self, node_ids: Iterable[str], at: datetime) -> None:
        for node_id in node_ids:
            if node_id in self._answers.shared:
                self._shared.setdefault(node_id, at)
            else:
                self._shared.pop(node_id, None)

    def _sample(self, seen: StatsSeen) -> None:
        trend = self._trends.setdefault(seen.machine, deque(maxlen=MOST_SAMPLES))
        cpu = sum(each.cpu_percent or 0.0 for each in seen.containers)
        trend.append(CpuSample(seen.taken_at, cpu))
        while trend[0].at < seen.taken_at - TREND:
            trend.popleft()

    def _match(self, snapshot: Snapshot) -> None:
        """Find out which machine is which node, and touch those for which it is another now."""
        self._has_moved = False
        if self._inventory:
            self._matches = Matches(self._machines, snapshot.nodes.values())
        for name, row in self._rows.take().items():
            if row.node_id != self._find_node(name, snapshot):
                self._touched[name] = None

    def _find_node(self, name: str, snapshot: Snapshot) -> str:
        """Return the id of the node that a machine is; empty when it is none that is known."""
        if name in self._inventory:
            return self._matches.find_node(name) or ""
        answer = self._answers.of(name)
        node_id = answer.node_id if answer else name
        return node_id if node_id in snapshot.nodes else ""

    def _renew(self, name: str, snapshot: Snapshot, place: Callable[[str], Place]) -> None:
        stats = snapshot.stats.get(name)
        if name in self._inventory or name in snapshot.tails or stats is not None:
            row = self._describe(name, snapshot, place)
            self._point(row.node_id, name)
            self._rows.put(name, row)
            self._put_containers(name, _list_containers(row, stats) if stats else ())
        else:
            self._point("", name)
            self._rows.drop(name)
            self._put_containers(name, ())

    def _point(self, node_id: str, name: str) -> None:
        """Have a node lead to a machine, and the one that was it before no longer."""
        before = self._rows.get(name)
        if before is not None and before.node_id != node_id:
            self._claims[before.node_id].discard(name)
            self._choose(before.node_id)
        if node_id:
            self._claims[node_id].add(name)
            self._choose(node_id)

    def _choose(self, node_id: str) -> None:
        """Have a node lead to one of the machines that are it, always to the same of several."""
        names = self._claims[node_id]
        if not names:
            del self._claims[node_id]
            self._machine_of.drop(node_id)
            return
        known = self._matches.find_machine(node_id)
        name = known.name if known is not None else min(names)
        if self._machine_of.get(node_id) != name:
            self._machine_of.put(node_id, name)

    def _describe(self, name: str, snapshot: Snapshot, place: Callable[[str], Place]) -> MachineRow:
        machine = self._inventory.get(name)
        node = snapshot.nodes.get(self._find_node(name, snapshot))
        where = _place(node, machine, place, self._place_machine)
        stats = snapshot.stats.get(name)
        trend = self._trends.get(name, ())
        return MachineRow(
            name=name,
            node_id=node.id if node else "",
            hostname=(node.hostname if node else "") or name,
            region=where.region,
            contributor=where.contributor,
            mine=where.mine,
            tail=snapshot.tails.get(name),
            seen=snapshot.machines.get(name),
            in_inventory=machine is not None,
            containers=len(stats.containers) if stats else 0,
            cpu_percent=trend[-1].cpu_percent if trend else 0.0,
            memory_bytes=sum(each.memory_bytes or 0 for each in stats.containers) if stats else 0,
            cpu_trend=[sample.cpu_percent for sample in trend],
            taken_at=stats.taken_at if stats else None,
            trust=self._trusts.get(name),
        )

    def _put_containers(self, name: str, rows: Sequence[ContainerRow]) -> None:
        if rows:
            self._containers[name] = rows
        elif self._containers.pop(name, None) is None:
            return
        self._containers_out = None


def _place(
    node: Node | None,
    machine: Machine | None,
    place: Callable[[str], Place],
    place_machine: Callable[[Machine], Place],
) -> Place:
    if node is not None:
        return place(node.id)
    return place_machine(machine) if machine is not None else Place()


def _list_containers(machine: MachineRow, seen: StatsSeen) -> Sequence[ContainerRow]:
    return [_row(machine, stats, seen.taken_at) for stats in seen.containers]


def _row(machine: MachineRow, stats: ContainerStats, taken_at: datetime) -> ContainerRow:
    name = _read_name(stats.container)
    return ContainerRow(
        key=f"{machine.name}\t{stats.container_id}",
        machine=machine.name,
        node_id=machine.node_id,
        hostname=machine.hostname,
        service=name.service,
        task=name.task,
        task_id=name.task_id,
        stats=stats,
        taken_at=taken_at,
    )


class _TaskName(NamedTuple):
    service: str = ""
    task: str = ""
    task_id: str = ""


@lru_cache(maxsize=1 << 16)  # the names of two thousand machines; each comes every second
def _read_name(container: str) -> _TaskName:
    task_id = task_id_of(container)
    if not task_id:
        return _TaskName()
    return _TaskName(service_of(container), container.removesuffix(f".{task_id}"), task_id)
