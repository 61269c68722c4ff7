"""Nodes join, vanish, come back and leave; managers elect a leader."""

from collections.abc import Collection
from functools import partial
from random import Random

from swarmtui.simulator.agenda import Agenda
from swarmtui.simulator.fleet import NEVER, Machine
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.orchestrator import STOPS_WITHIN_S, Orchestrator
from swarmtui.simulator.scheduler import Scheduler
from swarmtui.simulator.states import Availability, NodeState, Reachability, Role
from swarmtui.simulator.swarmstate import SwarmState
from swarmtui.simulator.timetable import BACK_TO_READY_S

# The words of manager/dispatcher/dispatcher.go.
_LEADERSHIP_CHANGED = 'Node moved to "unknown" state due to leadership change in cluster'
_HEARTBEAT = "heartbeat failure"
_HEARTBEAT_UNKNOWN = 'heartbeat failure for node in "unknown" state'


class Membership:
    """What SwarmKit's dispatcher and its raft do to the list of nodes."""

    def __init__(
        self,
        state: SwarmState,
        orchestrator: Orchestrator,
        scheduler: Scheduler,
        agenda: Agenda,
        *,
        chance: Random,
    ) -> None:
        self._state = state
        self._orchestrator = orchestrator
        self._scheduler = scheduler
        self._agenda = agenda
        self._chance = chance

    def join(self, machine: Machine, now: float, *, node_id: str, offset: float) -> None:
        """Let a machine join; times of the machine are `offset` seconds later here."""
        node = Node(node_id, machine, role=Role.WORKER, created_at=now)
        self._state.add_node(node, now)
        self._agenda.at(now + self._chance.uniform(0.05, 0.4), partial(self._register, node))
        if machine.lost_at != NEVER:
            self._agenda.at(machine.lost_at + offset, partial(self.lose, node))

    def seat(self, machine: Machine, *, node_id: str, since: float) -> Node:
        """Have a worker that has been ready since before anybody looked."""
        node = Node(node_id, machine, role=Role.WORKER, created_at=since)
        node.touch(since)
        node.state = NodeState.READY
        node.is_described = True
        self._state.seat(node)
        self._scheduler.offer(node)
        return node

    def lose(self, node: Node, now: float) -> None:
        """Notice that a node is gone."""
        if node.state is NodeState.DOWN or node.id not in self._state.nodes:
            return
        was_unknown = node.state is NodeState.UNKNOWN
        message = _HEARTBEAT_UNKNOWN if was_unknown else _HEARTBEAT
        self._state.set_state(node, NodeState.DOWN, now, message=message)
        self._orchestrator.abandon(node, now)

    def come_back(self, node: Node, now: float) -> None:
        """Hear again of a node that was down."""
        if node.state is not NodeState.DOWN or node.id not in self._state.nodes:
            return
        node.reachability = Reachability.REACHABLE
        self._orchestrator.welcome(node, now)
        self._make_ready(node, now)

    def drain(self, node: Node, now: float, *, within_s: float = STOPS_WITHIN_S) -> None:
        """Take a node's tasks away, which they bear `within_s`, and give it no more."""
        if node.id in self._state.nodes:
            self._state.set_availability(node, Availability.DRAIN, now)
            self._orchestrator.evacuate(node, now, within_s=within_s)

    def activate(self, node: Node, now: float) -> None:
        """Give a node tasks again."""
        if node.id in self._state.nodes:
            self._state.set_availability(node, Availability.ACTIVE, now)
            self._scheduler.offer(node)
            self._orchestrator.serve(node, now)

    def strike(self, node: Node, now: float) -> None:
        """Remove a node from the swarm."""
        if node.id in self._state.nodes:
            self._state.remove_node(node, now)

    def elect(
        self,
        leader: Node,
        unreachable: Node | None,
        now: float,
        *,
        absent: Collection[Node] = (),
    ) -> None:
        """Have a new leader, who does not know yet who is still there; the `absent` are not."""
        for manager in self._state.managers():
            manager.is_leader = manager is leader
            manager.body = None
        if unreachable is not None:
            unreachable.reachability = Reachability.UNREACHABLE
        for node in self._state.nodes_in_order():
            if node.state is NodeState.READY:
                self._state.set_state(node, NodeState.UNKNOWN, now, message=_LEADERSHIP_CHANGED)
                if node is not unreachable and node not in absent:
                    self._agenda.at(now + self._silence(), partial(self._register_again, node))

    def _silence(self) -> float:
        shortest, longest = BACK_TO_READY_S
        return self._chance.triangular(shortest, longest, (shortest + longest) / 3)

    def _register(self, node: Node, now: float) -> None:
        if node.state is NodeState.UNKNOWN:
            node.is_described = True
            self._make_ready(node, now)

    def _register_again(self, node: Node, now: float) -> None:
        if node.state is NodeState.UNKNOWN:
            self._make_ready(node, now)

    def _make_ready(self, node: Node, now: float) -> None:
        self._state.set_state(node, NodeState.READY, now)
        self._scheduler.offer(node)
        self._orchestrator.serve(node, now)
