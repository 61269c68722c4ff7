"""One file of a recording, read: its blocks, what they hold, and which of them are damaged."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from swarmtui.recording.blocks import (
    MAGIC,
    NAME,
    READ,
    Block,
    is_time,
    is_whole,
    unpack_payload,
)
from swarmtui.recording.damage import Damage, describe_damage
from swarmtui.recording.entries import Landmark, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.file_bytes import FileBytes
from swarmtui.recording.index import Index
from swarmtui.recording.keyframes import Moment, Restoring
from swarmtui.recording.shelf import Shelf
from swarmtui.swarm.text import plain

LONGEST_TEXT = 1_000
"""Of a landmark, in characters."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")

_decode_preface = msgspec.msgpack.Decoder(Preface).decode
_decode_landmark = msgspec.msgpack.Decoder(Landmark).decode


class Opened:
    """A file from its beginning to the last whole block, as long as it is only appended to."""

    def __init__(self, path: Path, data: FileBytes) -> None:
        """Read what there is; raise `RecordingError` when it is no recording."""
        self.index = _read_index(path, data)
        self.data = data
        self.is_cut_off = self.index.end < len(data)
        """What follows the last whole block was there when the file was opened already."""
        self._shelf = Shelf(self._read)
        self._spoilt: set[int] = set()
        self._mishaps: list[Damage] = []
        self._damage: Sequence[Damage] = ()
        self._known_of_damage: object = None
        """What it was told by; it is asked for with every picture."""
        self._landmarks: list[Landmark] = []
        self._landmarks_read = self._checked = 0
        self.preface = self._read_preface()

    @property
    def begins(self) -> datetime:
        """Return the time of the first keyframe."""
        return self.index.begins[0] if self.index.begins else self.preface.began_at

    @property
    def ends(self) -> datetime:
        """Return the time of the last thing in it."""
        last = self.index.ends[-1] if self.index.ends else self.begins
        return max(last, self.index.ended_at or last)

    def damage(self) -> Sequence[Damage]:
        """Return what is missing, as far as it was found, in order of time."""
        index = self.index
        known = (
            index.end,
            index.ended_at,
            self.is_cut_off,
            len(self._spoilt),
            len(self._mishaps),
        )
        if known != self._known_of_damage:
            self._known_of_damage, self._damage = known, self._describe_damage()
        return self._damage

    def landmarks(self) -> Sequence[Landmark]:
        """Return the landmarks as they stand in the file."""
        for block in self.index.landmarks[self._landmarks_read :]:
            try:
                self._landmarks.append(_clean(_decode(_decode_landmark, self._read(block))))
            except RecordingError:
                text = f"a landmark of {_clock(block.begins)} is damaged"
                self._mishaps.append(Damage(block.begins, block.begins, text))
        self._landmarks_read = len(self.index.landmarks)
        return self._landmarks

    def read(self, i: int) -> bytes:
        """Return the payload of a block; raise `RecordingError`, and remember it, when damaged."""
        return self._or_spoil(i, lambda: self._read(self.index.blocks[i]))

    def read_keyframe(self, i: int) -> Moment:
        """Return the moment of a keyframe; raise `RecordingError` when it cannot be had."""
        known = self._shelf.find_partial(self.index.blocks[i])
        if known is not None:
            return known
        chain = self.index.chain_of(i)
        if chain is None:
            self.spoil(i)
            raise RecordingError("the keyframe builds on one that is missing")
        moment = self._read_step(chain[0], self._shelf.whole)
        if len(chain) == 1:
            return moment
        restoring = Restoring(moment)
        for each in chain[1:-1]:
            self._read_step(each, partial(self._shelf.link, restoring=restoring))
        return self._read_step(i, partial(self._shelf.partial, restoring=restoring))

    def _read_step(self, i: int, read: Callable[[Block], T]) -> T:
        return self._or_spoil(i, lambda: read(self.index.blocks[i]))

    def check(self) -> None:
        """Read everything once, so that all damage is found: a second for a gigabyte or two."""
        for i, block in enumerate(self.index.blocks[self._checked :], self._checked):
            if not is_whole(self.data, block):
                self.spoil(i)
        self._checked = len(self.index.blocks)
        self.landmarks()

    def spoil(self, i: int) -> None:
        """Take note that a block makes no sense: from now on it counts as damaged."""
        self._spoilt.add(i)

    def _describe_damage(self) -> Sequence[Damage]:
        told = [*self._mishaps, *describe_damage(self.index, self._spoilt)]
        if self.is_cut_off:
            text = f"cut off at {_clock(self.ends)}: what was seen then is missing"
            told.append(Damage(self.ends, self.ends, text))
        return sorted(told)

    def _or_spoil(self, i: int, read: Callable[[], T]) -> T:
        if i in self._spoilt:
            raise RecordingError("the block is damaged")
        try:
            return read()
        except RecordingError:
            self.spoil(i)
            raise

    def _read(self, block: Block) -> bytes:
        payload = unpack_payload(self.data, block)
        if payload is None:
            raise RecordingError("the block is damaged")
        return payload

    def _read_preface(self) -> Preface:
        try:
            if (block := self.index.preface) is not None:
                preface = _decode(_decode_preface, self._read(block))
                _check(preface.began_at)
                return preface
        except RecordingError:
            pass  # told below, as where there is none at all
        at = self.index.started_at or _EPOCH
        text = "the preface is damaged: who was asked, pledges and the inventory are not known"
        self._mishaps.append(Damage(at, at, text))
        return Preface(began_at=at, program="")


def _read_index(path: Path, data: FileBytes) -> Index:
    found = data[: len(MAGIC)]
    if found not in READ and (text := _find_foreign(found)):
        raise RecordingError(f"{plain(str(path))}: {text}")
    index = Index(data, start=len(MAGIC) if found in READ else 0)
    index.grow()
    if index.preface is None and not index.blocks:
        raise RecordingError(f"{plain(str(path))}: nothing that was recorded in it is whole")
    return index


def _find_foreign(found: bytes) -> str:
    """Return why no recording begins so; nothing where one does, but for some damage."""
    ours = MAGIC.removeprefix(NAME).strip()
    version = found.removeprefix(NAME).strip()
    if MAGIC.startswith(found):
        return "nothing has been recorded into it yet"
    if found.startswith(NAME) and version.isdigit() and NAME + version + b"\n" not in READ:
        return (
            f"a recording of version {version.decode()}; this program reads those up to"
            f" {ours.decode()}, so update it"
        )
    same = sum(a == b for a, b in zip(found, MAGIC, strict=False))
    if 2 * same < len(MAGIC):
        return "not a recording of swarmtui; name a file that `swarmtui record` wrote"
    return ""


def _decode(decode: Callable[[bytes], T], payload: bytes) -> T:
    try:
        return decode(payload)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise RecordingError(f"a block does not decode: {error}") from error


def _clean(mark: Landmark) -> Landmark:
    _check(mark.at)
    return msgspec.structs.replace(mark, text=plain(mark.text)[:LONGEST_TEXT])


def _check(at: datetime) -> None:
    if not is_time(at):
        raise RecordingError("nothing can have been recorded then")


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
