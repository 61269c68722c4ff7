"""Tasks as the columns of one or several keyframes, of which single ones are made when asked for.

Everything is checked when columns are added, so that no task is refused later.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Self

from msgspec.structs import replace

from swarmtui.recording.columns import (
    Ints,
    Times,
    add_to_all,
    make_times,
    unpack_array,
    unpack_seconds,
)
from swarmtui.recording.task_lists import TaskRows
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES, TaskState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MICROS = 1 << 20
_STATES = bytes(range(len(TASK_STATES)))
_RUNNING = TASK_STATES.index(TaskState.RUNNING)
_IS_NOT_RUNNING = bytes(number != _RUNNING for number in range(256))
_IS_ZERO = bytes(number == 0 for number in range(256))
_IS_NOT_ZERO = bytes(number != 0 for number in range(256))
_PAGE = 256
_NOBODY = "?"
"""What stands behind the names: the node or the error of a task that somebody made up."""


class TaskColumns:
    """Rows of tasks, numbered in the order in which they are added; a row never changes."""

    def __init__(self) -> None:
        self.astray = bytearray()
        """1 for each task that does not run, shall not, has an error or no node."""
        self._states = bytearray()
        self._desired = bytearray()
        self._slots = array("I")
        self._odd_slots: dict[int, int] = {}
        self._seconds = array("Q")
        """Since 1970."""
        self._micros = array("I")
        self._odd_times: dict[int, datetime] = {}
        self._names: list[str] = []
        """Of all that was added, one after the other."""
        self._nodes = array("I")
        self._errors = array("I")
        self._images = array("I")

    def __len__(self) -> int:
        return len(self._states)

    def copy(self) -> Self:
        """Return columns with the same rows, to which others can be added."""
        new = copy(self)
        for name, column in vars(self).items():
            setattr(new, name, copy(column))
        return new

    def add(self, rows: TaskRows, count: int, names: Sequence[str]) -> None:
        """Add so many rows; `names` is what numbers stand for.

        Raises `ValueError`, `LookupError` or `OverflowError` when the columns are not of so many
        tasks, or make no sense; nothing is to be expected of any row then.
        """
        states = rows.states + rows.desired
        if len(rows.states) != count or len(states) != 2 * count or states.translate(None, _STATES):
            raise ValueError("states that do not fit")
        first, named = len(self), len(self._names)
        self._slots += unpack_array(rows.slots, count)
        self._odd_slots |= _number_on(rows.slots.odd, first, count)
        self._add_times(rows.since, count)
        self._nodes += _find_names(rows.nodes, count, named=named, known=len(names))
        self._errors += _find_names(rows.errors, count, named=named, known=len(names))
        self._images += _find_names(rows.images, count, named=named, known=len(names))
        # Whole pages: so nobody has to look at each number whether it stands for something.
        self._names += (*names, *[_NOBODY] * (-len(names) % _PAGE))
        self.astray += _find_astray(rows, count)
        self._states += rows.states
        self._desired += rows.desired

    def find_nodes(self, rows: Iterable[int]) -> Iterable[str]:
        """Return the node of each of these rows, found as one comes to it."""
        return map(self._names.__getitem__, map(self._nodes.__getitem__, rows))

    def make(self, service_id: str, ids: Sequence[str], rows: Sequence[int]) -> list[Task]:
        """Return the tasks of these rows, which have these ids."""
        nodes, names, known = self._nodes, self._names, TASK_STATES
        states, desired = self._states, self._desired
        slots, errors, images = self._slots, self._errors, self._images
        tasks = [
            Task(
                id=id_,
                service_id=service_id,
                slot=slots[row],
                node_id=names[nodes[row]],
                state=known[states[row]],
                desired=known[desired[row]],
                since=since,
                error=names[errors[row]],
                image=names[images[row]],
            )
            for id_, row, since in zip(ids, rows, self._make_times(rows), strict=True)
        ]
        if self._odd_slots:
            return [self._put_slot(task, row) for task, row in zip(tasks, rows, strict=True)]
        return tasks

    def _put_slot(self, task: Task, row: int) -> Task:
        slot = self._odd_slots.get(row)
        return task if slot is None else replace(task, slot=slot)

    def _make_times(self, rows: Sequence[int]) -> Sequence[datetime]:
        seconds, micros, odd = self._seconds, self._micros, self._odd_times
        times = make_times([seconds[row] for row in rows], [micros[row] for row in rows])
        return [odd.get(row, at) for row, at in zip(rows, times, strict=True)] if odd else times

    def _add_times(self, times: Times, count: int) -> None:
        first = len(self)
        self._seconds += unpack_seconds(times, count)
        self._micros += unpack_array(times.micros, count)
        if times.micros.odd or not _are_below(times.micros, count, _MOST_MICROS):
            raise ValueError("times out of all bounds")
        for row, seconds in _number_on(times.seconds.odd, first, count).items():
            after = timedelta(seconds=times.base + seconds, microseconds=self._micros[row])
            self._odd_times[row] = _EPOCH + after


def _number_on(odd: Mapping[int, int], first: int, count: int) -> Mapping[int, int]:
    """Return by row what stands by place among so many rows, the first of which is `first`."""
    if not all(0 <= place < count for place in odd):
        raise ValueError("a number of a task that is not there")
    return {first + place: number for place, number in odd.items()}


def _find_names(column: Ints, count: int, *, named: int, known: int) -> "array[int]":
    """Return numbers of names, of which so many are known, behind so many that were before."""
    numbers = unpack_array(column, count)
    pages = -(-known // _PAGE) * _PAGE
    if column.odd or (count and not _are_below(column, count, pages)):
        raise ValueError("a name that is not there")
    return add_to_all(numbers, named) if named else numbers


def _are_below(column: Ints, count: int, limit: int) -> bool:
    """Tell whether all numbers are below a limit, without a look at each where that goes."""
    for width, plane in reversed(list(enumerate(_planes(column, count)))):
        allowed = min(limit >> 8 * width, 256)
        if plane.translate(None, bytes(range(allowed or 1))):
            break
        if allowed:
            return True  # by the highest byte of each alone
    return max(unpack_array(column, count), default=0) < limit


def _find_astray(rows: TaskRows, count: int) -> bytes:
    """Return a 1 for each task that does not run, shall not, has an error or no node."""
    has_node = _join([plane.translate(_IS_NOT_ZERO) for plane in _planes(rows.nodes, count)], count)
    return _join(
        [
            rows.states.translate(_IS_NOT_RUNNING),
            rows.desired.translate(_IS_NOT_RUNNING),
            *(plane.translate(_IS_NOT_ZERO) for plane in _planes(rows.errors, count)),
            has_node.translate(_IS_ZERO),
        ],
        count,
    )


def _planes(column: Ints, count: int) -> Sequence[bytes]:
    """Return the planes of a column that was unpacked: else it may tell of any number of them."""
    return [column.planes[i * count : (i + 1) * count] for i in range(column.width)]


def _join(flags: Sequence[bytes], count: int) -> bytes:
    """Return a 1 wherever one of them has one."""
    joined = reduce(or_, (int.from_bytes(each) for each in flags), 0)
    return joined.to_bytes(count)
