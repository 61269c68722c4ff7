"""The task lists of all services as columns: by themselves, or as what differs from others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import TypeVar

import msgspec

from swarmtui.recording.columns import (
    Ids,
    Ints,
    Times,
    pack_ids,
    pack_ints,
    pack_times,
    unpack_ints,
    unpack_times,
)
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES

MOST_TASKS = 1_000_000
"""More are damage: five times what a swarm was ever seen to have room for."""

_PORTION = 2_000
"""Tasks that are packed in about two milliseconds."""

_NUMBER = {state: number for number, state in enumerate(TASK_STATES)}

C = TypeVar("C")

Lists = Mapping[str, Mapping[str, Task]]
"""By service id, then by task id."""


class How(IntEnum):
    """How the list of a service is told."""

    SAME = 0
    """It is that of the base."""
    DIFFERING = 1
    """As what changed since the base."""
    WHOLE = 2


class TaskRows(msgspec.Struct, frozen=True):
    """Tasks, one list a field; without their services, and their ids only where they are new."""

    ids: Ids
    slots: Ints
    nodes: Ints
    states: bytes
    desired: bytes
    since: Times
    errors: Ints
    images: Ints


class TaskLists(msgspec.Struct, frozen=True):
    """The lists of all services; what is counted is counted by service."""

    services: tuple[str, ...]
    hows: bytes
    changed: Ints
    """How many are in the base and differ from it: these come first in the rows of a service."""
    gone: Ints
    """How many are in the base alone."""
    new: Ints
    """How many the base does not have: these come last in the rows."""
    changed_at: Ints
    """Where in the base they stand, each counted from the one before it."""
    gone_at: Ints
    rows: TaskRows


class _Difference:
    """What is told of one service's list."""

    def __init__(self, how: How, new: Sequence[Task] = ()) -> None:
        self.how = how
        self.new = new
        self.changed: list[Task] = []
        self.changed_at: list[int] = []
        self.gone_at: list[int] = []


def known_names(nodes: Iterable[str]) -> Sequence[str]:
    """Return the names that need not be told beside these nodes: others are numbered on."""
    return tuple(dict.fromkeys(("", *nodes)))


def pack_task_lists(
    lists: Lists,
    base: Lists,
    number: Callable[[str], int],
    *,
    rest: Callable[[], None] = lambda: None,
) -> TaskLists:
    """Return the lists as what differs from `base`; `number` tells the number of a name.

    A service's tasks come back in the very order they have now: where the base's order is another
    one, or most of it differs, the service's list is told whole. `rest` is called every few
    milliseconds.
    """
    told = []
    for service, tasks in lists.items():
        told.append(_compare(base.get(service), tasks))
        rest()
    return TaskLists(
        services=tuple(lists),
        hows=bytes(each.how for each in told),
        changed=pack_ints([len(each.changed) for each in told]),
        gone=pack_ints([len(each.gone_at) for each in told]),
        new=pack_ints([len(each.new) for each in told]),
        changed_at=pack_ints(_steps(each.changed_at for each in told)),
        gone_at=pack_ints(_steps(each.gone_at for each in told)),
        rows=pack_rows(
            list(chain.from_iterable(chain(each.changed, each.new) for each in told)),
            ids=[task.id for each in told for task in each.new],
            number=number,
            rest=rest,
        ),
    )


def make_tasks(
    service: str, ids: Sequence[str], rows: TaskRows, names: Sequence[str]
) -> tuple[Task, ...]:
    """Return tasks of a service from their ids and columns; `names` is what numbers stand for.

    Raises `ValueError` or `LookupError` when the columns are not of so many tasks.
    """
    count, known = len(ids), TASK_STATES
    fields = zip(
        ids,
        unpack_ints(rows.slots, count),
        unpack_ints(rows.nodes, count),
        rows.states,
        rows.desired,
        unpack_times(rows.since, count),
        unpack_ints(rows.errors, count),
        unpack_ints(rows.images, count),
        strict=True,
    )
    return tuple(
        [
            Task(
                id=id_,
                service_id=service,
                slot=slot,
                node_id=names[node],
                state=known[state],
                desired=known[desired],
                since=since,
                error=names[error],
                image=names[image],
            )
            for id_, slot, node, state, desired, since, error, image in fields
        ]
    )


def _compare(before: Mapping[str, Task] | None, tasks: Mapping[str, Task]) -> _Difference:
    if before is None:
        return _Difference(How.WHOLE, tuple(tasks.values()))
    if before is tasks:
        return _Difference(How.SAME)
    told = _Difference(How.DIFFERING, [task for id_, task in tasks.items() if id_ not in before])
    for place, (id_, known) in enumerate(before.items()):
        task = tasks.get(id_)
        if task is None:
            told.gone_at.append(place)
        elif task is not known and task != known:
            told.changed.append(task)
            told.changed_at.append(place)
    order = [id_ for id_ in before if id_ in tasks] + [task.id for task in told.new]
    if 2 * (len(told.changed) + len(told.new)) > len(tasks) or order != list(tasks):
        return _Difference(How.WHOLE, tuple(tasks.values()))
    return told if told.changed or told.new or told.gone_at else _Difference(How.SAME)


def _steps(places: Iterable[Sequence[int]]) -> list[int]:
    """Return places as the distance of each from the one before it, by service."""
    return [place - last for each in places for last, place in zip((0, *each), each, strict=False)]


def pack_rows(
    tasks: Sequence[Task],
    *,
    ids: Sequence[str],
    number: Callable[[str], int],
    rest: Callable[[], None] = lambda: None,
) -> TaskRows:
    """Return tasks as columns; `number` tells the number of a name.

    `rest` is called every few milliseconds.
    """
    slots: list[int] = []
    nodes: list[int] = []
    states, desired = bytearray(), bytearray()
    errors: list[int] = []
    images: list[int] = []
    for start in range(0, len(tasks), _PORTION):
        portion = tasks[start : start + _PORTION]
        slots += [task.slot for task in portion]
        nodes += [number(task.node_id) for task in portion]
        states += bytes([_NUMBER[task.state] for task in portion])
        desired += bytes([_NUMBER[task.desired] for task in portion])
        errors += [number(task.error) for task in portion]
        images += [number(task.image) for task in portion]
        rest()

    def rested(column: C) -> C:
        rest()
        return column

    return TaskRows(
        ids=rested(pack_ids(ids)),
        slots=rested(pack_ints(slots)),
        nodes=rested(pack_ints(nodes)),
        states=bytes(states),
        desired=bytes(desired),
        since=rested(pack_times([task.since for task in tasks])),
        errors=rested(pack_ints(errors)),
        images=rested(pack_ints(images)),
    )
