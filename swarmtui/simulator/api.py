"""The routes of the Engine API, answered from the simulation."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.documents import Documents
from swarmtui.simulator.engine_info import (
    ENGINE_VERSION,
    MAX_API,
    MIN_API,
    info_document,
    ingress_network,
    version_document,
)
from swarmtui.simulator.events import parse_asked, stream
from swarmtui.simulator.faces import Face, check
from swarmtui.simulator.filters import parse_filters
from swarmtui.simulator.journal import Journal
from swarmtui.simulator.lookup import (
    find_node,
    find_service,
    find_task,
    select_nodes,
    select_services,
    select_tasks,
)
from swarmtui.simulator.messages import (
    TEXT,
    ApiError,
    Request,
    Response,
    array_response,
    error_response,
    json_response,
)
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.world import World

REQUEST_TIMEOUT_S = 20.0
"""How long dockerd waits for the swarm: `swarmRequestTimeout`."""

_DEADLINE = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
_READ_ONLY = "this swarm is simulated: it can be looked at, not changed"
_NO_TOKENS = "this swarm is simulated and has no join tokens; its id and spec are in /info"
_VERSIONED = re.compile(r"/v([0-9.]+)(/.*)")
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_EMPTY: Mapping[str, object] = {
    "/containers/json": [],
    "/images/json": [],
    "/secrets": [],
    "/configs": [],
    "/plugins": [],
    "/volumes": {"Volumes": [], "Warnings": None},
}
_UNDATED = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request on its way to a handler."""

    query: Mapping[str, str]
    version: tuple[int, ...]
    identity: str = ""
    """What follows the name of the collection, in `/nodes/{id}`."""


Handler = Callable[[Call], Awaitable[Response]]


