"""Bookmarks set while replaying: in a file beside the recording, which is never changed."""

import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from swarmtui.recording.entries import Landmark, LandmarkKind
from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.text import plain

LONGEST_NOTE = 500
_MOST_BYTES = 4 << 20
_OWNER_ALONE = 0o600
_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK  # not blocking: a pipe of that name would be waited for


class _Line(msgspec.Struct, frozen=True):
    """A bookmark as it stands in the file: one line of JSON."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    note: str


_decode = msgspec.json.Decoder(_Line).decode
_encode = msgspec.json.Encoder().encode


def bookmarks_of(recording: Path) -> Path:
    """Return where the bookmarks of a recording are."""
    return recording.with_name(f"{recording.name}.bookmarks")


def read_bookmarks(recording: Path) -> Sequence[Landmark]:
    """Return the bookmarks set beside a recording; lines that are none are left out."""
    try:
        data = _read(bookmarks_of(recording))
    except (OSError, ValueError):
        return ()
    return tuple(_parse(data))


def add_bookmark(recording: Path, note: str, at: datetime) -> Landmark:
    """Set a bookmark beside a recording; raise `RecordingError` when it cannot be written."""
    path = bookmarks_of(recording)
    mark = _landmark(_Line(at.astimezone(UTC), note))
    try:
        _append(path, _encode(_Line(mark.at, mark.text)) + b"\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise RecordingError(
            f"{plain(str(path))}: the bookmark is not saved ({reason});"
            " copy the recording to a folder of yours"
        ) from error
    return mark


def _landmark(line: _Line) -> Landmark:
    note = plain(line.note).strip()[:LONGEST_NOTE]
    return Landmark(at=line.at, kind=LandmarkKind.BOOKMARK, text=note)


def _parse(data: bytes) -> Iterator[Landmark]:
    for line in data.splitlines():
        try:
            yield _landmark(_decode(line))
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
            continue  # half a line, from a disk that was full; or not ours


def _read(path: Path) -> bytes:
    file = os.open(path, os.O_RDONLY | _FLAGS)
    try:
        return os.read(file, _MOST_BYTES) if stat.S_ISREG(os.fstat(file).st_mode) else b""
    finally:
        os.close(file)


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _FLAGS, _OWNER_ALONE)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError(path)
        if found.st_size and os.pread(file, 1, found.st_size - 1) != b"\n":
            line = b"\n" + line
        if os.write(file, line) < len(line):
            raise OSError(None, "the disk is full")
    finally:
        os.close(file)
