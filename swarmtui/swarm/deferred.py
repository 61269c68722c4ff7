"""Tasks that are made when somebody asks for them: for most of a swarm's nobody ever does."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence

from swarmtui.swarm.entities import Task


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
