"""The tasks of a service that do not just run as they shall, counted and dated without making any.

There are thousands of them where a service fits nowhere, and hardly one that anybody looks at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain

from swarmtui.recording.columns import pick
from swarmtui.recording.task_columns import TaskColumns
from swarmtui.recording.task_ids import TaskIds
from swarmtui.swarm.deferred import Blames, States
from swarmtui.swarm.entities import Task


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
        self._alike = columns.sort(rows)
        """Where they stand, by their states, then by error and node."""
        self._oldest: dict[States, tuple[datetime, Sequence[int]]] = {}

    def make(self) -> Sequence[Task]:
        """Return the tasks."""
        return self._columns.make(self._service_id, self._all_ids.read(self._numbers), self._rows)

    def count(self) -> Mapping[States, Blames]:
        """Return how many there are, by their states, then by error and node."""
        return {
            states: {blame: len(places) for blame, places in alike.items()}
            for states, alike in self._alike.items()
        }

    def find_earliest(self, states: States) -> datetime:
        """Return since when the first of those in these states is in them."""
        return self._find_oldest(states)[0]

    def go_by_age(self, states: States) -> Iterator[tuple[datetime, str]]:
        """Go through those in these states by since when they are, and by id."""
        if states not in self._alike:
            return
        # Of many that wait nobody asks for more than the one that waits longest.
        since, oldest = self._find_oldest(states)
        first = since, min(self._read_ids(oldest))
        yield first
        places = sorted(self._find(states))
        times = self._columns.make_times(pick(self._rows, places))
        all_of_them = sorted(zip(times, self._read_ids(places), strict=True))
        all_of_them.remove(first)
        yield from all_of_them

    def _find_oldest(self, states: States) -> tuple[datetime, Sequence[int]]:
        """Return since when the first of those in these states is, and where all such stand."""
        known = self._oldest.get(states)
        if known is None:
            places = self._find(states)
            since, few = self._columns.find_oldest(pick(self._rows, places))
            known = self._oldest[states] = since, pick(places, few)
        return known

    @cached_property
    def _numbers(self) -> Sequence[int]:
        return self._find_numbers()

    def _find(self, states: States) -> list[int]:
        """Return where those in these states stand."""
        return list(chain.from_iterable(self._alike[states].values()))

    def _read_ids(self, places: Sequence[int]) -> Sequence[str]:
        return self._all_ids.read(pick(self._numbers, sorted(places)))
