"""Tell the tasks that do not just run as they shall: counted by kind, and named when asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from swarmtui.insight.transitions import Kind, sort_tasks
from swarmtui.swarm.deferred import Count, DeferredTasks, ErrorOnNode, States, count_alike
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TaskState


class AstrayTasks:
    """Tasks of one kind; most of them need never be made."""

    __slots__ = ("_find", "errors", "find_earliest", "go_by_age", "nodes")

    def __init__(
        self,
        count: Count,
        *,
        find_earliest: Callable[[], datetime],
        go_by_age: Callable[[], Iterator[tuple[datetime, str]]],
        find: Callable[[], Iterable[Task]],
    ) -> None:
        """Take how many there are, and what finds them when somebody asks."""
        self.nodes: Sequence[str] = count.nodes
        """The node of each, in no order."""
        self.errors: Mapping[ErrorOnNode, int] = count.errors
        """How many have the same error and node, of those that have an error."""
        self.find_earliest = find_earliest
        """Finds since when the first of them is as it is."""
        self.go_by_age = go_by_age
        """Goes through them by since when they are as they are, and by id."""
        self._find = find

    def find_oldest_error(self) -> datetime:
        """Return since when the oldest of those that have an error is as it is."""
        return min(task.since for task in self._find() if task.error)


Astray = Mapping[Kind, AstrayTasks]


def find_astray(service_id: str, tasks: Mapping[str, Task]) -> Astray:
    """Return by kind at least those of a service's tasks that do not just run as they shall."""
    if isinstance(tasks, DeferredTasks):
        return {
            Kind(service_id, *states): _defer(tasks, states, count)
            for states, count in tasks.count_astray().items()
        }
    kinds = sort_tasks(task for task in tasks.values() if _is_astray(task))
    return {kind: _count(alike) for kind, alike in kinds.items()}


def _is_astray(task: Task) -> bool:
    running = TaskState.RUNNING
    return bool(
        task.state is not running or task.desired is not running or task.error or not task.node_id
    )


def _defer(tasks: DeferredTasks, states: States, count: Count) -> AstrayTasks:
    return AstrayTasks(
        count,
        find_earliest=partial(tasks.find_earliest, states),
        go_by_age=partial(tasks.go_by_age, states),
        find=partial(_find, tasks, states),
    )


def _find(tasks: DeferredTasks, states: States) -> Iterable[Task]:
    return (task for task in tasks.find_astray() if (task.state, task.desired) == states)


def _count(tasks: Sequence[Task]) -> AstrayTasks:
    return AstrayTasks(
        count_alike(tasks),
        find_earliest=lambda: min(task.since for task in tasks),
        go_by_age=partial(_go_by_age, tasks),
        find=lambda: tasks,
    )


def _go_by_age(tasks: Sequence[Task]) -> Iterator[tuple[datetime, str]]:
    yield from sorted((task.since, task.id) for task in tasks)
