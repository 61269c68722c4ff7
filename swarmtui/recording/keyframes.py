"""Keyframes: everything known at one moment as bytes, whole or as what differs from a whole one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import msgspec

from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Place
from swarmtui.recording.columns import Ints, pack_ints, unpack_ints
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.garbage import collector_paused
from swarmtui.recording.memory_parts import Part, apply_change, join, pack_change, split
from swarmtui.recording.task_chain import TaskChain
from swarmtui.recording.task_lists import TaskLists, known_names, pack_task_lists
from swarmtui.stream.names import Names, Numbers
from swarmtui.stream.stats_columns import StatsColumns, from_columns, to_columns
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.observation import (
    Cost,
    CountsSeen,
    ManagerLost,
    ManagerSeen,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import MachineSeen, TailSeen


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Return what identifies it in the swarm."""


T = TypeVar("T")
I = TypeVar("I", bound=Identified)  # noqa: E741 - the usual name of a second type variable


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known at one moment."""

    number: int
    """What tells a whole one from all others of its recording: the number of its block."""
    snapshot: Snapshot
    memory: Memory
    places: Mapping[str, Place]
    """Where nodes are, by node id."""
    parts: Part | None = None
    """The memory as it stands in the file, where it came from one."""


class _Listing(msgspec.Struct, Generic[T], frozen=True):
    """Nodes or services, in their order."""

    is_whole: bool
    """All of them are here; else those that are new, last, or differ from the base's."""
    things: tuple[T, ...]
    gone: tuple[str, ...] = ()


class _General(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a snapshot has besides nodes, services and tasks."""

    taken_at: datetime | None = None
    manager: ManagerSeen | None = None
    nodes_at: datetime | None = None
    services_at: datetime | None = None
    tasks_at: Mapping[str, datetime] = {}
    waiting: Waiting | None = None
    cost: Cost = Cost()
    counts: CountsSeen | None = None
    lost: ManagerLost | WatcherLost | None = None
    machines: tuple[MachineSeen, ...] = ()
    tails: tuple[TailSeen, ...] = ()
    stats: tuple[StatsColumns, ...] = ()


class _Counts(msgspec.Struct, frozen=True):
    """How many there are of each name."""

    names: Ints
    """Their numbers."""
    counts: Ints
    length: int


class _Places(msgspec.Struct, frozen=True):
    """Where nodes are: most are where many others are."""

    nodes: Ints
    """Their ids, as numbers of names."""
    places: Ints
    """Which of the different ones each is."""
    count: int
    different: tuple[Place, ...]


class _Keyframe(msgspec.Struct, frozen=True, kw_only=True):
    """A moment as it stands in a payload; a later version may add fields that have defaults."""

    number: int
    """The moment's own in a whole keyframe, that of its base in a partial one."""
    general: msgspec.Raw
    """`_General`, not decoded before it is asked for: of most keyframes of a chain it never is."""
    nodes: _Listing[Node]
    services: _Listing[Service]
    names: tuple[str, ...]
    """What numbers stand for besides nothing and the ids of the nodes, which come before."""
    tasks: TaskLists
    relists: TaskLists
    """Those of the memory."""
    places: _Places
    memory: msgspec.Raw
    """`Memory`, or what differs from that of the base."""
    is_memory_whole: bool = True
    """Always so before version 3."""
    running: _Counts | None = None
    """Those of the memory; none before version 4."""


_NOTHING = Snapshot()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Keyframe).decode
_decode_general = msgspec.msgpack.Decoder(_General).decode
_decode_memory = msgspec.msgpack.Decoder(Memory).decode


def encode_whole(moment: Moment, *, rest: Callable[[], None] = lambda: None) -> bytes:
    """Return the payload of a whole keyframe.

    `rest` is called every few milliseconds: others may want the interpreter meanwhile.
    """
    return _pack(moment, None, rest=rest)


def encode_partial(
    moment: Moment, base: Moment, *, rest: Callable[[], None] = lambda: None
) -> bytes:
    """Return the payload of a keyframe that says what differs from that of `base`.

    `rest` is called as in `encode_whole`.
    """
    return _pack(moment, base, rest=rest)


