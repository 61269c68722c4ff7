"""Put the task lists of a keyframe together from those of the keyframes that it builds on."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, compress, islice
from operator import lt
from typing import TypeGuard

from swarmtui.recording.columns import count_up, unpack_ints
from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.recording.task_columns import TaskColumns
from swarmtui.recording.task_ids import TaskIds
from swarmtui.recording.task_lists import MOST_TASKS, How, Lists, TaskLists
from swarmtui.recording.task_table import Rows, TaskTable
from swarmtui.swarm.entities import Task

_FEW = 10
"""Of a list one task in so many may go until it is faster to look at each."""


class TaskChain:
    """The task lists of all services, from one keyframe of a chain to the next.

    No task is made: all that is known of one is its row in the columns of all the keyframes.
    """

    def __init__(self, base: Lists) -> None:
        """Begin with the lists of a keyframe that was decoded, or with none: no others count."""
        known = {service: each for service, each in base.items() if _is_of_keyframe(each)}
        self._lists: dict[str, TaskTable | _Listed] = {**known}
        # Who builds on a keyframe adds rows to its columns: the longest ones have all its rows.
        longest = max((each.rows for each in known.values()), key=_rows_of, default=None)
        self._columns = longest.columns.copy() if longest is not None else TaskColumns()
        self._ids = longest.all_ids.copy() if longest is not None else TaskIds()

    def add(self, packed: TaskLists, names: Sequence[str]) -> None:
        """Go on to the next keyframe.

        Raises `ValueError` or `LookupError` when the columns do not fit together, or not to what
        they build on.
        """
        told = _Told(packed)
        rows_told = KeyframeRows(packed.rows, told.count, names)
        rows = count_up(self._columns.add(rows_told), told.count)
        numbers = count_up(len(self._ids), told.new)
        row = number = 0
        self._ids.add(packed.rows.ids, told.new)
        astray = rows_told.astray
        lists: dict[str, TaskTable | _Listed] = {}
        for service, how, changed, gone, new in told.services:
            if how == How.SAME:
                lists[service] = self._lists[service]
                continue
            listed = self._open(service) if how == How.DIFFERING else _Listed()
            end = row + changed
            listed.change(islice(told.changed_at, changed), rows[row:end], astray[row:end])
            listed.drop(list(accumulate(islice(told.gone_at, gone))))
            row, end = end, end + new
            listed.append(numbers[number : number + new], rows[row:end], astray[row:end])
            row, number = end, number + new
            lists[service] = listed
        self._lists = lists

    def finish(self) -> Lists:
        """Return the lists; those that are as in the base are the base's own."""
        return {
            service: self._make_table(service, each) if isinstance(each, _Listed) else each
            for service, each in self._lists.items()
        }

    def _make_table(self, service: str, listed: "_Listed") -> TaskTable:
        rows = Rows(
            service,
            all_ids=self._ids,
            numbers=listed.ids,
            rows=listed.rows,
            astray=listed.astray,
            columns=self._columns,
        )
        return TaskTable(rows)

    def _open(self, service: str) -> "_Listed":
        """Return a service's list, to be changed."""
        known = self._lists[service]
        if isinstance(known, _Listed):
            return known
        return _Listed(known.rows.numbers, known.rows.rows, known.rows.astray)


def _rows_of(rows: Rows) -> int:
    return len(rows.columns)


def _is_of_keyframe(tasks: Mapping[str, Task]) -> TypeGuard[TaskTable]:
    return isinstance(tasks, TaskTable) and tasks.is_plain


class _Told:
    """What a keyframe tells of the lists, in the order in which it is taken."""

    def __init__(self, packed: TaskLists) -> None:
        services, self.count = len(packed.services), len(packed.rows.states)
        if len(set(packed.services)) != services or len(packed.hows) != services:
            raise ValueError("the services of the task lists do not fit")
        if self.count > MOST_TASKS:
            raise ValueError(f"{self.count:,} tasks are more than there can be")
        if packed.changed.odd or packed.gone.odd or packed.new.odd:
            raise ValueError("more or fewer tasks than there can be")
        changed = unpack_ints(packed.changed, services)
        gone = unpack_ints(packed.gone, services)
        new = unpack_ints(packed.new, services)
        if sum(new) + sum(changed) != self.count or sum(gone) > MOST_TASKS:
            raise ValueError("the rows of the task lists do not fit")
        self.services = zip(packed.services, packed.hows, changed, gone, new, strict=True)
        self.changed_at = iter(unpack_ints(packed.changed_at, sum(changed)))
        self.gone_at = iter(unpack_ints(packed.gone_at, sum(gone)))
        self.new = sum(new)


class _Listed:
    """A service's list while it is put together."""

    def __init__(
        self, ids: Sequence[int] = (), rows: Sequence[int] = (), astray: bytes | bytearray = b""
    ) -> None:
        self.ids = array("I", ids)
        """Their numbers."""
        self.rows = array("I", rows)
        self.astray = bytearray(astray)
        """1 for each task that does not just run as it shall."""

    def change(self, steps: Iterator[int], rows: "array[int]", astray: bytes) -> None:
        """Take other rows, in their order, for the tasks at these places."""
        own_rows, own_astray = self.rows, self.astray
        for place, row, is_astray in zip(accumulate(steps), rows, astray, strict=False):
            own_rows[place] = row
            own_astray[place] = is_astray

    def drop(self, places: Sequence[int]) -> None:
        """Drop the tasks at these places, which were told in their order."""
        if not places:
            return
        if places[0] < 0 or places[-1] >= len(self.ids) or not all(map(lt, places, places[1:])):
            raise ValueError("tasks that go and are not there")
        if len(places) * _FEW < len(self.ids):
            self._keep_between(places)
            return
        kept = bytearray(b"\1") * len(self.ids)
        for place in places:
            kept[place] = 0
        self.ids = array("I", compress(self.ids, kept))
        self.rows = array("I", compress(self.rows, kept))
        self.astray = bytearray(compress(self.astray, kept))

    def _keep_between(self, places: Sequence[int]) -> None:
        """Keep what stands between these places: cut, which is fast for few of them."""
        kept_ids = array("I")
        kept_rows = array("I")
        kept_astray = bytearray()
        starts = (0, *(place + 1 for place in places))
        for start, end in zip(starts, (*places, len(self.ids)), strict=True):
            kept_ids += self.ids[start:end]
            kept_rows += self.rows[start:end]
            kept_astray += self.astray[start:end]
        self.ids, self.rows, self.astray = kept_ids, kept_rows, kept_astray

    def append(self, ids: "array[int]", rows: "array[int]", astray: bytes) -> None:
        """Add tasks behind the others."""
        self.ids += ids
        self.rows += rows
        self.astray += astray
