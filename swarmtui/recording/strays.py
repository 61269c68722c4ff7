"""The tasks of a service that do not just run as they shall, counted and dated without making any.

There are thousands of them where a service fits nowhere, and hardly one that anybody looks at.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from swarmtui.recording.task_columns import Part, TaskColumns
from swarmtui.recording.task_ids import TaskIds
from swarmtui.swarm.deferred import Count, States
from swarmtui.swarm.entities import Task

_FEW = 50
"""Tasks of which all are named as fast as the first."""


class Strays:
    """These tasks as rows of columns, in their order."""

    def __init__(
        self,
        service_id: str,
        *,
        all_ids: TaskIds,
        find_numbers: Callable[[], Sequence[int]],
        rows: Sequence[int],
        columns: TaskColumns,
    ) -> None:
        """Take the row of each task, and what finds the numbers of their ids."""
        self._service_id = service_id
        self._all_ids = all_ids
        self._find_numbers = find_numbers
        self._rows = rows
        self._columns = columns
        self._oldest: dict[States, tuple[datetime, Sequence[int]]] = {}

    def make(self) -> Sequence[Task]:
        """Return the tasks."""
        return self._columns.make(self._service_id, self._all_ids.read(self._numbers), self._rows)

    def count(self) -> Mapping[States, Count]:
        """Count them by their states."""
        return {states: _count(parts) for states, parts in self._alike.items()}

    def find_earliest(self, states: States) -> datetime:
        """Return since when the first of those in these states is in them."""
        return self._find_oldest(states)[0]

    def go_by_age(self, states: States) -> Iterator[tuple[datetime, str]]:
        """Go through those in these states by since when they are, and by id."""
        if states not in self._alike:
            return
        rows = [part.first + place for part in self._alike[states] for place in part.places]
        first: tuple[datetime, str] | None = None
        if len(rows) > _FEW:  # of many that wait nobody asks for more than the one that is first
            since, oldest = self._find_oldest(states)
            first = since, min(self._read_ids(oldest))
            yield first
        times = self._columns.make_times(rows)
        all_of_them = sorted(zip(times, self._read_ids(rows), strict=True))
        if first is not None:
            all_of_them.remove(first)
        yield from all_of_them

    def _find_oldest(self, states: States) -> tuple[datetime, Sequence[int]]:
        """Return since when the first of those in these states is, and the rows of all such."""
        known = self._oldest.get(states)
        if known is None:
            found = [(part, part.keyframe.find_oldest(part.places)) for part in self._alike[states]]
            least = min(since for _, (since, _) in found)
            rows = [
                part.first + place
                for part, (since, places) in found
                if since == least
                for place in places
            ]
            known = self._oldest[states] = least, rows
        return known

    @cached_property
    def _alike(self) -> Mapping[States, Sequence[Part]]:
        return self._columns.sort(self._rows)

    @cached_property
    def _numbers(self) -> Sequence[int]:
        return self._find_numbers()

    def _read_ids(self, rows: Sequence[int]) -> Sequence[str]:
        """Return the ids of some of the rows, in their order."""
        if len(rows) == 1:
            number = self._numbers[self._rows.index(rows[0])]
            return self._all_ids.read([number])
        number_of = dict(zip(self._rows, self._numbers, strict=True))
        numbers = [number_of[row] for row in rows]
        id_of = dict(zip(wanted := sorted(numbers), self._all_ids.read(wanted), strict=True))
        return [id_of[number] for number in numbers]


def _count(parts: Sequence[Part]) -> Count:
    count = Count([], Counter())
    for keyframe, _, places in parts:
        nodes = keyframe.find_nodes(places)
        count.nodes.extend(nodes)
        count.errors.update(keyframe.find_errors(places, nodes))
    return count
