"""Tell which machine is which node: by the node id it reports, else by address."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from operator import attrgetter

from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen
from swarmtui.swarm.words import NodeState

_ADDRESS_OF = attrgetter("addr")


class Machines:
    """The machines of an inventory, by everything that can tell which node one is.

    `seen` is what machines answered, oldest first. What a machine says of itself goes before what
    the inventory says of it. An address tells nothing when several machines have it, on different
    ports or behind different gates; a hostname never does.
    """

    def __init__(self, machines: Iterable[Machine], *, seen: Iterable[MachineSeen] = ()) -> None:
        self.all = tuple(machines)
        self._places = {machine.name: place for place, machine in enumerate(self.all)}
        """Where each stands in the inventory."""
        self._reported: dict[str, str] = {}
        """Node ids by name of the machine."""
        self._reporting: defaultdict[str, set[int]] = defaultdict(set)
        """Which machines report a node id, as their places."""
        self._listed = self._index_listed()
        self._by_id = {node_id: listed[0] for node_id, listed in self._listed.items()}
        self._by_addr = self._index_addresses()
        self.hear(seen)

    def hear(self, seen: Iterable[MachineSeen]) -> None:
        """Go by these answers from now on; one that names no node ends what the machine said."""
        for answer in seen:
            place = self._places.get(answer.machine)
            if place is not None:
                self._hear(place, answer)

    def find(self, node: Node) -> Machine | None:
        """Return the machine a node is or, by address alone, may once have been."""
        if node.id in self._by_id:
            return self._by_id[node.id]
        return self._by_addr.get(address_of(node)) if self._by_addr else None

    def reported_id(self, machine: Machine) -> str:
        """Return the node id a machine reported; empty when it did not."""
        return self._reported.get(machine.name, "")

    def own_address(self, machine: Machine) -> str:
        """Return the address of a machine, if no other has it; else empty."""
        addr = _unify(machine.addr)
        return addr if self._by_addr.get(addr) is machine else ""

    def _hear(self, place: int, answer: MachineSeen) -> None:
        was = self._reported.pop(answer.machine, "")
        if was:
            self._reporting[was].discard(place)
        if answer.node_id:
            self._reported[answer.machine] = answer.node_id
            self._reporting[answer.node_id].add(place)
        for node_id in {was, answer.node_id, self.all[place].node_id} - {""}:
            self._choose(node_id)

    def _choose(self, node_id: str) -> None:
        """Settle on a machine for a node: the first that reports it, else the first listed so."""
        if reporting := self._reporting[node_id]:
            self._by_id[node_id] = self.all[min(reporting)]
            return
        del self._reporting[node_id]
        listed = self._listed.get(node_id, ())
        silent = (machine for machine in listed if machine.name not in self._reported)
        if (first := next(silent, None)) is not None:
            self._by_id[node_id] = first
        else:
            self._by_id.pop(node_id, None)

    def _index_listed(self) -> Mapping[str, Sequence[Machine]]:
        listed: defaultdict[str, list[Machine]] = defaultdict(list)
        for machine in self.all:
            if machine.node_id:
                listed[machine.node_id].append(machine)
        return dict(listed)

    def _index_addresses(self) -> Mapping[str, Machine]:
        addresses = [_unify(machine.addr) for machine in self.all]
        sharing = Counter(addresses)
        pairs = zip(addresses, self.all, strict=True)
        return {addr: machine for addr, machine in pairs if addr and sharing[addr] == 1}


class Answers:
    """What machines said of themselves, as far as it tells which node each of them is."""

    def __init__(self, heard: Iterable[MachineSeen] = ()) -> None:
        self._by_machine: dict[str, MachineSeen] = {}
        self._by_node: defaultdict[str, set[str]] = defaultdict(set)
        self.shared: set[str] = set()
        """Nodes that several machines say they are."""
        for answer in heard:
            self._put(answer)

    def __iter__(self) -> Iterator[MachineSeen]:
        """Go through the newest of each machine, oldest first."""
        return iter(self._by_machine.values())

    def of(self, machine: str) -> MachineSeen | None:
        """Return what the machine of this name said."""
        return self._by_machine.get(machine)

    def machines_of(self, node_id: str) -> Sequence[str]:
        """Return the names of the machines that say they are this node."""
        return sorted(self._by_node.get(node_id, ()))

    def hear(self, seen: MachineSeen) -> frozenset[str]:
        """Take in an answer, and return the nodes it was or is, if it is another one now.

        A machine that cannot be reached is still who it was.
        """
        before = self._by_machine.get(seen.machine)
        was = before.node_id if before else ""
        if not seen.reachable and not seen.node_id:
            return frozenset()
        self._drop(seen.machine)
        if seen.node_id:
            self._put(seen)
        return frozenset({was, seen.node_id} - {""}) if was != seen.node_id else frozenset()

    def _put(self, answer: MachineSeen) -> None:
        self._drop(answer.machine)
        self._by_machine[answer.machine] = answer
        machines = self._by_node[answer.node_id]
        machines.add(answer.machine)
        if len(machines) > 1:
            self.shared.add(answer.node_id)

    def _drop(self, machine: str) -> None:
        before = self._by_machine.pop(machine, None)
        if before is None:
            return
        machines = self._by_node[before.node_id]
        machines.discard(machine)
        if len(machines) < 2:
            self.shared.discard(before.node_id)
        if not machines:
            del self._by_node[before.node_id]


class Matches:
    """Which machine is which of these nodes, both ways."""

    def __init__(self, machines: Machines, nodes: Iterable[Node]) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._node_of: dict[str, str] = {}
        self._machine_of: dict[str, Machine] = {}
        left = self._match_reported(machines)
        left = self._match_known(left)
        self._match_addresses(left, machines)

    def find_node(self, machine: str) -> str | None:
        """Return the id of the node that the machine of this name is."""
        return self._node_of.get(machine)

    def find_machine(self, node_id: str) -> Machine | None:
        """Return the machine that a node is."""
        return self._machine_of.get(node_id)

    def _match_reported(self, machines: Machines) -> Sequence[Machine]:
        """Match what says which node it is, also one of another swarm; return all the others."""
        for machine in machines.all:
            if (reported := machines.reported_id(machine)) in self._nodes:
                self._pair(machine, reported)
        return [machine for machine in machines.all if not machines.reported_id(machine)]

    def _match_known(self, left: Iterable[Machine]) -> Sequence[Machine]:
        """Match those whose node the inventory knows; return all the others."""
        others = []
        for machine in left:
            if machine.node_id in self._nodes and machine.node_id not in self._machine_of:
                self._pair(machine, machine.node_id)
            else:
                others.append(machine)
        return others

    def _match_addresses(self, left: Iterable[Machine], machines: Machines) -> None:
        behind = nodes_by_address(self._nodes.values())
        for machine in left:
            node = behind.get(machines.own_address(machine))
            if node is not None and node.id not in self._machine_of:
                self._pair(machine, node.id)

    def _pair(self, machine: Machine, node_id: str) -> None:
        self._node_of[machine.name] = node_id
        self._machine_of.setdefault(node_id, machine)


def has_moved(before: Node | None, after: Node | None) -> bool:
    """Tell whether another machine may be behind a node now, or behind its address."""
    if before is None or after is None:
        return before is not after
    was_down, is_down = before.state is NodeState.DOWN, after.state is NodeState.DOWN
    return (
        before.addr != after.addr
        or was_down is not is_down
        or (before.manager and before.manager.addr) != (after.manager and after.manager.addr)
    )


def address_of(node: Node) -> str:
    """Return the address managers see a node at; empty when they see none.

    A manager that sees itself at no address in particular is where the others reach it.
    """
    return _unify(node.addr) or (_unify(_cut_port(node.manager.addr)) if node.manager else "")


def addresses_of(nodes: Collection[Node]) -> Sequence[str]:
    """Return what `address_of` does, of each node: in a third of the time."""
    found = map(_unify, map(_ADDRESS_OF, nodes))
    return [addr or address_of(node) for addr, node in zip(found, nodes, strict=True)]


def nodes_by_address(nodes: Iterable[Node]) -> Mapping[str, Node]:
    """Return the node behind each address, where there is no doubt which.

    Of several it is the one that is not down: the others are ghosts of it. Where several are up
    behind one address, nobody can say which of them would answer.
    """
    behind: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        behind[address_of(node)].append(node)
    behind.pop("", None)
    candidates = {addr: _drop_ghosts(sharing) for addr, sharing in behind.items()}
    return {addr: sharing[0] for addr, sharing in candidates.items() if len(sharing) == 1}


def _drop_ghosts(sharing: Sequence[Node]) -> Sequence[Node]:
    return [node for node in sharing if node.state is not NodeState.DOWN] or sharing


def _cut_port(addr: str) -> str:
    return addr.rpartition(":")[0].strip("[]")


@lru_cache(maxsize=1 << 15)  # those of a whole swarm, each looked at again and again
def _unify(addr: str) -> str:
    """Return an address in the one spelling that is compared; empty for one that is nobody's."""
    try:
        known = ip_address(addr)
    except ValueError:
        return ""  # a name: who answers to it is not known here
    return "" if known.is_unspecified else str(known)
