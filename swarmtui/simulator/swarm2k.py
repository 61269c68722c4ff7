"""The scenario `swarm2k`: a crowdsourced stress test in twelve minutes.

When what happens is data, in `timetable`; here is what happens.
"""

from collections.abc import Sequence
from functools import partial

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.catalogue import SPILLING
from swarmtui.simulator.fleet import NEVER
from swarmtui.simulator.launch import Launch
from swarmtui.simulator.lots import OUTAGE_REGION
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.services import Service
from swarmtui.simulator.states import NodeState, Role
from swarmtui.simulator.timetable import (
    LATE_MISHAPS,
    LAUNCH,
    LEADERLESS,
    LEAVING,
    MENDED_AT,
    MISHAPS,
    OLD_LEADER_BACK_AT,
    OLD_LEADER_DOWN_AT,
    OUTAGE,
    OUTAGE_SHARE,
    REMOVAL,
    RETURN,
    SCALE_DOWN,
    SWEEP_AT,
    TOP_UP_AT,
)
from swarmtui.simulator.world import World

_MISHAPS_PER_S = 0.8


class Swarm2k:
    """Writes the event into a world's agenda."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._joining()
        # First of all that waits for a leader, so that the others find one.
        world.at(LEADERLESS.end, self._election)
        Launch(world.plans(), world.orchestrator, world.agenda, world.window(LAUNCH))
        world.at(OUTAGE.start, self._outage)
        for during in (MISHAPS, LATE_MISHAPS):
            world.at(during.start, partial(self._mishap, world.window(during).end))
        world.at(MENDED_AT, self._mend)
        world.at(TOP_UP_AT, self._top_up)
        world.at(SCALE_DOWN.start, self._wind_down)
        world.at(LEAVING.start, self._leave)
        world.at(SWEEP_AT, self._sweep)

    def _joining(self) -> None:
        begins_at = self._world.begins_at
        for machine, node_id in zip(self._world.machines, self._world.node_ids, strict=True):
            join = partial(self._world.membership.join, machine, node_id=node_id, offset=begins_at)
            self._world.at(machine.joins_at, join)

    def _election(self, now: float) -> None:
        world, membership = self._world, self._world.membership
        old, new = world.leader_and_next()
        lost = self._unreachable(old)
        membership.elect(new, lost, now)
        if lost is not None:
            world.at(OLD_LEADER_DOWN_AT, partial(membership.lose, lost))
            world.at(OLD_LEADER_BACK_AT, partial(membership.come_back, lost))

    def _unreachable(self, old_leader: Node) -> Node | None:
        """Return the manager that fails: never mg0, which is the one that answers us."""
        seats = self._world.state.managers()
        if len(seats) < 3:
            return None  # without it there would be no quorum
        return old_leader if old_leader is not seats[0] else seats[2]

    def _outage(self, _now: float) -> None:
        world = self._world
        nodes = [
            node
            for node in world.state.nodes_in_order()
            if node.machine.region == OUTAGE_REGION and node.state is NodeState.READY
        ]
        for node in world.chance.sample(nodes, round(OUTAGE_SHARE * len(nodes))):
            world.at(world.somewhere_in(OUTAGE), partial(world.membership.lose, node))
            world.at(world.somewhere_in(RETURN), partial(world.membership.come_back, node))

    def _mishap(self, until: float, now: float) -> None:
        world = self._world
        services = world.state.services_in_order()
        if services:
            service = world.chance.choice(services)
            slot = world.chance.randint(1, max(1, service.replicas))
            world.orchestrator.mishap(service, slot, now)
        later = now + world.chance.expovariate(_MISHAPS_PER_S)
        if later < until:
            world.agenda.at(later, partial(self._mishap, until))

    def _mend(self, now: float) -> None:
        """Drain the black holes, as the organisers do once they have found them."""
        for node in self._world.state.nodes_in_order():
            if node.machine.trouble is not None:
                self._world.membership.drain(node, now)

    def _top_up(self, now: float) -> None:
        """Find room for as many tasks as the peak lacks."""
        world = self._world
        services = world.state.services_in_order()
        lack = world.settings.tasks - sum(service.settling(now) for service in services)
        for service in services:
            if service.name == SPILLING and lack > 0:
                world.orchestrator.placement.find_room(service, lack, now)

    def _wind_down(self, _now: float) -> None:
        world = self._world
        services = world.state.services_in_order()
        world.chance.shuffle(services)
        for service, second in zip(services, _spread(SCALE_DOWN, services), strict=True):
            if not service.plan.is_global:
                world.at(second, partial(self._halve, service))
        for service, second in zip(services, _spread(REMOVAL, services), strict=True):
            world.at(second, partial(world.orchestrator.remove, service))

    def _halve(self, service: Service, now: float) -> None:
        self._world.orchestrator.scale_down(service, service.replicas // 2, now)

    def _leave(self, _now: float) -> None:
        """Let nodes be drained, leave and be removed, contributor by contributor."""
        world, membership = self._world, self._world.membership
        workers = [node for node in world.state.nodes.values() if node.role is Role.WORKER]
        staying = [node for node in workers if node.machine.lost_at == NEVER]
        for node, second in zip(staying, _spread(LEAVING, staying), strict=True):
            world.at(second, partial(membership.drain, node))
            left = second + world.chance.uniform(4, 8)
            world.at(left, partial(membership.lose, node))
            world.at(left + world.chance.uniform(4, 10), partial(membership.strike, node))

    def _sweep(self, now: float) -> None:
        for node in self._world.state.nodes_in_order():
            if node.role is Role.WORKER:
                self._world.membership.strike(node, now)


def _spread(window: Window, things: Sequence[object]) -> list[float]:
    """Return a second for each of the things, evenly over the window."""
    length = window.end - window.start
    return [window.start + length * place / len(things) for place in range(len(things))]
