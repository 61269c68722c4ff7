"""A recording: what it is of, how long it is, what of it is damaged, and whether there is more."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.bookmarks import add_bookmark, read_bookmarks
from swarmtui.recording.damage import Damage
from swarmtui.recording.entries import Landmark, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.file_bytes import FileBytes
from swarmtui.recording.opened import Opened


class Recording:
    """A recording's file, opened: never written to, though it may grow meanwhile (see `refresh`).

    It belongs to one thread.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; raise `RecordingError` when there is no recording that could be read."""
        self.path = path
        self.file = _open(path)
        """The blocks, for who plays them; another object when the file begins anew."""
        self._marks: Sequence[Landmark] | None = None
        """`None` when they have to be put together anew."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a recording; raise `RecordingError` when there is none that could be read."""
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def preface(self) -> Preface:
        """Return what it is of; next to nothing when that is damaged."""
        return self.file.preface

    @property
    def begins(self) -> datetime:
        """Return the time of its first keyframe."""
        return self.file.begins

    @property
    def ends(self) -> datetime:
        """Return the time of the last thing in it."""
        return self.file.ends

    @property
    def is_ended(self) -> bool:
        """Tell whether it was ended: else it was cut off, or goes on."""
        return self.file.index.ended_at is not None

    @property
    def size_bytes(self) -> int:
        """Return how long the file is."""
        return len(self.file.data)

    @property
    def damage(self) -> Sequence[Damage]:
        """Return what is missing, in order of time.

        Opening it reads heads alone: more may be found while it is played; see `check`.
        """
        return self.file.damage()

    @property
    def landmarks(self) -> Sequence[Landmark]:
        """Return elections, incidents and bookmarks in order of time, those set later too."""
        if self._marks is None:
            found = [*self.file.landmarks(), *read_bookmarks(self.path)]
            inside = [mark for mark in found if self.begins <= mark.at <= self.ends]
            self._marks = tuple(sorted(inside, key=lambda mark: mark.at))
        return self._marks

    def density(self, columns: int) -> Sequence[int]:
        """Return how much changed in each of so many equal parts of its time."""
        weights = [0] * columns
        index, begins = self.file.index, self.begins
        length_s = (self.ends - begins).total_seconds()
        for block, at in zip(index.blocks, index.begins, strict=True):
            if block.kind is BlockKind.CHANGES and columns:
                share = (at - begins).total_seconds() / length_s if length_s else 0.0
                weights[min(int(share * columns), columns - 1)] += block.weight
        return weights

    def add_bookmark(self, note: str, at: datetime) -> None:
        """Set a bookmark, beside the file; raise `RecordingError` when that cannot be done."""
        add_bookmark(self.path, note, at)
        self._marks = None

    def refresh(self) -> bool:
        """Look what was written since; tell whether there is more, or something else.

        Where the file was cut short or written over, or does not grow and another one stands under
        its name, what stands there is read from its beginning. Raises `RecordingError` when
        nothing that could be read is left of it.
        """
        data = self.file.data
        was, size = len(data), data.measure()
        if size < self.file.index.end or not self.file.index.is_current():
            self._begin_anew(Opened(self.path, data))
            return True
        # What was left behind the last whole block is on its way after all.
        self.file.is_cut_off = self.file.is_cut_off and size == was
        if self.file.index.grow():
            self._marks = None
            return True
        return size == was and data.is_replaced() and self._change_file()

    def check(self) -> Sequence[Damage]:
        """Read everything once, and return all that is damaged: a second for a gigabyte or two."""
        self.file.check()
        return self.damage

    def close(self) -> None:
        """Let go of the file."""
        self.file.data.close()

    def _change_file(self) -> bool:
        """Go on with the file that has the name by now, as soon as it can be read."""
        try:
            file = _open(self.path)
        except RecordingError:
            return False
        self.file.data.close()
        self._begin_anew(file)
        return True

    def _begin_anew(self, file: Opened) -> None:
        self.file = file
        self._marks = None


def _open(path: Path) -> Opened:
    data = FileBytes(path)
    try:
        return Opened(path, data)
    except RecordingError:
        data.close()
        raise