def decode_whole(payload: bytes) -> Moment:
    """Return the moment of a whole keyframe; raise `RecordingError` when it is damaged."""
    return Restoring().finish(payload)


class Restoring:
    """Reads the keyframes of a chain one after the other, up to the one that is asked for.

    Each method raises `RecordingError` when the keyframe is damaged or builds on another one.
    Nothing is to be done with it then.
    """

    def __init__(self, base: Moment | None = None) -> None:
        """Take what the first keyframe builds on, decoded; `None` where that is a whole one."""
        known = base.snapshot if base is not None else _NOTHING
        self._number = base.number if base is not None else None
        self._nodes, self._services = known.nodes, known.services
        self._tasks = TaskChain(known.tasks)
        self._parts = _find_parts(base) if base is not None else None

    def link(self, payload: bytes, *, number: int) -> None:
        """Read as much of a keyframe as another one builds on; its block has this number."""
        with _damage_told(), collector_paused():
            self._take(_decode(payload))
            self._number = number

    def finish(self, payload: bytes) -> Moment:
        """Read the keyframe that is asked for, and return its moment.

        It shares with the one it builds on what is the same, and has its number.
        """
        with _damage_told(), collector_paused():
            keyframe = _decode(payload)
            names = self._take(keyframe)
            memory = _decode_memory(join(self._parts or {}))
            return Moment(
                number=keyframe.number,
                snapshot=_unpack_general(_decode_general(keyframe.general), self._lists()),
                memory=msgspec.structs.replace(
                    memory,
                    relists=_unpack_relists(keyframe, names),
                    running=keyframe.running and _unpack_counts(keyframe.running, names),
                ),
                places=_unpack_places(keyframe.places, names),
                parts=self._parts,
            )

    def _take(self, keyframe: _Keyframe) -> Sequence[str]:
        """Go on to the lists of a keyframe; return what its numbers stand for."""
        if self._number is not None and keyframe.number != self._number:
            raise RecordingError("the keyframe builds on one that is missing")
        self._nodes = _find_things(keyframe.nodes, self._nodes)
        self._services = _find_things(keyframe.services, self._services)
        names = (*known_names(self._nodes), *keyframe.names)
        self._tasks.add(keyframe.tasks, names)
        if keyframe.is_memory_whole:
            self._parts = split(keyframe.memory)
        else:
            self._parts = apply_change(self._parts or {}, keyframe.memory)
        return names

    def _lists(self) -> Snapshot:
        return Snapshot(nodes=self._nodes, services=self._services, tasks=self._tasks.finish())


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (
        msgspec.MsgspecError,
        LookupError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise RecordingError(f"a keyframe does not decode: {error}") from error


def _pack(moment: Moment, base: Moment | None, *, rest: Callable[[], None]) -> bytes:
    snapshot, memory = moment.snapshot, moment.memory
    known = base.snapshot if base is not None else _NOTHING
    names = known_names(snapshot.nodes)
    numbers = {name: i for i, name in enumerate(names)}

    def number_of(name: str) -> int:
        return numbers.setdefault(name, len(numbers))

    relists = {
        service: {task.id: task for task in tasks} for service, tasks in memory.relists.items()
    }
    packed_tasks = pack_task_lists(snapshot.tasks, known.tasks, number_of, rest=rest)
    packed_relists = pack_task_lists(relists, {}, number_of)
    places = _pack_places(moment.places, number_of)
    running = memory.running
    packed_running = _pack_counts(running, number_of) if running is not None else None
    packed_memory = _encode(_without_columns(memory))
    rest()
    if base is not None:
        packed_memory = pack_change(_find_parts(base), split(packed_memory))
        rest()
    return _encode(
        _Keyframe(
            number=base.number if base is not None else moment.number,
            general=msgspec.Raw(_encode(_pack_general(snapshot))),
            nodes=_list_things(snapshot.nodes, known.nodes),
            services=_list_things(snapshot.services, known.services),
            names=tuple(numbers)[len(names) :],
            tasks=packed_tasks,
            relists=packed_relists,
            places=places,
            memory=msgspec.Raw(packed_memory),
            is_memory_whole=base is None,
            running=packed_running,
        )
    )


def _find_parts(moment: Moment) -> Part:
    """Return the parts of a memory but for those that are told as columns."""
    if moment.parts is not None:
        return moment.parts
    return split(_encode(_without_columns(moment.memory)))


def _without_columns(memory: Memory) -> Memory:
    return msgspec.structs.replace(memory, relists={}, running=None)


def _unpack_relists(keyframe: _Keyframe, names: Sequence[str]) -> Mapping[str, tuple[Task, ...]]:
    relisted = TaskChain({})
    relisted.add(keyframe.relists, names)
    return {service: tuple(tasks.values()) for service, tasks in relisted.finish().items()}


def _list_things(things: Mapping[str, I], base: Mapping[str, I]) -> _Listing[I]:
    different = [
        thing
        for id_, thing in things.items()
        if (known := base.get(id_)) is not thing and known != thing
    ]
    gone = [id_ for id_ in base if id_ not in things]
    listing = _Listing(is_whole=False, things=tuple(different), gone=tuple(gone))
    if base and list(_find_things(listing, base)) == list(things):
        return listing
    return _Listing(is_whole=True, things=tuple(things.values()))


def _find_things(listing: _Listing[I], base: Mapping[str, I]) -> Mapping[str, I]:
    things = {} if listing.is_whole else dict(base)
    for id_ in listing.gone:
        del things[id_]
    things.update((thing.id, thing) for thing in listing.things)
    return things


def _pack_general(snapshot: Snapshot) -> _General:
    numbers = Numbers()
    return _General(
        taken_at=snapshot.taken_at,
        manager=snapshot.manager,
        nodes_at=snapshot.nodes_at,
        services_at=snapshot.services_at,
        tasks_at=snapshot.tasks_at,
        waiting=snapshot.waiting,
        cost=snapshot.cost,
        counts=snapshot.counts,
        lost=snapshot.lost,
        machines=tuple(snapshot.machines.values()),
        tails=tuple(snapshot.tails.values()),
        stats=tuple(to_columns(seen, numbers) for seen in snapshot.stats.values()),
    )


def _unpack_general(general: _General, lists: Snapshot) -> Snapshot:
    names = Names()
    stats = (from_columns(columns, names) for columns in general.stats)
    return msgspec.structs.replace(
        lists,
        taken_at=general.taken_at,
        manager=general.manager,
        nodes_at=general.nodes_at,
        services_at=general.services_at,
        tasks_at=general.tasks_at,
        waiting=general.waiting,
        cost=general.cost,
        counts=general.counts,
        lost=general.lost,
        machines={seen.machine: seen for seen in general.machines},
        tails={seen.machine: seen for seen in general.tails},
        stats={seen.machine: seen for seen in stats},
    )


def _pack_counts(counts: Mapping[str, int], number_of: Callable[[str], int]) -> _Counts:
    return _Counts(
        names=pack_ints([number_of(name) for name in counts]),
        counts=pack_ints(list(counts.values())),
        length=len(counts),
    )


def _unpack_counts(packed: _Counts, names: Sequence[str]) -> Mapping[str, int]:
    if not 0 <= packed.length <= len(names):
        raise ValueError("more counts than names")
    found = map(names.__getitem__, unpack_ints(packed.names, packed.length))
    return dict(zip(found, unpack_ints(packed.counts, packed.length), strict=True))


def _pack_places(places: Mapping[str, Place], number_of: Callable[[str], int]) -> _Places:
    different = {place: i for i, place in enumerate(dict.fromkeys(places.values()))}
    return _Places(
        nodes=pack_ints([number_of(node_id) for node_id in places]),
        places=pack_ints([different[place] for place in places.values()]),
        count=len(places),
        different=tuple(different),
    )


def _unpack_places(packed: _Places, names: Sequence[str]) -> Mapping[str, Place]:
    if not 0 <= packed.count <= len(names):
        raise ValueError("more places than nodes")
    nodes = unpack_ints(packed.nodes, packed.count)
    places = unpack_ints(packed.places, packed.count)
    return {names[node]: packed.different[place] for node, place in zip(nodes, places, strict=True)}
