"""The routes of the Engine API, answered from a recording."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from swarmtui import __version__
from swarmtui.httpd.events import parse_asked, stream
from swarmtui.httpd.filters import parse_filters
from swarmtui.httpd.journal import Journal
from swarmtui.httpd.messages import ApiError, Request, Response, array_response, json_response
from swarmtui.httpd.routes import Call, Handler, Routes, dotted
from swarmtui.serving.calendar import Calendar
from swarmtui.serving.documents import Documents, count
from swarmtui.serving.engine_info import (
    NEWEST_API,
    OLDEST_API,
    info_document,
    version_document,
)
from swarmtui.serving.scene import Scene, Stage
from swarmtui.serving.selection import (
    find_node,
    find_service,
    find_task,
    select_nodes,
    select_services,
    select_tasks,
)

_READ_ONLY = "this swarm is a recording: it can be looked at, not changed"
_NO_TOKENS = "a recording holds no join tokens; the id of the swarm is in /info"
_NOT_RECORDED = "not found: a recording holds the nodes, services and tasks of a swarm"
_NOT_YET = "at this moment of the recording no manager had answered yet; choose a later one"
_WITH_STATUS = (1, 41)


class RecordedApi:
    """Answers the requests of one client, for which the time it connected at is now."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        calendar: Calendar,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._stage = stage
        self._journal = journal
        self._now = now
        self._calendar = calendar
        self._documents = Documents(calendar)
        lists: dict[str, Handler] = {
            "/version": self._version,
            "/info": self._info,
            "/events": self._events,
            "/nodes": self._nodes,
            "/services": self._services,
            "/tasks": self._tasks,
            "/swarm": self._swarm,
            "/containers/json": self._containers,
        }
        objects: dict[str, Handler] = {
            "/nodes": self._node,
            "/services": self._service,
            "/tasks": self._task,
        }
        self._routes = Routes(
            lists=lists,
            objects=objects,
            newest=NEWEST_API,
            oldest=OLDEST_API,
            refusal=_READ_ONLY,
            unknown=_NOT_RECORDED,
        )

    def headers(self) -> Mapping[str, str]:
        """Return what every answer carries."""
        is_manager = self._stage.scene.snapshot.manager is not None
        return {
            "Api-Version": dotted(NEWEST_API),
            "Docker-Experimental": "false",
            "Ostype": "linux",
            "Server": f"swarmtui/{__version__} (linux)",
            "Swarm": "active/manager" if is_manager else "inactive",
            "Date": self._now().astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }

    async def answer(self, request: Request) -> Response:
        """Answer a request; what goes wrong is an answer, too."""
        return await self._routes.answer(request)

    async def _version(self, _call: Call) -> Response:
        return json_response(version_document(self._stage.scene))

    async def _info(self, _call: Call) -> Response:
        return json_response(info_document(self._stage.scene, self._calendar))

    async def _events(self, call: Call) -> Response:
        filters = parse_filters(call.query.get("filters"))
        asked = parse_asked(filters, call.query, self._calendar)
        ends_in_s = None
        if asked.until is not None:
            now = self._calendar.second(self._now().timestamp())
            ends_in_s = max(0.0, (asked.until - now) / self._stage.speed)
        events = stream(self._journal, self._calendar, asked, ends_in_s=ends_in_s)
        return Response(stream=events)

    async def _nodes(self, call: Call) -> Response:
        nodes = select_nodes(self._scene().snapshot, _filters(call))
        return array_response(map(self._documents.node, nodes))

    async def _node(self, call: Call) -> Response:
        node = find_node(self._scene().snapshot, call.identity)
        return _whole(self._documents.node(node))

    async def _services(self, call: Call) -> Response:
        is_counted = call.flag("status") and call.version >= _WITH_STATUS
        snapshot = self._scene().snapshot
        return array_response(
            self._documents.service(
                service,
                counts=count(snapshot.tasks.get(service.id, {}).values()) if is_counted else None,
            )
            for service in select_services(snapshot, _filters(call))
        )

    async def _service(self, call: Call) -> Response:
        service = find_service(self._scene().snapshot, call.identity)
        return _whole(self._documents.service(service))

    async def _tasks(self, call: Call) -> Response:
        tasks = select_tasks(self._scene().snapshot, _filters(call))
        return array_response(map(self._documents.task, tasks))

    async def _task(self, call: Call) -> Response:
        task = find_task(self._scene().snapshot, call.identity)
        return _whole(self._documents.task(task))

    async def _containers(self, _call: Call) -> Response:
        """Return none: a refusal would leave `docker stats` hanging."""
        return json_response([])

    async def _swarm(self, _call: Call) -> Response:
        raise ApiError(403, _NO_TOKENS)

    def _scene(self) -> Scene:
        """Return the scene if there is a swarm in it."""
        scene = self._stage.scene
        if scene.snapshot.nodes_at is None:
            raise ApiError(503, _NOT_YET)
        return scene


def welcome(
    stage: Stage, journal: Journal, *, now: Callable[[], datetime], keeps_times: bool = False
) -> Callable[[], RecordedApi]:
    """Return what meets each client; with `keeps_times` it tells all times as they are recorded."""

    def meet() -> RecordedApi:
        at = stage.scene.at
        started = at if keeps_times else now()
        calendar = Calendar(at=at, now=started, speed=1.0 if keeps_times else stage.speed)
        return RecordedApi(stage, journal, calendar, now=now)

    return meet


def _filters(call: Call) -> Mapping[str, frozenset[str]]:
    return parse_filters(call.query.get("filters"))


def _whole(document: bytes) -> Response:
    return Response(body=(document, b"\n"))
