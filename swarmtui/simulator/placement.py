"""Bring new tasks to nodes: at once, later, or never."""

from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random

from swarmtui.simulator.agenda import Agenda
from swarmtui.simulator.catalogue import Demand
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.scheduler import Scheduler, explain
from swarmtui.simulator.services import Service
from swarmtui.simulator.swarmstate import SwarmState
from swarmtui.simulator.tasks import NEVER, Complaint, Task, make_gaits, paced
from swarmtui.simulator.troubles import Troubles

_RETRY_S = 1.0
_EXPLAIN_EVERY = 10
"""Retries between two looks at why tasks do not fit."""

Failed = Callable[[Task, float], None]


class Placement:
    """Assigns tasks to nodes and keeps those that must wait."""

    def __init__(
        self,
        state: SwarmState,
        scheduler: Scheduler,
        agenda: Agenda,
        chance: Random,
        *,
        troubles: Troubles,
        failed: Failed,
    ) -> None:
        self._state = state
        self._scheduler = scheduler
        self._agenda = agenda
        self._chance = chance
        self._troubles = troubles
        self._failed = failed
        self._gaits = make_gaits(chance)
        self._waiting: deque[Task] = deque()
        self._explanations: dict[Demand, str] = {}
        self._retries = 0
        agenda.at(agenda.now, self._retry)

    def place(self, task: Task, node: Node | None = None) -> None:
        """Assign a new task to `node`, or to the scheduler's choice, or let it wait."""
        tried_at = task.allocated_at + self._chance.uniform(0.1, 2.5)
        if node is not None:
            node.load += 1
            self._scheduler.offer(node)
            self._bind(task, node, tried_at)
        elif not task.service.has_room_for(task.slot):
            self._complain(task, tried_at)
        elif not self._assign(task, tried_at):
            self._waiting.append(task)
            self._complain(task, tried_at)

    def find_room(self, service: Service, slots: int, now: float) -> None:
        """Make room for the next `slots` tasks of a service that has too little."""
        first = service.placed + 1
        service.placed = min(service.placed + slots, service.replicas)
        for slot in range(first, service.placed + 1):
            task = service.current.get(slot)
            if task is not None and task.is_wanted:
                self._waiting.append(task)
        self._retry_waiting(now)

    def _assign(self, task: Task, at: float) -> bool:
        node = self._scheduler.pick()
        if node is not None:
            self._bind(task, node, at)
        return node is not None

    def _bind(self, task: Task, node: Node, at: float) -> None:
        quiet = self._agenda.quiet
        at = quiet.postponed(at)
        gait = self._gaits[int(self._chance.random() * len(self._gaits))]
        task.node = node
        task.assigned_at = at
        task.gait = paced(gait, at, released_at=task.released_at, quiet=quiet)
        task.changed()
        node.tasks[task.id] = task
        trouble = node.trouble_with(task.service.plan)
        if trouble is not None:
            ending, after = self._troubles.doom(trouble, task, task.gait)
            task.end(ending, quiet.postponed(at + after))
            self._agenda.at(task.ended_at, partial(self._failed, task))

    def _retry(self, now: float) -> None:
        self._retry_waiting(now)
        if self._retries % _EXPLAIN_EVERY == 0:
            self._explain_again(now)
        self._retries += 1
        self._agenda.at(now + _RETRY_S, self._retry)

    def _retry_waiting(self, now: float) -> None:
        while self._waiting:
            task = self._waiting[0]
            if task.is_wanted and not self._assign(task, now + self._chance.uniform(0, 0.9)):
                return
            self._waiting.popleft()

    def _explain_again(self, now: float) -> None:
        self._explanations.clear()
        for service in self._state.services.values():
            for slot in range(service.placed + 1, service.replicas + 1):
                task = service.current.get(slot)
                if task is not None and task.assigned_at == NEVER:
                    self._update_complaint(task, now)

    def _update_complaint(self, task: Task, now: float) -> None:
        known = task.complaint
        if known is None or (known.at < now and known.text != self._explanation(task)):
            self._complain(task, now)

    def _complain(self, task: Task, at: float) -> None:
        at = self._agenda.quiet.postponed(at)
        task.complaint = Complaint(at, self._explanation(task))
        task.changed()

    def _explanation(self, task: Task) -> str:
        demand = task.service.plan.demand
        if demand not in self._explanations:
            self._explanations[demand] = explain(self._state.nodes.values(), demand)
        return self._explanations[demand]
