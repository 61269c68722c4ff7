"""Columns of numbers, times and ids as few bytes, read back with hardly a loop in Python.

Numbers stand byte by byte: all the lowest bytes, then all the next ones. What hardly changes from
one to the next is then a run of equal bytes, and compresses to nothing.
"""

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_TYPES = {1: "B", 2: "H", 4: "I"}
_WIDTHS = frozenset({0, *_TYPES})
_MOST = 1 << 32
_LATEST_S = 1 << 33
"""With the 32 bits that may be added it stays below the 34 of a time stamp."""

_STAMP_BYTES = 10
_STAMP = b"\xd7\xff"
"""A time in MessagePack: two bytes, then 30 bits of nanoseconds and 34 of seconds."""
_MICROS = 1_000 << 34
_FEW = 6
"""Fewer times than this are made one by one as fast."""
_LONGEST_ID = 31
_TEXT = 0xA0
"""A text of up to 31 bytes in MessagePack: a byte that has its length too, then the text."""

T = TypeVar("T")

_decode_texts = msgspec.msgpack.Decoder(list[str]).decode
_decode_stamps = msgspec.msgpack.Decoder(list[datetime]).decode


class Ints(msgspec.Struct, frozen=True, array_like=True):
    """Whole numbers."""

    width: int
    """Bytes of each: 1, 2 or 4; 0 when all of them are 0."""
    planes: bytes
    odd: Mapping[int, int] = {}
    """Those that are negative or longer, by their place; 0 stands for them in the planes."""


class Times(msgspec.Struct, frozen=True, array_like=True):
    """Moments, to the microsecond."""

    base: int
    """Seconds since 1970 of the earliest, but for those that are before 1970 or centuries away."""
    seconds: Ints
    micros: Ints


class Ids(msgspec.Struct, frozen=True, array_like=True):
    """Texts: of one length and in ASCII, as ids are, or any others."""

    width: int
    """Bytes of each; 0 when they stand in `each`."""
    planes: bytes
    """All first characters, then all second ones, and so on."""
    each: Sequence[str] = ()


def pack_ints(values: Sequence[int]) -> Ints:
    """Return the numbers as a column."""
    odd: Mapping[int, int] = {}
    if values and (min(values) < 0 or max(values) >= _MOST):
        odd = {i: value for i, value in enumerate(values) if not 0 <= value < _MOST}
        values = [0 if i in odd else value for i, value in enumerate(values)]
    width = _width(max(values, default=0))
    return Ints(width, _to_planes(array(_TYPES[width], values)) if width else b"", odd)


def unpack_ints(column: Ints, count: int) -> Sequence[int]:
    """Return the numbers; raise `ValueError` or `LookupError` when they are not `count`."""
    if not column.width:
        values: array[int] | list[int] = [0] * count
    else:
        values = array(_TYPES[column.width])
        spread = _spread(column, range(column.width), count=count, stride=column.width)
        values.frombytes(spread)
        if sys.byteorder == "big":
            values.byteswap()
    if not column.odd:
        return values
    values = list(values)
    for place, value in column.odd.items():
        values[place] = value
    return values


def pack_times(times: Sequence[datetime]) -> Times:
    """Return the moments as a column."""
    since = [time - _EPOCH for time in times]
    seconds = [each.days * _DAY_S + each.seconds for each in since]
    base = min((each for each in seconds if 0 <= each < _LATEST_S), default=0)
    return Times(
        base,
        pack_ints([each - base for each in seconds]),
        pack_ints([each.microseconds for each in since]),
    )


def unpack_times(column: Times, count: int) -> list[datetime]:
    """Return the moments; raise `ValueError` or `LookupError` when they are not `count`.

    Made one by one, 100,000 of them take 65 ms; decoded as an array of time stamps 7, and the
    array is made by adding up whole columns as one number each.
    """
    check_base(column)
    if column.micros.odd:
        raise ValueError("times out of all bounds")
    stamp = int.from_bytes((_STAMP + column.base.to_bytes(8, "big")) * count, "big")
    stamp += _as_one(column.seconds, count) + _as_one(column.micros, count) * _MICROS
    body = stamp.to_bytes(count * _STAMP_BYTES, "big")
    times = _decode_stamps(_array_of(count) + body)
    for place, seconds in column.seconds.odd.items():
        of_it = times[place].microsecond
        times[place] = _EPOCH + timedelta(seconds=column.base + seconds, microseconds=of_it)
    return times


def unpack_array(column: Ints, count: int) -> "array[int]":
    """Return the numbers as they stand in the planes, 4 bytes each, without the odd ones.

    Raises `ValueError` when they are not `count`.
    """
    values = array("I")
    if column.width:
        values.frombytes(_spread(column, range(4), count=count, stride=4))
        if sys.byteorder == "big":
            values.byteswap()
    else:
        values.frombytes(bytes(4 * count))
    return values


def add_to_all(numbers: "array[int]", summand: int) -> "array[int]":
    """Return numbers of 4 bytes, each with `summand` added, which none of them may overflow by."""
    count = len(numbers)
    sums = int.from_bytes(numbers.tobytes(), sys.byteorder)
    sums += int.from_bytes(summand.to_bytes(4, sys.byteorder) * count, sys.byteorder)
    return array("I", sums.to_bytes(4 * count, sys.byteorder))


def count_up(first: int, count: int) -> "array[int]":
    """Return so many numbers of 4 bytes, one higher than the other."""
    return add_to_all(_count_from_0(1 << count.bit_length())[:count], first)


