"""A file as bytes that are read when they are asked for.

Not mapped into memory: where somebody else cuts a mapped file short, the next look at it ends the
program.
"""

import errno
import os
import stat
from pathlib import Path

from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.text import plain

_PIECE = 1 << 18

_ADVICE = {
    errno.ENOENT: "there is no such file; check the name",
    errno.ENOTDIR: "there is no such file; check the name",
    errno.EACCES: "no permission to read it; ask its owner",
    errno.EPERM: "no permission to read it; ask its owner",
    errno.ENXIO: "not a file; name one that `swarmtui record` wrote",
}


class FileBytes:
    """The bytes of a file up to the length it had when it was last measured."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading; raise `RecordingError` when that cannot be done."""
        self._path = path
        try:
            # Not blocking: a pipe of that name would be waited for.
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (OSError, ValueError) as error:
            raise _explain(path, error) from error
        found = os.fstat(self._file)
        if not stat.S_ISREG(found.st_mode):
            os.close(self._file)
            raise RecordingError(f"{plain(str(path))}: {_ADVICE[errno.ENXIO]}")
        self._id = (found.st_dev, found.st_ino)
        self._size = found.st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, wanted: slice) -> bytes:
        start, stop, _ = wanted.indices(self._size)
        return self._read(start, stop)

    def find(self, wanted: bytes, start: int) -> int:
        """Return where `wanted` begins next, or -1."""
        overlap = len(wanted) - 1
        while start < self._size:
            piece = self._read(start, min(start + _PIECE + overlap, self._size))
            found = piece.find(wanted)
            if found >= 0:
                return start + found
            if len(piece) <= overlap:
                return -1
            start += len(piece) - overlap
        return -1

    def measure(self) -> int:
        """Return how long the file is by now; from now on, so many bytes are there."""
        self._size = os.fstat(self._file).st_size
        return self._size

    def is_replaced(self) -> bool:
        """Tell whether its name leads to another file by now."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) != self._id

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _read(self, start: int, stop: int) -> bytes:
        try:
            piece = os.pread(self._file, stop - start, start) if start < stop else b""
        except OSError:
            return b""  # a disk that cannot be read there: missing, as any other damage
        while piece and len(piece) < stop - start:
            return piece + self._read(start + len(piece), stop)
        return piece


def _explain(path: Path, error: OSError | ValueError) -> RecordingError:
    number = error.errno if isinstance(error, OSError) else errno.ENOENT
    advice = _ADVICE.get(number or 0) or f"cannot be read ({error})"
    return RecordingError(f"{plain(str(path))}: {advice}")
