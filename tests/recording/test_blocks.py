"""Blocks are found again whatever happens to a file, and never taken for what they are not."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from swarmtui.recording.blocks import (
    HEAD_BYTES,
    MAGIC,
    MARK,
    MOST_BYTES,
    Block,
    BlockKind,
    Gap,
    Packer,
    find_blocks,
    pack_block,
    unpack_payload,
)
from swarmtui.recording.errors import RecordingError
from tests.factories import NOON, at

PAYLOADS = (b"", b"one", b"two" * 40, MARK * 3, bytes(range(256)))


def pack(*payloads: bytes) -> bytes:
    """Return a file with a block of changes for each payload."""
    packer = Packer()
    blocks = (packer.pack(BlockKind.CHANGES, each, begins=NOON) for each in payloads)
    return MAGIC + b"".join(blocks)


def read(data: bytes) -> list[bytes]:
    """Return the payloads that are whole."""
    payloads = [unpack_payload(data, block) for block in blocks_of(data)]
    return [payload for payload in payloads if payload is not None]


def blocks_of(data: bytes) -> list[Block]:
    return [found for found in find_blocks(data, len(MAGIC)) if isinstance(found, Block)]


def gaps_of(data: bytes) -> list[Gap]:
    return [found for found in find_blocks(data, len(MAGIC)) if isinstance(found, Gap)]


def is_in_order(found: Sequence[bytes], among: Sequence[bytes]) -> bool:
    rest = iter(among)
    return all(each in rest for each in found)


FILE = pack(*PAYLOADS)


@given(
    st.sampled_from(BlockKind),
    st.binary(max_size=300),
    st.integers(0, 1 << 40),
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - naive here only
)
def test_a_block_comes_back_as_it_was_packed(
    kind: BlockKind, payload: bytes, weight: int, begins: datetime
) -> None:
    begins = begins.replace(tzinfo=UTC)
    data = pack_block(
        kind,
        payload,
        number=7,
        changes=5,
        begins=begins,
        ends=at(9),
        weight=weight,
        base=weight & 0xFFFFFF,
    )
    (block,) = find_blocks(data, 0)
    assert isinstance(block, Block)
    assert (block.kind, block.number, block.changes) == (kind, 7, 5)
    assert (block.begins, block.ends) == (begins, at(9))
    assert (block.weight, block.base) == (min(weight, 2**32 - 1), weight & 0xFFFFFF)
    assert block.end == len(data)
    assert unpack_payload(data, block) == payload


def test_blocks_are_counted_and_changes_among_them() -> None:
    packer = Packer()
    kinds = (BlockKind.PREFACE, BlockKind.WHOLE, BlockKind.CHANGES, BlockKind.CHANGES)
    data = b"".join(packer.pack(kind, b"", begins=NOON) for kind in (*kinds, BlockKind.END))
    found = [block for block in find_blocks(data, 0) if isinstance(block, Block)]
    assert [block.number for block in found] == [0, 1, 2, 3, 4]
    assert [block.changes for block in found] == [0, 0, 0, 1, 2]
    assert packer.number == 5


@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_a_flipped_bit_costs_one_block_wherever_it_is(bit: int) -> None:
    for place in range(len(MAGIC), len(FILE)):
        data = bytearray(FILE)
        data[place] ^= bit
        found = read(bytes(data))
        assert is_in_order(found, PAYLOADS)
        assert len(found) == len(PAYLOADS) - 1


def test_a_damaged_head_leaves_a_gap_as_long_as_its_block() -> None:
    first, second, *_ = blocks_of(FILE)
    data = bytearray(FILE)
    data[first.end] ^= 1
    assert gaps_of(bytes(data)) == [Gap(first.end, second.end - first.end)]


def test_what_is_cut_off_anywhere_is_whole_before() -> None:
    ends = [block.end for block in blocks_of(FILE)]
    for length in range(len(MAGIC), len(FILE)):
        data = FILE[:length]
        assert read(data) == list(PAYLOADS[: sum(end <= length for end in ends)])
        assert not gaps_of(data)


def test_bytes_missing_in_the_middle_cost_their_block_and_the_one_that_moved_into_it() -> None:
    for place in range(len(MAGIC), len(FILE) - 5):
        found = read(FILE[:place] + FILE[place + 5 :])
        assert is_in_order(found, PAYLOADS)
        assert len(found) >= len(PAYLOADS) - 2


def test_foreign_bytes_between_blocks_are_a_gap_and_cost_none() -> None:
    end = blocks_of(FILE)[1].end
    data = FILE[:end] + b"\x93SW" + MARK + b"rubbish" + FILE[end:]
    assert read(data) == list(PAYLOADS)
    assert gaps_of(data) == [Gap(end, 14)]


def test_a_block_that_claims_to_go_on_beyond_the_end_hides_none_behind_it() -> None:
    long = pack(Random(1).randbytes(5_000))
    data = long[: len(MAGIC) + HEAD_BYTES + 40] + FILE[len(MAGIC) :]
    assert read(data) == list(PAYLOADS)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_no_blocks(data: bytes) -> None:
    assert blocks_of(data) == []
    assert read(FILE + data) == list(PAYLOADS)


def test_a_payload_of_more_than_a_block_may_hold_is_refused() -> None:
    with pytest.raises(RecordingError, match="more than a recording can hold"):
        pack(bytes(MOST_BYTES + 1))


_ZSTD = zstandard.ZstdCompressor().compress(b"some payload" * 9)


@pytest.mark.parametrize("packed", [_ZSTD, zlib.compress(b"some payload" * 9)])
def test_a_payload_is_read_as_this_and_older_versions_pack_it(packed: bytes) -> None:
    assert unpack(packed) == b"some payload" * 9


@pytest.mark.parametrize(
    "packed",
    [
        zlib.compress(bytes(MOST_BYTES + 1)),
        zstandard.ZstdCompressor().compress(bytes(MOST_BYTES + 1)),
        zstandard.ZstdCompressor(write_content_size=False).compress(bytes(MOST_BYTES + 1)),
        _ZSTD[:-3],
        _ZSTD[:4],
        _ZSTD + b"more",
        _ZSTD[:5] + b"\xff" + _ZSTD[6:],
        b"nothing packed",
    ],
    ids=["zlib-bomb", "bomb", "unknown", "cut", "head", "more", "lie", "foreign"],
)
def test_what_does_not_unpack_to_a_payload_is_damage(packed: bytes) -> None:
    assert unpack(packed) is None


def unpack(packed: bytes) -> bytes | None:
    (block,) = blocks_of(pack(b"harmless"))
    disguised = replace(block, offset=0, length=len(packed), checksum=zlib.crc32(packed))
    return unpack_payload(packed, disguised)


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_nothing_is_recorded_in_other_centuries(year: int) -> None:
    with pytest.raises(RecordingError, match=f"it is {year:04} by the clock.*; set the clock"):
        Packer().pack(BlockKind.CHANGES, b"", begins=datetime(year, 1, 1, tzinfo=UTC))
