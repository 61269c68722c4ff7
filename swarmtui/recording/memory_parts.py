"""A memory as what differs from another one: most of it is the past, which only gets longer.

Parts are fields, fields of fields, and the items of lists. What is in them is not looked at, so
that what a later version adds is told like all else.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from operator import add
from typing import NamedTuple

import msgspec
from msgspec import Raw

from swarmtui.recording.columns import Ints, pack_ints, unpack_ints

Part = Raw | list[Raw] | dict[str, "Part"]
"""As it stands in the file; a list by its items; fields by their names."""

_DEPTH = 3
"""Fields within fields within fields are parts, and what is deeper is not taken apart."""
_MOST_ITEMS = 1 << 20

_decode_fields = msgspec.msgpack.Decoder(dict[str, Raw]).decode
_decode_items = msgspec.msgpack.Decoder(list[Raw]).decode
_encode = msgspec.msgpack.Encoder().encode


class _Whole(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Another part in the place of the one before, or a new one."""

    part: Raw


class _Items(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A list as runs: so many items that are new, then so many from a place of the list before."""

    runs: int
    news: Ints
    starts: Ints
    counts: Ints
    items: tuple[Raw, ...]
    """All that are new."""


class _Fields(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Fields that changed, are new or gone; the others stay, in their order."""

    changed: dict[str, "_Whole | _Items | _Fields"]
    gone: tuple[str, ...]


Change = _Whole | _Items | _Fields
_decode_change = msgspec.msgpack.Decoder(Change).decode


class _Run(NamedTuple):
    new: int
    start: int
    length: int


def split(raw: bytes | Raw, *, depth: int = _DEPTH) -> Part:
    """Return the parts of what stands as MessagePack; raise `MsgspecError` when it is none."""
    data = bytes(raw)
    part, kind = Raw(data), data[:1]
    try:
        if _is_map(kind) and depth:
            fields = _decode_fields(part)
            return {name: split(field, depth=depth - 1) for name, field in fields.items()}
        return list(_decode_items(part)) if _is_list(kind) else part
    except msgspec.ValidationError:
        return part  # a mapping of something else


def join(part: Part) -> bytes:
    """Return parts as MessagePack."""
    return _encode(part)


def pack_change(before: Part, after: Part) -> bytes:
    """Return what makes of one memory another, for `apply_change`."""
    return _encode(_compare(before, after) or _Fields({}, ()))


def apply_change(before: Part, change: Raw) -> Part:
    """Return the other memory; nothing of `before` changes.

    Raises `ValueError`, `LookupError` or `MsgspecError` when the change is none of this memory.
    """
    return _apply(before, _decode_change(change), depth=_DEPTH)


def _compare(before: Part | None, after: Part) -> Change | None:
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [name for name in before if name not in after]
        order = [name for name in before if name in after]
        order += [name for name in after if name not in before]
        if order == list(after):
            told = {name: _compare(before.get(name), part) for name, part in after.items()}
            changed = {name: change for name, change in told.items() if change is not None}
            return _Fields(changed, tuple(gone)) if changed or gone else None
    if isinstance(before, list) and isinstance(after, list):
        return _compare_items(before, after)
    if isinstance(before, Raw) and isinstance(after, Raw) and bytes(before) == bytes(after):
        return None
    return _Whole(Raw(join(after)))


def _compare_items(before: Sequence[Raw], after: Sequence[Raw]) -> Change | None:
    found = list(_find_places(before, after))
    if found == list(range(len(before))):
        return None
    runs = list(_find_runs(found))
    return _Items(
        runs=len(runs),
        news=pack_ints([run.new for run in runs]),
        starts=pack_ints([run.start for run in runs]),
        counts=pack_ints([run.length for run in runs]),
        items=tuple(item for item, place in zip(after, found, strict=True) if place is None),
    )


def _find_places(before: Sequence[Raw], after: Sequence[Raw]) -> Iterator[int | None]:
    """Yield where each item stands in the list before, or that it is new; in order if it can be.

    Of many nodes the same is known: where each was before is one run, and any other of those that
    are alike would be a run for each.
    """
    known = [bytes(item) for item in before]
    first: dict[bytes, int] = {}
    for place, item in enumerate(known):
        first.setdefault(item, place)
    shift = 0
    for i, raw in enumerate(after):
        item, place = bytes(raw), i + shift
        if not (0 <= place < len(known) and known[place] == item):
            found = first.get(item)
            if found is None:
                yield None
                continue
            place, shift = found, found - i
        yield place


def _find_runs(places: Sequence[int | None]) -> Iterator[_Run]:
    """Yield runs of items, by where each stands in the list before, or that it is new."""
    new = start = count = 0
    for place in places:
        if count and place == start + count:
            count += 1
            continue
        if count:
            yield _Run(new, start, count)
            new = count = 0
        if place is None:
            new += 1
        else:
            start, count = place, 1
    if new or count:
        yield _Run(new, start, count)


def _apply(before: Part | None, change: Change, *, depth: int) -> Part:
    if isinstance(change, _Whole):
        return split(change.part, depth=depth)
    if isinstance(change, _Items) and isinstance(before, list):
        return _apply_items(before, change)
    if isinstance(change, _Fields) and isinstance(before, dict):
        fields = {name: part for name, part in before.items() if name not in change.gone}
        for name, each in change.changed.items():
            fields[name] = _apply(before.get(name), each, depth=depth - 1)
        return fields
    raise ValueError("a memory that is told as another one's")


def _apply_items(before: Sequence[Raw], change: _Items) -> list[Raw]:
    news = unpack_ints(change.news, change.runs)
    starts, counts = (
        unpack_ints(change.starts, change.runs),
        unpack_ints(change.counts, change.runs),
    )
    if sum(news) != len(change.items) or sum(counts) > _MOST_ITEMS:
        raise ValueError("a memory with more items than there are")
    ends = list(map(add, starts, counts))
    if min(starts, default=0) < 0 or min(counts, default=0) < 0:
        raise ValueError("a memory with items that are not there")
    if max(ends, default=0) > len(before):
        raise ValueError("a memory with items that are not there")
    new_ends = list(accumulate(news))
    # Cut and joined by C: in a launch there are thousands of runs, and a loop takes 2 µs for each.
    known = map(before.__getitem__, map(slice, starts, ends))
    new = map(change.items.__getitem__, map(slice, (0, *new_ends), new_ends))
    return list(chain.from_iterable(chain.from_iterable(zip(new, known, strict=True))))


def _is_map(kind: bytes) -> bool:
    return b"\x80" <= kind <= b"\x8f" or kind in {b"\xde", b"\xdf"}


def _is_list(kind: bytes) -> bool:
    return b"\x90" <= kind <= b"\x9f" or kind in {b"\xdc", b"\xdd"}
