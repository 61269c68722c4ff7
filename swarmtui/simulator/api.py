"""The routes of the Engine API, answered from the simulation."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from swarmtui.httpd.events import parse_asked, stream
from swarmtui.httpd.filters import parse_filters
from swarmtui.httpd.journal import Journal
from swarmtui.httpd.messages import (
    ApiError,
    Request,
    Response,
    array_response,
    json_response,
)
from swarmtui.httpd.routes import Call, Handler, Routes, dotted
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
from swarmtui.simulator.faces import Face, check
from swarmtui.simulator.lookup import (
    find_node,
    find_service,
    find_task,
    select_nodes,
    select_services,
    select_tasks,
)
from swarmtui.simulator.silence import Silence
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.world import World

_TICK_S = 0.2
_LONGEST_SLEEP_S = 3600.0
"""A timer cannot wait for ever."""

_READ_ONLY = "this swarm is simulated: it can be looked at, not changed"
_NO_TOKENS = "this swarm is simulated and has no join tokens; its id and spec are in /info"
_EMPTY: Mapping[str, object] = {
    "/containers/json": [],
    "/images/json": [],
    "/secrets": [],
    "/configs": [],
    "/plugins": [],
    "/volumes": {"Volumes": [], "Warnings": None},
}


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
        lists: dict[str, Handler] = {
            "/version": self._version,
            "/info": self._info,
            "/events": self._events,
            "/nodes": self._nodes,
            "/services": self._services,
            "/tasks": self._tasks,
            "/networks": self._networks,
            "/swarm": self._swarm,
        } | {path: _always(document) for path, document in _EMPTY.items()}
        objects: dict[str, Handler] = {
            "/nodes": self._node,
            "/services": self._service,
            "/tasks": self._task,
            "/networks": self._network,
        }
        self._routes = Routes(
            lists=lists,
            objects=objects,
            newest=MAX_API,
            oldest=MIN_API,
            refusal=_READ_ONLY,
        )

    def headers(self) -> dict[str, str]:
        """Return what every answer carries; the time is that of the engine's wall."""
        wall = self._calendar.moment(self._clock.now())
        return {
            "Api-Version": dotted(MAX_API),
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": f"Docker/{ENGINE_VERSION} (linux)",
            "Date": wall.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }

    def catch_up(self) -> World:
        """Bring the simulation to this second; events are told on the way."""
        return self._simulation.at(self._clock.now())

    async def keep_time(self) -> None:
        """Let events happen, and be told, while nobody asks."""
        while True:
            self.catch_up()
            await asyncio.sleep(_TICK_S)

    async def answer(self, request: Request) -> Response:
        """Answer a request; what goes wrong is an answer, too."""
        await self._awake()
        return await self._routes.answer(request)

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
        wants_status = call.flag("status") and call.version >= (1, 41)
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
        while (silence := world.silence_at(self._clock.now())) and silence.stills_the_swarm:
            await self._sit_out(silence)
            world = self.catch_up()
        return world

    async def _awake(self) -> None:
        """Wait as long as this engine answers nothing at all."""
        # A socket that is open cannot refuse: here, who would refuse hangs.
        while (silence := self.catch_up().silence_at(self._clock.now())) is not None:
            if silence.stills_the_swarm:
                return  # what has nothing to do with the swarm is answered
            await self._sit_out(silence)

    async def _sit_out(self, silence: Silence) -> None:
        """Wait until there is something to say; timers are not exact, so it may be too early."""
        now = self._clock.now()
        # Where time stands still, a leader never comes: dockerd gives up, other silence is endless.
        stands = replace(silence, during=replace(silence.during, end=float("inf")))
        reply = (stands if self._clock.hold else silence).find_reply(now)
        await asyncio.sleep(min(reply.at - now, _LONGEST_SLEEP_S) / self._clock.speed)
        if reply.error:
            raise ApiError(500, reply.error)


def _always(document: object) -> Handler:
    async def answer(_call: Call) -> Response:
        return json_response(document)

    return answer
