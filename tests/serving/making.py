"""Recorded swarms, and who asks about them."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from swarmtui.httpd.journal import Journal
from swarmtui.httpd.messages import Request
from swarmtui.serving.api import RecordedApi, welcome
from swarmtui.serving.scene import Scene, Stage, Still
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import ManagerSeen, Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import NOON, at, nodes_seen, services_seen, tasks_seen

YEARS_LATER = at(0) + timedelta(days=3000)
"""When somebody looks at what was recorded at noon."""


def manager_seen(node_id: str = "mg0", **fields: Any) -> ManagerSeen:
    """Return an observation of the manager that was asked."""
    defaults: dict[str, Any] = {
        "taken_at": at(0),
        "host": "tcp://10.0.0.1:2376",
        "cluster_id": "cluster-1",
        "api_version": "1.41",
        "engine_version": "20.10.24",
    }
    return ManagerSeen(node_id=node_id, **(defaults | fields))


def make_snapshot(
    nodes: Iterable[Node] = (),
    services: Iterable[Service] = (),
    tasks: Iterable[Task] = (),
    *more: Observation,
) -> Snapshot:
    """Return what is known after these have been seen."""
    by_service: dict[str, list[Task]] = {service.id: [] for service in services}
    for task in tasks:
        by_service.setdefault(task.service_id, []).append(task)
    snapshot = Snapshot()
    for seen in (
        manager_seen(),
        nodes_seen(nodes, whole=True),
        services_seen(services, whole=True),
        *(tasks_seen(some, service=id_, whole=True) for id_, some in by_service.items()),
        *more,
    ):
        snapshot = fold(snapshot, seen).snapshot
    return snapshot


class Answer(NamedTuple):
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        return str(self.json["message"])


class Client:
    """Somebody who connected, and asks."""

    def __init__(self, api: RecordedApi) -> None:
        self.api = api

    async def ask(self, path: str, *, method: str = "GET", **query: object) -> Answer:
        encoded = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in query.items()
        }
        response = await self.api.answer(Request(method=method, path=path, query=encoded))
        body = b"".join(response.body)
        if response.stream is not None:
            body = b"".join([piece async for piece in response.stream])
        return Answer(response.status, body)

    async def get(self, path: str, **query: object) -> Any:
        answer = await self.ask(path, method="GET", **query)
        assert answer.status == 200, answer.body
        return answer.json


def connect(
    what: Snapshot | Stage,
    *,
    moment: datetime = NOON,
    now: Callable[[], datetime] = lambda: YEARS_LATER,
    journal: Journal | None = None,
    keeps_times: bool = False,
) -> Client:
    """Return a client of a recording that is shown as of `moment`, unless a stage is given."""
    stage = Still(Scene(moment, what)) if isinstance(what, Snapshot) else what
    meet = welcome(stage, journal or Journal(), now=now, keeps_times=keeps_times)
    return Client(meet())
