"""Find the task that has been longest in each state before running, without a walk."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat

from swarmtui.insight.astray import Astray
from swarmtui.insight.tally import WANTED
from swarmtui.insight.transitions import Kind, Transitions
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import PIPELINE, TaskState

Tasks = Mapping[str, Mapping[str, Task]]
Entry = tuple[datetime, str, str]
"""Since when, service id, task id."""

_SLACK = 1_000
"""Entries of tasks that moved on which a heap may hold before it is made anew."""

_MOST_MOVED = 20_000
"""Tasks that may change after a recall until all that were recalled are taken in."""

_DRIFT = timedelta(seconds=30)
"""Less is no clock to correct: a list may take as long to come in, and its reader has one too."""

_ByAge = Iterator[tuple[datetime, str]]
"""Tasks as since when, task id, in this order."""


class Pipeline:
    """One heap of tasks by time for each state; entries whose task moved on are dropped late.

    Tasks that are not wanted any more are left out: they stay `pending` as history for hours.

    States up to assigned are dated by the leader, those after it by a node, whose clock may be
    minutes off. So a date is moved to where it has to be by the one clock that dates lists: between
    the last list without the state and the first one with it. Of what the first list of all shows
    nothing else is known than its dates.
    """

    def __init__(self, *, most_moved: int = _MOST_MOVED) -> None:
        self._most_moved = most_moved
        self._heaps: dict[TaskState, list[Entry]] = {state: [] for state in PIPELINE}
        self._coming: dict[TaskState, list[Entry]] = {state: [] for state in PIPELINE}
        """Entries that join the heap when somebody asks: in a launch most have moved on by then."""
        self._coming_since: dict[TaskState, datetime] = {}
        """The earliest date of those, of each state that has any."""
        self._alive: Counter[TaskState] = Counter()
        """Tasks in each state: the heap's other entries are of tasks that moved on."""
        self._waiting: dict[str, Entry] = {}
        """The entry of each task that waits, by id: any other of it is of where it was before."""
        self._recalled: dict[TaskState, dict[Entry, _ByAge]] = {state: {} for state in PIPELINE}
        """Tasks that were recalled and are not in the heap, by what the first can be at least."""
        self._moved: set[str] = set()
        """Ids of tasks that changed since a recall, while any are left that were recalled."""
        self._dated: dict[str, datetime] = {}
        """Since when tasks are in their state whose own date is far from true, by id."""

    def apply(
        self,
        transitions: Transitions,
        *,
        at: datetime,
        looked_at: datetime | None = None,
    ) -> None:
        """Take tasks that changed into account.

        They were seen `at`, and their list was last seen whole before that at `looked_at`.
        """
        came: defaultdict[Kind, list[Task]] = defaultdict(list)
        for (before, after), alike in transitions.items():
            is_waiting = self._takes(after)
            known: Sequence[datetime | None] = ()
            if before is not None and self._takes(before):
                self._alive[before.state] -= len(alike.before)
                known = self._forget(alike.before, is_waiting=is_waiting)
            if after is None or not is_waiting:
                continue
            self._alive[after.state] += len(alike.after)
            if before is None or before.state is not after.state:
                came[after] += alike.after
            else:
                self._enter(after, alike.after, at, known=known)
        for kind, tasks in came.items():
            self._enter(kind, tasks, at, looked_at)
        for state, heap in self._heaps.items():
            if len(heap) + len(self._coming[state]) > 2 * self._alive[state] + _SLACK:
                self._trim(state)

    def remember(self) -> Mapping[str, datetime]:
        """Return since when tasks are in their state whose own date is far from true, by id."""
        return dict(self._dated)

    def recall(self, tasks: Astray, dated: Mapping[str, datetime]) -> None:
        """Begin with these tasks, and with what was remembered of their dates.

        Of many that wait nobody asks for more than the one that waits longest: the others are found
        out when that one has moved on.
        """
        self._dated = dict(dated)
        for kind, alike in tasks.items():
            if not self._takes(kind):
                continue
            self._alive[kind.state] += len(alike.nodes)
            if dated:
                entries = ((dated.get(id_, at), id_) for at, id_ in alike.go_by_age())
                self._push(kind.state, kind.service_id, entries)
            else:
                earliest = alike.find_earliest(), kind.service_id, ""
                self._defer(kind.state, earliest, alike.go_by_age())

    def since(self, task: Task) -> datetime:
        """Return since when a task before running is in its state."""
        return self._dated.get(task.id, task.since)

    def count(self, state: TaskState) -> int:
        """Return how many tasks that are wanted are in a state before running."""
        return self._alive[state]

    def may_be_since(self, state: TaskState, at: datetime) -> bool:
        """Tell whether a task may be in a state since then or before; a no is final, and cheap."""
        heap, coming_since = self._heaps[state], self._coming_since.get(state)
        dates = [since for since, _, _ in self._recalled[state]]
        dates += [coming_since] if coming_since is not None else []
        dates += [heap[0][0]] if heap else []
        return any(since <= at for since in dates)

    def find_oldest_task(self, state: TaskState, tasks: Tasks) -> Task | None:
        """Return the one of these, which are all tasks, that is longest in a state, or `None`."""
        entry = self._find_oldest(state)
        return tasks.get(entry[1], {}).get(entry[2]) if entry is not None else None

    def find_oldest(self) -> Mapping[TaskState, datetime]:
        """Return since when each state's longest-waiting task is in it; empty states are absent."""
        found = {state: self._find_oldest(state) for state in self._heaps}
        return {state: entry[0] for state, entry in found.items() if entry is not None}

    def _find_oldest(self, state: TaskState) -> Entry | None:
        heap = self._settle(state)
        while True:
            while heap and self._waiting.get(heap[0][2]) is not heap[0]:
                heapq.heappop(heap)
            earliest = min(self._recalled[state], default=None)
            if earliest is None or (heap and heap[0] <= earliest):
                return heap[0] if heap else None
            self._take_recalled(state, earliest)

    def _take_recalled(self, state: TaskState, earliest: Entry) -> None:
        """Take in the first of the tasks that were recalled; all, when it has moved on."""
        service_id, tasks = earliest[1], self._recalled[state].pop(earliest)
        first = next(tasks, None)
        if first is not None and self._push(state, service_id, (first,)):
            self._defer(state, (first[0], service_id, first[1]), tasks)
        else:
            self._push(state, service_id, tasks)
        if not any(self._recalled.values()):
            self._moved.clear()

    def _take_all_recalled(self) -> None:
        for state, groups in self._recalled.items():
            for (_, service_id, _), tasks in groups.items():
                self._push(state, service_id, tasks)
            groups.clear()
        self._moved.clear()

    def _defer(self, state: TaskState, earliest: Entry, tasks: _ByAge) -> None:
        """Keep tasks, none of which is before `earliest`, until one of them may be the oldest."""
        groups = self._recalled[state]
        groups[earliest] = heapq.merge(groups[earliest], tasks) if earliest in groups else tasks

    def _push(
        self, state: TaskState, service_id: str, tasks: Iterable[tuple[datetime, str]]
    ) -> bool:
        """Take in those tasks that were recalled and have not changed; tell whether any is."""
        moved, waiting = self._moved, self._waiting
        entries = [(since, service_id, id_) for since, id_ in tasks if id_ not in moved]
        waiting.update((entry[2], entry) for entry in entries)
        for entry in entries:
            heapq.heappush(self._heaps[state], entry)
        return bool(entries)

    def _settle(self, state: TaskState) -> list[Entry]:
        """Return the heap of a state with all that came since somebody asked last."""
        heap, coming = self._heaps[state], self._coming[state]
        for entry in self._keep(coming):
            heapq.heappush(heap, entry)
        self._coming[state] = []
        self._coming_since.pop(state, None)
        return heap

    def _forget(self, tasks: Sequence[Task], *, is_waiting: bool) -> Sequence[datetime | None]:
        """Forget tasks as they were before, and return what was known of each one's date."""
        if any(self._recalled.values()):
            self._moved.update(task.id for task in tasks)
            if len(self._moved) > self._most_moved:
                self._take_all_recalled()
        if not is_waiting:  # else the entry of now takes the place of the one before
            for task in tasks:
                self._waiting.pop(task.id, None)
        dated = self._dated
        return [dated.pop(task.id, None) for task in tasks] if dated else ()

    def _enter(
        self,
        kind: Kind,
        tasks: Sequence[Task],
        at: datetime,
        looked_at: datetime | None = None,
        *,
        known: Sequence[datetime | None] = (),
    ) -> None:
        """Take in tasks of one kind, dated as it is `known`, or else as they say."""
        ids = [task.id for task in tasks]
        dates = [task.since for task in tasks]
        first = min(dates)
        # Nearly always as all of them say, which the first and the last one tell.
        is_early = looked_at is not None and first < looked_at - _DRIFT
        if known or is_early or max(dates) > at + _DRIFT:
            pairs = zip(tasks, known or repeat(None), strict=False)
            dates = [was or _date(task, at, looked_at) for task, was in pairs]
            dated = zip(tasks, dates, strict=True)
            self._dated.update((task.id, since) for task, since in dated if since != task.since)
            first = min(dates)
        entries = [*zip(dates, repeat(kind.service_id), ids, strict=False)]
        self._waiting.update(zip(ids, entries, strict=True))
        self._coming[kind.state] += entries
        self._coming_since[kind.state] = min(first, self._coming_since.get(kind.state, first))

    def _takes(self, kind: Kind | None) -> bool:
        return kind is not None and kind.state in self._heaps and kind.desired in WANTED

    def _trim(self, state: TaskState) -> None:
        # One stuck task on top would keep every later entry: in hours of black holes, millions.
        self._heaps[state] = self._keep(self._heaps[state])
        heapq.heapify(self._heaps[state])
        self._coming[state] = self._keep(self._coming[state])

    def _keep(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of tasks that have not moved on."""
        known = self._waiting.get
        return [entry for entry in entries if known(entry[2]) is entry]


def _date(task: Task, at: datetime, looked_at: datetime | None) -> datetime:
    """Return since when a task is in its state that was seen `at`, and not yet at `looked_at`."""
    if task.since > at + _DRIFT:
        return at
    if looked_at is not None and task.since < looked_at - _DRIFT:
        return looked_at
    return task.since
