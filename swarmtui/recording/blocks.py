"""The blocks that a recording's file consists of, and how they are found again after damage.

A file is `MAGIC` and then blocks, one behind the other, written once and never touched again. Each
has a head of fixed size with checksums of itself and of its payload: where bytes are damaged, the
next whole block is found by its mark.
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Protocol

import msgspec
import zstandard

from swarmtui.recording.errors import RecordingError

NAME = b"swarmtui recording "
"""What every recording of any version begins with."""
MAGIC = NAME + b"4\n"
"""What one of this version begins with; the number is the version of the format."""
READ = frozenset({NAME + b"1\n", NAME + b"2\n", NAME + b"3\n", MAGIC})
"""What those begin with that can be read."""

MARK = b"\x93SWM"
"""What every block begins with; no text of UTF-8 holds the first byte before an S."""

MOST_BYTES = 64 << 20
"""Longest payload, packed or not: 200,000 tasks anew are 12 MB, so more is damage, not data."""

_ZSTD = zstandard.FRAME_HEADER
"""What a frame of Zstandard begins with, and nothing of zlib's does."""

_HEAD = struct.Struct(">4sB3sIIIqqII")
_SUM = struct.Struct(">I")
_BASE_BYTES = 3
HEAD_BYTES = _HEAD.size + _SUM.size
_LEVEL = 7
"""A third of the work of zlib at 6; level 9 is half as much again, for a thousandth less bytes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""No block is of a time behind that, nor of one before 1970: calendars end in year 9999."""
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (LATEST - _EPOCH) // _MICROSECOND


class BlockKind(IntEnum):
    """What a block's payload is."""

    PREFACE = 1
    """What the recording is of; the first block, and nowhere else."""
    WHOLE = 2
    """A keyframe that needs no other."""
    PARTIAL = 3
    """Before version 4: a keyframe as what differs from the newest whole one before it."""
    CHANGES = 4
    """Entries in the order in which they came, a second of them or so."""
    LANDMARK = 5
    """One election, incident or bookmark: so that they are found without reading everything."""
    END = 6
    """The recording was ended, not cut off."""
    LINKED = 7
    """A keyframe as what differs from another one before it."""


KEYFRAMES = frozenset({BlockKind.WHOLE, BlockKind.PARTIAL, BlockKind.LINKED})


class Bytes(Protocol):
    """What blocks are read from: `bytes`, or a file that is read as far as it is asked for."""

    def __len__(self) -> int:
        """Return how many bytes there are."""

    def __getitem__(self, wanted: slice, /) -> bytes:
        """Return these bytes; fewer when they are not there."""

    def find(self, wanted: bytes, start: int, /) -> int:
        """Return where `wanted` begins next, or -1."""


class Block(msgspec.Struct, frozen=True, gc=False):
    """A block as its head tells it."""

    kind: BlockKind
    number: int
    """Counted from 0; a gap tells that blocks are missing."""
    changes: int
    """How many of the blocks before it are `CHANGES`: tells whether missing ones were."""
    weight: int
    """How many nodes, services and tasks changed in it."""
    begins: datetime
    """Time of the first entry; of the moment itself for everything but changes."""
    ends: datetime
    offset: int
    """Where the payload begins in the file."""
    length: int
    checksum: int
    base: int = 0
    """How many blocks before it that stands which a keyframe builds on; 0 for all else, and for a
    linked one before version 4, which builds on the keyframe before it."""

    @property
    def end(self) -> int:
        """Return where the next block begins in the file."""
        return self.offset + self.length


class Gap(msgspec.Struct, frozen=True):
    """Bytes of a file that are no whole block."""

    offset: int
    length: int


def pack_block(
    kind: BlockKind,
    payload: bytes,
    *,
    number: int,
    changes: int,
    begins: datetime,
    ends: datetime,
    weight: int = 0,
    base: int = 0,
) -> bytes:
    """Return a block as it stands in a file; raise `RecordingError` when nobody could read it."""
    if not is_time(begins) or not is_time(ends):
        raise RecordingError(f"it is {ends.year:04} by the clock: no time to record; set the clock")
    if len(payload) > MOST_BYTES:
        raise RecordingError(f"{len(payload):,} bytes at once are more than a recording can hold")
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(payload)
    head = _HEAD.pack(
        MARK,
        kind,
        base.to_bytes(_BASE_BYTES, "big"),
        number,
        changes,
        min(weight, 0xFFFF_FFFF),
        (begins - _EPOCH) // _MICROSECOND,
        (ends - _EPOCH) // _MICROSECOND,
        len(packed),
        zlib.crc32(packed),
    )
    return head + _SUM.pack(zlib.crc32(head)) + packed


