"""The file that a recording is written to: made anew, appended to, and watched over.

Nobody else is expected to touch it. Whatever goes wrong with it is said in one line.
"""

import errno
import os
from pathlib import Path

from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.text import plain

_OWNER_ALONE = 0o600
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC

_ADVICE = {
    errno.ENOSPC: "the disk is full; make room, or record to another one",
    errno.EDQUOT: "your quota of the disk is used up; make room, or record to another one",
    errno.EFBIG: "a file may not become larger here; record with a smaller --max-size",
    errno.EROFS: "that disk can only be read; record to another one",
    errno.EACCES: "no permission to write there; record to another folder",
    errno.EPERM: "no permission to write there; record to another folder",
    errno.ENOENT: "there is no such folder; make it first",
    errno.ENOTDIR: "what should be its folder is none; record to another one",
    errno.EEXIST: "the file is there already and is not overwritten; choose another name",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.EIO: "the disk reports an error; record to another one",
}


class RecordingFile:
    """One recording on disk, or two where it is bounded: FILE, and FILE.1 that came before it.

    Every method raises `RecordingError` when the disk does not do what it is asked.
    """

    def __init__(self, path: Path, *, max_bytes: int | None = None) -> None:
        """Make the file, for its owner alone; what is there already is left as it is.

        With `max_bytes` each has room for half of that: see `has_room`.
        """
        self.path = path
        self.older = path.parent / f"{path.name}.1"
        self._half = max_bytes // 2 if max_bytes is not None else None
        self._older_id: tuple[int, int] | None = None
        self._older_bytes = 0
        self.size_bytes = 0
        """Of FILE alone."""
        if max_bytes is not None and os.path.lexists(self.older):
            raise _refuse(self.older, errno.EEXIST)
        self._is_dirty = False
        self._file: int | None = self._open()

    @property
    def total_bytes(self) -> int:
        """Return what the recording takes on disk."""
        return self._older_bytes + self.size_bytes

    def has_room(self, count: int) -> bool:
        """Tell whether so many bytes more fit into FILE, or another one has to begin."""
        return self._half is None or self.size_bytes + count <= self._half

    def append(self, data: bytes) -> None:
        """Write all of it behind what is there."""
        left = memoryview(data)
        file = self._opened
        try:
            while left:
                written = os.write(file, left)
                self._is_dirty = True
                self.size_bytes += written
                left = left[written:]
        except OSError as error:
            raise _explain(self.path, error) from error

    def sync(self) -> None:
        """Return once it would survive that the power goes; see that it is still the same file."""
        if self._is_dirty:
            try:
                os.fsync(self._opened)
            except OSError as error:
                raise _explain(self.path, error) from error
            self._is_dirty = False
        self._check()

    def begin_anew(self) -> None:
        """Make this file the older one, in the place of the one before it, and begin another."""
        if self._older_id != _identify(self.older):
            raise _refuse(self.older, errno.EEXIST)
        self._older_id, self._older_bytes = _identify(self.path), self.size_bytes
        self.close()
        try:
            self.path.replace(self.older)
        except OSError as error:
            raise _explain(self.older, error) from error
        self._file = self._open()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def discard(self) -> None:
        """Let go of the file, and take it away: nothing is in it yet."""
        self.close()
        self.path.unlink(missing_ok=True)

    @property
    def _opened(self) -> int:
        if self._file is None:
            raise RecordingError(f"{_name(self.path)}: closed already")
        return self._file

    def _open(self) -> int:
        try:
            file = os.open(self.path, _FLAGS, _OWNER_ALONE)
        except OSError as error:
            raise _explain(self.path, error) from error
        except ValueError:
            raise RecordingError(f"{_name(self.path)}: no file can have this name") from None
        self.size_bytes = 0
        _sync_folder(self.path.parent)
        return file

    def _check(self) -> None:
        """Raise when the name leads to another file by now, or somebody else wrote to this one."""
        ours = os.fstat(self._opened)
        if _identify(self.path) != (ours.st_dev, ours.st_ino):
            raise RecordingError(
                f"{_name(self.path)}: deleted or moved while it was written; record to a new file"
            )
        if ours.st_size != self.size_bytes:
            raise RecordingError(
                f"{_name(self.path)}: changed by another program; record to a new file"
            )


def _identify(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from any other, or `None` where none can be seen."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sync_folder(folder: Path) -> None:
    """See that a new name in a folder would survive that the power goes, where that is possible."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # a folder that may be written to but not read
    try:
        os.fsync(opened)
    except OSError:
        pass  # not every file system can
    finally:
        os.close(opened)


def _explain(path: Path, error: OSError) -> RecordingError:
    advice = _ADVICE.get(error.errno or 0) or f"{error.strerror}; record to another file"
    return RecordingError(f"{_name(path)}: {advice}")


def _refuse(path: Path, number: int) -> RecordingError:
    return RecordingError(f"{_name(path)}: {_ADVICE[number]}")


def _name(path: Path) -> str:
    return plain(str(path))
