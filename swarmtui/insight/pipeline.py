"""Find the task that has been longest in each state before running, without a walk."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat

from swarmtui.insight.astray import Alike, Astray
from swarmtui.insight.tally import WANTED
from swarmtui.insight.transitions import Kind, Transitions
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import PIPELINE, TaskState

Tasks = Mapping[str, Mapping[str, Task]]
Entry = tuple[datetime, str, str]
"""Since when, service id, task id."""

_NOBODY = ""
"""Stands for the oldest of many tasks of a service until somebody asks which one that is."""

_SLACK = 200
"""Entries of tasks that moved on which a heap may hold before it is made anew."""


_DRIFT = timedelta(seconds=30)
"""Less is no clock to correct: a list may take as long to come in, and its reader has one too."""


class Pipeline:
    """One heap of tasks by time for each state; entries whose task moved on are dropped late.

    Tasks that are not wanted any more are left out: they stay `pending` as history for hours.

    States up to assigned are dated by the leader, those after it by a node, whose clock may be
    minutes off. So a date is moved to where it has to be by the one clock that dates lists: between
    the last list without the state and the first one with it. Of what the first list of all shows
    nothing else is known than its dates.
    """

    def __init__(self) -> None:
        self._heaps: dict[TaskState, list[Entry]] = {state: [] for state in PIPELINE}
        self._later: dict[TaskState, dict[Entry, Iterator[Entry]]] = {s: {} for s in PIPELINE}
        """What follows on some entries, of those that are not all in the heap yet."""
        self._alive: Counter[TaskState] = Counter()
        """Tasks in each state: the heap's other entries are of tasks that moved on."""
        self._dated: dict[str, datetime] = {}
        """Since when tasks are in their state whose own date is far from true, by id."""

    def apply(
        self,
        transitions: Transitions,
        tasks: Tasks,
        *,
        at: datetime,
        looked_at: datetime | None = None,
    ) -> None:
        """Take tasks that changed into account; `tasks` are all tasks after the change.

        They were seen `at`, and their list was last seen whole before that at `looked_at`.
        """
        for (before, after), changes in transitions.items():
            known: Sequence[datetime | None] = ()
            if before is not None and self._takes(before):
                self._alive[before.state] -= len(changes)
                known = self._forget(changes) if self._dated else ()
            if after is None or not self._takes(after):
                continue
            self._alive[after.state] += len(changes)
            has_moved = before is None or before.state is not after.state
            dates = repeat(None) if has_moved or not known else known
            came = [change.after for change in changes if change.after is not None]
            self._push(came, dates, at, looked_at if has_moved else None)
        for state, heap in self._heaps.items():
            if len(heap) > 2 * self._alive[state] + _SLACK:
                self._trim(state, tasks)

    def remember(self) -> Mapping[str, datetime]:
        """Return since when tasks are in their state whose own date is far from true, by id."""
        return dict(self._dated)

    def recall(self, tasks: Astray, dated: Mapping[str, datetime]) -> None:
        """Begin with these tasks, and with what was remembered of their dates."""
        self._dated = dict(dated)
        for kind, alike in tasks.items():
            if not self._takes(kind):
                continue
            self._alive[kind.state] += len(alike.nodes)
            entries = _list(kind.service_id, alike)
            if dated:
                self._heaps[kind.state] += [(dated.get(i, at), id_, i) for at, id_, i in entries]
            else:
                self._defer(kind.state, (alike.find_earliest(), kind.service_id, _NOBODY), entries)
        for heap in self._heaps.values():
            heapq.heapify(heap)

    def since(self, task: Task) -> datetime:
        """Return since when a task before running is in its state."""
        return self._dated.get(task.id, task.since)

    def count(self, state: TaskState) -> int:
        """Return how many tasks that are wanted are in a state before running."""
        return self._alive[state]

    def may_be_since(self, state: TaskState, at: datetime) -> bool:
        """Tell whether a task may be in a state since then or before; a no is final, and cheap."""
        heap = self._heaps[state]
        return bool(heap) and heap[0][0] <= at

    def find_oldest_task(self, state: TaskState, tasks: Tasks) -> Task | None:
        """Return the task that is longest in a state, or `None`."""
        heap = self._heaps[state]
        while heap and not self._holds(heap[0], state, tasks):
            self._pop(state)
        if not heap:
            return None
        _, service_id, task_id = heap[0]
        return tasks[service_id][task_id]

    def find_oldest(self, tasks: Tasks) -> Mapping[TaskState, datetime]:
        """Return since when each state's longest-waiting task is in it; empty states are absent."""
        found = {state: self.find_oldest_task(state, tasks) for state in self._heaps}
        return {state: self.since(task) for state, task in found.items() if task is not None}

    def _forget(self, changes: Sequence[Change[Task]]) -> Sequence[datetime | None]:
        """Forget the dates of tasks as they were before, and return what was known of each."""
        return [
            self._dated.pop(change.before.id, None) if change.before is not None else None
            for change in changes
        ]

    def _push(
        self,
        tasks: Sequence[Task],
        dates: Iterable[datetime | None],
        at: datetime,
        looked_at: datetime | None,
    ) -> None:
        """Take in tasks of one state, dated as it is known, or else as they say."""
        push = heapq.heappush
        for task, known in zip(tasks, dates, strict=False):
            since = _date(task, at, looked_at) if known is None else known
            if since != task.since:
                self._dated[task.id] = since
            push(self._heaps[task.state], (since, task.service_id, task.id))

    def _defer(self, state: TaskState, entry: Entry, entries: Iterator[Entry]) -> None:
        """Take in an entry on which others follow in their order, once it is gone."""
        later = self._later[state]
        self._heaps[state].append(entry)
        later[entry] = heapq.merge(later[entry], entries) if entry in later else entries

    def _pop(self, state: TaskState) -> None:
        """Drop the first entry, and take in what follows on it."""
        heap, later = self._heaps[state], self._later[state]
        entries = later.pop(heapq.heappop(heap), None)
        if entries is not None and (entry := next(entries, None)) is not None:
            heapq.heappush(heap, entry)
            later[entry] = entries

    def _takes(self, kind: Kind) -> bool:
        return kind.state in self._heaps and kind.desired in WANTED

    def _trim(self, state: TaskState, tasks: Tasks) -> None:
        # One stuck task on top would keep every later entry: in hours of black holes, millions.
        # A task whose text changed was pushed twice with one time: once is enough.
        kept = list(set(self._keep(state, tasks)))
        heapq.heapify(kept)
        self._heaps[state] = kept

    def _keep(self, state: TaskState, tasks: Tasks) -> Iterator[Entry]:
        later = self._later[state]
        return (
            entry
            for entry in self._heaps[state]
            if entry in later or self._holds(entry, state, tasks)
        )

    def _holds(self, entry: Entry, state: TaskState, tasks: Tasks) -> bool:
        since, service_id, task_id = entry
        if task_id == _NOBODY:
            return False
        of_service = tasks.get(service_id)
        task = of_service.get(task_id) if of_service is not None else None
        if task is None or task.state is not state or task.desired not in WANTED:
            return False
        return self.since(task) == since


def _list(service_id: str, tasks: Alike) -> Iterator[Entry]:
    """Go through the entries of a service's tasks, dated as they say, in order."""
    return ((at, service_id, id_) for at, id_ in tasks.go_by_age())


def _date(task: Task, at: datetime, looked_at: datetime | None) -> datetime:
    """Return since when a task is in its state that was seen `at`, and not yet at `looked_at`."""
    if task.since > at + _DRIFT:
        return at
    if looked_at is not None and task.since < looked_at - _DRIFT:
        return looked_at
    return task.since
