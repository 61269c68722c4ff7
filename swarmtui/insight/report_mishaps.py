"""Count what failed and why over the whole time: a swarm forgets, a report must not."""

from collections import Counter
from collections.abc import Sequence

from swarmtui.insight.error_words import normalise
from swarmtui.insight.errors import ErrorTally
from swarmtui.insight.picture import ErrorGroup
from swarmtui.insight.transitions import sort_changes
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import FAILURES, TaskState

_MOST_GROUPS = 2_000
"""Groups of errors kept: where there are more, each is a text of its own, and no cause."""


class Mishaps:
    """Tasks that failed, and the errors tasks had, each counted once."""

    def __init__(self) -> None:
        self.by_state: Counter[TaskState] = Counter()
        self.by_node: Counter[str] = Counter()
        self._errors = ErrorTally()

    def apply(self, changes: Sequence[Change[Task]]) -> None:
        """Take tasks that changed into account."""
        came: list[Change[Task]] = []
        for before, after in changes:
            if after is None:
                continue
            if after.state in FAILURES and (before is None or before.state not in FAILURES):
                self._count(after)
            if after.error and (before is None or not _is_same(before, after)):
                came.append(Change(None, after))
        # Only ever counted in: what a task had, it had, whatever became of it.
        self._errors.apply(sort_changes(came))
        self._forget_rare()

    def errors(self) -> Sequence[ErrorGroup]:
        """Return the groups of errors, most frequent first."""
        return self._errors.take()

    def _count(self, task: Task) -> None:
        self.by_state[task.state] += 1
        if task.node_id:
            self.by_node[task.node_id] += 1

    def _forget_rare(self) -> None:
        groups = self._errors.groups
        if len(groups) > _MOST_GROUPS:
            for key in sorted(groups, key=lambda key: groups[key].count)[: _MOST_GROUPS // 2]:
                del groups[key]


def _is_same(before: Task, after: Task) -> bool:
    """Tell whether a task has the error it had: its counts may have changed."""
    if before.state is not after.state or not before.error:
        return False
    return before.error == after.error or normalise(before.error) == normalise(after.error)