class EngineApi:
    """Answers requests as the engine of one manager."""

    def __init__(
        self,
        simulation: Simulation,
        journal: Journal,
        clock: Clock,
        calendar: Calendar,
        *,
        face: Face = Face.MANAGER,
    ) -> None:
        self._simulation = simulation
        self._journal = journal
        self._clock = clock
        self._calendar = calendar
        self._face = face
        self._documents = Documents(calendar)
        self._lists: dict[str, Handler] = {
            "/version": self._version,
            "/info": self._info,
            "/events": self._events,
            "/nodes": self._nodes,
            "/services": self._services,
            "/tasks": self._tasks,
            "/networks": self._networks,
            "/swarm": self._swarm,
        }
        self._objects: dict[str, Handler] = {
            "/nodes": self._node,
            "/services": self._service,
            "/tasks": self._task,
            "/networks": self._network,
        }

    def headers(self) -> dict[str, str]:
        """Return what every answer carries; the time is that of the engine's wall."""
        wall = self._calendar.moment(self._clock.now())
        return {
            "Api-Version": _dotted(MAX_API),
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": f"Docker/{ENGINE_VERSION} (linux)",
            "Date": wall.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }

    def catch_up(self) -> World:
        """Bring the simulation to this second; events are told on the way."""
        return self._simulation.at(self._clock.now())

    async def answer(self, request: Request) -> Response:
        """Answer a request; what goes wrong is an answer, too."""
        version, path = _split(request.path)
        try:
            return await self._answer(request, version, path)
        except ApiError as error:
            is_ancient = _UNDATED < version < MIN_API
            return error_response(error, as_text=is_ancient)

    async def _answer(self, request: Request, version: tuple[int, ...], path: str) -> Response:
        if request.method not in {"GET", "HEAD"}:
            raise ApiError(405, _READ_ONLY)
        if request.method == "HEAD" and path != "/_ping":
            raise ApiError(404, "page not found")
        handler, identity = self._route(path)
        _check_version(version)
        version = version if version != _UNDATED else MAX_API
        return await handler(Call(query=request.query, version=version, identity=identity))

    def _route(self, path: str) -> tuple[Handler, str]:
        if path == "/_ping":
            return self._ping, ""
        if path in _EMPTY:
            return self._empty, path
        if path in self._lists:
            return self._lists[path], ""
        collection, slash, identity = path[1:].partition("/")
        if slash and identity and f"/{collection}" in self._objects:
            return self._objects[f"/{collection}"], identity
        raise ApiError(404, "page not found")

    async def _ping(self, _call: Call) -> Response:
        no_cache = {"Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache"}
        return Response(body=(b"OK",), content_type=TEXT, headers=no_cache)

    async def _version(self, _call: Call) -> Response:
        return json_response(version_document())

    async def _info(self, _call: Call) -> Response:
        error = ""
        try:
            world = await self._with_leader() if self._face is Face.MANAGER else self.catch_up()
        except ApiError as reason:  # the engine says so within its 200
            world, error = self.catch_up(), reason.message
        now = self._clock.now()
        return json_response(
            info_document(world, self._calendar, now, face=self._face, error=error)
        )

    async def _empty(self, call: Call) -> Response:
        return json_response(_EMPTY[call.identity])

    async def _events(self, call: Call) -> Response:
        filters = parse_filters(call.query.get("filters"))
        asked = parse_asked(filters, call.query, self._calendar)
        ends_in_s = None
        if asked.until is not None:
            ends_in_s = max(0.0, (asked.until - self._clock.now()) / self._clock.speed)
        self.catch_up()
        return Response(stream=stream(self._journal, self._calendar, asked, ends_in_s=ends_in_s))

    async def _nodes(self, call: Call) -> Response:
        world = await self._swarm_world()
        nodes = select_nodes(world.state, parse_filters(call.query.get("filters")))
        return array_response([self._documents.node(node) for node in nodes])

    async def _node(self, call: Call) -> Response:
        world = await self._swarm_world()
        node = find_node(world.state, call.identity)
        return Response(body=(self._documents.node(node), b"\n"))

    async def _services(self, call: Call) -> Response:
        wants_status = _flag(call.query, "status") and call.version >= (1, 41)
        world = await self._swarm_world()
        services = select_services(world.state, parse_filters(call.query.get("filters")))
        status_at = world.agenda.now if wants_status else None
        return array_response(
            [self._documents.service(service, status_at=status_at) for service in services]
        )

    async def _service(self, call: Call) -> Response:
        world = await self._swarm_world()
        service = find_service(world.state, call.identity)
        return Response(body=(self._documents.service(service), b"\n"))

    async def _tasks(self, call: Call) -> Response:
        world = await self._swarm_world()
        now = world.agenda.now
        tasks = select_tasks(world.state, parse_filters(call.query.get("filters")), now)
        return array_response([self._documents.task(task, now) for task in tasks])

    async def _task(self, call: Call) -> Response:
        world = await self._swarm_world()
        task = find_task(world.state, call.identity)
        return Response(body=(self._documents.task(task, world.agenda.now), b"\n"))

    async def _networks(self, _call: Call) -> Response:
        return json_response([self._ingress()])

    async def _network(self, call: Call) -> Response:
        network = self._ingress()
        if call.identity not in {network["Id"], network["Name"]}:
            raise ApiError(404, f"network {call.identity} not found")
        return json_response(network)

    async def _swarm(self, _call: Call) -> Response:
        await self._swarm_world()
        raise ApiError(403, _NO_TOKENS)

    def _ingress(self) -> dict[str, object]:
        return ingress_network(self._calendar, self.catch_up().settings.seed)

    async def _swarm_world(self) -> World:
        """Return the world if this engine may show it, once there is a leader to ask."""
        check(self._face)
        return await self._with_leader()

    async def _with_leader(self) -> World:
        """Wait until there is a leader, as long as dockerd would."""
        world = self.catch_up()
        now = self._clock.now()
        if now not in world.leaderless:
            return world
        left = float("inf") if self._clock.hold else world.leaderless.end - now
        await asyncio.sleep(min(left, REQUEST_TIMEOUT_S) / self._clock.speed)
        if left > REQUEST_TIMEOUT_S:
            raise ApiError(500, _DEADLINE)
        # Timers are not exact: sleep again if it is still a moment too early.
        return await self._with_leader()


def _split(path: str) -> tuple[tuple[int, ...], str]:
    versioned = _VERSIONED.fullmatch(path)
    if versioned is None:
        return _UNDATED, path
    numbers = [int(number or 0) for number in versioned[1].split(".")]
    return tuple([*numbers, 0][:2]), versioned[2]


def _check_version(version: tuple[int, ...]) -> None:
    if version > MAX_API:
        raise ApiError(
            400,
            f"client version {_dotted(version)} is too new. "
            f"Maximum supported API version is {_dotted(MAX_API)}",
        )
    if _UNDATED < version < MIN_API:
        raise ApiError(
            400,
            f"client version {_dotted(version)} is too old. Minimum supported API version is "
            f"{_dotted(MIN_API)}, please upgrade your client to a newer version",
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in version)


def _flag(query: Mapping[str, str], key: str) -> bool:
    text = query.get(key, "")
    if text in _TRUE or text in _FALSE or not text:
        return text in _TRUE
    raise ApiError(
        400,
        f'invalid value for {key}: {text}: strconv.ParseBool: parsing "{text}": invalid syntax',
    )
