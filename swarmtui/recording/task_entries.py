"""Tasks seen, as they stand among the changes: columns, and ids only where they are new.

In a launch a task is seen again and again within seconds, in one state after the other, and its id
is more than half of what there is to tell: what the keyframe before has is told by its place there.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from swarmtui.recording.columns import Ints, pack_ints, unpack_ids, unpack_ints
from swarmtui.recording.task_lists import (
    MOST_TASKS,
    TaskRows,
    known_names,
    make_tasks,
    pack_rows,
)
from swarmtui.recording.task_table import Rows, TaskTable
from swarmtui.swarm.observation import TasksSeen
from swarmtui.swarm.snapshot import Snapshot

NOTHING_KNOWN = Snapshot()


class TasksHead(msgspec.Struct, frozen=True, array_like=True):
    """What is to be known of a record without those before it; the rest is skipped."""

    taken_at: datetime
    weight: int
    """How many tasks changed or are removed."""
    service: int
    whole: bool


class _Record(msgspec.Struct, frozen=True, array_like=True):
    """`TasksSeen` as it stands in a record."""

    taken_at: datetime
    weight: int
    service: int
    """The number of its id among the names."""
    whole: bool
    complete: bool
    changed: int
    """How many tasks changed; those that are removed come behind them."""
    ids: Ints
    """The number of each task's id, counted from 1; 0 is the next of the ids that are new.

    The service's tasks in the keyframe come first, in their order, then those that were new since.
    """
    names: tuple[str, ...]
    """New names: of services, nodes, errors, images."""
    rows: TaskRows
    """With the ids that are new."""


class TasksEncoder:
    """Turns observations of tasks into records; each refers to what those before it name."""

    def __init__(self, known: Snapshot = NOTHING_KNOWN) -> None:
        """Take what the keyframe before the records has."""
        self._encode = msgspec.msgpack.Encoder().encode
        self._known = known
        self._ids: dict[str, dict[str, int]] = {}
        """By service id."""
        self._names = {name: number for number, name in enumerate(known_names(known.nodes))}

    def encode(self, seen: TasksSeen) -> bytes:
        """Return the record of an observation."""
        named = len(self._names)
        new_ids: list[str] = []
        known = self._ids_of(seen.service_id)
        numbers = [_number_of(task.id, known, new_ids) for task in seen.changed]
        numbers += [_number_of(id_, known, new_ids) for id_ in seen.removed]
        service = self._name(seen.service_id)
        rows = pack_rows(seen.changed, ids=new_ids, number=self._name)
        return self._encode(
            _Record(
                taken_at=seen.taken_at,
                weight=len(numbers),
                service=service,
                whole=seen.whole,
                complete=seen.complete,
                changed=len(seen.changed),
                ids=pack_ints(numbers),
                names=tuple(self._names)[named:],
                rows=rows,
            )
        )

    def _ids_of(self, service_id: str) -> dict[str, int]:
        if service_id not in self._ids:
            tasks = self._known.tasks.get(service_id, {})
            self._ids[service_id] = {id_: number for number, id_ in enumerate(tasks, 1)}
        return self._ids[service_id]

    def _name(self, name: str) -> int:
        return self._names.setdefault(name, len(self._names))


def _number_of(id_: str, known: dict[str, int], new: list[str]) -> int:
    found = known.get(id_)
    if found is not None:
        return found
    known[id_] = len(known) + 1
    new.append(id_)
    return 0


class TasksDecoder:
    """Turns records, in their order, back into observations."""

    def __init__(self, known: Snapshot = NOTHING_KNOWN) -> None:
        """Take what is known when the first record comes: that of the keyframe before it."""
        self._decode = msgspec.msgpack.Decoder(_Record).decode
        self._known = known
        self._ids: dict[str, list[str]] = {}
        """By service id; empty where the rows have an id that nobody asked for yet."""
        self._rows: dict[str, Rows] = {}
        """By service id, the tasks of the keyframe, where they are not made yet."""
        self._names = list(known_names(known.nodes))

    def decode(self, data: bytes) -> TasksSeen:
        """Return the observation of a record.

        Raises `ValueError`, `LookupError` or `MsgspecError` when it is damaged.
        """
        record = self._decode(data)
        if not 0 <= record.changed <= record.weight <= MOST_TASKS:
            raise ValueError("tasks that are more or less than none")
        self._names += record.names
        service = self._names[record.service]
        ids = _find_ids(record, self._ids_of(service), self._rows.get(service))
        changed = ids[: record.changed]
        return TasksSeen(
            taken_at=record.taken_at,
            service_id=service,
            changed=make_tasks(service, changed, record.rows, self._names),
            removed=tuple(ids[record.changed :]),
            whole=record.whole,
            complete=record.complete,
        )

    def _ids_of(self, service_id: str) -> list[str]:
        if service_id in self._ids:
            return self._ids[service_id]
        tasks = self._known.tasks.get(service_id, {})
        if isinstance(tasks, TaskTable) and tasks.is_plain:
            self._rows[service_id] = tasks.rows
            self._ids[service_id] = [""] * (1 + len(tasks))
        else:
            self._ids[service_id] = ["", *tasks]
        return self._ids[service_id]


class FirstTasksDecoder(TasksDecoder):
    """Reads records of version 1, which know nothing of the keyframe; ids were counted together."""

    def __init__(self) -> None:
        super().__init__()
        self._names = []
        self._all = [""]

    def _ids_of(self, service_id: str) -> list[str]:  # noqa: ARG002 - one list for all of them
        return self._all


def _find_ids(record: _Record, known: list[str], rows: Rows | None) -> Sequence[str]:
    numbers = unpack_ints(record.ids, record.weight)
    new = unpack_ids(record.rows.ids, numbers.count(0))
    coming = iter(new)
    known += new
    if rows is not None:
        rows.meet(new)
        missing = sorted({number for number in numbers if not known[number]} - {0})
        ids = rows.tell_ids([number - 1 for number in missing])
        for number, id_ in zip(missing, ids, strict=True):
            known[number] = id_
    return [known[number] if number else next(coming) for number in numbers]
