"""The tasks that one keyframe tells, as columns that are unpacked when somebody asks.

Everything is checked at the beginning, so that no task is refused later.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import or_

from msgspec.structs import replace

from swarmtui.recording.columns import (
    Ints,
    check_base,
    check_ints,
    make_times,
    pick_ints,
    unpack_array,
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
        self._rows = rows
        self._picked = 0
        """Rows that were read one by one."""

    @cached_property
    def nodes(self) -> "array[int]":
        """Return the numbers of the nodes of all rows."""
        return unpack_array(self._rows.nodes, self.count)

    def make(self, service_id: str, ids: Sequence[str], places: Sequence[int]) -> list[Task]:
        """Return the tasks of these rows, which have these ids."""
        slots, nodes, seconds, micros, errors, images = self._read(places)
        base, states, desired = self._rows.since.base, self.states, self.desired
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
                slots,
                nodes,
                make_times([base + after for after in seconds], micros),
                errors,
                images,
                strict=True,
            )
        ]
        if self._rows.slots.odd or self._odd_times:
            return [self._put_odd(task, place) for task, place in zip(tasks, places, strict=True)]
        return tasks

    def _read(self, places: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield what stands at these places, column by column."""
        self._picked += len(places)
        if self._picked * _FEW > self.count:
            return ([column[place] for place in places] for column in self._unpacked)
        return (pick_ints(column, self.count, places) for column in self._columns)

    @cached_property
    def _unpacked(self) -> Sequence["array[int]"]:
        return tuple(unpack_array(column, self.count) for column in self._columns)

    @property
    def _columns(self) -> Sequence[Ints]:
        rows, since = self._rows, self._rows.since
        return rows.slots, rows.nodes, since.seconds, since.micros, rows.errors, rows.images

    @cached_property
    def _odd_times(self) -> Mapping[int, datetime]:
        since = self._rows.since
        places = list(since.seconds.odd)
        micros = pick_ints(since.micros, self.count, places)
        return {
            place: _EPOCH + timedelta(seconds=since.base + since.seconds.odd[place], microseconds=m)
            for place, m in zip(places, micros, strict=True)
        }

    def _put_odd(self, task: Task, place: int) -> Task:
        slot = self._rows.slots.odd.get(place, task.slot)
        return replace(task, slot=slot, since=self._odd_times.get(place, task.since))


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
