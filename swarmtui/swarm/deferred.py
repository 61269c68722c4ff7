"""Tasks that are made when somebody asks for them: for most of a swarm's nobody ever does."""

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TaskState

States = tuple[TaskState, TaskState]
"""The state and the desired state of a task."""
ErrorOnNode = tuple[str, str]
"""The error and the node of a task."""


class Count(NamedTuple):
    """Tasks, as far as they are counted."""

    nodes: list[str]
    """The node of each, in no order."""
    errors: Counter[ErrorOnNode]
    """How many have the same error and node, of those that have an error."""


class DeferredTasks(Mapping[str, Task]):
    """The tasks of one service by id, of which a few cost a few; going through it makes all.

    It never changes, and is equal to any other mapping with the same tasks.
    """

    @abstractmethod
    def find(self, ids: Collection[str]) -> Sequence[Task | None]:
        """Return the tasks with these ids; `None` where there is none."""

    @abstractmethod
    def merge(self, changed: Mapping[str, Task], gone: Collection[str]) -> Mapping[str, Task]:
        """Return the tasks with these in their places, or behind all, and without some."""

    @abstractmethod
    def node_ids(self) -> Iterable[str]:
        """Return the node of each task, in the order of the tasks, found as one comes to it."""

    @abstractmethod
    def find_astray(self) -> Sequence[Task]:
        """Return at least those that do not run, shall not, have an error or no node, in order."""

    @abstractmethod
    def count_astray(self) -> Mapping[States, Count]:
        """Count those that `find_astray` finds by their states."""

    @abstractmethod
    def find_earliest(self, states: States) -> datetime:
        """Return since when the first of those of them in these states is in them."""

    @abstractmethod
    def go_by_age(self, states: States) -> Iterator[tuple[datetime, str]]:
        """Go through those of them in these states by since when they are, and by id."""


def count_tasks(tasks: Iterable[Task]) -> Mapping[States, Count]:
    """Count tasks by their states."""
    alike: defaultdict[States, list[Task]] = defaultdict(list)
    for task in tasks:
        alike[task.state, task.desired].append(task)
    return {states: count_alike(those) for states, those in alike.items()}


def count_alike(tasks: Collection[Task]) -> Count:
    """Count tasks that are in the same states."""
    return Count(
        [task.node_id for task in tasks],
        Counter((task.error, task.node_id) for task in tasks if task.error),
    )
