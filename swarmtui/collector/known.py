"""What has been told already, so that an observation holds only what changed."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
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


V_co = TypeVar("V_co", bound=Versioned, covariant=True)


class Piece(Protocol[V_co]):
    """Some tasks of a list, and what tells whether they are the ones of another time."""

    @property
    def digest(self) -> int | None:
        """Return what is equal for the very same tasks; `None` where that cannot be told."""

    @property
    def objects(self) -> Sequence[V_co]:
        """Return the tasks; none where the digest was known."""


T = TypeVar("T", Node, Service)
V = TypeVar("V", bound=Versioned)


class Known:
    """The lists as last told, of one cluster, from whichever manager."""

    def __init__(self) -> None:
        self._nodes: Mapping[str, Node] | None = None
        self._list: Iterable[Node] | None = None
        self._services: Mapping[str, Service] | None = None
        self._versions: dict[str, dict[str, int]] = {}
        self._pieces: dict[str, Mapping[int, Sequence[str]]] = {}
        """By service id: of the list as last told, the ids in each piece by its digest."""

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
        self._pieces = {s: p for s, p in self._pieces.items() if s in self._services}
        return ServicesSeen(
            taken_at=taken_at,
            changed=_changed(before, self._services),
            removed=_removed(before, self._services),
            whole=before is None,
        )

    def digests_of(self, service_id: str) -> Container[int]:
        """Return which pieces of a service's task list need not be looked into."""
        return self._pieces.get(service_id, {})

    def see_tasks(
        self,
        service_id: str,
        pieces: Iterable[Piece[V]],
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
        before = self._pieces.pop(service_id, {})
        listed = _Listed(before)
        indexes: dict[str, int] = {}
        fresh: list[Task] = []
        try:
            for piece in pieces:
                if piece.digest is not None and piece.digest in before:
                    listed.add_known(piece.digest)
                    continue
                for task in piece.objects:
                    id_, index = task.id, task.index
                    indexes[id_] = index
                    if told.get(id_) != index:
                        fresh.append(convert(task))
                listed.add(piece)
                while len(fresh) >= MOST_TASKS:
                    part, fresh = fresh[:MOST_TASKS], fresh[MOST_TASKS:]
                    yield _tasks_seen(service_id, part, now=now, whole=whole, complete=False)
                    whole = False
        except BaseException:  # whatever it was, it goes on; what was told must not be told again
            told.update(_without(indexes, fresh))
            raise
        told.update(indexes)
        gone = listed.missing_of(told)
        for id_ in gone:
            del told[id_]
        self._pieces[service_id] = listed.pieces
        yield _tasks_seen(service_id, fresh, now=now, whole=whole, removed=gone)


def _without(indexes: dict[str, int], untold: Iterable[Task]) -> dict[str, int]:
    left = {task.id for task in untold}
    return {id_: index for id_, index in indexes.items() if id_ not in left}


class _Listed:
    """The ids in a list, piece by piece, beside the list before."""

    def __init__(self, before: Mapping[int, Sequence[str]]) -> None:
        self.pieces: dict[int, Sequence[str]] = {}
        """Ids by the digest of their piece, where it has one."""
        self._before = before
        self._others: list[Sequence[str]] = []
        self._is_news = False

    def add_known(self, digest: int) -> None:
        """Take a piece that was in the list before."""
        self.pieces[digest] = self._before[digest]

    def add(self, piece: Piece[V]) -> None:
        """Take a piece that was looked into."""
        self._is_news = True
        ids = tuple(task.id for task in piece.objects)
        if piece.digest is None:
            self._others.append(ids)
        else:
            self.pieces[piece.digest] = ids

    def missing_of(self, told: Iterable[str]) -> tuple[str, ...]:
        """Return those of the ids told that are not in the list."""
        if not self._is_news and len(self.pieces) == len(self._before):
            return ()
        listed = set().union(*self.pieces.values(), *self._others)
        return tuple(id_ for id_ in told if id_ not in listed)


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
