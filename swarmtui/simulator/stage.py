"""A calm swarm, and the means by which a script makes trouble in it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from random import Random

from swarmtui.simulator.agenda import Action, Window
from swarmtui.simulator.apportion import apportion
from swarmtui.simulator.catalogue import AGENT, ServicePlan
from swarmtui.simulator.deeds import Deed
from swarmtui.simulator.lots import Trouble
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.services import Service
from swarmtui.simulator.silence import Hush, Silence
from swarmtui.simulator.states import Role
from swarmtui.simulator.world import World

_SINCE = -2000.0
"""When the nodes joined."""
_WATCH_EVERY_S = 1.0

_SERVICES = {
    ("web", "front"): 30,
    ("web", "api"): 25,
    ("batch", "encode"): 18,
    ("batch", "thumbs"): 12,
    ("data", "cache"): 9,
    ("data", "queue"): 6,
}
"""Stack and name, and the share of the tasks."""


class Stage:
    """What a script has at hand; the details are left to chance, the same for the same seed."""

    def __init__(self, world: World, *, name: str) -> None:
        self.world = world
        self.chance = Random(f"{name}/{world.settings.seed}")
        settled_at = world.agenda.now
        for machine, node_id in zip(world.machines, world.node_ids, strict=True):
            world.membership.seat(machine, node_id=node_id, since=_SINCE)
        self._launch(settled_at)

    def moment(self, earliest: float, latest: float) -> float:
        """Return some second between two."""
        return self.chance.uniform(earliest, latest)

    def at(self, second: float, action: Action) -> None:
        """Have something happen at a second."""
        self.world.at(second, action)

    def tell(self, what: str, subject: str = "", *, began: float, ended: float) -> None:
        """Say what is wrong, and from when until when."""
        deed = Deed(what=what, subject=subject, began=began, ended=ended)
        self.world.deeds.append(deed)

    def workers(self, wanted: int) -> list[Node]:
        """Return some workers."""
        return self.chance.sample(self._all_workers(), min(wanted, len(self._all_workers())))

    def region(self) -> tuple[str, list[Node]]:
        """Return some region and its nodes."""
        name = self.chance.choice(sorted({n.machine.region or "" for n in self._all_workers()}))
        return name, [node for node in self._all_workers() if node.machine.region == name]

    def services(self) -> list[Service]:
        """Return the services that have replicas."""
        services = self.world.state.services_in_order()
        return [service for service in services if not service.plan.is_global]

    def hush(self, during: Window, why: Hush) -> None:
        """Have no answer for a time, and nothing happen where that takes a leader."""
        silence = Silence(during, why)
        self.world.silences.append(silence)
        if silence.stills_the_swarm:
            self.still(during)

    def still(self, during: Window) -> None:
        """Have nothing move for a time, once in a script, whoever is asked about it."""
        self.world.agenda.quiet = during

    def create(self, plan: ServicePlan, now: float) -> Service:
        """Create a service with all its tasks."""
        service = self.world.orchestrator.create(plan, now)
        self.world.orchestrator.fill(service, range(1, plan.replicas + 1), now)
        return service

    def move_leader(self, now: float) -> None:
        """Have another manager lead; the old leader is well."""
        self.elect(now, loses_old=False)

    def elect(self, now: float, *, absent: Iterable[Node] = (), loses_old: bool = True) -> Node:
        """Have another manager lead, and return the old leader; it and the `absent` are silent."""
        seats = self.world.state.managers()
        old = next(node for node in seats if node.is_leader)
        # Never the first: that is the one that answers.
        new = seats[0] if old is not seats[0] else seats[1 % len(seats)]
        gone = old if loses_old and old is not seats[0] else None
        self.world.membership.elect(new, gone, now, absent=tuple(absent))
        return old

    def break_down(self, node: Node, trouble: Trouble, now: float) -> None:
        """Have a node fail its tasks, one after the other, and all it is given from now on."""
        node.machine = replace(node.machine, trouble=trouble)
        self.restart(node, now, within_s=8)

    def restart(self, node: Node, now: float, *, within_s: float) -> None:
        """Have every task of a node fail within some seconds, as when its engine restarts."""
        for task in list(node.tasks.values()):
            fail = partial(self.world.orchestrator.fail, task)
            self.world.agenda.at(now + self.chance.uniform(0, within_s), fail)

    def tell_of_failures(self, what: str, node: Node, now: float, *, ended: float) -> None:
        """Tell of a node as soon as it has failed what it is given, from `now` on."""
        if self.world.orchestrator.is_black_hole(node):
            self.tell(what, node.hostname, began=now, ended=ended)
        elif now < ended:
            again = partial(self.tell_of_failures, what, node, ended=ended)
            self.at(now + _WATCH_EVERY_S, again)

    def _all_workers(self) -> list[Node]:
        return [n for n in self.world.state.nodes_in_order() if n.role is Role.WORKER]

    def _launch(self, now: float) -> None:
        tasks = self.world.settings.tasks
        agents = len(self.world.machines) if tasks > len(self.world.machines) else 0
        if agents:
            self.create(AGENT, now)
        shares = apportion(list(_SERVICES.values()), tasks - agents)
        for (stack, name), share in zip(_SERVICES, shares, strict=True):
            self.create(make_plan(stack, name, share), now)


def make_plan(stack: str, name: str, replicas: int, *, crashes: bool = False) -> ServicePlan:
    """Return a service whose tasks all find room."""
    return ServicePlan(
        stack=stack,
        name=name,
        image=f"registry.example/{stack}/{name}:1.0",
        replicas=replicas,
        placed=replicas,
        crashes=crashes,
    )
