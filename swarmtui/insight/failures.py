"""Remember which tasks failed in the last five minutes, where, and of which service."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, repeat
from operator import attrgetter
from typing import TypeVar

import msgspec

from swarmtui.insight.error_words import LONGEST, normalise
from swarmtui.insight.published import Published
from swarmtui.insight.thresholds import USUAL
from swarmtui.insight.transitions import Changed, Kind, Transitions
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import FAILURES, TaskState

K = TypeVar("K")

_TASK_OF, _STATE_OF = attrgetter("task_id"), attrgetter("state")
_NODE_OF, _SERVICE_OF = attrgetter("node_id"), attrgetter("service_id")
_NODE_AND_SERVICE_OF = attrgetter("node_id", "service_id")
_SERVICE_AND_NODE_OF = attrgetter("service_id", "node_id")
_CAUSE_OF = attrgetter("state", "error", "service_id", "node_id")

WINDOW = timedelta(minutes=5)
"""As the scheduler looks at it: five failures in five minutes put a node last for a service."""
_SLICE_S = 20
"""Failures of a node are told apart in time by so much: an engine that restarts fails all its tasks
within one slice or two."""


class Failure(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """One task that failed; ordered by time."""

    at: datetime
    task_id: str
    node_id: str
    service_id: str
    state: TaskState
    slot: int = 0
    """Replica number; 0 for a task of a global service: its node tells which one it is."""
    error: str = ""
    """As it came, cut: what names equal causes alike may do better one day."""
    has_run: bool = False
    """It had run for a while: whatever ended it, the node did not swallow it."""
    by_absence: bool = False
    """Its node was away, or had just come back: that ended it, and not a fault of its own."""


class Cause:
    """Failures in one state that name the same error."""

    __slots__ = ("count", "nodes", "services")

    def __init__(self) -> None:
        self.count = 0
        self.nodes: Counter[str] = Counter()
        self.services: Counter[str] = Counter()

    def add(self, service_id: str, node_id: str, change: int) -> None:
        """Count so many failures of a service on a node in, or out where they are negative."""
        self.count += change
        _add(self.services, service_id, change)
        if node_id:
            _add(self.nodes, node_id, change)


class FailuresMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an analyst remembers of failures."""

    kept: tuple[Failure, ...] = ()
    began: Mapping[str, datetime] = {}


