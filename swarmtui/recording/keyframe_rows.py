"""The tasks that one keyframe tells, as columns that are unpacked when somebody asks.

Everything is checked at the beginning, so that no task is refused later.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from itertools import compress
from operator import or_
from typing import TypeVar

from msgspec.structs import replace

from swarmtui.recording.columns import (
    Ints,
    check_base,
    check_ints,
    make_times,
    pick,
    pick_ints,
    unpack_array,
)
from swarmtui.recording.task_lists import TaskRows
from swarmtui.swarm.deferred import ErrorOnNode
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES, TaskState

C = TypeVar("C", int, datetime)

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
_FEW = 20
"""Numbers of one in so many rows are picked by themselves; for more, columns are unpacked."""


class KeyframeRows:
    """Rows of tasks, numbered from 0; none ever changes."""

    def __init__(self, rows: TaskRows, count: int, names: Sequence[str]) -> None:
        """Take the columns of so many tasks; `names` is what numbers stand for.

        Raises `ValueError` or `LookupError` when they are not of so many tasks, or make no sense.
        """
        states = rows.states + rows.desired
        if len(rows.states) != count or len(states) != 2 * count or states.translate(None, _STATES):
            raise ValueError("states that do not fit")
        check_ints(rows.slots, count)
        check_base(rows.since)
        check_ints(rows.since.seconds, count)
        check_ints(rows.since.micros, count)
        if rows.since.micros.odd or not _are_below(rows.since.micros, count, _MOST_MICROS):
            raise ValueError("times out of all bounds")
        for odd in (rows.slots.odd, rows.since.seconds.odd):
            if not all(0 <= place < count for place in odd):
                raise ValueError("a number of a task that is not there")
        pages = -(-len(names) // _PAGE) * _PAGE
        for column in (rows.nodes, rows.errors, rows.images):
            check_ints(column, count)
            if column.odd or (count and not _are_below(column, count, pages)):
                raise ValueError("a name that is not there")
        self.count = count
        self.astray = _find_astray(rows, count)
        """1 for each task that does not run, shall not, has an error or no node."""
        self.states, self.desired = rows.states, rows.desired
        """Places in `TASK_STATES`."""
        # Whole pages: so nobody has to look at each number whether it stands for something.
        self.names = (*names, *[_NOBODY] * (pages - len(names)))
        """What the numbers of nodes, errors and images stand for."""
        self._slots = _Column(rows.slots, count)
        self._nodes = _Column(rows.nodes, count)
        self._seconds = _Column(rows.since.seconds, count)
        """Behind the base."""
        self._micros = _Column(rows.since.micros, count)
        self._errors = _Column(rows.errors, count)
        self._images = _Column(rows.images, count)
        self._base = rows.since.base
        self._odd_slots, self._odd_seconds = rows.slots.odd, rows.since.seconds.odd

    def node(self, place: int) -> str:
        """Return the node of one row; who asks for one will ask for others."""
        return self.names[self._nodes.all[place]]

    def sort(self, places: Sequence[int]) -> Mapping[tuple[int, int], Sequence[int]]:
        """Return rows by state and desired state, each as places in `TASK_STATES`."""
        states = list(zip(pick(self.states, places), pick(self.desired, places), strict=True))
        if len(set(states)) == 1:
            return {states[0]: places}
        alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for each, place in zip(states, places, strict=True):
            alike[each].append(place)
        return alike

    def find_nodes(self, places: Sequence[int]) -> Sequence[str]:
        """Return the node of each of these rows."""
        return pick(self.names, self._nodes.pick(places))

    def find_errors(self, places: Sequence[int], nodes: Sequence[str]) -> Iterable[ErrorOnNode]:
        """Return error and node of those of these rows that have an error."""
        errors = self._errors.pick(places)
        if not any(errors):
            return ()
        return compress(zip(pick(self.names, errors), nodes, strict=True), errors)

    def find_oldest(self, places: Sequence[int]) -> tuple[datetime, Sequence[int]]:
        """Return the earliest time of these rows, and those of them that are of it."""
        if self._odd_seconds:
            since, found = _find_least(self.make_times(places))
            return since, pick(places, found)
        seconds, found = _find_least(self._seconds.pick(places))
        oldest = pick(places, found)
        micros, few = _find_least(self._micros.pick(oldest))
        return make_times([self._base + seconds], [micros])[0], pick(oldest, few)

    def make_times(self, places: Sequence[int]) -> Sequence[datetime]:
        """Return since when the tasks of these rows are as they are."""
        base, odd = self._base, self._odd_times
        seconds = [base + after for after in self._seconds.pick(places)]
        times = make_times(seconds, self._micros.pick(places))
        return [odd.get(*each) for each in zip(places, times, strict=True)] if odd else times

    def make(self, service_id: str, ids: Sequence[str], places: Sequence[int]) -> list[Task]:
        """Return the tasks of these rows, which have these ids."""
        states, desired = self.states, self.desired
        names, known = self.names, TASK_STATES
        tasks = [
            Task(
                id=id_,
                service_id=service_id,
                slot=slot,
                node_id=names[node],
                state=known[states[place]],
                desired=known[desired[place]],
                since=since,
                error=names[error],
                image=names[image],
            )
            for id_, place, slot, node, since, error, image in zip(
                ids,
                places,
                self._slots.pick(places),
                self._nodes.pick(places),
                self.make_times(places),
                self._errors.pick(places),
                self._images.pick(places),
                strict=True,
            )
        ]
        if odd := self._odd_slots:
            return [
                replace(task, slot=odd.get(place, task.slot))
                for task, place in zip(tasks, places, strict=True)
            ]
        return tasks

    @cached_property
    def _odd_times(self) -> Mapping[int, datetime]:
        odd = self._odd_seconds
        micros = self._micros.pick(list(odd))
        return {
            place: _EPOCH + timedelta(seconds=self._base + seconds, microseconds=after)
            for (place, seconds), after in zip(odd.items(), micros, strict=True)
        }


class _Column:
    """A column that was checked, of which a few numbers cost a few."""

    def __init__(self, column: Ints, count: int) -> None:
        self._column = column
        self._count = count
        self._picked = 0

    @cached_property
    def all(self) -> "array[int]":
        """Return the numbers of all rows, but for the odd ones."""
        return unpack_array(self._column, self._count)

    def pick(self, places: Sequence[int]) -> Sequence[int]:
        """Return the numbers of some rows, but for the odd ones."""
        self._picked += len(places)
        if self._picked * _FEW > self._count:
            return pick(self.all, places)
        return pick_ints(self._column, self._count, places)


def _find_least(values: Sequence[C]) -> tuple[C, Sequence[int]]:
    """Return the least of some values, and where it stands."""
    least = min(values)
    match values.count(least):
        case 1:
            return least, (values.index(least),)
        case count if count == len(values):
            return least, range(count)
        case _:
            return least, [place for place, value in enumerate(values) if value == least]


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
