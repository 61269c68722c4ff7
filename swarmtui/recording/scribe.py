"""Take what was seen to a file, a second's worth at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, assert_never

import msgspec

from swarmtui.insight.picture import Election, Happening
from swarmtui.recording.cleaned import Cleaned
from swarmtui.recording.discretion import Discretion
from swarmtui.recording.entries import Landmark, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.landmarks import Landmarks
from swarmtui.recording.segments import Seen, Segments, State
from swarmtui.recording.writing import RecordingFile

_LEAST_GROWTH = 2
"""A file is not followed by another before it has so many times the size it began with: where the
state of the swarm alone nearly fills the room, there would be nothing but keyframes."""


class Told(NamedTuple):
    """What an analyst tells of elections and of what else happened, when that is news."""

    elections: Sequence[Election]
    happenings: Sequence[Happening]


Item = Seen | State | Told | Landmark


class Scribe:
    """Writes one recording; belongs to one thread.

    Every method raises `RecordingError` when the file cannot be written. It is left as it is then,
    and whole as far as it goes.
    """

    def __init__(
        self,
        path: Path,
        *,
        preface: Preface,
        discretion: Discretion,
        max_bytes: int | None = None,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        self._preface = preface
        self._discretion = discretion
        self._rest = rest
        self._cleaned = Cleaned(discretion, rest=rest)
        self._file = RecordingFile(path, max_bytes=max_bytes)
        self._segments = self._begin_segments(preface)
        self._landmarks = Landmarks()
        self._due: list[Landmark] = []
        self._told = Told((), ())
        self._at = preface.began_at
        self._head_bytes = 0
        """What the file begins with, up to the end of the first keyframe; 0 before that."""
        self._keyframe_bytes = 0
        """The largest so far."""
        self._burst_bytes = 0
        """The most that came between two calls of `write`, keyframes aside."""
        try:
            self._file.append(self._segments.begin())
        except RecordingError:
            self._file.discard()
            raise

    @property
    def size_bytes(self) -> int:
        """Return what the recording takes on disk."""
        return self._file.total_bytes

    @property
    def is_nearly_full(self) -> bool:
        """Tell whether the next keyframe should come soon, to begin another file with."""
        return self._is_full(0)

    def write(self, items: Iterable[Item]) -> None:
        """Write what was seen, in this order; return when it would survive that the power goes."""
        before, keyframes = self._file.total_bytes, 0
        for item in items:
            match item:
                case Seen():
                    self._at = item.at
                    self._file.append(self._segments.add(item))
                case State():
                    self._at = item.at
                    keyframes += self._write_keyframe(item)
                case Told():
                    self._told = item
                case Landmark():
                    self._due.append(item)
                case _:
                    assert_never(item)
        self._flush()
        self._file.sync()
        grown = self._file.total_bytes - before - keyframes
        self._burst_bytes = max(self._burst_bytes, grown)

    def end(self, at: datetime) -> None:
        """Write that the recording was ended, not cut off."""
        self._at = max(self._at, at)
        self._end_file()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write_keyframe(self, state: State) -> int:
        """Write a keyframe, into a new file where this one is full, and return its size."""
        # First what came before: a keyframe takes its time, and nothing shall wait for it.
        self._flush()
        self._file.sync()
        if not self._head_bytes:
            self._landmarks.begin(state.at)
        elif self._is_full(self._keyframe_bytes):
            self._begin_anew(state)
        keyframe = self._segments.keyframe(state)
        self._file.append(keyframe)
        self._keyframe_bytes = max(self._keyframe_bytes, len(keyframe))
        self._head_bytes = self._head_bytes or self._file.size_bytes
        return len(keyframe)

    def _is_full(self, wanted: int) -> bool:
        """Tell whether another file has to begin, where so many bytes have to fit besides."""
        has_grown = self._file.size_bytes >= _LEAST_GROWTH * self._head_bytes > 0
        return has_grown and not self._file.has_room(2 * self._burst_bytes + wanted)

    def _begin_anew(self, state: State) -> None:
        self._end_file()
        self._file.begin_anew()
        preface = msgspec.structs.replace(self._preface, began_at=state.at)
        self._segments = self._begin_segments(preface)
        self._file.append(self._segments.begin())
        self._head_bytes = 0

    def _begin_segments(self, preface: Preface) -> Segments:
        return Segments(
            preface, discretion=self._discretion, cleaned=self._cleaned, rest=self._rest
        )

    def _flush(self) -> None:
        """Write the changes that were not written yet, and the landmarks found in them."""
        elections, happenings = self._told
        found = self._landmarks.see(elections=elections, happenings=happenings, at=self._at)
        self._write_with([*self._due, *found])

    def _end_file(self) -> None:
        self._flush()
        self._write_with(self._landmarks.finish())
        self._file.append(self._segments.end(self._at))
        self._file.sync()

    def _write_with(self, landmarks: Sequence[Landmark]) -> None:
        self._due = []
        self._file.append(self._segments.cut() + b"".join(map(self._segments.mark, landmarks)))
