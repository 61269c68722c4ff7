"""The tasks of one service as a keyframe has them, and what changed since: made when asked for."""

import re
from array import array
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar, overload

from swarmtui.recording.strays import Strays
from swarmtui.recording.task_columns import TaskColumns
from swarmtui.recording.task_ids import TaskIds
from swarmtui.swarm.deferred import Count, DeferredTasks, States, count_tasks
from swarmtui.swarm.entities import Task

T = TypeVar("T")

_NOTHING: Mapping[str, Task] = {}
_STRAYS = re.compile(b"\x01+")
_NONE: frozenset[str] = frozenset()


class Rows:
    """The tasks of one service as rows of columns."""

    def __init__(
        self,
        service_id: str,
        *,
        all_ids: TaskIds,
        numbers: "array[int]",
        rows: "array[int]",
        astray: bytearray,
        columns: TaskColumns,
    ) -> None:
        """Take the numbers of the tasks' ids in their order, and the row of each.

        `astray` has a 1 for each that does not just run as it shall.
        """
        self.service_id = service_id
        self.all_ids = all_ids
        self.numbers = numbers
        self.rows = rows
        self.astray = astray
        self.columns = columns
        self.made: Mapping[str, Task] | None = None
        """All of them, once somebody asked for all."""
        self._found: dict[str, Task] = {}
        """Those that somebody asked for: the oldest one is asked for again and again."""
        self._places: Mapping[str, int] | None = None
        self._told: dict[str, int] = {}
        """Where those stand whose ids alone were asked for."""
        self._strangers: set[str] = set()
        """Ids that no task has, as the changes say."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def places(self) -> Mapping[str, int]:
        """Return where each task stands, by id: each by another one, whatever the file says."""
        if self._places is None:
            ids = self.all_ids.read(self.numbers)
            places = dict(zip(ids, range(len(ids)), strict=True))
            if len(places) < len(ids):
                places = {f"{id_}#{place}": place for place, id_ in enumerate(ids)}
            self._places = places
        return self._places

    @property
    def ids(self) -> Sequence[str]:
        """Return the ids of the tasks, in their order."""
        return list(self.places)

    def tell_ids(self, places: Sequence[int]) -> Sequence[str]:
        """Return the ids of the tasks at these places, which are in order."""
        ids = self.all_ids.read([self.numbers[place] for place in places])
        self._told.update(zip(ids, places, strict=True))
        return ids

    def meet(self, ids: Iterable[str]) -> None:
        """Take note of ids of tasks that came later: nobody needs to look for them here."""
        self._strangers.update(ids)

    def locate(self, ids: Collection[str]) -> Sequence[int | None]:
        """Return where the tasks with these ids stand; `None` for those that are not there.

        Of all that changes name nothing else is read: to read all ids of forty services takes
        20 ms.
        """
        told, strangers = self._told, self._strangers
        is_enough = self._places is None and not [
            id_ for id_ in ids if id_ not in told and id_ not in strangers
        ]
        return [*map(told.get if is_enough else self.places.get, ids)]

    def find(self, ids: Sequence[str]) -> Mapping[str, Task]:
        """Return the tasks with these ids, and others, by id; none that is not there."""
        if self.made is not None:
            return self.made
        found = self._found
        asked = [id_ for id_ in ids if id_ not in found]
        places = self.locate(asked)
        new = [id_ for id_, place in zip(asked, places, strict=True) if place is not None]
        if new:
            rows = [self.rows[place] for place in places if place is not None]
            found.update(zip(new, self.columns.make(self.service_id, new, rows), strict=True))
        return found

    def make_all(self) -> Mapping[str, Task]:
        """Return all tasks, by id."""
        if self.made is None:
            tasks = self.columns.make(self.service_id, self.ids, self.rows)
            self.made = dict(zip(self.ids, tasks, strict=True))
        return self.made

    @cached_property
    def strays(self) -> Strays:
        """Return the tasks that do not just run as they shall, in their order."""
        return Strays(
            self.service_id,
            all_ids=self.all_ids,
            find_numbers=partial(_cut, self.numbers, self.astray),
            rows=_cut(self.rows, self.astray),
            columns=self.columns,
        )


def _cut(column: "array[int]", astray: bytearray) -> "array[int]":
    """Return what a column says of those that are astray."""
    found = array("I")
    for run in _STRAYS.finditer(astray):  # half as long as by `compress`: most run as they shall
        found += column[run.start() : run.end()]
    return found


class TaskTable(DeferredTasks):
    """Rows of a keyframe, and what of them changed, is new or gone since."""

    def __init__(
        self, rows: Rows, changed: Mapping[str, Task] = _NOTHING, gone: frozenset[str] = _NONE
    ) -> None:
        """Take what differs from the rows: what is gone from them can be among the changed anew."""
        self.rows = rows
        self._changed = changed
        self._gone = gone
        self._made: Mapping[str, Task] | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether all is as the rows have it."""
        return not self._changed and not self._gone

    @cached_property
    def _new(self) -> Sequence[str]:
        """Return the ids of those that stand behind the rows, in their order."""
        places = zip(self._changed, self.rows.locate(self._changed), strict=True)
        return [id_ for id_, place in places if place is None or id_ in self._gone]

    def __len__(self) -> int:
        if self.is_plain:
            return len(self.rows)
        return len(self.rows) - len(self._gone) + len(self._new)

    def __iter__(self) -> Iterator[str]:
        if self.is_plain:
            return iter(self.rows.ids)
        return iter([*(id_ for id_ in self.rows.ids if id_ not in self._gone), *self._new])

    def __contains__(self, id_: object) -> bool:
        if id_ in self._changed or id_ in self._gone or not isinstance(id_, str):
            return id_ in self._changed
        return self.rows.locate((id_,))[0] is not None

    def __getitem__(self, id_: str) -> Task:
        task = self.get(id_)
        if task is None:
            raise KeyError(id_)
        return task

    @overload
    def get(self, id_: str) -> Task | None: ...
    @overload
    def get(self, id_: str, default: T) -> Task | T: ...
    def get(self, id_: str, default: object = None) -> object:
        """Return the task with this id."""
        if id_ in self._changed:
            return self._changed[id_]
        return default if id_ in self._gone else self.rows.find((id_,)).get(id_, default)

    def values(self) -> ValuesView[Task]:
        """Return all tasks."""
        return self._make_all().values()

    def items(self) -> ItemsView[str, Task]:
        """Return all tasks with their ids."""
        return self._make_all().items()

    def find(self, ids: Collection[str]) -> Sequence[Task | None]:
        """Return the tasks with these ids; `None` where there is none."""
        changed, gone = self._changed, self._gone
        known = self.rows.find([id_ for id_ in ids if id_ not in changed])
        if gone:
            known = {id_: task for id_, task in known.items() if id_ not in gone}
        return [changed.get(id_) or known.get(id_) for id_ in ids]

    def merge(self, changed: Mapping[str, Task], gone: Collection[str]) -> Mapping[str, Task]:
        """Return the tasks with these in their places, or behind all, and without some.

        Somebody who went through all of them will do so again: what comes then is made already.
        """
        made = self.rows.made if self.is_plain else self._made
        if made is not None:
            all_of_them = {**made, **changed}
            for id_ in gone:
                del all_of_them[id_]
            return all_of_them
        differing = {**self._changed, **changed}
        for id_ in gone:
            differing.pop(id_, None)
        places = zip(gone, self.rows.locate(gone), strict=True)
        lost = [id_ for id_, place in places if place is not None]
        return TaskTable(self.rows, differing, self._gone.union(lost) if lost else self._gone)

    def node_ids(self) -> Iterable[str]:
        """Return the node of each task, in the order of the tasks, found as one comes to it."""
        if not self.is_plain:
            return (task.node_id for task in self.values())
        return self.rows.columns.find_nodes(self.rows.rows)

    def find_astray(self) -> Sequence[Task]:
        """Return at least those that do not run, shall not, have an error or no node, in order."""
        return self.rows.strays.make() if self.is_plain else list(self.values())

    def count_astray(self) -> Mapping[States, Count]:
        """Count those that `find_astray` finds by their states."""
        return self.rows.strays.count() if self.is_plain else count_tasks(self.values())

    def find_earliest(self, states: States) -> datetime:
        """Return since when the first of those of them in these states is in them."""
        if self.is_plain:
            return self.rows.strays.find_earliest(states)
        return next(self.go_by_age(states))[0]

    def go_by_age(self, states: States) -> Iterator[tuple[datetime, str]]:
        """Go through those of them in these states by since when they are, and by id."""
        if self.is_plain:
            return self.rows.strays.go_by_age(states)
        alike = (task for task in self.values() if (task.state, task.desired) == states)
        return iter(sorted((task.since, task.id) for task in alike))

    def _make_all(self) -> Mapping[str, Task]:
        if self.is_plain:
            return self.rows.make_all()
        if self._made is None:
            tasks = dict(self.rows.make_all())
            for id_ in self._gone:
                del tasks[id_]
            tasks.update(self._changed)
            self._made = tasks
        return self._made