class FailureWindow:
    """Failures by node and service over the last five minutes.

    The swarm forgets failed tasks (five are kept for each slot), so the window remembers what
    was seen. A task that had failed already when it was first seen counts from its own time.

    What is kept goes by the time of observations; what is counted, by the time that counts are
    asked for. So asking has no effect on what is known later.
    """

    def __init__(
        self, *, looping: int = USUAL.crash_loop, runs_well: timedelta = USUAL.runs_well
    ) -> None:
        """Take how many failures of one replica are a crash loop, and what has run well."""
        self._looping = looping
        self._runs_well = runs_well
        self.by_state: Counter[TaskState] = Counter()
        self.by_service: Counter[str] = Counter()
        self.by_node: Counter[str] = Counter()
        self.touched_nodes: set[str] = set()
        self.touched_services: set[str] = set()
        self.pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Failures by service id, then by node id, but for those that a node's absence ended."""
        self.swallowed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """The same, without the tasks that had run for a while."""
        self.absences: Counter[str] = Counter()
        """By service id, the failures that a node's absence ended."""
        self.causes: dict[tuple[TaskState, str], Cause] = {}
        """Failures by state and error; those that name none are left out."""
        self.loops: Counter[str] = Counter()
        """By service id, how many of its replicas failed so often that they loop.

        What is rejected does not count: it never started."""
        self.looped: Counter[str] = Counter()
        """By service id, the failures of those."""
        self._slots: Counter[tuple[str, int | str]] = Counter()
        self.revisions: dict[str, int] = {}
        """By service id, a number that grows whenever its failures change."""
        self._changes = 0
        self._counted: list[Failure] = []
        """A heap of those that are counted."""
        self._passed: list[Failure] = []
        """Those kept that were too old when counts were asked for last."""
        self._known: set[str] = set()
        """Ids of the tasks of all that are kept."""
        self._by_service: Counter[str] = Counter()
        """Failures kept, by service id."""
        self._began: dict[str, datetime] = {}
        self._by_node: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._slices: defaultdict[str, Counter[int]] = defaultdict(Counter)
        """Failures by node id, then by slice of time, but for those that its absence ended."""
        self._unpublished: set[str] = set()
        self._published: Published[str, Mapping[str, int]] = Published()

    def since(self, service_id: str) -> datetime | None:
        """Return since when a service fails without five minutes' pause; `None` if it does not."""
        return self._began.get(service_id)

    def services_on(self, node_id: str) -> Mapping[str, int]:
        """Return the failures on a node, by service id, but for those that its absence ended."""
        services = self._by_node.get(node_id, ())
        counts = {id_: self.pairs[id_][node_id] for id_ in services if id_ in self.pairs}
        return {id_: count for id_, count in counts.items() if count}

    def count_again(self, node_id: str) -> int:
        """Return how many tasks failed on a node after the ones that did so at first.

        None where all failed at once, as when an engine restarts.
        """
        slices = self._slices.get(node_id)
        if not slices:
            return 0
        first = min(slices)
        return slices.total() - slices[first] - slices.get(first + 1, 0)

    def apply(
        self,
        transitions: Transitions,
        at: datetime,
        *,
        has_ended: Callable[[Task], bool] = lambda _: False,
    ) -> None:
        """Count the tasks that are failed or rejected now and were not before.

        `has_ended` tells of a task as it was before whether its node's absence has ended it.
        """
        failing = (alike for kinds, alike in transitions.items() if _has_failed(*kinds))
        for before, task in chain.from_iterable(map(_pair, failing)):
            # A task list that begins anew brings tasks a second time: once is enough.
            if task.id in self._known:
                continue
            failed_at = at if before is not None else min(task.since, at)
            if at - failed_at <= WINDOW:
                has_run = self._has_run(before, task)
                by_absence = before is not None and has_ended(before)
                self._keep(_describe(task, failed_at, has_run=has_run, by_absence=by_absence))

    def forget(self, at: datetime) -> None:
        """Forget what is older than the window for good: something was seen at `at`."""
        while self._counted and at - self._counted[0].at > WINDOW:
            failure = heapq.heappop(self._counted)
            self._count(failure, -1)
            self._drop(failure)
        if self._passed:
            for failure in self._passed:
                if at - failure.at > WINDOW:
                    self._drop(failure)
            self._passed = [each for each in self._passed if at - each.at <= WINDOW]

    def count(self, now: datetime) -> None:
        """Count what is kept and not older than the window `now`."""
        again = [failure for failure in self._passed if now - failure.at <= WINDOW]
        if again:  # only when somebody asks for a time before the one asked for last
            self._passed = [failure for failure in self._passed if now - failure.at > WINDOW]
        for failure in again:
            heapq.heappush(self._counted, failure)
            self._count(failure, 1)
        while self._counted and now - self._counted[0].at > WINDOW:
            failure = heapq.heappop(self._counted)
            self._passed.append(failure)
            self._count(failure, -1)

    def remember(self) -> FailuresMemory:
        """Return what is known beyond the tasks as they are now."""
        return FailuresMemory(kept=(*self._counted, *self._passed), began=dict(self._began))

    def recall(self, memory: FailuresMemory) -> None:
        """Begin with what was remembered."""
        kept = memory.kept
        self._counted = [*kept]
        heapq.heapify(self._counted)
        self._known.update(map(_TASK_OF, kept))
        self._by_service.update(map(_SERVICE_OF, kept))
        self._began = dict(memory.began)
        for failure in kept:
            if failure.service_id not in memory.began:
                began = self._began.get(failure.service_id, failure.at)
                self._began[failure.service_id] = min(failure.at, began)
        self._count_all(kept)

    def take(self) -> Mapping[str, Mapping[str, int]]:
        """Return failures by node id, then by service id, for good."""
        for node_id in self._unpublished:
            if node_id in self._by_node:
                self._published.put(node_id, dict(self._by_node[node_id]))
            else:
                self._published.drop(node_id)
        self._unpublished.clear()
        return self._published.take()

    def _has_run(self, before: Task | None, task: Task) -> bool:
        """Tell whether a task that fails had run for a while, both dated by its node."""
        if before is None or before.state is not TaskState.RUNNING:
            return False
        return task.since - before.since >= self._runs_well

    def _keep(self, failure: Failure) -> None:
        at, task_id, service_id = failure.at, failure.task_id, failure.service_id
        heapq.heappush(self._counted, failure)
        self._known.add(task_id)
        self._by_service[service_id] += 1
        self._began[service_id] = min(at, self._began.get(service_id, at))
        self._count(failure, 1)

    def _drop(self, failure: Failure) -> None:
        self._known.discard(failure.task_id)
        _add(self._by_service, failure.service_id, -1)
        if failure.service_id not in self._by_service:
            self._began.pop(failure.service_id, None)

    def _count_all(self, failures: Sequence[Failure]) -> None:
        """Count failures in as the first ones: together they take a third of the time."""
        self.by_state.update(map(_STATE_OF, failures))
        self.by_service.update(map(_SERVICE_OF, failures))
        self.touched_services.update(self.by_service)
        self._changes = len(failures)
        self.revisions = {each.service_id: i for i, each in enumerate(failures, 1)}
        self.absences.update(each.service_id for each in failures if each.by_absence)
        own = [each for each in failures if not each.by_absence]
        failed = TaskState.FAILED
        slots = [(e.service_id, e.slot or e.node_id) for e in own if e.state is failed]
        for (service_id, slot), count in Counter(slots).items():
            self._count_slot(service_id, slot, count)
        for cause, count in Counter(map(_CAUSE_OF, failures)).items():
            self._count_cause(*cause, count)
        self._count_nodes([each for each in failures if each.node_id])
        against = [each for each in own if each.node_id]
        _add_pairs(self.pairs, map(_SERVICE_AND_NODE_OF, against))
        fresh = (each for each in against if not each.has_run)
        _add_pairs(self.swallowed, map(_SERVICE_AND_NODE_OF, fresh))
        _add_pairs(self._slices, ((each.node_id, _slice(each)) for each in against))

    def _count_nodes(self, failures: Sequence[Failure]) -> None:
        self.by_node.update(map(_NODE_OF, failures))
        self.touched_nodes.update(self.by_node)
        self._unpublished.update(self.by_node)
        _add_pairs(self._by_node, map(_NODE_AND_SERVICE_OF, failures))

    def _count(self, failure: Failure, change: int) -> None:
        node_id, service_id = failure.node_id, failure.service_id
        self.by_state[failure.state] += change
        _add(self.by_service, service_id, change)
        self.touched_services.add(service_id)
        self._changes += 1
        self.revisions[service_id] = self._changes
        if service_id not in self.by_service:
            del self.revisions[service_id]
        if failure.by_absence:
            _add(self.absences, service_id, change)
        elif failure.state is TaskState.FAILED:
            self._count_slot(service_id, failure.slot or node_id, change)
        self._count_cause(failure.state, failure.error, service_id, node_id, change)
        if node_id:
            _add(self.by_node, node_id, change)
            _add_pair(self._by_node, node_id, service_id, change)
            self.touched_nodes.add(node_id)
            self._unpublished.add(node_id)
            if not failure.by_absence:
                self._count_against(failure, change)

    def _count_against(self, failure: Failure, change: int) -> None:
        """Count what may be held against a node."""
        node_id, service_id = failure.node_id, failure.service_id
        _add_pair(self.pairs, service_id, node_id, change)
        if not failure.has_run:
            _add_pair(self.swallowed, service_id, node_id, change)
        _add_pair(self._slices, node_id, _slice(failure), change)

    def _count_slot(self, service_id: str, slot: int | str, change: int) -> None:
        before = self._slots[service_id, slot]
        _add(self._slots, (service_id, slot), change)
        after = before + change
        looped_before = before if before >= self._looping else 0
        looped_after = after if after >= self._looping else 0
        if looped_before != looped_after:
            _add(self.looped, service_id, looped_after - looped_before)
            _add(self.loops, service_id, bool(looped_after) - bool(looped_before))

    def _count_cause(
        self, state: TaskState, error: str, service_id: str, node_id: str, change: int
    ) -> None:
        if not error:
            return
        key = (state, normalise(error))
        cause = self.causes.get(key)
        if cause is None:
            cause = self.causes[key] = Cause()
        cause.add(service_id, node_id, change)
        if not cause.count:
            del self.causes[key]


