"""Encode observations as records and decode them; what comes in masses as columns of numbers."""

from datetime import datetime

import msgspec

from swarmtui.stream.frames import StreamError
from swarmtui.stream.names import Names, Numbers
from swarmtui.stream.stats_columns import StatsColumns, from_columns, to_columns
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
    WatcherLost,
)
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen
from swarmtui.swarm.words import TASK_STATES

_NUMBER = {state: number for number, state in enumerate(TASK_STATES)}


class TaskColumns(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="tasks"):
    """`TasksSeen` as it stands in a record: one list a field, names as numbers."""

    taken_at: datetime
    service_id: str
    ids: list[str]
    slots: list[int]
    nodes: list[int]
    states: bytes
    desired: bytes
    since: list[datetime]
    errors: list[int]
    images: list[int]
    names: list[str]
    """New names, in the order of their numbers."""
    forget: bool
    """The dictionary starts anew before `names`."""
    removed: tuple[str, ...]
    whole: bool
    complete: bool


_Record = (
    ManagerSeen
    | NodesSeen
    | ServicesSeen
    | TaskColumns
    | EventSeen
    | Pulse
    | CountsSeen
    | ManagerLost
    | WatcherLost
    | StatsColumns
    | TailSeen
    | MachineSeen
)


class Encoder:
    """Turns observations into records; each refers to the names of those before it."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._numbers = Numbers()

    def encode(self, seen: Observation) -> bytes:
        """Return the record of an observation."""
        match seen:
            case TasksSeen():
                return self._encode(self._columns(seen))
            case StatsSeen():
                return self._encode(to_columns(seen, self._numbers))
            case _:
                return self._encode(seen)

    def _columns(self, seen: TasksSeen) -> TaskColumns:
        forget = self._numbers.begin()
        numbers = self._numbers.of_all
        tasks = seen.changed
        return TaskColumns(
            taken_at=seen.taken_at,
            service_id=seen.service_id,
            ids=[task.id for task in tasks],
            slots=[task.slot for task in tasks],
            nodes=numbers([task.node_id for task in tasks]),
            states=bytes([_NUMBER[task.state] for task in tasks]),
            desired=bytes([_NUMBER[task.desired] for task in tasks]),
            since=[task.since for task in tasks],
            errors=numbers([task.error for task in tasks]),
            images=numbers([task.image for task in tasks]),
            names=self._numbers.new,
            forget=forget,
            removed=seen.removed,
            whole=seen.whole,
            complete=seen.complete,
        )


class Decoder:
    """Turns the records of one stream, in their order, back into observations."""

    def __init__(self) -> None:
        self._decode = msgspec.msgpack.Decoder(_Record).decode
        self._names = Names()

    def decode(self, record: bytes) -> Observation:
        """Return the observation of a record; raise `StreamError` when it is damaged."""
        try:
            return self._observation(self._decode(record))
        except (msgspec.MsgspecError, IndexError, ValueError, OverflowError) as error:
            raise StreamError(f"a record does not decode: {error}") from error

    def _observation(self, record: _Record) -> Observation:
        match record:
            case TaskColumns():
                return self._tasks_seen(record)
            case StatsColumns():
                return from_columns(record, self._names)
            case _:
                return record

    def _tasks_seen(self, columns: TaskColumns) -> TasksSeen:
        names = self._names.take_in(columns.names, forget=columns.forget)
        return TasksSeen(
            taken_at=columns.taken_at,
            service_id=columns.service_id,
            changed=_tasks(columns, names),
            removed=columns.removed,
            whole=columns.whole,
            complete=columns.complete,
        )


def _tasks(columns: TaskColumns, names: list[str]) -> tuple[Task, ...]:
    fields = zip(
        columns.ids,
        columns.slots,
        columns.nodes,
        columns.states,
        columns.desired,
        columns.since,
        columns.errors,
        columns.images,
        strict=True,
    )
    return tuple(
        Task(
            id=id_,
            service_id=columns.service_id,
            slot=slot,
            node_id=names[node],
            state=TASK_STATES[state],
            desired=TASK_STATES[desired],
            since=since,
            error=names[error],
            image=names[image],
        )
        for id_, slot, node, state, desired, since, error, image in fields
    )
