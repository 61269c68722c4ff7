"""Say what of a recording is damaged, and what that means for who plays it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain as join

import msgspec

from swarmtui.recording.blocks import KEYFRAMES, BlockKind
from swarmtui.recording.index import Index


class Damage(msgspec.Struct, frozen=True, order=True):
    """Something that is missing."""

    begins: datetime
    ends: datetime
    text: str
    """One line for people, with its times."""
    is_loss: bool = False
    """What was seen in that time is missing: the picture stands still."""


def describe_damage(index: Index, spoilt: Collection[int]) -> Sequence[Damage]:
    """Return what is damaged among the blocks that are played, in order of time.

    `spoilt` are those of which more than their heads was read, and did not decode.
    """
    if not index.blocks:
        return [_loss(*_span(index))] if index.holes else []
    losses = [_loss(*times) for times in _join(_losses(index, spoilt))]
    return sorted(join(losses, _holes(index), _keyframes(index, spoilt)))


def _losses(index: Index, spoilt: Collection[int]) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when the state of the swarm is not known."""
    begins, ends = _span(index)
    broken = [hole.at for hole in index.holes if hole.is_loss]
    broken += [i for i in spoilt if index.blocks[i].kind is BlockKind.CHANGES]
    for i in sorted({0, *broken}):
        known = next((k for k in index.keyframes_from(i) if _is_usable(index, k, spoilt)), None)
        if known != 0:
            yield index.ends[i - 1] if i else begins, ends if known is None else index.begins[known]


def _span(index: Index) -> tuple[datetime, datetime]:
    """Return from when to when the recording goes."""
    times = [*index.begins[:1], index.started_at, *index.ends[-1:], index.ended_at]
    known = [time for time in times if time is not None]
    return known[0], max(known)


def _is_usable(index: Index, keyframe: int, spoilt: Collection[int]) -> bool:
    chain = index.chain_of(keyframe)
    return chain is not None and not any(each in spoilt for each in chain)


def _join(spans: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield spans of time, those that overlap as one."""
    last: tuple[datetime, datetime] | None = None
    for begins, ends in spans:
        if last is not None and begins <= last[1]:
            last = last[0], max(ends, last[1])
            continue
        if last is not None:
            yield last
        last = begins, ends
    if last is not None:
        yield last


def _loss(begins: datetime, ends: datetime) -> Damage:
    text = f"from {_clock(begins)} to {_clock(ends)} the recording is damaged: the picture stands"
    return Damage(begins, ends, f"{text} still until then", is_loss=True)


def _holes(index: Index) -> Iterator[Damage]:
    for hole in index.holes:
        is_of_preface = not hole.at and index.preface is None
        if hole.is_loss or is_of_preface:
            continue
        at = index.ends[hole.at - 1] if hole.at else index.begins[0]
        text = (
            f"{hole.length:,} bytes at {_clock(at)} are damaged: nothing that was seen is missing,"
            " perhaps a landmark"
        )
        yield Damage(at, at, text)


def _keyframes(index: Index, spoilt: Collection[int]) -> Iterator[Damage]:
    for i in spoilt:
        if i and index.blocks[i].kind in KEYFRAMES:
            at = index.begins[i]
            text = (
                f"the keyframe of {_clock(at)} is damaged: nothing that was seen is missing,"
                " but going there takes longer"
            )
            yield Damage(at, at, text)


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