def is_time(at: datetime) -> bool:
    """Tell whether something can have been recorded then."""
    return at.tzinfo is not None and _EPOCH <= at <= LATEST


class Packer:
    """Packs the blocks of one recording in the order of the file, and counts them."""

    def __init__(self) -> None:
        self.number = 0
        """Number of the block that is packed next."""
        self._changes = 0

    def pack(
        self,
        kind: BlockKind,
        payload: bytes,
        *,
        begins: datetime,
        ends: datetime | None = None,
        weight: int = 0,
        base: int | None = None,
    ) -> bytes:
        """Return the next block; see `pack_block`. `base` is the number of what it builds on."""
        block = pack_block(
            kind,
            payload,
            number=self.number,
            changes=self._changes,
            begins=begins,
            ends=ends or begins,
            weight=weight,
            base=0 if base is None else self.number - base,
        )
        self.number += 1
        self._changes += kind is BlockKind.CHANGES
        return block


def find_blocks(data: Bytes, start: int) -> Iterator[Block | Gap]:
    """Yield the whole blocks from `start` to the end, and the damaged bytes between them.

    What follows the last whole block is left out: it may be on its way to the file.
    """
    size = len(data)
    while start + HEAD_BYTES <= size:
        block = read_head(data, start)
        if block is not None and block.end <= size:
            yield block
            start = block.end
            continue
        # A block that reaches beyond the end is on its way, unless another one is whole behind it.
        following = _find_next(data, start + 1)
        if following is None:
            return
        yield Gap(start, following - start)
        start = following


def is_whole(data: Bytes, block: Block) -> bool:
    """Tell whether the payload of a block is as it was written."""
    return _is_whole(data[block.offset : block.end], block)


def unpack_payload(data: Bytes, block: Block) -> bytes | None:
    """Return the payload of a block, or `None` when it is damaged."""
    packed = data[block.offset : block.end]
    if not _is_whole(packed, block):
        return None
    return _unpack_zstd(packed) if packed.startswith(_ZSTD) else _unpack_zlib(packed)


def read_head(data: Bytes, offset: int) -> Block | None:
    """Return the block whose head is there, or `None` when there is none or it is damaged."""
    head = data[offset : offset + HEAD_BYTES]
    if len(head) < HEAD_BYTES or not head.startswith(MARK):
        return None
    (checksum,) = _SUM.unpack_from(head, _HEAD.size)
    if zlib.crc32(head[: _HEAD.size]) != checksum:
        return None
    _, kind, base, number, changes, weight, *rest = _HEAD.unpack_from(head)
    begins, ends, length, payload_checksum = rest
    if length > MOST_BYTES or not 0 <= begins <= _LATEST or not 0 <= ends <= _LATEST:
        return None
    try:
        return Block(
            kind=BlockKind(kind),
            number=number,
            changes=changes,
            weight=weight,
            begins=_EPOCH + begins * _MICROSECOND,
            ends=_EPOCH + ends * _MICROSECOND,
            offset=offset + HEAD_BYTES,
            length=length,
            checksum=payload_checksum,
            base=int.from_bytes(base, "big"),
        )
    except ValueError:
        return None  # of a kind that is not known


def _unpack_zstd(packed: bytes) -> bytes | None:
    try:
        # That is made room for at once, so it is looked at first; it is -1 where none is told.
        if not 0 <= zstandard.frame_content_size(packed) <= MOST_BYTES:
            return None
        return zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False)
    except zstandard.ZstdError:
        return None


def _unpack_zlib(packed: bytes) -> bytes | None:
    """Unpack what was written before version 4."""
    unpacker = zlib.decompressobj()
    try:
        payload = unpacker.decompress(packed, MOST_BYTES)
    except zlib.error:
        return None
    return payload if unpacker.eof else None


def _is_whole(packed: bytes, block: Block) -> bool:
    return len(packed) == block.length and zlib.crc32(packed) == block.checksum


def _find_next(data: Bytes, start: int) -> int | None:
    """Return where the next whole block begins, or `None`."""
    while (at := data.find(MARK, start)) >= 0:
        block = read_head(data, at)
        if block is not None and block.end <= len(data):
            return at
        start = at + 1
    return None
