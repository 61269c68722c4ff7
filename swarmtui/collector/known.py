"""What has been told already, so that an observation holds only what changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.observation import NodesSeen, ServicesSeen, TasksSeen

MOST_TASKS = 1_000
"""Tasks in one observation: a few milliseconds of work for whoever folds it."""


class Versioned(Protocol):
    """A task as the engine sent it, before it costs anything to look into it."""

    @property
    def id(self) -> str:
        """Return the task's id."""

    @property
    def index(self) -> int:
        """Return `Version.Index`: equal means that nothing of the task has changed."""


T = TypeVar("T", Node, Service)
V = TypeVar("V", bound=Versioned)


class Known:
    """The lists as last told, of one cluster, from whichever manager."""

    def __init__(self) -> None:
        self._nodes: Mapping[str, Node] | None = None
        self._list: Iterable[Node] | None = None
        self._services: Mapping[str, Service] | None = None
        self._versions: dict[str, dict[str, int]] = {}

    @property
    def service_ids(self) -> list[str]:
        """Return the services there are, in the order the manager names them."""
        return list(self._services or ())

    def see_nodes(
        self, nodes: Iterable[Node], *, taken_at: datetime, asked_at: datetime
    ) -> NodesSeen:
        """Take the whole node list, and return what is new in it: nothing in the same list."""
        if nodes is self._list:
            return NodesSeen(taken_at=taken_at, asked_at=asked_at)
        self._list = nodes
        # Compared whole: Version.Index stands still when leadership or reachability move.
        before, self._nodes = self._nodes, {node.id: node for node in nodes}
        return NodesSeen(
            taken_at=taken_at,
            asked_at=asked_at,
            changed=_changed(before, self._nodes),
            removed=_removed(before, self._nodes),
            whole=before is None,
        )

    def see_services(self, services: Iterable[Service], *, taken_at: datetime) -> ServicesSeen:
        """Take the whole service list, and return what is new in it."""
        before, self._services = self._services, {service.id: service for service in services}
        self._versions = {s: v for s, v in self._versions.items() if s in self._services}
        return ServicesSeen(
            taken_at=taken_at,
            changed=_changed(before, self._services),
            removed=_removed(before, self._services),
            whole=before is None,
        )

    def see_tasks(
        self,
        service_id: str,
        batches: Iterable[Sequence[V]],
        *,
        convert: Callable[[V], Task],
        now: Callable[[], datetime],
    ) -> Iterator[TasksSeen]:
        """Take a service's whole task list as it comes in, and yield what is new in it.

        `convert` is called for tasks that changed only. When the list breaks off, nothing is lost,
        and nothing is taken for gone.
        """
        whole = service_id not in self._versions
        told = self._versions.setdefault(service_id, {})
        indexes: dict[str, int] = {}
        fresh: list[Task] = []
        try:
            for batch in batches:
                for task in batch:
                    id_, index = task.id, task.index
                    indexes[id_] = index
                    if told.get(id_) != index:
                        fresh.append(convert(task))
                while len(fresh) >= MOST_TASKS:
                    part, fresh = fresh[:MOST_TASKS], fresh[MOST_TASKS:]
                    yield _tasks_seen(service_id, part, now=now, whole=whole, complete=False)
                    whole = False
        except BaseException:
            told.update(_without(indexes, fresh))
            raise
        self._versions[service_id] = indexes
        gone = tuple(id_ for id_ in told if id_ not in indexes)
        yield _tasks_seen(service_id, fresh, now=now, whole=whole, removed=gone)


def _without(indexes: dict[str, int], untold: Iterable[Task]) -> dict[str, int]:
    left = {task.id for task in untold}
    return {id_: index for id_, index in indexes.items() if id_ not in left}


def _tasks_seen(
    service_id: str,
    tasks: Iterable[Task],
    *,
    now: Callable[[], datetime],
    whole: bool,
    complete: bool = True,
    removed: tuple[str, ...] = (),
) -> TasksSeen:
    return TasksSeen(
        taken_at=now(),
        service_id=service_id,
        changed=tuple(tasks),
        removed=removed,
        whole=whole,
        complete=complete,
    )


def _changed(before: Mapping[str, T] | None, after: Mapping[str, T]) -> tuple[T, ...]:
    known = before or {}
    return tuple(thing for id_, thing in after.items() if known.get(id_) != thing)


def _removed(before: Mapping[str, T] | None, after: Mapping[str, T]) -> tuple[str, ...]:
    return tuple(id_ for id_ in before or () if id_ not in after)
