"""Keep every slot filled: create tasks, replace the lost, stop the unwanted."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from random import Random

from swarmtui.simulator.agenda import Agenda
from swarmtui.simulator.catalogue import ServicePlan
from swarmtui.simulator.identities import Identities
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.placement import Placement
from swarmtui.simulator.scheduler import Scheduler
from swarmtui.simulator.services import Service
from swarmtui.simulator.states import Availability, NodeState, TaskState
from swarmtui.simulator.swarmstate import SwarmState
from swarmtui.simulator.tasks import NEVER, SHUTDOWN, Task
from swarmtui.simulator.troubles import Troubles

RESTART_DELAY_S = 5.0
"""The default of `--restart-delay`."""
STOPS_WITHIN_S = 6.0
"""Longest that most tasks take to end once they are told to."""
_REAP_AFTER_S = 10.0
_BATCH_S = 0.05
_AVOIDED = 0.65
"""How often a restarted task avoids the node that failed it. Else the node, now the emptiest, gets
it again; SwarmKit's own memory (five failures in five minutes) begins later."""
TRIES = 5
"""Failures in five minutes after which SwarmKit puts a node last for a service."""
_SWALLOWED = 2
"""Failures of tasks just given to it that tell a node from one whose engine has restarted."""
_RUNS_WELL_S = 60.0
"""What failed later than this after it was given to a node had been running there."""
_FIRST_SUBNET = 134


