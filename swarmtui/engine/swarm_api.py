"""What a watcher asks of one manager."""

import time
from collections.abc import Callable, Container, Generator, Iterable
from pathlib import Path
from typing import TypeVar

from swarmtui.engine.address import Address
from swarmtui.engine.decode import (
    EngineInfo,
    EngineVersion,
    Objects,
    Piece,
    decode_document,
    to_info,
    to_node,
    to_service,
    to_version,
)
from swarmtui.engine.errors import Asked, EngineError
from swarmtui.engine.payload import InfoJson, NodeJson, Payload, ServiceJson, TaskJson, VersionJson
from swarmtui.engine.refusals import explain_text
from swarmtui.engine.session import Listener, Session
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.observation import FailureKind

NEWEST_API = (1, 51)
"""The newest version of the API whose answers were read in its documentation."""

OLDEST_API = (1, 24)
"""The first one with swarms (Docker 1.12)."""

J = TypeVar("J", bound=Payload)


class Manager:
    """A manager that answers, and the swarm it belongs to. For one thread, except `close`."""

    def __init__(self, session: Session, version: EngineVersion, info: EngineInfo) -> None:
        self._session = session
        self.host = session.address.url
        self.api_version = session.api_version
        self.engine_version = version.engine or info.engine_version
        self.cluster_id = info.cluster_id
        self.node_id = info.node_id
        self.hostname = info.hostname
        self._nodes: tuple[Node, ...] = ()
        self._nodes_body: bytes | None = None
        self.broken: dict[str, int] = {}
        """How many things the last answer held of which not even the id could be read, by path."""

    def read_nodes(self) -> tuple[Node, ...]:
        """Return all nodes, or raise `EngineError`; the same tuple while the answer is the same.

        In calm it is, byte for byte, every two seconds: that is seen without keeping what comes.
        """
        with self._session.get("/nodes") as answer:
            body = join_unless_same(answer.chunks(), self._nodes_body or b"")
        if body is not self._nodes_body:
            pieces = self._decode([body], "/nodes", NodeJson)
            self._nodes = tuple(to_node(json) for piece in pieces for json in piece)
            self._nodes_body = body
        return self._nodes

    def read_services(self) -> tuple[Service, ...]:
        """Return all services, or raise `EngineError`.

        Without `status=true`: counting tasks there costs the leader a copy of every one of them.
        """
        pieces = self._iterate("/services", ServiceJson)
        return tuple(to_service(json) for piece in pieces for json in piece)

    def iterate_service_tasks(
        self, service_id: str, ids: tuple[str, ...] = (), *, known: Container[int] = frozenset()
    ) -> Generator[Piece[TaskJson]]:
        """Yield the tasks of a service as they come in, some at a time, or raise `EngineError`.

        With `ids` only tasks whose id begins so. Both filters are indexed on the leader. Go through
        to the end, or the connection is given up and made anew. Pieces whose digest is `known` are
        not decoded, which is three quarters of the work; of the others convert with `to_task` the
        tasks whose `index` has changed.
        """
        filters = {"service": (service_id,), "id": ids} if ids else {"service": (service_id,)}
        with self._session.get("/tasks", filters=filters) as answer:
            objects = self._objects(answer.chunks(), "/tasks", TaskJson)
            yield from objects.pieces(known)
            self.broken["/tasks"] = objects.broken

    def close(self) -> None:
        """Close for good, from any thread; a request under way ends with an `EngineError`."""
        self._session.close()

    def _iterate(self, path: str, type_: type[J]) -> Generator[list[J]]:
        with self._session.get(path) as answer:
            yield from self._decode(answer.chunks(), path, type_)

    def _decode(self, chunks: Iterable[bytes], path: str, type_: type[J]) -> Generator[list[J]]:
        objects = self._objects(chunks, path, type_)
        yield from objects
        self.broken[path] = objects.broken

    def _objects(self, chunks: Iterable[bytes], path: str, type_: type[J]) -> Objects[J]:
        return Objects(chunks, type_, asked=Asked(host=self.host, what=f"GET {path}"))


