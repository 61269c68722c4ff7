"""The blocks of one file, made of what was seen: keyframes, and the changes that follow each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Place
from swarmtui.recording.blocks import MAGIC, BlockKind, Packer
from swarmtui.recording.changes import ChangesEncoder, weigh
from swarmtui.recording.cleaned import Cleaned
from swarmtui.recording.discretion import Discretion
from swarmtui.recording.entries import Entry, Landmark, Placed, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.keyframes import Moment, encode_partial, encode_whole
from swarmtui.recording.ladder import Ladder
from swarmtui.swarm.fold import Difference, compare
from swarmtui.swarm.observation import NodesSeen, Observation, ServicesSeen, TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain

_MOST_BYTES = 1 << 18
"""Bytes of changes that make a block, where a second has more: what is unpacked at once."""


class Relisted(NamedTuple):
    """What was known before and after a list that began anew: most of it is as it was."""

    before: Snapshot
    after: Snapshot


class Seen(NamedTuple):
    """An observation, and what goes with it."""

    seen: Observation
    at: datetime
    """Time of the recording: never earlier than that of the observation before."""
    places: Mapping[str, Place]
    """Where all nodes are, now that the observation is taken in."""
    relisted: Relisted | None = None
    """`None` where the observation itself says what changed."""


class State(NamedTuple):
    """Everything that is known at one moment: what a keyframe holds."""

    at: datetime
    snapshot: Snapshot
    memory: Memory
    places: Mapping[str, Place]


class Segments:
    """The blocks of one file, in their order."""

    def __init__(
        self,
        preface: Preface,
        *,
        discretion: Discretion,
        cleaned: Cleaned,
        rest: Callable[[], None],
    ) -> None:
        """Take what is called between two portions of work, so that others get their turn."""
        self._preface = discretion.clean(preface)
        self._discretion = discretion
        self._cleaned = cleaned
        self._rest = rest
        self._packer = Packer()
        self._encoder = ChangesEncoder()
        self._changes = _Changes()
        self._ladder = Ladder()
        self._places: Mapping[str, Place] = {}

    def begin(self) -> bytes:
        """Return what a file begins with; raise `RecordingError` for what is no text."""
        began_at = self._preface.began_at
        try:
            preface = msgspec.msgpack.encode(self._preface)
        except UnicodeEncodeError as error:
            raise RecordingError(
                f"{plain(error.object)} is no text that can be recorded; change its characters"
            ) from error
        return MAGIC + self._packer.pack(BlockKind.PREFACE, preface, begins=began_at)

    def keyframe(self, state: State) -> bytes:
        """Return a keyframe; all changes before it have to be cut before."""
        # All hostnames first: texts of the snapshot may name hosts that only the memory knows.
        self._discretion.learn((state.snapshot.nodes, state.memory))
        moment = Moment(
            number=self._packer.number,
            snapshot=self._cleaned.follow(state.snapshot),
            memory=self._discretion.clean(state.memory),
            places=state.places,
        )
        self._rest()
        keyframe = self._pack_keyframe(moment, state.at)
        self._places = state.places
        self._encoder.begin_segment(moment.snapshot)
        return keyframe

    def add(self, seen: Seen) -> bytes:
        """Add an observation to the changes; return the block of them once it is large."""
        if seen.places is not self._places:
            self._add_places(seen)
        weight = self._weigh(seen)
        self._changes.add(self._encode(self._discretion.clean(seen.seen)), seen.at, weight)
        return self.cut() if self._changes.size >= _MOST_BYTES else b""

    def cut(self) -> bytes:
        """Return the block of the changes added since the last one; empty when there are none."""
        changes, self._changes = self._changes, _Changes()
        if changes.begins is None or changes.ends is None:
            return b""
        return self._packer.pack(
            BlockKind.CHANGES,
            b"".join(changes.entries),
            begins=changes.begins,
            ends=changes.ends,
            weight=changes.weight,
        )

    def mark(self, landmark: Landmark) -> bytes:
        """Return a landmark."""
        clean = self._discretion.clean(landmark)
        return self._packer.pack(
            BlockKind.LANDMARK, msgspec.msgpack.encode(clean), begins=landmark.at
        )

    def end(self, at: datetime) -> bytes:
        """Return what a file ends with; all changes have to be cut before."""
        return self._packer.pack(BlockKind.END, b"", begins=at)

    def _add_places(self, seen: Seen) -> None:
        """Say where nodes are that are new or moved; before them, as they are placed by that."""
        before, self._places = self._places, seen.places
        moved = {
            id_: place
            for id_, place in seen.places.items()
            if (known := before.get(id_)) is not place and known != place
        }
        if moved:
            entry = Placed(taken_at=seen.seen.taken_at, places=moved)
            self._changes.add(self._encode(entry), seen.at)

    def _encode(self, entry: Entry) -> bytes:
        self._rest()
        return self._encoder.encode(entry)

    def _weigh(self, seen: Seen) -> int:
        """Return how much changed, and take note of what differs from keyframes before."""
        if seen.relisted is None:
            changed, weight = _changed_ids(seen.seen), weigh(seen.seen)
        else:
            changed = list(_compared_ids(compare(*seen.relisted)))
            weight = len(changed)
        self._ladder.see(changed)
        return weight

    def _pack_keyframe(self, moment: Moment, at: datetime) -> bytes:
        total = _count(moment.snapshot)
        base = self._ladder.find_base(total)
        self._ladder.add(moment, base, total=total)
        if base is None:
            payload = encode_whole(moment, rest=self._rest)
            return self._packer.pack(BlockKind.WHOLE, payload, begins=at)
        payload = encode_partial(moment, base.moment, rest=self._rest)
        return self._packer.pack(BlockKind.LINKED, payload, begins=at, base=base.moment.number)


class _Changes:
    """The changes since the last block of them."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.size = 0
        self.weight = 0
        self.begins: datetime | None = None
        self.ends: datetime | None = None

    def add(self, entry: bytes, at: datetime, weight: int = 0) -> None:
        """Add an entry as it stands in a block."""
        self.entries.append(entry)
        self.size += len(entry)
        self.weight += weight
        self.begins = self.begins or at
        self.ends = at


def _count(snapshot: Snapshot) -> int:
    tasks = sum(map(len, snapshot.tasks.values()))
    return tasks + len(snapshot.nodes) + len(snapshot.services)


def _changed_ids(seen: Observation) -> Sequence[str]:
    match seen:
        case NodesSeen() | ServicesSeen() | TasksSeen():
            return [*(thing.id for thing in seen.changed), *seen.removed]
        case _:
            return ()


def _compared_ids(difference: Difference) -> Iterator[str]:
    for before, after in (*difference.nodes, *difference.services, *difference.tasks):
        thing = after or before
        if thing is not None:
            yield thing.id
