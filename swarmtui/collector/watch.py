"""Watch a swarm for ever: one manager at a time, and the next one when it is lost."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic, NoReturn, TypeVar

from swarmtui.collector.known import V
from swarmtui.collector.poller import Clocks, Poller
from swarmtui.collector.ports import Manager
from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import FailureKind, ManagerLost, ManagerSeen, Observation

A = TypeVar("A")

_LONGEST_REST_S = 5.0


class Watch(Generic[A, V]):
    """Goes round the managers at `addresses`, and stays with one as long as it answers."""

    def __init__(
        self,
        addresses: Sequence[A],
        *,
        name_of: Callable[[A], str],
        open_manager: Callable[[A], Manager[V]],
        poller: Poller[V],
        emit: Callable[[Observation], None],
        clocks: Clocks,
        listen: Callable[[A], AbstractContextManager[None]],
        rest: Callable[[float], object],
    ) -> None:
        self._addresses = list(addresses)
        self._name_of = name_of
        self._open_manager = open_manager
        self._poller = poller
        self._emit = emit
        self._clocks = clocks
        self._listen = listen
        self._rest = rest
        self._cluster_id = ""
        self._turn = 0
        self._failed = 0
        """Managers in a row that gave no answer at all."""

    def run(self) -> NoReturn:
        """Watch until the process ends."""
        while True:
            self.watch_next()

    def watch_next(self) -> None:
        """Watch the manager whose turn it is until it is lost, say so, and rest if need be."""
        address = self._addresses[self._turn % len(self._addresses)]
        asked_at = self._clocks.now()
        try:
            self._watch(address)
        except EngineError as error:
            self._failed += 1
            self._turn += 1
            following = self._addresses[self._turn % len(self._addresses)]
            self._emit(
                ManagerLost(
                    taken_at=self._clocks.now(),
                    host=self._name_of(address),
                    kind=error.kind,
                    text=error.text,
                    next_host=self._name_of(following),
                    asked_at=self._poller.owed_since or asked_at,
                )
            )
        self._rest(self._rest_s())

    def _watch(self, address: A) -> NoReturn:
        manager = self._open_manager(address)
        try:
            self._check_cluster(manager)
            self._emit(
                ManagerSeen(
                    taken_at=self._clocks.now(),
                    host=manager.host,
                    cluster_id=manager.cluster_id,
                    node_id=manager.node_id,
                    api_version=manager.api_version,
                    engine_version=manager.engine_version,
                )
            )
            with self._listen(address):
                while True:
                    if self._poller.ask_next(manager):
                        self._failed = 0
        finally:
            manager.close()

    def _check_cluster(self, manager: Manager[V]) -> None:
        if self._cluster_id and manager.cluster_id != self._cluster_id:
            raise EngineError(
                FailureKind.OTHER_SWARM,
                f"{manager.host} belongs to swarm {manager.cluster_id}, not to "
                f"{self._cluster_id}, which is watched: leave it out of -H",
            )
        self._cluster_id = manager.cluster_id

    def _rest_s(self) -> float:
        """Return how long to wait before the next: not at all until all have been asked once."""
        rounds, asked = divmod(self._failed, len(self._addresses))
        if asked or not rounds:
            return 0.0
        return min(_LONGEST_REST_S, 0.5 * 2.0**rounds)
