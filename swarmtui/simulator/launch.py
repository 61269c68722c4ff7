"""The launch: services created one after another, their tasks a few hundred each second."""

from collections import deque
from dataclasses import dataclass
from math import ceil

from swarmtui.simulator.agenda import Agenda, Window
from swarmtui.simulator.catalogue import ServicePlan
from swarmtui.simulator.orchestrator import Orchestrator
from swarmtui.simulator.services import Service
from swarmtui.simulator.timetable import LAUNCH_LANES

_TICK_S = 0.25


@dataclass(slots=True)
class _Lane:
    """A service being brought up; mutable, its next slot moves."""

    service: Service
    next_slot: int = 1

    @property
    def left(self) -> int:
        return self.service.replicas + 1 - self.next_slot

    def take(self, wanted: int) -> range:
        """Return the next slots to fill."""
        slots = range(self.next_slot, self.next_slot + min(wanted, self.left))
        self.next_slot = slots.stop
        return slots


class Launch:
    """Creates the services of the catalogue within a window, some lanes at a time."""

    def __init__(
        self, plans: list[ServicePlan], orchestrator: Orchestrator, agenda: Agenda, during: Window
    ) -> None:
        self._plans = deque(plans)
        self._orchestrator = orchestrator
        self._agenda = agenda
        self._ends_at = during.end
        self._left: float = sum(plan.replicas for plan in plans)
        self._owed = 0.0
        """Tasks due but not created: less than one is not a task."""
        self._lanes: list[_Lane] = []
        agenda.at(during.start, self._tick)

    def _tick(self, now: float) -> None:
        ticks = max(1.0, (self._ends_at - now - self._stillness_ahead(now)) / _TICK_S)
        self._owed += self._left / ticks
        self._left -= self._left / ticks
        self._create(int(self._owed + 1e-6), now)
        if self._plans or self._lanes:
            self._agenda.at(now + _TICK_S, self._tick)

    def _stillness_ahead(self, now: float) -> float:
        quiet = self._agenda.quiet
        return quiet.end - quiet.start if now < quiet.start else 0

    def _create(self, tasks: int, now: float) -> None:
        self._owed -= tasks
        while tasks > 0 and self._open_lanes(now):
            share = ceil(tasks / len(self._lanes))
            for lane in list(self._lanes):
                slots = lane.take(min(share, tasks))
                self._orchestrator.fill(lane.service, slots, now)
                tasks -= len(slots)
                if lane.left <= 0:
                    self._lanes.remove(lane)

    def _open_lanes(self, now: float) -> bool:
        while self._plans and len(self._lanes) < LAUNCH_LANES:
            service = self._orchestrator.create(self._plans.popleft(), now)
            if service.replicas:
                self._lanes.append(_Lane(service))
        return bool(self._lanes)