def _pair(alike: Changed) -> Iterable[tuple[Task | None, Task]]:
    return zip(alike.before or repeat(None), alike.after, strict=False)


def _has_failed(before: Kind | None, after: Kind | None) -> bool:
    if after is None or after.state not in FAILURES:
        return False
    return before is None or before.state not in FAILURES


def _describe(task: Task, failed_at: datetime, *, has_run: bool, by_absence: bool) -> Failure:
    return Failure(
        failed_at,
        task.id,
        task.node_id,
        task.service_id,
        task.state,
        task.slot,
        task.error[:LONGEST],
        has_run,
        by_absence,
    )


def _slice(failure: Failure) -> int:
    return int(failure.at.timestamp()) // _SLICE_S


def _add(counts: Counter[K], key: K, change: int) -> None:
    # Asked for by name: what is missing from a Counter costs a call.
    left = counts.get(key, 0) + change
    if left:
        counts[key] = left
    else:
        counts.pop(key, None)


def _add_pair(counts: defaultdict[str, Counter[K]], first: str, second: K, change: int) -> None:
    _add(counts[first], second, change)
    if not counts[first]:
        del counts[first]


def _add_pairs(counts: defaultdict[str, Counter[K]], pairs: Iterable[tuple[str, K]]) -> None:
    for (first, second), count in Counter(pairs).items():
        counts[first][second] = count
