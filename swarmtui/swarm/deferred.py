"""Tasks that are made when somebody asks for them: for most of a swarm's nobody ever does."""

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TaskState

States = tuple[TaskState, TaskState]
"""The state and the desired state of a task."""
Blame = tuple[str, str]
"""The error and the node of a task."""
Blames = Mapping[Blame, int]
"""How many tasks have the same error and node."""


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
    def count_astray(self) -> Mapping[States, Blames]:
        """Return how many there are of those that `find_astray` finds, in the same order."""

    @abstractmethod
    def find_earliest(self, states: States) -> datetime:
        """Return since when the first of those of them in these states is in them."""

    @abstractmethod
    def go_by_age(self, states: States) -> Iterator[tuple[datetime, str]]:
        """Go through those of them in these states by since when they are, and by id."""


def count_tasks(tasks: Iterable[Task]) -> Mapping[States, Blames]:
    """Return how many tasks there are, by their states, then by error and node."""
    found: defaultdict[States, Counter[Blame]] = defaultdict(Counter)
    for task in tasks:
        found[task.state, task.desired][task.error, task.node_id] += 1
    return found