class Orchestrator:
    """What SwarmKit's orchestrators and its restart supervisor do."""

    def __init__(
        self,
        state: SwarmState,
        scheduler: Scheduler,
        agenda: Agenda,
        *,
        identities: Identities,
        chance: Random,
        hostile: bool,
    ) -> None:
        self._state = state
        self._scheduler = scheduler
        self._agenda = agenda
        self._identities = identities
        self._chance = chance
        self.failures: Counter[tuple[str, str]] = Counter()
        """Tasks that ended by themselves, by the ids of node and service."""
        self._swallowed: Counter[tuple[str, str]] = Counter()
        """Those of them that had only just been given to their node."""
        self._networks: dict[str, tuple[str, int]] = {}
        self._troubles = Troubles(chance, hostile=hostile)
        self.placement = Placement(
            state, scheduler, agenda, chance, troubles=self._troubles, failed=self._failed
        )

    def create(self, plan: ServicePlan, now: float) -> Service:
        """Create a service; a replicated one gets its tasks from `fill`."""
        network_id, subnet = self._network_of(plan.stack)
        service = Service(
            self._identities.new(), plan, now=now, network_id=network_id, subnet=subnet
        )
        self._state.add_service(service, now)
        if plan.is_global:
            for node in self._state.nodes_in_order():
                self._serve(service, node, now)
        return service

    def fill(self, service: Service, slots: Iterable[int], now: float) -> None:
        """Create the first tasks of some slots."""
        for slot in slots:
            self._start(service, slot, now)

    def serve(self, node: Node, now: float) -> None:
        """Give a node that is ready the tasks of the global services."""
        for service in self._state.services.values():
            if service.plan.is_global:
                self._serve(service, node, now)

    def mishap(self, service: Service, slot: int, now: float) -> None:
        """Let the task of a slot fail, if it runs on a sound node."""
        task = service.current.get(slot)
        if task is not None:
            self.fail(task, now)

    def fail(self, task: Task, now: float) -> None:
        """Let a task fail, if it runs and nothing else is going to end it."""
        is_lasting = task.ended_at == NEVER and task.is_wanted
        if is_lasting and task.phase(now).state is TaskState.RUNNING:
            task.end(self._troubles.mishap(), now)
            self._failed(task, now)

    def renew(self, task: Task, now: float) -> None:
        """Stop a task and start another in its slot, as a rolling update does."""
        if task.is_wanted:
            self._stop(task, TaskState.SHUTDOWN, now)
            self._succeed(task, now, 0)

    def abandon(self, node: Node, now: float) -> None:
        """Replace the tasks of a node that is lost; nothing more is heard of the old ones."""
        for task in list(node.tasks.values()):
            if task.assigned_at <= now:
                task.halt(now)
            else:
                task.end(SHUTDOWN, now)
            task.desire(TaskState.SHUTDOWN, now)
            self._succeed(task, now, RESTART_DELAY_S)
        node.load = 0

    def welcome(self, node: Node, now: float) -> None:
        """Have a node that came back end the tasks it was replaced in."""
        for task in node.tasks.values():
            if task.ended_at == NEVER:
                task.end(SHUTDOWN, now + self._chance.uniform(0.5, 3))
        node.tasks.clear()

    def evacuate(self, node: Node, now: float, *, within_s: float = STOPS_WITHIN_S) -> None:
        """Move the tasks of a drained node elsewhere; they take at most `within_s` to stop."""
        for task in [task for task in node.tasks.values() if task.is_wanted]:
            self._stop(task, TaskState.SHUTDOWN, now, within_s=within_s)
            # A restart delay is not applied to drained nodes.
            self._succeed(task, now, 0)

    def scale_up(self, service: Service, replicas: int, now: float) -> None:
        """Fill the slots up to `replicas`, for which there is room."""
        added = range(service.replicas + 1, replicas + 1)
        self._state.scale_service(service, replicas, now)
        service.placed = replicas
        self.fill(service, added, now)

    def scale_down(self, service: Service, replicas: int, now: float) -> None:
        """Give up the slots above `replicas`."""
        given_up = [
            task
            for slot in range(replicas + 1, service.replicas + 1)
            for task in service.give_up(slot)
        ]
        self._state.scale_service(service, replicas, now)
        self._dismiss(service, given_up, now)

    def remove(self, service: Service, now: float) -> None:
        """Remove a service; its tasks follow a little later."""
        self._state.remove_service(service, now)
        self._dismiss(service, list(service.tasks.values()), now)
        self._agenda.at(now + _REAP_AFTER_S, partial(self._bury, service))

    def is_black_hole(self, node: Node) -> bool:
        """Tell whether a node has shown that it fails what it is given of some service."""
        return any(
            count >= TRIES and self._swallowed[node_id, service_id] >= _SWALLOWED
            for (node_id, service_id), count in self.failures.items()
            if node_id == node.id
        )

    def _serve(self, service: Service, node: Node, now: float) -> None:
        if node.state is not NodeState.READY or node.availability is not Availability.ACTIVE:
            return
        task = service.current.get(node.id)
        if task is None or not task.is_wanted:
            self._start(service, 0, now, node=node)

    def _start(
        self, service: Service, slot: int, now: float, *, node: Node | None = None, delay: float = 0
    ) -> None:
        # A batch is created together, not in the same nanosecond.
        born = now - self._chance.random() * _BATCH_S
        task = Task(self._identities.new(), service, slot, born=born)
        allocated_at = now + self._chance.uniform(0.1, 1.5)
        task.allocated_at = self._agenda.quiet.postponed(allocated_at)
        task.released_at = now + delay
        service.admit(task, slot or (node.id if node else ""))
        self.placement.place(task, node)

    def _failed(self, task: Task, now: float) -> None:
        """Replace a task that has ended by itself, unless something else ended it first."""
        if not task.is_wanted or task.ended_at > now:
            return
        if task.node is not None:
            self.failures[task.node.id, task.service.id] += 1
            self._swallowed[task.node.id, task.service.id] += now - task.assigned_at < _RUNS_WELL_S
        task.desire(TaskState.SHUTDOWN, now)
        if self._is_tried_again(task):
            self._release(task)
            self._succeed(task, now, RESTART_DELAY_S, on=task.node)
        elif self._chance.random() < _AVOIDED:
            self._succeed(task, now, RESTART_DELAY_S)
            self._release(task)
        else:
            self._release(task)
            self._succeed(task, now, RESTART_DELAY_S)

    def _is_tried_again(self, task: Task) -> bool:
        """Whether the node that lacks a task's image has the fewest tasks of its service again."""
        node = task.node
        if node is None or task.service.plan.image not in node.lacks:
            return False
        return self.failures[node.id, task.service.id] < TRIES

    def _succeed(self, task: Task, now: float, delay: float, *, on: Node | None = None) -> None:
        """Start a successor where the service still wants one."""
        service = task.service
        if service.id not in self._state.services or task.slot > service.replicas:
            return
        if not service.plan.is_global:
            self._start(service, task.slot, now, node=on, delay=delay)
        elif task.node is not None and task.node.takes_tasks:
            self._start(service, 0, now, node=task.node, delay=delay)

    def _dismiss(self, service: Service, tasks: list[Task], now: float) -> None:
        for task in tasks:
            self._stop(task, TaskState.REMOVE, now)
        self._agenda.at(now + _REAP_AFTER_S, lambda _: service.forget(tasks))

    def _bury(self, service: Service, _now: float) -> None:
        service.current.clear()
        service.history.clear()
        service.forget(list(service.tasks.values()))
        del self._state.remnants[service.id]

    def _stop(
        self, task: Task, wanted: TaskState, now: float, *, within_s: float = STOPS_WITHIN_S
    ) -> None:
        if task.halted_at == NEVER and task.ended_at > now:
            task.end(SHUTDOWN, now + self._chance.uniform(0.3, within_s))
        if task.is_wanted:
            task.desire(wanted, now)
            self._release(task)

    def _release(self, task: Task) -> None:
        if task.node is not None and task.node.tasks.pop(task.id, None) is not None:
            self._scheduler.release(task.node)

    def _network_of(self, stack: str) -> tuple[str, int]:
        if stack not in self._networks:
            subnet = _FIRST_SUBNET + 2 * len(self._networks)
            self._networks[stack] = self._identities.new(), subnet
        return self._networks[stack]
