"""Find the peaks of nodes and tasks, to the observation."""

from collections.abc import Sequence
from datetime import datetime

from swarmtui.insight.counted import Counted
from swarmtui.insight.report import Peak
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change, Difference
from swarmtui.swarm.observation import CountsSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import NodeState, TaskState


class Peaks:
    """The most there was of each, from what changed alone."""

    def __init__(self, snapshot: Snapshot, at: datetime) -> None:
        self.nodes: Peak | None = None
        self.ready: Peak | None = None
        self.tasks: Peak | None = None
        self.services = 0
        self._ready = sum(map(_is_ready, snapshot.nodes.values()))
        self._running = sum(map(_is_running, snapshot.iterate_tasks()))
        self._counted = Counted()
        self._measure(snapshot, at)

    def see(self, after: Snapshot, difference: Difference, at: datetime) -> None:
        """Take a step into account."""
        self._ready += _balance_nodes(difference.nodes)
        self._running += _balance_tasks(difference.tasks)
        self._measure(after, at)

    def see_counts(self, seen: CountsSeen, after: Snapshot) -> None:
        """Take what a manager itself counts into account: while it does, that is the truth."""
        self._counted.see(seen, cluster_id=after.manager.cluster_id if after.manager else "")
        self._measure(after, seen.taken_at)

    def _measure(self, snapshot: Snapshot, at: datetime) -> None:
        self.services = max(self.services, len(snapshot.services))
        if snapshot.nodes_at is not None:
            self.nodes = higher(self.nodes, len(snapshot.nodes), at)
            self.ready = higher(self.ready, self._ready, at)
        counted = self._counted.fresh(at)
        if counted is not None:
            self.tasks = higher(self.tasks, counted.tasks.get(TaskState.RUNNING, 0), at)
        elif snapshot.services_at is not None:
            self.tasks = higher(self.tasks, self._running, at)


def higher(peak: Peak | None, value: int, at: datetime) -> Peak:
    """Return the peak after one more value."""
    return Peak(value, at) if peak is None or value > peak.value else peak


def _is_ready(node: Node | None) -> bool:
    return node is not None and node.state is NodeState.READY


def _is_running(task: Task | None) -> bool:
    return task is not None and task.state is TaskState.RUNNING


def _balance_nodes(changes: Sequence[Change[Node]]) -> int:
    return sum(_is_ready(after) - _is_ready(before) for before, after in changes)


def _balance_tasks(changes: Sequence[Change[Task]]) -> int:
    return sum(_is_running(after) - _is_running(before) for before, after in changes)
