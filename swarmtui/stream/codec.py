"""Encode observations as records and decode them, tasks as columns with a dictionary of names."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from swarmtui.stream.frames import StreamError
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
from swarmtui.swarm.words import TASK_STATES

MOST_NAMES = 1 << 16
"""Where the dictionary starts anew: errors that carry ids would let it grow without end."""

_MICROSECOND = timedelta(microseconds=1)
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
    since_us: list[int]
    """Microseconds from `taken_at`, mostly negative."""
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
)


class Encoder:
    """Turns observations into records; each refers to the names of those before it."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._numbers: dict[str, int] = {}

    def encode(self, seen: Observation) -> bytes:
        """Return the record of an observation."""
        return self._encode(self._columns(seen) if isinstance(seen, TasksSeen) else seen)

    def _columns(self, seen: TasksSeen) -> TaskColumns:
        forget = len(self._numbers) > MOST_NAMES
        if forget:
            self._numbers = {}
        names: list[str] = []
        number = self._numberer(names)
        tasks, taken_at = seen.changed, seen.taken_at
        return TaskColumns(
            taken_at=taken_at,
            service_id=seen.service_id,
            ids=[task.id for task in tasks],
            slots=[task.slot for task in tasks],
            nodes=[number(task.node_id) for task in tasks],
            states=bytes([_NUMBER[task.state] for task in tasks]),
            desired=bytes([_NUMBER[task.desired] for task in tasks]),
            since_us=[(task.since - taken_at) // _MICROSECOND for task in tasks],
            errors=[number(task.error) for task in tasks],
            images=[number(task.image) for task in tasks],
            names=names,
            forget=forget,
            removed=seen.removed,
            whole=seen.whole,
            complete=seen.complete,
        )

    def _numberer(self, names: list[str]) -> Callable[[str], int]:
        numbers = self._numbers

        def number(name: str) -> int:
            found = numbers.get(name)
            if found is None:
                found = numbers[name] = len(numbers)
                names.append(name)
            return found

        return number


class Decoder:
    """Turns the records of one stream, in their order, back into observations."""

    def __init__(self) -> None:
        self._decode = msgspec.msgpack.Decoder(_Record).decode
        self._names: list[str] = []

    def decode(self, record: bytes) -> Observation:
        """Return the observation of a record; raise `StreamError` when it is damaged."""
        try:
            seen = self._decode(record)
            return self._tasks_seen(seen) if isinstance(seen, TaskColumns) else seen
        except (msgspec.MsgspecError, IndexError, ValueError, OverflowError) as error:
            raise StreamError(f"a record does not decode: {error}") from error

    def _tasks_seen(self, columns: TaskColumns) -> TasksSeen:
        if columns.forget:
            self._names = []
        self._names += columns.names
        return TasksSeen(
            taken_at=columns.taken_at,
            service_id=columns.service_id,
            changed=self._tasks(columns),
            removed=columns.removed,
            whole=columns.whole,
            complete=columns.complete,
        )

    def _tasks(self, columns: TaskColumns) -> tuple[Task, ...]:
        names, taken_at = self._names, columns.taken_at
        fields = zip(
            columns.ids,
            columns.slots,
            columns.nodes,
            columns.states,
            columns.desired,
            columns.since_us,
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
                since=taken_at + timedelta(microseconds=since_us),
                error=names[error],
                image=names[image],
            )
            for id_, slot, node, state, desired, since_us, error, image in fields
        )
