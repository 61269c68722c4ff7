"""Turn the bytes of an answer into the swarm's own things, whatever an engine sends."""

from collections.abc import Container, Iterable, Iterator
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

from swarmtui.engine.errors import Asked, translate
from swarmtui.engine.lenient import UNREADABLE, decode_leniently
from swarmtui.engine.payload import Engine as EngineJson
from swarmtui.engine.payload import (
    EventJson,
    InfoJson,
    ManagerJson,
    Mode,
    NodeDescription,
    NodeJson,
    NodeSpec,
    NodeStatus,
    Payload,
    Platform,
    Resources,
    ServiceJson,
    ServiceSpec,
    SwarmInfo,
    TaskJson,
    TaskStatus,
    TaskTemplate,
    VersionJson,
)
from swarmtui.engine.split import join_pieces, split_objects, split_whole, without_surrogates
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.observation import EventSeen
from swarmtui.swarm.words import (
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
)

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that an engine did not say, or that cannot be true."""

_LARGEST = (1 << 63) - 1
_NO_STATUS = TaskStatus()
_TASK_STATES = {str(state): state for state in TaskState}

J = TypeVar("J", bound=Payload)


class Piece(NamedTuple, Generic[J]):
    """Some objects that follow one another."""

    digest: int | None
    """Equal for the very same bytes; `None` where those did not decode as they came. Keyed by the
    process: nobody outside can make two pieces that are taken for one."""
    objects: list[J]
    """None where the digest was known before."""


class Objects(Generic[J]):
    """The objects of an answer's array, decoded piece by piece as it comes in.

    Go through it once. An object of which not even the id can be read is left out and counted.
    """

    def __init__(self, chunks: Iterable[bytes], type_: type[J], *, asked: Asked) -> None:
        self.broken = 0
        """Objects left out so far."""
        self._chunks = chunks
        self._type = type_
        self._asked = asked
        self._decoder = msgspec.json.Decoder(list[type_] | None)  # type: ignore[valid-type] # a type made at run time

    def __iter__(self) -> Iterator[list[J]]:
        """Yield some objects at a time; raise `EngineError` when this is no array of objects."""
        for piece in self.pieces():
            yield piece.objects

    def pieces(self, known: Container[int] = frozenset()) -> Iterator[Piece[J]]:
        """Yield pieces like `__iter__`, not decoding those whose digest is known already."""
        bodies = split_objects(self._chunks)
        for body in bodies:
            digest = hash(body)
            yield Piece(digest, []) if digest in known else self._decode(body, bodies, digest)

    def _decode(self, body: bytes, rest: Iterator[bytes], digest: int) -> Piece[J]:
        try:
            return Piece(digest, self._decoder.decode(body) or [])
        except UNREADABLE:
            return Piece(None, self._decode_slowly(body, rest))

    def _decode_slowly(self, piece: bytes, rest: Iterator[bytes]) -> list[J]:
        """Return the objects of a piece, and of all that follows when a border was none."""
        try:
            raws = split_whole(piece)
        except UNREADABLE:
            raws = self._split_rest(piece, rest)
        decoded = [self._decode_one(raw) for raw in raws]
        return [one for one in decoded if one is not None]

    def _split_rest(self, piece: bytes, rest: Iterator[bytes]) -> list[msgspec.Raw]:
        whole = join_pieces([piece, *rest])
        try:
            return split_whole(without_surrogates(whole))
        except UNREADABLE as error:
            raise translate(_as_decode_error(error), self._asked) from error

    def _decode_one(self, raw: msgspec.Raw) -> J | None:
        try:
            one = decode_body(bytes(raw), self._type)
        except UNREADABLE:
            one = None
        self.broken += one is None
        return one


class EngineInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine says of itself and of its swarm."""

    hostname: str = ""
    engine_version: str = ""
    swarm_state: str = ""
    """`inactive`, `pending`, `active`, `error` or `locked`."""
    node_id: str = ""
    cluster_id: str = ""
    """Empty on workers, and on managers that know no leader."""
    control_available: bool = False
    """True on managers, also on those without a quorum: `error` tells."""
    error: str = ""
    managers: tuple[str, ...] = ()
    """Addresses of the managers it knows, `host:port`."""


class EngineVersion(NamedTuple):
    """Which engine this is and which API versions it speaks."""

    engine: str
    newest: str
    oldest: str


def decode_body(body: bytes, type_: type[J]) -> J | None:
    """Return one object; `None` without its id. Raise one of `UNREADABLE` when it is not JSON."""
    try:
        return msgspec.json.decode(body, type=type_)
    except UNREADABLE:
        return decode_leniently(body, type_)


def decode_document(body: bytes, type_: type[J], *, asked: Asked) -> J:
    """Return the object that an answer consists of, or raise `EngineError`."""
    try:
        document = decode_body(body, type_)
    except UNREADABLE as error:
        raise translate(_as_decode_error(error), asked) from error
    if document is None:
        raise translate(msgspec.DecodeError("not an object"), asked)
    return document


def to_task(json: TaskJson) -> Task:
    """Return a task."""
    status, spec = json.status or _NO_STATUS, json.spec
    container = spec.container_spec if spec is not None else None
    known = _TASK_STATES.get
    return Task(
        id=json.id,
        service_id=json.service_id,
        slot=json.slot if 0 <= json.slot <= _LARGEST else 0,
        node_id=json.node_id,
        state=known(status.state) or TaskState.parse(status.state),
        desired=known(json.desired_state) or TaskState.parse(json.desired_state),
        since=_plausible(status.timestamp),
        error=status.err,
        image=container.image if container is not None else "",
    )


