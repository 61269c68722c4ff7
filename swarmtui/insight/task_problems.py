"""Find services whose tasks fit nowhere or are missing, or whose update got stuck."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from swarmtui.insight.chronicle import TROUBLED_UPDATES
from swarmtui.insight.errors import UNPLACEABLE, ErrorTally, Share, explain
from swarmtui.insight.picture import Problem, ServiceLoad, Severity
from swarmtui.insight.queries import NamedService, name_service, query_field
from swarmtui.insight.wording import count_of, shorten
from swarmtui.swarm.entities import Service
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import ServiceMode

_PATIENCE = timedelta(seconds=60)

_LASTING = frozenset({ServiceMode.REPLICATED, ServiceMode.GLOBAL})
"""Modes whose tasks shall all run; those of a job end."""


class Progress(NamedTuple):
    """How far a service that is short of tasks has come."""

    most: int
    """Most tasks it ran since it is short."""
    missing: int
    at: datetime
    """When it last came further."""


class Shortages:
    """Services short of tasks, and since when each comes no further."""

    def __init__(self) -> None:
        self._progress: dict[str, Progress] = {}

    def see(self, service_id: str, *, running: int, desired: int, at: datetime) -> None:
        """Take into account what a service has and wants, as of `at`."""
        missing = desired - running
        if missing <= 0:
            self._progress.pop(service_id, None)
            return
        before = self._progress.get(service_id)
        if before is None or running > before.most or missing < before.missing:
            self._progress[service_id] = Progress(running, missing, at)

    def forget(self, service_id: str) -> None:
        """Forget a service, short or not."""
        self._progress.pop(service_id, None)

    def remember(self) -> Mapping[str, Progress]:
        """Return how far each service that is short has come."""
        return dict(self._progress)

    def recall(self, memory: Mapping[str, Progress]) -> None:
        """Begin with what was remembered."""
        self._progress = dict(memory)

    def find(self, snapshot: Snapshot) -> Iterator[tuple[str, datetime]]:
        """Go through the services that came no further for a minute, as far as data tells."""
        for service_id, progress in self._progress.items():
            seen_at = snapshot.tasks_at.get(service_id)
            if seen_at is not None and seen_at - progress.at >= _PATIENCE:
                yield service_id, progress.at


class Work(NamedTuple):
    """What there is to know of tasks and services."""

    snapshot: Snapshot
    loads: Mapping[str, ServiceLoad]
    errors: ErrorTally
    shortages: Shortages


def find_task_problems(work: Work, now: datetime) -> Iterator[Problem]:
    """Go through the problems of tasks and services, as of `now`."""
    unplaceable = list(_find_unplaceable(work, now))
    yield from unplaceable
    told = {problem.subject for problem in unplaceable}
    yield from (problem for problem in _find_short(work) if problem.subject not in told)
    yield from _find_stuck(work.snapshot.services.values())


def _find_unplaceable(work: Work, now: datetime) -> Iterator[Problem]:
    for text, shares in work.errors.find_unplaceable():
        for service_id, share in shares.items():
            yield _tell_unplaceable(
                name_service(work.snapshot.services, service_id), text, share, now
            )


def _tell_unplaceable(service: NamedService, text: str, share: Share, now: datetime) -> Problem:
    reasons = text.removeprefix(UNPLACEABLE).lstrip(": ")
    query = [service.query, "state:pending -desired:shutdown"]
    query += [query_field("error", part) for part in reasons.split("; ") if part]
    why = explain(share.example) or "no node is suitable"
    return Problem(
        severity=Severity.WARNING,
        kind="unplaceable",
        subject=service.shown,
        text=f"{count_of(share.count, 'task')} of {service.shown} cannot be placed: {why}",
        since=share.since or now,
        query=" ".join(query),
        screen="tasks",
        size=share.count,
    )


def _find_short(work: Work) -> Iterator[Problem]:
    for service_id, since in work.shortages.find(work.snapshot):
        service = work.snapshot.services.get(service_id)
        load = work.loads.get(service_id)
        if service is None or load is None or service.mode not in _LASTING:
            continue
        name = name_service(work.snapshot.services, service_id)
        yield Problem(
            severity=Severity.WARNING,
            kind="short",
            subject=name.shown,
            text=f"{name.shown} runs {load.running:,} of {count_of(load.desired, 'task')}"
            " and comes no further",
            since=since,
            query=name.query,
            screen="services",
            size=load.desired - load.running,
        )


def _find_stuck(services: Iterable[Service]) -> Iterator[Problem]:
    for service in services:
        if service.update_state not in TROUBLED_UPDATES:
            continue
        over = service.update_state == "rollback_completed"
        name = shorten(plain(service.name))
        state = service.update_state.replace("_", " ")
        message = f": {plain(service.update_message)}" if service.update_message else ""
        yield Problem(
            severity=Severity.INFO if over else Severity.WARNING,
            kind="update",
            subject=name,
            text=f"update of {name} {state}{message}",
            since=service.updated_at,
            query=query_field("service", service.name),
            screen="services",
        )
