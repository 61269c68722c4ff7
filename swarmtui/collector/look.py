"""Take one full look at a swarm: nodes, services and every service's tasks, without pauses."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from swarmtui.collector.known import Known, V
from swarmtui.collector.ports import Manager
from swarmtui.engine.errors import EngineError
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import FailureKind, ManagerSeen, Observation, TasksSeen

A = TypeVar("A")


def open_first(addresses: Sequence[A], *, open_manager: Callable[[A], Manager[V]]) -> Manager[V]:
    """Return the first manager that answers; raise the first one's `EngineError` if none does."""
    first: EngineError | None = None
    for address in addresses:
        try:
            return open_manager(address)
        except EngineError as error:
            first = first or error
    raise first or ValueError("no address to ask")


def look(
    manager: Manager[V],
    *,
    convert: Callable[[V], Task],
    now: Callable[[], datetime],
) -> Iterator[Observation]:
    """Yield what a manager answers, request after request."""
    known = Known()
    yield ManagerSeen(
        taken_at=now(),
        host=manager.host,
        cluster_id=manager.cluster_id,
        node_id=manager.node_id,
        api_version=manager.api_version,
        engine_version=manager.engine_version,
    )
    asked_at = now()
    nodes = manager.read_nodes()
    yield known.see_nodes(nodes, taken_at=now(), asked_at=asked_at)
    yield known.see_services(manager.read_services(), taken_at=now())
    for service_id in known.service_ids:
        try:
            yield from known.see_tasks(
                service_id, manager.iterate_service_tasks(service_id), convert=convert, now=now
            )
        except EngineError as error:
            if error.kind is not FailureKind.GONE:
                raise
            # Removed since the services were listed: it has no tasks.
            yield TasksSeen(taken_at=now(), service_id=service_id, whole=True)