@lru_cache
def _count_from_0(count: int) -> "array[int]":
    return array("I", range(count))


def check_ints(column: Ints, count: int) -> None:
    """Raise `ValueError` when a column does not hold so many numbers."""
    if column.width not in _WIDTHS or len(column.planes) != column.width * count:
        raise ValueError(f"{len(column.planes)} bytes where {count} numbers should be")


def pick_ints(column: Ints, count: int, places: Iterable[int]) -> Sequence[int]:
    """Return some of the numbers of a column that was checked to hold `count`, but no odd ones."""
    planes, read = column.planes, int.from_bytes
    return [read(planes[place::count], "little") for place in places]


def check_base(column: Times) -> None:
    """Raise `ValueError` when a column of times begins out of all bounds."""
    if not 0 <= column.base < _LATEST_S:
        raise ValueError("times out of all bounds")


def make_times(seconds: Sequence[int], micros: Sequence[int]) -> Sequence[datetime]:
    """Return the moments that are so long after 1970; see `unpack_times`.

    Seconds are below 2³⁴, microseconds below 2²⁰: so neither runs into what stands beside it.
    """
    if len(seconds) < _FEW:
        return _make_few_times(seconds, micros)
    sums = _as_lanes(seconds) + _as_lanes(micros) * _MICROS
    stamps = array("Q", sums.to_bytes(8 * len(seconds), sys.byteorder))
    if sys.byteorder == "little":
        stamps.byteswap()
    raw, count = stamps.tobytes(), len(stamps)
    spread = bytearray((_STAMP + bytes(8)) * count)
    for i in range(8):
        spread[2 + i :: _STAMP_BYTES] = raw[i::8]
    try:
        return _decode_stamps(_array_of(count) + spread)
    except msgspec.ValidationError:  # a million microseconds or more: they stand for a second
        return _make_few_times(seconds, micros)


def _make_few_times(seconds: Sequence[int], micros: Sequence[int]) -> Sequence[datetime]:
    pairs = zip(seconds, micros, strict=True)
    return [_EPOCH + timedelta(seconds=s, microseconds=m) for s, m in pairs]


def _as_lanes(numbers: Sequence[int]) -> int:
    """Return the numbers as 8 bytes each of one: added, they are added one by one."""
    return int.from_bytes(array("Q", numbers).tobytes(), sys.byteorder)


def pick(column: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    """Return what stands at these places; found one after the other it takes twice as long."""
    return itemgetter(*places)(column) if len(places) > 1 else [column[i] for i in places]


def pack_ids(ids: Sequence[str]) -> Ids:
    """Return the texts as a column."""
    widths = set(map(len, ids))
    width = widths.pop() if len(widths) == 1 else 0
    joined = "".join(ids)
    if not 0 < width <= _LONGEST_ID or not joined.isascii():
        return Ids(0, b"", ids)
    raw = joined.encode()
    return Ids(width, b"".join(raw[i::width] for i in range(width)))


def unpack_ids(column: Ids, count: int) -> Sequence[str]:
    """Return the texts; raise `ValueError` when they are not `count`."""
    check_ids(column, count)
    return cut_ids(column, count, 0, count)


def check_ids(column: Ids, count: int) -> None:
    """Raise `ValueError` when a column does not hold so many texts."""
    width, planes = column.width, column.planes
    if len(planes) != width * count or (not width and len(column.each) != count):
        raise ValueError(f"there should be {count} ids")
    if not 0 <= width <= _LONGEST_ID or not planes.isascii():
        raise ValueError("ids that are no short texts")


def cut_ids(column: Ids, count: int, start: int, end: int) -> Sequence[str]:
    """Return some of the texts of a column that was checked to hold `count`."""
    width, planes, length = column.width, column.planes, end - start
    if not width:
        return column.each[start:end]
    # As an array of MessagePack, which takes half as long as cutting them out one by one.
    spread = bytearray((1 + width) * length)
    spread[:: 1 + width] = bytes((_TEXT | width,)) * length
    for i in range(width):
        spread[1 + i :: 1 + width] = planes[i * count + start : i * count + end]
    return _decode_texts(_array_of(length) + spread)


def pick_id(column: Ids, count: int, place: int) -> str:
    """Return one of the texts of a column that was checked to hold `count`."""
    return column.planes[place::count].decode() if column.width else column.each[place]


def _width(most: int) -> int:
    return (most.bit_length() + 7) // 8 if most < 1 << 16 else 4


def _to_planes(values: "array[int]") -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    raw = values.tobytes()
    return b"".join(raw[i :: values.itemsize] for i in range(values.itemsize))


def _spread(column: Ints, offsets: Iterable[int], *, count: int, stride: int) -> bytearray:
    """Return the numbers, `stride` bytes each, with their bytes at `offsets`, the lowest first."""
    width, planes = column.width, column.planes
    if len(planes) != width * count or width not in _TYPES:
        raise ValueError(f"{len(planes)} bytes where {count} numbers should be")
    spread = bytearray(stride * count)
    for i, offset in zip(range(width), offsets, strict=False):
        spread[offset::stride] = planes[i * count : (i + 1) * count]
    return spread


def _as_one(column: Ints, count: int) -> int:
    """Return the numbers as the digits of one, each as long as a time stamp; the first leads."""
    if not column.width:
        return 0
    offsets = range(_STAMP_BYTES - 1, -1, -1)
    return int.from_bytes(_spread(column, offsets, count=count, stride=_STAMP_BYTES), "big")


def _array_of(count: int) -> bytes:
    return b"\xdd" + count.to_bytes(4, "big")
