"""Remember which tasks failed in the last five minutes, where, and of which service."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from swarmtui.insight.published import Published
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import FAILURES, TaskState

WINDOW = timedelta(minutes=5)
"""As the scheduler looks at it: five failures in five minutes put a node last for a service."""


class Failure(NamedTuple):
    """One task that failed; ordered by time."""

    at: datetime
    task_id: str
    node_id: str
    service_id: str
    state: TaskState


class FailureWindow:
    """Failures by node and service over the last five minutes.

    The swarm forgets failed tasks (five are kept for each slot), so the window remembers what
    was seen. A task that had failed already when it was first seen counts from its own time.
    """

    def __init__(self) -> None:
        self.by_state: Counter[TaskState] = Counter()
        self.by_service: Counter[str] = Counter()
        self.by_node: Counter[str] = Counter()
        self.touched_nodes: set[str] = set()
        self.touched_services: set[str] = set()
        self.pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Failures by service id, then by node id."""
        self.revisions: dict[str, int] = {}
        """By service id, a number that grows whenever its failures change."""
        self._changes = 0
        self._heap: list[Failure] = []
        self._known: set[str] = set()
        self._began: dict[str, datetime] = {}
        self._by_node: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._unpublished: set[str] = set()
        self._published: Published[str, Mapping[str, int]] = Published()

    def since(self, service_id: str) -> datetime | None:
        """Return since when a service fails without five minutes' pause; `None` if it does not."""
        return self._began.get(service_id)

    def apply(self, changes: Sequence[Change[Task]], at: datetime) -> None:
        """Count the tasks that are failed or rejected now and were not before."""
        for before, task in changes:
            if task is None or task.state not in FAILURES:
                continue
            if before is not None and before.state in FAILURES:
                continue
            # A task list that begins anew brings tasks a second time: once is enough.
            if task.id in self._known:
                continue
            self._remember(task, at if before is not None else min(task.since, at), at)

    def expire(self, now: datetime) -> None:
        """Forget what is older than the window."""
        while self._heap and now - self._heap[0].at > WINDOW:
            failure = heapq.heappop(self._heap)
            self._known.discard(failure.task_id)
            self._count(failure, -1)

    def take(self) -> Mapping[str, Mapping[str, int]]:
        """Return failures by node id, then by service id, for good."""
        for node_id in self._unpublished:
            if node_id in self._by_node:
                self._published.put(node_id, dict(self._by_node[node_id]))
            else:
                self._published.drop(node_id)
        self._unpublished.clear()
        return self._published.take()

    def _remember(self, task: Task, failed_at: datetime, at: datetime) -> None:
        if at - failed_at > WINDOW:
            return
        failure = Failure(failed_at, task.id, task.node_id, task.service_id, task.state)
        heapq.heappush(self._heap, failure)
        self._known.add(task.id)
        self._count(failure, 1)

    def _count(self, failure: Failure, change: int) -> None:
        at, _, node_id, service_id, state = failure
        self.by_state[state] += change
        _add(self.by_service, service_id, change)
        self.touched_services.add(service_id)
        self._changes += 1
        self.revisions[service_id] = self._changes
        if service_id not in self.by_service:
            del self._began[service_id], self.revisions[service_id]
        elif service_id not in self._began or at < self._began[service_id]:
            self._began[service_id] = at
        if node_id:
            _add(self.by_node, node_id, change)
            _add_pair(self.pairs, service_id, node_id, change)
            _add_pair(self._by_node, node_id, service_id, change)
            self.touched_nodes.add(node_id)
            self._unpublished.add(node_id)


def _add(counts: Counter[str], key: str, change: int) -> None:
    counts[key] += change
    if not counts[key]:
        del counts[key]


def _add_pair(counts: defaultdict[str, Counter[str]], first: str, second: str, change: int) -> None:
    _add(counts[first], second, change)
    if not counts[first]:
        del counts[first]
