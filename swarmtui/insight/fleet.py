"""Keep rows of machines and their containers, making anew only those that something happened to."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.machines import Answers, Machines, Matches, has_moved
from swarmtui.insight.picture import Place
from swarmtui.insight.published import Published
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import (
    ContainerStats,
    MachineSeen,
    StatsSeen,
    TailSeen,
    service_of,
    task_id_of,
)

TREND = timedelta(minutes=2)
MOST_SAMPLES = 240


class _Sample(NamedTuple):
    at: datetime
    cpu_percent: float
    memory_bytes: int


class Fleet:
    """The machines of the inventory and whatever else is tailed.

    Work grows with the samples that came and the machines that changed, not with all of them. One
    exception: when nodes come, go or move, all machines are matched to the nodes anew.
    """

    def __init__(
        self, machines: Iterable[Machine], *, place_machine: Callable[[Machine], Place]
    ) -> None:
        self._place_machine = place_machine
        self._inventory = {machine.name: machine for machine in machines}
        self._answers = Answers()
        self._renamed: set[str] = set()
        """Ids of nodes that a machine was, or is now, by what it says."""
        self._machines = Machines(self._inventory.values())
        self._matches = Matches(self._machines, ())
        self._has_moved = True
        self._touched = dict.fromkeys(self._inventory)
        """Names of machines whose rows are made anew next, in an order that does not change."""
        self._rows: Published[str, MachineRow] = Published()
        self._machine_of: Published[str, str] = Published()
        self._containers: dict[str, Sequence[ContainerRow]] = {}
        self._containers_out: Sequence[ContainerRow] | None = ()
        self._trends: dict[str, deque[_Sample]] = {}

    @property
    def answers(self) -> Iterable[MachineSeen]:
        """Return what machines said of which node they are, oldest first."""
        return self._answers

    def take_renamed(self) -> set[str]:
        """Return the ids of nodes that may be other machines than before, and forget them.

        To be asked before `refresh`: nodes get their places first, and rows show them.
        """
        renamed, self._renamed = self._renamed, set()
        if renamed:
            self._machines = Machines(self._inventory.values(), seen=self._answers)
        return renamed

    def see(self, seen: StatsSeen | TailSeen | MachineSeen) -> None:
        """Take in what was heard of one machine; the snapshot has it already."""
        self._touched[seen.machine] = None
        match seen:
            case StatsSeen():
                self._sample(seen)
            case MachineSeen():
                self._recognise(seen)
            case TailSeen():
                pass

    def see_nodes(self, changes: Iterable[Change[Node]]) -> None:
        """Take in nodes that changed."""
        self._has_moved = self._has_moved or any(has_moved(*change) for change in changes)

    def touch_all(self) -> None:
        """Look at all machines anew: their tails have ended."""
        self._touched |= dict.fromkeys((*self._inventory, *self._rows.take()))

    def refresh(
        self, snapshot: Snapshot, *, touched: Iterable[str], place: Callable[[str], Place]
    ) -> None:
        """Make the rows anew of what was touched since the last time; `touched` are nodes."""
        if self._has_moved:
            self._match(snapshot)
        for node_id in touched:
            if (name := self._machine_of.get(node_id)) is not None:
                self._touched[name] = None
        for name in self._touched:
            self._renew(name, snapshot, place)
        self._touched.clear()

    def containers(self) -> Sequence[ContainerRow]:
        """Return the containers of all machines tailed, for good."""
        if self._containers_out is None:
            self._containers_out = tuple(chain.from_iterable(self._containers.values()))
        return self._containers_out

    def machines(self) -> Mapping[str, MachineRow]:
        """Return the machines by name, for good."""
        return self._rows.take()

    def machine_of(self) -> Mapping[str, str]:
        """Return the names of machines by the id of the node that each is, for good."""
        return self._machine_of.take()

    def _sample(self, seen: StatsSeen) -> None:
        trend = self._trends.setdefault(seen.machine, deque(maxlen=MOST_SAMPLES))
        cpu = sum(each.cpu_percent or 0.0 for each in seen.containers)
        memory = sum(each.memory_bytes or 0 for each in seen.containers)
        trend.append(_Sample(seen.taken_at, cpu, memory))
        while trend[0].at < seen.taken_at - TREND:
            trend.popleft()

    def _recognise(self, seen: MachineSeen) -> None:
        renamed = self._answers.hear(seen)
        if renamed:
            machine = self._inventory.get(seen.machine)
            self._renamed |= renamed | {machine.node_id if machine else ""}
            self._has_moved = True

    def _match(self, snapshot: Snapshot) -> None:
        """Find out which machine is which node, and touch those for which it is another now."""
        self._has_moved = False
        if self._inventory:
            self._matches = Matches(self._machines, snapshot.nodes.values())
        for name in chain(self._inventory, self._containers, snapshot.tails):
            row = self._rows.get(name)
            if row is None or row.node_id != self._find_node(name, snapshot):
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
        if stats is None:
            self._trends.pop(name, None)
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
            self._leave(before.node_id, name)
        is_other = name not in self._inventory and self._matches.find_machine(node_id) is not None
        if is_other:
            self._leave(node_id, name)
        elif node_id and self._machine_of.get(node_id) != name:
            self._machine_of.put(node_id, name)

    def _leave(self, node_id: str, name: str) -> None:
        if self._machine_of.get(node_id) == name:
            self._machine_of.drop(node_id)

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
            memory_bytes=trend[-1].memory_bytes if trend else 0,
            cpu_trend=[sample.cpu_percent for sample in trend],
            taken_at=stats.taken_at if stats else None,
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