def to_node(json: NodeJson) -> Node:
    """Return a node."""
    spec = json.spec or NodeSpec()
    said = json.description or NodeDescription()
    platform = said.platform or Platform()
    resources = said.resources or Resources()
    engine = said.engine or EngineJson()
    status = json.status or NodeStatus()
    state = NodeState.parse(status.state)
    is_new_word = state is NodeState.UNKNOWN and status.state.lower() != state
    return Node(
        id=json.id,
        hostname=said.hostname,
        role=Role.parse(spec.role),
        state=state,
        state_word=status.state if is_new_word else "",
        message=status.message,
        availability=Availability.parse(spec.availability),
        addr=_address(status, json.manager_status),
        manager=_manager_status(json.manager_status),
        engine_version=engine.engine_version,
        os=platform.os,
        arch=platform.architecture,
        cpus=_count(resources.nano_cpus) / 1e9,
        memory_bytes=_count(resources.memory_bytes),
        labels=spec.labels or {},
        engine_labels=engine.labels or {},
        created_at=to_time(json.created_at),
        updated_at=to_time(json.updated_at),
        version=_index(json),
    )


def to_service(json: ServiceJson) -> Service:
    """Return a service."""
    spec = json.spec or ServiceSpec()
    template = spec.task_template or TaskTemplate()
    placement = template.placement
    mode, replicas = _mode(spec.mode or Mode())
    update = json.update_status
    return Service(
        id=json.id,
        name=spec.name,
        mode=mode,
        replicas=replicas,
        image=template.container_spec.image if template.container_spec else "",
        labels=spec.labels or {},
        constraints=tuple(placement.constraints or ()) if placement else (),
        update_state=update.state if update else "",
        update_message=update.message if update else "",
        created_at=to_time(json.created_at),
        updated_at=to_time(json.updated_at),
        version=_index(json),
    )


def to_info(json: InfoJson) -> EngineInfo:
    """Return what an engine says of itself."""
    swarm = json.swarm or SwarmInfo()
    return EngineInfo(
        hostname=json.name,
        engine_version=json.server_version,
        swarm_state=swarm.local_node_state,
        node_id=swarm.node_id,
        cluster_id=swarm.cluster.id if swarm.cluster else "",
        control_available=swarm.control_available,
        error=swarm.error,
        managers=tuple(peer.addr for peer in swarm.remote_managers or () if peer.addr),
    )


def to_version(json: VersionJson) -> EngineVersion:
    """Return which engine this is."""
    return EngineVersion(json.version, json.api_version, json.min_api_version)


def to_event(json: EventJson, taken_at: datetime) -> EventSeen:
    """Return an event, seen at `taken_at`: its own time may be from a replay of old ones."""
    actor = json.actor
    attributes = (actor.attributes if actor else None) or {}
    return EventSeen(
        taken_at=taken_at,
        type=json.type,
        action=json.action,
        actor_id=actor.id if actor else "",
        name=attributes.get("name", ""),
        detail=", ".join(_changes(attributes)),
    )


def to_time(text: str) -> datetime:
    """Return a time in UTC, or `UNKNOWN_TIME` for what is none or beyond belief.

    Engines send nanoseconds, which are cut off, and the year 1 for "never".
    """
    try:
        return _plausible(datetime.fromisoformat(text))
    except ValueError:
        return UNKNOWN_TIME


def _plausible(time: datetime | None) -> datetime:
    if time is None or not 1970 <= time.year < 2200:
        return UNKNOWN_TIME
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _changes(attributes: dict[str, str]) -> Iterator[str]:
    """Yield `state ready → down` for each pair `state.old`, `state.new`."""
    for key, new in attributes.items():
        what, _, kind = key.rpartition(".")
        if kind == "new":
            yield f"{what} {attributes.get(f'{what}.old') or '?'} → {new}"


def _mode(mode: Mode) -> tuple[ServiceMode, int | None]:
    """Return the mode and the count it wants; replicas left out are one, as SwarmKit has it."""
    if mode.replicated is not None:
        replicas = mode.replicated.replicas
        return ServiceMode.REPLICATED, 1 if replicas is None else _count(replicas)
    if mode.everywhere is not None:
        return ServiceMode.GLOBAL, None
    if mode.replicated_job is not None:
        job = mode.replicated_job
        return ServiceMode.REPLICATED_JOB, _count(job.max_concurrent or job.total_completions or 1)
    if mode.global_job is not None:
        return ServiceMode.GLOBAL_JOB, None
    return ServiceMode.UNKNOWN, None


def _manager_status(json: ManagerJson | None) -> ManagerStatus | None:
    if json is None:
        return None
    return ManagerStatus(
        leader=json.leader, reachability=Reachability.parse(json.reachability), addr=json.addr
    )


def _address(status: NodeStatus, manager: ManagerJson | None) -> str:
    """Return where a node is seen; a leader may read 0.0.0.0 there, and its raft address helps."""
    if status.addr not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared with, not listened on
        return status.addr
    host = manager.addr.rpartition(":")[0].strip("[]") if manager else ""
    return "" if host in {"0.0.0.0", "::"} else host  # noqa: S104


def _index(json: NodeJson | ServiceJson) -> int:
    return _count(json.version.index) if json.version else 0


def _count(number: int) -> int:
    """Return a count that is not negative and fits 64 bits; anything else is 0: not known."""
    return number if 0 <= number <= _LARGEST else 0


def _as_decode_error(error: BaseException) -> msgspec.DecodeError:
    return msgspec.DecodeError(str(error) or type(error).__name__)
