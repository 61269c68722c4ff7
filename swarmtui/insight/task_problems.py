"""Find services whose tasks fit nowhere or are missing, or whose update got stuck."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from swarmtui.insight.chronicle import TROUBLED_UPDATES
from swarmtui.insight.error_words import NO_NODE_READY, UNPLACEABLE, explain
from swarmtui.insight.errors import ErrorTally, Share
from swarmtui.insight.picture import Problem, ServiceLoad, Severity
from swarmtui.insight.queries import name_service, query_field
from swarmtui.insight.shell import list_tasks, roll_back
from swarmtui.insight.stalls import FEW_SERVICES, Standstill, Waits, find_held, find_standstill
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import age_of, count_of, shorten
from swarmtui.swarm.entities import Service
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import ServiceMode

_LASTING = frozenset({ServiceMode.REPLICATED, ServiceMode.GLOBAL})
"""Modes whose tasks shall all run; those of a job end."""
_FALL, _FALL_SHARE = 10, 0.1
"""Tasks, and share of them, that a service has to lose for its shortage to be another: it is being
scaled down, though its new number is not known yet, or has just lost nodes, and nobody knows
whether it comes any further."""


class Progress(NamedTuple):
    """How far a service that is short of tasks has come."""

    most: int
    """Most tasks it ran since it is short."""
    missing: int
    at: datetime
    """When it last came further."""
    wanted: int = 0
    """Most tasks that were to run."""


class Shortages:
    """Services short of tasks, and since when each comes no further."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._patience = thresholds.no_progress
        self._progress: dict[str, Progress] = {}

    def see(
        self, service_id: str, *, running: int, desired: int, wanted: int, at: datetime
    ) -> None:
        """Take into account what a service has and desires, as of `at`.

        `wanted` are those of its tasks that shall run, which may be known before the desired ones.
        """
        missing = desired - running
        if missing <= 0:
            self._progress.pop(service_id, None)
            return
        before = self._progress.get(service_id)
        if (
            before is None
            or running > before.most
            or missing < before.missing
            or _has_fallen(before.most, running)
            or _has_fallen(before.wanted, wanted)
        ):
            self._progress[service_id] = Progress(running, missing, at, wanted)
        elif wanted > before.wanted:
            self._progress[service_id] = before._replace(wanted=wanted)

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
        """Go through the services that came no further for long, as far as data tells."""
        for service_id, progress in self._progress.items():
            seen_at = snapshot.tasks_at.get(service_id)
            if seen_at is not None and seen_at - progress.at >= self._patience:
                yield service_id, progress.at


def _has_fallen(most: int, count: int) -> bool:
    return most - count >= max(_FALL, _FALL_SHARE * most)


class Work(NamedTuple):
    """What there is to know of tasks and services."""

    waits: Waits
    loads: Mapping[str, ServiceLoad]
    errors: ErrorTally
    shortages: Shortages
    moved_at: datetime | None
    """When anything about any task was seen to change."""

    @property
    def snapshot(self) -> Snapshot:
        """Return what is known of the swarm."""
        return self.waits.snapshot


def find_task_problems(work: Work, now: datetime) -> Iterator[Problem]:
    """Go through the problems of tasks and services, as of `now`."""
    pending = work.errors.find_unplaceable()
    unplaceable = _gather_unplaceable(pending, work)
    for service_id, reasons in unplaceable.items():
        yield _tell_unplaceable(work.snapshot, service_id, reasons, now)
    told = {service_id for _, shares in pending for service_id in shares}
    short = {
        service_id: since
        for service_id, since in work.shortages.find(work.snapshot)
        if work.waits.is_led and service_id not in told and _is_short(work, service_id)
    }
    standstill = find_standstill(Standstill(work.waits, work.loads, short, work.moved_at))
    if standstill is not None:
        yield standstill
    # Where nothing moves at all, many services are not to be looked at one by one.
    if standstill is None or len(short) <= FEW_SERVICES:
        for service_id, since in short.items():
            yield _tell_short(work, service_id, since)
    yield from find_held(work.waits)
    yield from _find_stuck(work.snapshot.services.values(), now, work.waits.thresholds)


