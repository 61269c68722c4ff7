"""The simulated manager as the collector hears it: documents decoded, silence suffered."""

import errno
from collections.abc import Container, Iterator, Sequence
from typing import Generic, TypeVar

from swarmtui.collector.attention import Attention
from swarmtui.engine.decode import Objects, Piece, to_node, to_service
from swarmtui.engine.errors import Asked, EngineError, translate
from swarmtui.engine.payload import NodeJson, Payload, ServiceJson, TaskJson
from swarmtui.engine.refusals import explain
from swarmtui.engine.session import Receipt
from swarmtui.simulator.documents import Documents
from swarmtui.simulator.engine_info import ENGINE_VERSION
from swarmtui.simulator.silence import Hush
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.world import World
from swarmtui.swarm.entities import Node, Service
from tests.judging.simulated_time import SimulatedTime

HOST = "tcp://mg0:2375"
TIMEOUT_S = 30.0
"""How long the collector waits for an answer."""
_ANSWERS_AFTER_S = 0.01

J = TypeVar("J", bound=Payload)


class _Answers(Generic[J]):
    """Documents as decoded last: what is the same, byte for byte, is not decoded again."""

    def __init__(self, type_: type[J]) -> None:
        self._type = type_
        self._known: dict[str, tuple[list[bytes], list[J]]] = {}

    def read(self, path: str, bodies: list[bytes]) -> list[J]:
        """Return the objects of an answer; the same list while it is the same."""
        known = self._known.get(path)
        if known is not None and known[0] == bodies:
            return known[1]
        whole = b"[" + b",".join(bodies) + b"]\n"
        pieces = Objects([whole], self._type, asked=Asked(host=HOST, what=f"GET {path}"))
        objects = [one for piece in pieces for one in piece]
        assert pieces.broken == 0
        self._known[path] = bodies, objects
        return objects


class HeardManager:
    """mg0 of a simulated swarm: `Watch` and `Poller` cannot tell it from an engine."""

    host = HOST
    cluster_id = "simulated"
    api_version = "1.41"
    engine_version = ENGINE_VERSION

    def __init__(
        self,
        simulation: Simulation,
        time: SimulatedTime,
        attention: Attention,
        documents: Documents,
    ) -> None:
        self._simulation = simulation
        self._time = time
        self._attention = attention
        self._documents = documents
        self._nodes_read = _Answers(NodeJson)
        self._services_read = _Answers(ServiceJson)
        self._tasks_read = _Answers(TaskJson)
        self._nodes: tuple[Sequence[NodeJson], tuple[Node, ...]] = ((), ())

    @property
    def world(self) -> World:
        """Return the world as it is now."""
        return self._simulation.at(self._time.second)

    @property
    def node_id(self) -> str:
        return self.world.state.managers()[0].id

    def greet(self) -> None:
        """Be connected to, or not."""
        self._ask("/info")

    def read_nodes(self) -> tuple[Node, ...]:
        world = self._ask("/nodes")
        bodies = [self._documents.node(node) for node in world.state.nodes_in_order()]
        read = self._nodes_read.read("/nodes", bodies)
        if read is not self._nodes[0]:
            self._nodes = read, tuple(to_node(json) for json in read)
        return self._nodes[1]

    def read_services(self) -> tuple[Service, ...]:
        world = self._ask("/services")
        bodies = [self._documents.service(service) for service in world.state.services_in_order()]
        return tuple(to_service(json) for json in self._services_read.read("/services", bodies))

    def iterate_service_tasks(
        self, service_id: str, ids: tuple[str, ...] = (), *, known: Container[int] = frozenset()
    ) -> Iterator[Piece[TaskJson]]:
        del known
        world = self._ask("/tasks")
        service = world.state.services.get(service_id)
        if service is None:
            body = f'{{"message":"service {service_id} not found"}}'.encode()
            raise explain(404, body, host=HOST, path="GET /tasks")
        now = self._time.second
        wanted = [task for task in service.in_order() if not ids or task.id.startswith(ids)]
        bodies = [self._documents.task(task, now) for task in wanted]
        yield Piece(None, self._tasks_read.read(f"{service_id} {ids}", bodies))

    def close(self) -> None:
        pass

    def _ask(self, path: str) -> World:
        """Return the world when it answers; raise `EngineError` when it does not, or says no."""
        asked_at = self._time.second
        self._attention.asked(path)
        try:
            return self._wait(path)
        finally:
            took_s = self._time.second - asked_at
            self._attention.answered(
                Receipt(path=path, asked_at=asked_at, took_s=took_s, bytes=0, ok=True)
            )

    def _wait(self, path: str) -> World:
        asked = Asked(host=HOST, what=f"GET {path}", timeout_s=TIMEOUT_S)
        waits_until = self._time.second + TIMEOUT_S
        self._time.pass_(_ANSWERS_AFTER_S)
        while (silence := self.world.silence_at(self._time.second)) is not None:
            if silence.why is Hush.REFUSING:
                raise translate(ConnectionRefusedError(errno.ECONNREFUSED, "refused"), asked)
            reply = silence.find_reply(self._time.second)
            if reply.at > waits_until:
                self._time.pass_(waits_until - self._time.second)
                raise translate(TimeoutError("timed out"), asked)
            self._time.pass_(max(0.0, reply.at - self._time.second))
            if reply.error:
                raise _refuse(path, reply.error)
        return self.world


def _refuse(path: str, error: str) -> EngineError:
    return explain(500, f'{{"message":"{error}"}}'.encode(), host=HOST, path=f"GET {path}")
