"""Entries as they stand in a block of changes: kind, length, record; one behind the other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from swarmtui.recording.entries import Entry, Placed
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.task_entries import (
    NOTHING_KNOWN,
    FirstTasksDecoder,
    TasksDecoder,
    TasksEncoder,
    TasksHead,
)
from swarmtui.stream.codec import Decoder, Encoder
from swarmtui.stream.frames import StreamError
from swarmtui.swarm.observation import (
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    ServicesSeen,
    TasksSeen,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import MachineSeen, TailSeen

_OBSERVATION = ord("o")
_PLACED = ord("p")
_TASKS = ord("T")
_FIRST_TASKS = ord("t")
"""As version 1 had them."""
_ANEW = ord("a")
"""Nothing behind it refers to a name before it, but to those of what is known there."""
_LENGTH_BYTES = 4
_HEAD_BYTES = 1 + _LENGTH_BYTES

_LISTS = frozenset({"nodes", "services"})
_NEWS = frozenset({"manager", "lost", "watcher-lost", "machine", "tail"})

Seen = TypeVar("Seen", bound="Entry | _Brief | TasksHead")


class Glimpse(NamedTuple):
    """What can be said of an entry by itself."""

    taken_at: datetime
    weight: int


class _Brief(msgspec.Struct, frozen=True):
    """What a record of an observation has; all else is skipped."""

    taken_at: datetime
    seen: str
    changed: list[msgspec.Raw] = []
    removed: list[msgspec.Raw] = []
    whole: bool = False


_read_brief = msgspec.msgpack.Decoder(_Brief).decode
_read_tasks_head = msgspec.msgpack.Decoder(TasksHead).decode


class ChangesEncoder:
    """Encodes the entries of a recording; what it returns, put together, is a block's payload."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._observations = Encoder()
        self._tasks = TasksEncoder()
        self._is_anew = True

    def begin_segment(self, known: Snapshot = NOTHING_KNOWN) -> None:
        """Begin anew, with every keyframe: what comes now is read without the changes before.

        What the keyframe has is `known`, and referred to.

        Whoever reads on across a keyframe, because it is damaged, is told so by a mark among the
        entries.
        """
        self._observations = Encoder()
        self._tasks = TasksEncoder(known)
        self._is_anew = True

    def encode(self, entry: Entry) -> bytes:
        """Return an entry as it stands in a payload."""
        if isinstance(entry, Placed):
            framed = _frame(_PLACED, self._encode(entry))
        elif isinstance(entry, TasksSeen):
            framed = _frame(_TASKS, self._tasks.encode(entry))
        else:
            framed = _frame(_OBSERVATION, self._observations.encode(entry))
        mark = _frame(_ANEW, b"") if self._is_anew else b""
        self._is_anew = False
        return mark + framed


class ChangesDecoder:
    """Decodes payloads of blocks in their order, from the first one behind a keyframe on."""

    def __init__(self) -> None:
        self._places = msgspec.msgpack.Decoder(Placed).decode
        self._begin(NOTHING_KNOWN)

    def decode(self, payload: bytes, known: Snapshot = NOTHING_KNOWN) -> Iterator[Entry]:
        """Yield the entries; raise `RecordingError` where one does not decode.

        `known` is everything that is known before the first of them.
        """
        for kind, record in _read_frames(payload):
            if kind == _ANEW:
                self._begin(known)
            elif kind == _TASKS:
                yield _decode(self._tasks.decode, record)
            elif kind == _FIRST_TASKS:
                yield _decode(self._first_tasks.decode, record)
            elif kind == _PLACED:
                yield _decode(self._places, record)
            elif kind == _OBSERVATION:
                yield _decode(self._observations.decode, record)
            else:
                raise RecordingError(f"an entry of kind {kind} is not known here")

    def _begin(self, known: Snapshot) -> None:
        self._observations = Decoder()
        self._tasks, self._first_tasks = TasksDecoder(known), FirstTasksDecoder()


def weigh(entry: Entry) -> int:
    """Return how much an entry changes: nodes, services and tasks, or one for other news.

    What says no more than that the watching goes on weighs nothing: nobody wants to step from one
    pulse to the next.
    """
    match entry:
        case NodesSeen() | ServicesSeen() | TasksSeen():
            # A list that begins anew with nothing in it may have had something.
            return len(entry.changed) + len(entry.removed) or int(entry.whole)
        case ManagerSeen() | ManagerLost() | WatcherLost() | MachineSeen() | TailSeen():
            return 1
        case _:
            return 0


def glimpse(payload: bytes) -> Iterator[Glimpse]:
    """Yield what `weigh` says of a block's observations, and when they were seen.

    Needs none of the blocks before. Raises `RecordingError` where the payload does not decode.
    """
    for kind, record in _read_frames(payload):
        if kind == _OBSERVATION:
            yield _summarise(_decode(_read_brief, record))
        elif kind in {_TASKS, _FIRST_TASKS}:
            head = _decode(_read_tasks_head, record)
            yield Glimpse(head.taken_at, head.weight or int(head.whole))


def _summarise(brief: _Brief) -> Glimpse:
    if brief.seen in _LISTS:
        weight = len(brief.changed) + len(brief.removed)
        return Glimpse(brief.taken_at, weight or int(brief.whole))
    return Glimpse(brief.taken_at, int(brief.seen in _NEWS))


def _frame(kind: int, record: bytes) -> bytes:
    return bytes((kind,)) + len(record).to_bytes(_LENGTH_BYTES, "big") + record


def _read_frames(payload: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start < len(payload):
        begins = start + _HEAD_BYTES
        ends = begins + int.from_bytes(payload[start + 1 : begins], "big")
        if ends > len(payload):
            raise RecordingError("an entry goes on beyond its block")
        yield payload[start], payload[begins:ends]
        start = ends


def _decode(decode: Callable[[bytes], Seen], record: bytes) -> Seen:
    try:
        found = decode(record)
    except (
        StreamError,
        msgspec.MsgspecError,
        ValueError,
        LookupError,
        OverflowError,
        RecursionError,
    ) as error:
        raise RecordingError(f"an entry does not decode: {error}") from error
    if found.taken_at.tzinfo is None:
        raise RecordingError("an entry has a time without a time zone")
    return found
