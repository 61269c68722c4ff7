"""Find out which machine a wanted node or name means, and how to log in to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from swarmtui.collector.settings import SshDefaults
from swarmtui.insight.machines import Answers, Machines, Matches, has_moved
from swarmtui.inventory.node_addresses import machines_of_nodes
from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import NodesSeen
from swarmtui.swarm.stats import MachineSeen


class Found(NamedTuple):
    """The machines that are meant, and what means none."""

    machines: Sequence[Machine]
    """Each once, also where two names mean it."""
    missing: Sequence[str]
    """Nodes and names that lead to no machine, as far as is known now."""


class Reach:
    """The machines of the inventory, and the nodes by their own addresses. For one thread."""

    def __init__(self, machines: Sequence[Machine], *, ssh: SshDefaults) -> None:
        self._inventory = {machine.name: machine for machine in machines}
        self._ssh = ssh
        self._nodes: dict[str, Node] = {}
        self._answers = Answers()
        self._matches: Matches | None = None
        self._by_address: Mapping[str, Machine] | None = None

    def see_nodes(self, seen: NodesSeen) -> bool:
        """Take in nodes; tell whether a name may mean another machine now."""
        before = {} if seen.whole else self._nodes
        gone = seen.whole or any(node_id in before for node_id in seen.removed)
        moved = gone or any(has_moved(before.get(node.id), node) for node in seen.changed)
        self._nodes = before | {node.id: node for node in seen.changed}
        for node_id in seen.removed:
            self._nodes.pop(node_id, None)
        if moved:
            self._matches = self._by_address = None
        return moved

    def hear(self, seen: MachineSeen) -> bool:
        """Take in what a machine says of itself; tell whether a name may mean another one now."""
        renamed = self._answers.hear(seen)
        if renamed:
            self._matches = None
        return bool(renamed)

    def knows(self, name: str) -> bool:
        """Tell whether this is a node or a machine: what is not may yet be told."""
        return name in self._nodes or name in self._inventory

    def find(self, wanted: Iterable[str]) -> Found:
        """Return the machines that node ids and names mean."""
        found: dict[str, Machine] = {}
        missing = []
        for name in sorted(wanted):
            machine = self._inventory.get(name) or self._find_node(name)
            if machine is None:
                missing.append(name)
            else:
                found.setdefault(machine.name, machine)
        return Found(tuple(found.values()), missing)

    def _find_node(self, node_id: str) -> Machine | None:
        if self._matches is None:
            machines = Machines(self._inventory.values(), seen=self._answers)
            self._matches = Matches(machines, self._nodes.values())
        return self._matches.find_machine(node_id) or self._addresses().get(node_id)

    def _addresses(self) -> Mapping[str, Machine]:
        if self._by_address is None:
            ssh = self._ssh
            nodes = self._nodes.values() if ssh.tries_addresses else ()
            machines = machines_of_nodes(nodes, user=ssh.user, port=ssh.port, key=ssh.key)
            self._by_address = {machine.name: machine for machine in machines}
        return self._by_address
