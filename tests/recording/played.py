"""Read a recording by the blocks alone, from its first byte to its last."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from swarmtui.recording.blocks import MAGIC, Block, BlockKind, Gap, find_blocks, unpack_payload
from swarmtui.recording.changes import ChangesDecoder
from swarmtui.recording.entries import Entry, Landmark, Placed, Preface
from swarmtui.recording.keyframes import Moment, Restoring, decode_whole
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot


class Timed(NamedTuple):
    """An entry and its time in the recording."""

    at: datetime
    entry: Entry


class Keyframe(NamedTuple):
    """A keyframe, and how many entries came before it."""

    at: datetime
    kind: BlockKind
    moment: Moment
    after: int
    base: int
    """How many keyframes before it that stands which it builds on; 0 where it is whole."""


class Played:
    """Everything that is in a file, whole as it is."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        assert self.data.startswith(MAGIC)
        self.blocks: list[Block] = []
        self.payloads: list[bytes] = []
        self.gaps: list[Gap] = []
        self.entries: list[Timed] = []
        self.keyframes: list[Keyframe] = []
        self.landmarks: list[Landmark] = []
        self.is_ended = False
        self._decoder = ChangesDecoder()
        self._moments: dict[int, Moment] = {}
        self._known = Snapshot()
        for block in find_blocks(self.data, len(MAGIC)):
            if isinstance(block, Gap):
                self.gaps.append(block)
            else:
                self._take(block)

    @property
    def preface(self) -> Preface:
        """Return what the recording is of."""
        assert self.blocks[0].kind is BlockKind.PREFACE
        return msgspec.msgpack.decode(self.payloads[0], type=Preface)

    @property
    def seen(self) -> list[Observation]:
        """Return the observations behind the first keyframe."""
        return [each.entry for each in self.entries if not isinstance(each.entry, Placed)]

    @property
    def placed(self) -> list[Placed]:
        """Return what was said of places."""
        return [each.entry for each in self.entries if isinstance(each.entry, Placed)]

    @property
    def kinds(self) -> list[BlockKind]:
        """Return what the blocks are."""
        return [block.kind for block in self.blocks]

    def _take(self, block: Block) -> None:
        payload = unpack_payload(self.data, block)
        assert payload is not None
        assert block.number == len(self.blocks)
        self.blocks.append(block)
        self.payloads.append(payload)
        match block.kind:
            case BlockKind.WHOLE | BlockKind.PARTIAL | BlockKind.LINKED:
                self._take_keyframe(block, payload)
            case BlockKind.CHANGES:
                self.entries += self._decode(block, payload)
            case BlockKind.LANDMARK:
                self.landmarks.append(msgspec.msgpack.decode(payload, type=Landmark))
            case BlockKind.END:
                self.is_ended = True
            case BlockKind.PREFACE:
                pass

    def _take_keyframe(self, block: Block, payload: bytes) -> None:
        if block.kind is BlockKind.WHOLE:
            moment = decode_whole(payload)
        else:
            base = self._moments[block.number - block.base]
            moment = replace(Restoring(base).finish(payload), number=block.number)
        self._moments[block.number] = moment
        self._known = moment.snapshot
        numbers = list(self._moments)
        back = len(numbers) - 1 - numbers.index(block.number - block.base)
        self.keyframes.append(Keyframe(block.begins, block.kind, moment, len(self.entries), back))
        self._decoder = ChangesDecoder()

    def _decode(self, block: Block, payload: bytes) -> Iterator[Timed]:
        at = self.entries[-1].at if self.entries else self.keyframes[-1].at
        for number, entry in enumerate(self._decoder.decode(payload, self._known)):
            at = max(at, entry.taken_at)
            if not number:
                assert at == block.begins
            yield Timed(at, entry)
        assert at == block.ends