def join_unless_same(chunks: Iterable[bytes], before: bytes) -> bytes:
    """Return a whole body: `before` itself, without joining anything, when it is the same."""
    at = 0
    rest = iter(chunks)
    for chunk in rest:
        if not before.startswith(chunk, at):
            return b"".join((before[:at], chunk, *rest))
        at += len(chunk)
    return before if at == len(before) else before[:at]


def open_manager(
    address: Address,
    *,
    listener: Listener | None = None,
    clock: Callable[[], float] = time.monotonic,
    home: Path | None = None,
) -> Manager:
    """Connect, agree on a version and make sure that this is a manager with a leader.

    Raise `EngineError` with a kind of its own for each way in which it is not.
    """
    session = Session(address, listener=listener, clock=clock, home=home)
    try:
        version = negotiate(session)
        info = read_info(session)
        check_is_manager(info, host=address.url)
    except BaseException:  # whatever it was, it goes on; only the connection must not stay open
        session.close()
        raise
    return Manager(session, version, info)


def negotiate(session: Session) -> EngineVersion:
    """Set the newest API version that both sides speak; raise `EngineError` if there is none."""
    body = session.read("/version", versioned=False)
    asked = Asked(host=session.address.url, what="GET /version")
    version = to_version(decode_document(body, VersionJson, asked=asked))
    session.api_version = session.address.api_version or choose_version(
        version, host=session.address.url
    )
    return version


def choose_version(version: EngineVersion, *, host: str) -> str:
    """Return the newest version of the API that both sides speak."""
    theirs = _numbers(version.newest)
    if theirs is None:
        raise EngineError(
            FailureKind.VERSION, f"{host} names no API version; is this a Docker engine?"
        )
    oldest = _numbers(version.oldest) or OLDEST_API
    chosen = min(theirs, NEWEST_API)
    if chosen < OLDEST_API or chosen < oldest:
        raise EngineError(
            FailureKind.VERSION,
            f"{host} speaks API {version.oldest or '?'} to {version.newest}, this program "
            f"{_text(OLDEST_API)} to {_text(NEWEST_API)}; update the older of the two",
        )
    return _text(chosen)


def read_info(session: Session) -> EngineInfo:
    """Return what an engine says of itself. Not a cheap probe: it lists all nodes inside."""
    body = session.read("/info")
    asked = Asked(host=session.address.url, what="GET /info")
    return to_info(decode_document(body, InfoJson, asked=asked))


def check_is_manager(info: EngineInfo, *, host: str) -> None:
    """Raise `EngineError` unless this engine is a manager and knows a leader."""
    match info.swarm_state:
        case "active":
            _check_active(info, host)
        case "locked":
            raise explain_text("Swarm is encrypted and needs to be unlocked", host=host)
        case "pending":
            raise EngineError(
                FailureKind.NOT_IN_SWARM,
                f"{host} is still joining its swarm; wait, or see `docker info` there",
            )
        case "error":
            raise EngineError(
                FailureKind.BROKEN,
                f"the swarm on {host} failed: {info.error}; see `docker info` and its log",
            )
        case _:
            raise explain_text("not part of a swarm", host=host)


def _check_active(info: EngineInfo, host: str) -> None:
    if not info.control_available:
        managers = ", ".join(info.managers[:5])
        raise EngineError(
            FailureKind.NOT_MANAGER,
            f"{host} is a worker of its swarm; name a manager with -H"
            + (f", such as the ones it knows: {managers}" if managers else ""),
        )
    if info.error:
        raise explain_text(info.error, host=host)
    if not info.cluster_id:
        raise EngineError(
            FailureKind.NO_LEADER, f"{host} does not say which swarm it is in: no leader? Try again"
        )


def _numbers(version: str) -> tuple[int, int] | None:
    major, _, minor = version.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return None
    return int(major), int(minor)


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
