"""Ask an open manager what is due, and emit what is new in the answers."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, assert_never

from swarmtui.collector.inbox import Hint, Inbox, Message
from swarmtui.collector.known import Known, Piece, V
from swarmtui.collector.portions import Portions
from swarmtui.collector.ports import Manager
from swarmtui.collector.schedule import Endpoint, Job, Schedule
from swarmtui.engine.errors import EngineError
from swarmtui.stream.interest import Interest
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import FailureKind, ManagerLost, Observation

MOST_BROKEN = 3
"""Unusable answers in a row before the manager counts as lost."""

_BORNE = frozenset({FailureKind.BROKEN, FailureKind.OVERLOADED})
"""The next question may well be answered."""

OWED_S = 2.0
"""An answer that takes longer hung in an election, or the manager is on its knees."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time, from outside."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    engine: Callable[[], float]
    """Seconds that engines have spent on us so far: what a duty is a share of."""
    worked: Callable[[], float]
    """Seconds of the processor that the thread which asks has used."""


class Poller(Generic[V]):
    """Asks one request after the other, and remembers across managers what is known."""

    def __init__(
        self,
        *,
        emit: Callable[[Observation], None],
        convert: Callable[[V], Task],
        inbox: Inbox,
        clocks: Clocks,
        duty: float,
    ) -> None:
        self.owed_since: datetime | None = None
        """When the first request left that hung or failed since nodes were last seen."""
        self._emit = emit
        self._convert = convert
        self._inbox = inbox
        self._clocks = clocks
        self._known = Known()
        self._schedule = Schedule(duty=duty)
        self._portions = Portions()
        self._broken = 0

    def ask_next(self, manager: Manager[V]) -> bool:
        """Make the request that is due and return True, or wait for it to fall due.

        Raise `EngineError` when the manager is lost.
        """
        self._take_in()
        job, due_at = self._schedule.choose(self._clocks.monotonic())
        wait_s = due_at - self._clocks.monotonic()
        if wait_s > 0:
            self._take_in(wait_s=wait_s)
            return False
        self._ask(manager, job)
        return True

    def _ask(self, manager: Manager[V], job: Job) -> None:
        started, asked_at = self._clocks.monotonic(), self._clocks.now()
        spent, worked = self._clocks.engine(), self._clocks.worked()
        changed = False
        try:
            changed = self._do(manager, job, asked_at)
            self._broken = 0
        except EngineError as error:
            if error.kind is FailureKind.GONE:
                # Removed since the services were listed: the next list will not have it.
                self._schedule.drop(job)
            else:
                self._bear(manager, error, asked_at)
        finally:
            self._schedule.finish(
                job,
                started=started,
                took_s=self._clocks.engine() - spent,
                changed=changed,
                worked_s=self._clocks.worked() - worked,
            )

    def _do(self, manager: Manager[V], job: Job, asked_at: datetime) -> bool:
        """Ask, emit, and tell whether anything was new."""
        match job.endpoint:
            case Endpoint.NODES:
                return self._do_nodes(manager, asked_at)
            case Endpoint.SERVICES:
                return self._do_services(manager, asked_at)
            case Endpoint.TASKS:
                return self._do_tasks(manager, job.service_id, asked_at)
            case _:
                assert_never(job.endpoint)

    def _do_nodes(self, manager: Manager[V], asked_at: datetime) -> bool:
        nodes = manager.read_nodes()
        seen = self._known.see_nodes(
            nodes, taken_at=self._clocks.now(), asked_at=self.owed_since or asked_at
        )
        self.owed_since = None
        self._emit(seen)
        return bool(seen.changed or seen.removed)

    def _do_services(self, manager: Manager[V], asked_at: datetime) -> bool:
        services = manager.read_services()
        seen = self._known.see_services(services, taken_at=self._clocks.now())
        self._note_owed(asked_at)
        self._schedule.watch_services(self._known.service_ids)
        for service in seen.changed:
            self._schedule.expect_change(service.id)
        self._emit(seen)
        return bool(seen.changed or seen.removed)

    def _do_tasks(self, manager: Manager[V], service_id: str, asked_at: datetime) -> bool:
        changed = False
        spent = self._clocks.engine()
        known = self._known.digests_of(service_id)
        pieces = self._iterate_tasks(manager, service_id, known)
        for seen in self._known.see_tasks(
            service_id, pieces, convert=self._convert, now=self._clocks.now
        ):
            self._emit(seen)
            changed = changed or bool(seen.changed or seen.removed)
        self._portions.judge(service_id, self._clocks.engine() - spent)
        self._note_owed(asked_at)
        return changed

    def _iterate_tasks(
        self, manager: Manager[V], service_id: str, known: Container[int]
    ) -> Iterator[Piece[V]]:
        """Yield the tasks of a service, in as many questions as the manager bears."""
        try:
            for ids in self._portions.of(service_id):
                yield from manager.iterate_service_tasks(service_id, ids, known=known)
        except EngineError as error:
            if error.kind is FailureKind.OVERLOADED:
                self._portions.refine(service_id)
            raise

    def _note_owed(self, asked_at: datetime) -> None:
        """Remember a request that hung: the next node list tells whether it was an election."""
        if (self._clocks.now() - asked_at).total_seconds() > OWED_S:
            self.owed_since = self.owed_since or asked_at

    def _bear(self, manager: Manager[V], error: EngineError, asked_at: datetime) -> None:
        """Say that an answer was unusable and go on, or give the manager up."""
        self.owed_since = self.owed_since or asked_at
        self._broken += 1
        if error.kind not in _BORNE or self._broken >= MOST_BROKEN:
            raise error
        self._emit(
            ManagerLost(
                taken_at=self._clocks.now(),
                host=manager.host,
                kind=error.kind,
                text=error.text,
                next_host=manager.host,
                asked_at=asked_at,
            )
        )

    def _take_in(self, *, wait_s: float = 0.0) -> None:
        """Take in what has come to the inbox, waiting for the first at most `wait_s`."""
        for message in self._inbox.take(wait_s):
            self._prefer(message)

    def _prefer(self, message: Message) -> None:
        match message:
            case Interest():
                self._schedule.prefer(message.services)
            case Hint():
                self._schedule.expect_change(message.service_id)
