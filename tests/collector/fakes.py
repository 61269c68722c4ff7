"""Managers and clocks for the collector's tests, entered through constructors."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from swarmtui.collector.inbox import Inbox, Message
from swarmtui.swarm.entities import Node, Service, Task
from tests.factories import at


@dataclass
class FakeClock:
    """A clock that moves when it is told to."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return at(self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


class FakeInbox(Inbox):
    """An inbox where waiting moves the clock instead of taking time."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def take(self, wait_s: float = 0.0) -> list[Message]:
        messages = super().take()
        if not messages:
            self._clock.pass_(wait_s)
        return messages


@dataclass(frozen=True)
class RawTask:
    """A task as an engine sent it."""

    task: Task
    index: int = 1

    @property
    def id(self) -> str:
        return self.task.id


@dataclass(frozen=True)
class FakePiece:
    """Some tasks of a list."""

    objects: Sequence[RawTask]
    digest: int | None

    @classmethod
    def of(cls, tasks: Sequence[RawTask], known: Container[int] = frozenset()) -> "FakePiece":
        digest = hash(tuple((task.id, task.index) for task in tasks))
        return cls(() if digest in known else tasks, digest)


def convert(raw: RawTask) -> Task:
    """Return the task that an engine sent."""
    return raw.task


@dataclass
class FakeManager:
    """A manager that holds what it is given; `trouble` runs before every answer."""

    clock: FakeClock
    host: str = "tcp://mg0:2375"
    cluster_id: str = "c1"
    node_id: str = "m0"
    api_version: str = "1.41"
    engine_version: str = "20.10.24"
    nodes: list[Node] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    tasks: dict[str, list[RawTask]] = field(default_factory=dict)
    trouble: Callable[[str], None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    def read_nodes(self) -> Sequence[Node]:
        self._ask("/nodes")
        return self.nodes

    def read_services(self) -> Sequence[Service]:
        self._ask("/services")
        return self.services

    def iterate_service_tasks(
        self, service_id: str, ids: tuple[str, ...] = (), *, known: Container[int] = frozenset()
    ) -> Iterator[FakePiece]:
        self._ask(" ".join(("/tasks", service_id, *ids)))
        tasks = self.tasks.get(service_id, [])
        wanted = [task for task in tasks if task.id.startswith(tuple(ids or ("",)))]
        yield FakePiece.of(wanted, known)

    def close(self) -> None:
        self.closed = True

    def _ask(self, path: str) -> None:
        self.asked.append(path)
        self.clock.pass_(0.01)
        self.trouble(path)
