"""The rows of `swarmtui tasks`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from swarmtui.cli.printed.ages import spell_age
from swarmtui.cli.printed.order import natural
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.table import Column
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.swarm.entities import Task, task_name
from swarmtui.swarm.words import FAILURES, PIPELINE, TaskState


class TaskRow(msgspec.Struct, frozen=True, gc=False):
    """One task; the names and their order are what `--format json` and `csv` print."""

    id: str
    name: str
    service: str
    """Name of the service; its id when the service is gone."""
    node_id: str
    """Empty until the scheduler has found a node."""
    hostname: str
    state: TaskState
    desired_state: TaskState
    since: datetime
    error: str


def iterate_tasks(picture: Picture, *, query: Query = EVERYTHING) -> Iterator[TaskRow]:
    """Go through the tasks that match, by service and slot (hostname, where global), newest first.

    Only one service's tasks are held in order at a time.
    """
    places = _hostname_places(picture)
    for service_id in _services_in_order(picture):
        tasks = query.filter_tasks(picture.snapshot.tasks[service_id].values(), picture)
        for task in sorted(tasks, key=lambda task: _order(task, places)):
            yield _row(task, picture)


def task_columns(now: datetime) -> Sequence[Column[TaskRow]]:
    """Return the columns of `docker service ps`, with ages as of `now`."""
    return (
        Column("ID", lambda row: harmless(row.id, Tone.DIM), least=12, rank=4),
        Column("NAME", lambda row: harmless(row.name), least=14),
        Column("NODE", lambda row: harmless(row.hostname), least=12, rank=1),
        Column("DESIRED STATE", lambda row: Span(row.desired_state.value), rank=3),
        Column("CURRENT STATE", lambda row: _current(row, now)),
        Column("ERROR", lambda row: harmless(row.error, Tone.WARN), least=16, rank=2),
    )


def _current(row: TaskRow, now: datetime) -> Span:
    return Span(f"{row.state.value} {spell_age(row.since, now)}", _tone(row.state))


def _tone(state: TaskState) -> Tone:
    if state is TaskState.RUNNING:
        return Tone.OK
    if state in FAILURES or state is TaskState.ORPHANED:
        return Tone.BAD
    return Tone.WARN if state in PIPELINE else Tone.PLAIN


def _services_in_order(picture: Picture) -> list[str]:
    services = picture.snapshot.services
    return sorted(
        picture.snapshot.tasks,
        key=lambda id_: (natural(services[id_].name if id_ in services else id_), id_),
    )


def _hostname_places(picture: Picture) -> Mapping[str, int]:
    """Return each node's place in the order of hostnames, so that tasks compare numbers."""
    nodes = picture.snapshot.nodes.values()
    ranked = sorted(nodes, key=lambda node: (natural(node.hostname), node.id))
    return {node.id: place for place, node in enumerate(ranked)}


def _order(task: Task, places: Mapping[str, int]) -> tuple[int, int, float, str]:
    # A slot's tasks are one replica's history, whichever nodes it was on.
    place = 0 if task.slot else places.get(task.node_id, -1)
    return task.slot, place, -task.since.timestamp(), task.id


def _row(task: Task, picture: Picture) -> TaskRow:
    service = picture.snapshot.services.get(task.service_id)
    node = picture.snapshot.nodes.get(task.node_id)
    return TaskRow(
        id=task.id,
        name=task_name(task, service),
        service=service.name if service else task.service_id,
        node_id=task.node_id,
        hostname=node.hostname if node else "",
        state=task.state,
        desired_state=task.desired,
        since=task.since,
        error=task.error,
    )
