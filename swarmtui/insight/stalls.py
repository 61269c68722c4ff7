"""Find tasks that stay in one state for too long, and swarms in which nothing moves at all."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from swarmtui.insight.error_words import UNPLACEABLE
from swarmtui.insight.picture import Leadership, Phase, Problem, ServiceLoad, Severity
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.queries import name_service
from swarmtui.insight.shell import list_tasks
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import count_of, name_of, seconds_of
from swarmtui.swarm.entities import Task, task_name
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import PIPELINE, TaskState

_FEWEST_CRITICAL = 50
"""Tasks missing in a standstill that is critical: of a handful, one is a tenth already."""
FEW_SERVICES = 2
"""Services that are short in a calm swarm, with little missing: it is complete but for them."""
_SHOWN = 10


class Waits(NamedTuple):
    """What there is to know of tasks that wait."""

    snapshot: Snapshot
    pipeline: Pipeline
    leadership: Leadership
    thresholds: Thresholds

    @property
    def is_led(self) -> bool:
        """Tell whether tasks could move: somebody leads, and nodes are back from an election."""
        return self.leadership.phase in {Phase.LED, Phase.UNKNOWN}

    @property
    def led_since(self) -> datetime | None:
        """Return since when somebody leads, where that was seen: nobody moved tasks before."""
        leadership = self.leadership
        return leadership.leading_since if leadership.tenure_is_exact else None


def find_held(waits: Waits) -> Iterator[Problem]:
    """Go through the states that a task is in for too long, as far as its list tells."""
    if not waits.is_led:
        return
    latest = max(waits.snapshot.tasks_at.values(), default=None)
    for state in PIPELINE:
        if latest is None or not waits.pipeline.may_be_since(
            state, latest - _limit(state, waits.thresholds)
        ):
            continue  # in a launch all move on within seconds: nobody has to be found first
        task = waits.pipeline.find_oldest_task(state, waits.snapshot.tasks)
        if task is None or task.error.startswith(UNPLACEABLE):
            continue  # that it fits nowhere is said already
        began = waits.pipeline.since(task)
        since = max(began, waits.led_since or began)
        # As its list says: it may have moved on since.
        seen_at = waits.snapshot.tasks_at.get(task.service_id)
        if seen_at is not None and seen_at - since >= _limit(state, waits.thresholds):
            yield _tell_held(waits, task, since, lasts=seen_at - since)


def _limit(state: TaskState, thresholds: Thresholds) -> timedelta:
    match state:
        case TaskState.ASSIGNED | TaskState.ACCEPTED | TaskState.READY:
            return thresholds.held_assigned
        case TaskState.PREPARING:
            return thresholds.held_preparing
        case TaskState.STARTING:
            return thresholds.held_starting
        case _:
            return thresholds.held_queued


def _tell_held(waits: Waits, task: Task, since: datetime, *, lasts: timedelta) -> Problem:
    snapshot, count = waits.snapshot, waits.pipeline.count(task.state)
    service = snapshot.services.get(task.service_id)
    node = snapshot.nodes.get(task.node_id)
    name = plain(task_name(task, service))
    where = f" on {name_of(node)}" if node is not None else ""
    lasting = seconds_of(lasts.total_seconds())
    error = f": {plain(task.error)}" if task.error else ""
    many = f"{count_of(count, 'task')} {'is' if count == 1 else 'are'} {task.state}"
    oldest = f"{name}{where} for {lasting}"
    return Problem(
        severity=Severity.WARNING,
        kind="held",
        subject=task.state,
        text=f"{many} for {lasting}: {name}{where}"
        if count == 1
        else f"{many}, the oldest for {lasting}: {name}{where}",
        since=since,
        nodes=(node.id,) if node is not None and count == 1 else (),
        query=f"state:{task.state} -desired:shutdown",
        screen="tasks",
        size=count,
        evidence=(f"the oldest: {oldest}{error}",),
        command=list_tasks(service.name) if service is not None else "",
    )


class Standstill(NamedTuple):
    """Services that come no further, while nothing else moves either."""

    waits: Waits
    loads: Mapping[str, ServiceLoad]
    short: Mapping[str, datetime]
    """Since when each service that is short of tasks comes no further, by id."""
    moved_at: datetime | None
    """When anything about any task was seen to change."""


def find_standstill(still: Standstill) -> Problem | None:
    """Return the one problem of a swarm in which nothing moves; `None` where that is not known."""
    found = _find_still(still)
    if found is None or not still.short:
        return None
    since, lasting = found
    snapshot, loads = still.waits.snapshot, still.loads
    missing = {s: loads[s].desired - loads[s].running for s in still.short if s in loads}
    desired = sum(load.desired for load in loads.values())
    total = sum(missing.values())
    share = total / desired if desired else 0.0
    is_much = share >= still.waits.thresholds.stalled_share
    if not is_much and len(missing) <= FEW_SERVICES:
        return None
    worst = sorted(missing, key=lambda id_: (-missing[id_], id_))[:_SHOWN]
    lasts = seconds_of(lasting.total_seconds())
    return Problem(
        severity=Severity.CRITICAL if is_much and total >= _FEWEST_CRITICAL else Severity.WARNING,
        kind="no_progress",
        subject="tasks",
        text=f"no task moved for {lasts}, and {total:,} of {count_of(desired, 'task')} do not run:"
        f" {_describe_queue(still.waits)}",
        since=since,
        query="-state:running desired:running",
        screen="tasks",
        size=total,
        evidence=[
            f"{name_service(snapshot.services, id_).shown}: {loads[id_].running:,} of "
            f"{count_of(loads[id_].desired, 'task')}"
            for id_ in worst
        ],
        command=list_tasks(name_service(snapshot.services, worst[0]).name),
    )


def _find_still(still: Standstill) -> tuple[datetime, timedelta] | None:
    """Return since when nothing moves, and for how long that is known.

    `None` when that is too short, or cannot be known.
    """
    waits = still.waits
    if still.moved_at is None or not waits.is_led or waits.snapshot.lost is not None:
        return None
    since = max(still.moved_at, waits.led_since or still.moved_at)
    # Every list has to have been seen since: what moved in one that is old, nobody knows.
    seen_at = waits.snapshot.oldest_tasks_at
    if seen_at is None or seen_at - since < waits.thresholds.no_progress:
        return None
    return since, seen_at - since


def _describe_queue(waits: Waits) -> str:
    counts = {state: waits.pipeline.count(state) for state in PIPELINE}
    queue = [f"{count:,} {state}" for state, count in counts.items() if count]
    return ", ".join(queue) or "none is on its way"
