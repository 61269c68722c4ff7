"""Decide what to ask a manager next, and when, so that it spends a set share of its time on us."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Endpoint(StrEnum):
    """The lists a manager is asked for."""

    NODES = "/nodes"
    SERVICES = "/services"
    TASKS = "/tasks"


@dataclass(frozen=True, slots=True)
class Job:
    """One request to make: a list, and for tasks the service whose tasks are wanted."""

    endpoint: Endpoint
    service_id: str = ""


NODES = Job(Endpoint.NODES)
SERVICES = Job(Endpoint.SERVICES)

_CORE_SHARE = {NODES: 0.6, SERVICES: 0.1}
"""Most of the duty that the two short lists may take; tasks have the rest."""

_BLOCKED_S = 8.0
"""A request longer than this hung in an election or in a lost quorum; it did not work so long."""

_BLOCKED_COST_S = 0.5

_MOST_TIMES = 3.0
_ALWAYS_S = 0.1
"""An answer counts at most three times as much as the one before it of the same list, beyond a
tenth of a second. A manager that stood still for a moment is not left alone for minutes because of
it: by one answer of 7 s all tasks would have waited for four. One that has become slow is known as
that after three or four answers."""

_TARGET_S = {"changing": 5.0, "rest": 30.0}
"""How often tasks of a service are wanted. Only the ratios count while the duty is short."""

_ON_SCREEN = 16.0
"""Urgency, for each second of age, of tasks on screen: at 3 s they go before whatever is overdue.
Shared where many are on screen, or nothing else would ever be asked."""
_FEW = 3

_OLDEST_S = 40.0
"""A service not asked for so long goes before all others: the whole picture is then renewed within
a minute, as far as the duty allows."""

_OWN_SHARE = 0.003
"""Share of a processor spent here on lists in which nothing moves and that nobody looks at: a
manager that answers fast would have them read again and again."""


def cost_of(took_s: float) -> float:
    """Return the seconds a manager worked on a request that took so long."""
    return took_s if took_s < _BLOCKED_S else _BLOCKED_COST_S


@dataclass(slots=True)
class _Record:
    """When a job was last done, what it cost the manager, and whether it brought news."""

    started: float
    cost_s: float
    """Seconds of the manager's time."""
    changed: bool


class Schedule:
    """What was asked when, and from that what to ask next. Times are monotonic seconds."""

    def __init__(self, *, duty: float, fastest_s: float = 2.0) -> None:
        self._duty = duty
        self._fastest_s = fastest_s
        self._done: dict[Job, _Record] = {}
        self._tasks: dict[str, Job] = {}
        self._on_screen: frozenset[str] = frozenset()
        self._tasks_free_at = 0.0
        self._resting_free_at = 0.0

    @property
    def is_first_look(self) -> bool:
        """Tell whether something has not been asked once yet."""
        jobs = (NODES, SERVICES, *self._tasks.values())
        return not all(job in self._done for job in jobs)

    def watch_services(self, service_ids: Iterable[str]) -> None:
        """Take the services there are now; what is known of others is forgotten."""
        self._tasks = {id_: self._tasks.get(id_) or Job(Endpoint.TASKS, id_) for id_ in service_ids}
        jobs = set(self._tasks.values()) | {NODES, SERVICES}
        self._done = {job: record for job, record in self._done.items() if job in jobs}

    def drop(self, job: Job) -> None:
        """Do not ask for a service's tasks again, unless it is among the services once more."""
        self._tasks.pop(job.service_id, None)

    def prefer(self, service_ids: Iterable[str]) -> None:
        """Take the services whose tasks are on screen."""
        self._on_screen = frozenset(service_ids)

    def expect_change(self, service_id: str) -> None:
        """Take a hint that a service moves, so that its tasks are asked for sooner."""
        record = self._done.get(Job(Endpoint.TASKS, service_id))
        if record is not None:
            record.changed = True

    def finish(
        self, job: Job, *, started: float, took_s: float, changed: bool, worked_s: float = 0.0
    ) -> None:
        """Take note of a request that is over, answered or not; `worked_s` is the time it cost us.

        That is of the processor, without what was waited for.
        """
        cost_s = self._cost_of(job, took_s)
        first = self.is_first_look
        record = self._done[job] = _Record(started, cost_s, changed)
        if job.endpoint is not Endpoint.TASKS or first:
            return
        busy_until = max(self._tasks_free_at, started)
        self._tasks_free_at = busy_until + cost_s / self._tasks_duty()
        if self._rests(job, record):
            self._resting_free_at = max(self._resting_free_at, started) + worked_s / _OWN_SHARE

    def choose(self, now: float) -> tuple[Job, float]:
        """Return the job to do next and the time to start it, `now` or later.

        In the first look one request follows another. Afterwards the node and service lists
        come first at their own pace; tasks share what the duty leaves, the most overdue first.
        """
        waiting = [(self._due_at(job, now), -self._urgency(job, now), job) for job in self._jobs()]
        due = [entry for entry in waiting if entry[0] <= now]
        if due:
            _, _, job = min(due, key=lambda entry: (entry[2].endpoint is Endpoint.TASKS, entry[1]))
            return job, now
        at, _, job = min(waiting, key=lambda entry: entry[:2])
        return job, at

    def _jobs(self) -> Iterable[Job]:
        yield NODES
        yield SERVICES
        yield from self._tasks.values()

    def _due_at(self, job: Job, now: float) -> float:
        record = self._done.get(job)
        if record is None:
            return now
        due = record.started + self._pause_s(job, record)
        if job.endpoint is not Endpoint.TASKS:
            return due
        if self._rests(job, record):
            due = max(due, min(self._resting_free_at, record.started + _OLDEST_S))
        return max(due, self._tasks_free_at)

    def _cost_of(self, job: Job, took_s: float) -> float:
        cost_s, before = cost_of(took_s), self._done.get(job)
        return min(cost_s, max(_ALWAYS_S, _MOST_TIMES * before.cost_s)) if before else cost_s

    def _rests(self, job: Job, record: _Record) -> bool:
        return not record.changed and job.service_id not in self._on_screen

    def _pause_s(self, job: Job, record: _Record) -> float:
        """Return the shortest time between two starts of a job."""
        share = _CORE_SHARE.get(job)
        if share is None:
            return self._fastest_s
        return max(self._fastest_s, record.cost_s / (self._duty * share))

    def _tasks_duty(self) -> float:
        """Return the share of the manager's time that the node and service lists leave."""
        core = sum(
            record.cost_s / self._pause_s(job, record)
            for job in _CORE_SHARE
            if (record := self._done.get(job)) is not None
        )
        return max(self._duty - core, self._duty * (1 - sum(_CORE_SHARE.values())))

    def _urgency(self, job: Job, now: float) -> float:
        record = self._done.get(job)
        if record is None:
            return 2.0 if job.service_id in self._on_screen else 1.0
        age_s = now - record.started
        if job in _CORE_SHARE:
            return age_s / self._fastest_s
        if job.service_id in self._on_screen:
            return age_s * _ON_SCREEN * min(1.0, _FEW / len(self._on_screen))
        target_s = _TARGET_S["changing" if record.changed else "rest"]
        return age_s / target_s + (age_s if age_s > _OLDEST_S else 0.0)