class _Reason(NamedTuple):
    """Why tasks of one service fit nowhere."""

    text: str
    share: Share


def _gather_unplaceable(
    pending: Iterable[tuple[str, Mapping[str, Share]]], work: Work
) -> Mapping[str, Sequence[_Reason]]:
    """Return, by service id, why its pending tasks fit on no node, most tasks first."""
    found: defaultdict[str, list[_Reason]] = defaultdict(list)
    for text, shares in pending:
        for service_id, share in shares.items():
            if text != NO_NODE_READY or _is_since_led(work.waits, service_id):
                found[service_id].append(_Reason(text, share))
    return {
        service_id: sorted(reasons, key=lambda reason: (-reason.share.count, reason.text))
        for service_id, reasons in found.items()
    }


def _is_since_led(waits: Waits, service_id: str) -> bool:
    """Tell whether a list is of a time when nodes were back from the last election.

    A new leader knows of none at first and says so of every task; that is the election.
    """
    led_since, seen_at = waits.leadership.since, waits.snapshot.tasks_at.get(service_id)
    if led_since is None or seen_at is None:
        return waits.is_led
    return waits.is_led and seen_at >= led_since


def _tell_unplaceable(
    snapshot: Snapshot, service_id: str, reasons: Sequence[_Reason], now: datetime
) -> Problem:
    service = name_service(snapshot.services, service_id)
    count = sum(reason.share.count for reason in reasons)
    whys = [explain(reason.share.example) or "no node is suitable" for reason in reasons]
    query = [service.query, "state:pending -desired:shutdown"]
    if len(reasons) == 1:
        causes = reasons[0].text.removeprefix(UNPLACEABLE).lstrip(": ")
        query += [query_field("error", part) for part in causes.split("; ") if part]
    return Problem(
        severity=Severity.WARNING,
        kind="unplaceable",
        subject=service.shown,
        text=f"{count_of(count, 'task')} of {service.shown} cannot be placed: {whys[0]}",
        since=min((r.share.since for r in reasons if r.share.since), default=now),
        query=" ".join(query),
        screen="tasks",
        size=count,
        evidence=[
            f"{count_of(reason.share.count, 'task')}: {why}"
            for reason, why in zip(reasons, whys, strict=True)
        ],
        command=list_tasks(service.name),
    )


def _is_short(work: Work, service_id: str) -> bool:
    service = work.snapshot.services.get(service_id)
    return service is not None and service.mode in _LASTING and service_id in work.loads


def _tell_short(work: Work, service_id: str, since: datetime) -> Problem:
    load = work.loads[service_id]
    name = name_service(work.snapshot.services, service_id)
    failed = count_of(load.failures_5m, "task")
    return Problem(
        severity=Severity.WARNING,
        kind="short",
        subject=name.shown,
        text=f"{name.shown} runs {load.running:,} of {count_of(load.desired, 'task')}"
        " and comes no further",
        since=since,
        query=name.query,
        screen="services",
        size=load.desired - load.running,
        evidence=(f"{load.desired - load.running:,} missing; {failed} failed in 5 min",),
        command=list_tasks(name.name),
    )


def _find_stuck(
    services: Iterable[Service], now: datetime, thresholds: Thresholds
) -> Iterator[Problem]:
    for service in services:
        if service.update_state not in TROUBLED_UPDATES:
            continue
        over = service.update_state == "rollback_completed"
        if over and age_of(service.updated_at, now) > thresholds.rolled_back.total_seconds():
            continue
        name = shorten(plain(service.name))
        state = service.update_state.replace("_", " ")
        message = f": {plain(service.update_message)}" if service.update_message else ""
        is_paused = service.update_state == "paused"
        yield Problem(
            severity=Severity.INFO if over else Severity.WARNING,
            kind="update",
            subject=name,
            text=f"update of {name} {state}{message}",
            since=service.updated_at,
            query=query_field("service", service.name),
            screen="services",
            command=roll_back(service.name) if is_paused else list_tasks(service.name),
        )
