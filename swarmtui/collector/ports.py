"""What the collector needs of managers and machines; `engine` and `ssh` have it, tests fake it."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from swarmtui.collector.known import Piece, Versioned
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import EventSeen
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, UnknownKey

V_co = TypeVar("V_co", bound=Versioned, covariant=True)


class Manager(Protocol[V_co]):
    """A manager that answered; every call raises `EngineError` when it stops doing so."""

    @property
    def host(self) -> str:
        """Return the address asked, as given."""

    @property
    def cluster_id(self) -> str:
        """Return the id of the swarm it belongs to."""

    @property
    def node_id(self) -> str:
        """Return its own node id."""

    @property
    def api_version(self) -> str:
        """Return the API version agreed on."""

    @property
    def engine_version(self) -> str:
        """Return the version of its engine."""

    def read_nodes(self) -> Sequence[Node]:
        """Return all nodes."""

    def read_services(self) -> Sequence[Service]:
        """Return all services."""

    def iterate_service_tasks(
        self, service_id: str, ids: tuple[str, ...] = (), *, known: Container[int] = frozenset()
    ) -> Iterator[Piece[V_co]]:
        """Yield the tasks of a service as they come in; with `ids` those that begin so.

        A piece whose digest is `known` comes without its tasks.
        """

    def close(self) -> None:
        """Close the connection, from any thread."""


class Events(Protocol):
    """A stream of events."""

    def __iter__(self) -> Iterator[EventSeen]:
        """Yield events as they come; ends with an `EngineError`."""

    def close(self) -> None:
        """End the stream, from any thread."""


class Tails(Protocol):
    """The machines whose `docker stats` are tailed."""

    def want(self, machines: Iterable[Machine]) -> None:
        """Tail these and no others. Returns at once."""

    def retry_refused(self) -> None:
        """Try those now that were left alone for their host key. Returns at once."""


class Shell(Protocol):
    """The way to machines."""

    def open_tails(self, emit: Callable[[StatsSeen | TailSeen | MachineSeen], None]) -> Tails:
        """Return the tails, of none yet; `emit` may be called by many threads."""

    def call_roll(self, machines: Sequence[Machine]) -> Iterable[MachineSeen]:
        """Ask all of them, and yield what each answers as they do."""

    def trust_key(self, machine: Machine, key: UnknownKey) -> str:
        """Have known_hosts hold the key that a machine shows, if it is this one still.

        Return the file that has it; raise `SshError` when it was not written.
        """
