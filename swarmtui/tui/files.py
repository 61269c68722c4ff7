"""Files that the user names in a dialog: what can be said of a name, and the reading and writing.

Reading and writing wait for disks, and belong in threads of their own. What goes wrong is one line
that names the file.
"""

import os
from collections.abc import Callable
from pathlib import Path

from swarmtui.insight.claims import Claims, ClaimsError, parse_claims
from swarmtui.swarm.text import plain
from swarmtui.tui.pointing import Mistake

MOST_BYTES = 64 << 20
"""A list of 100,000 nodes has a tenth of that; what is larger is something else."""


class FileError(Exception):
    """A file that could not be read or written; the message is one line for people."""


def judge_new_file(text: str) -> str | Mistake:
    """Return where a file of this name would be, or why it cannot be made."""
    return _judge(text, _judge_new)


def judge_list(text: str) -> str | Mistake:
    """Return what file of claims is meant, or why it cannot be read."""
    return _judge(text, _judge_old)


def write_new_file(name: str, text: str) -> Path:
    """Write a file that was not there; raise `FileError`, and change nothing, when it was."""
    path = _path_of(name)
    try:
        with path.open("x", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except FileExistsError:
        raise _error(path, "is there already, and stays as it is; name another") from None
    except OSError as error:
        raise _error(path, f"cannot be written: {error.strerror}") from None
    return path


def read_claims(name: str) -> Claims:
    """Return what a file of claims says, in any format there is; raise `FileError`."""
    path = _path_of(name)
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            data = file.read(MOST_BYTES + 1) if path.is_file() else None
    except OSError as error:
        raise _error(path, f"cannot be read: {error.strerror}") from None
    if data is None or len(data) > MOST_BYTES:
        wrong = "is no file" if data is None else "is too large for a list of nodes"
        raise _error(path, f"{wrong}; is the name right?")
    try:
        return parse_claims(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise _error(path, "not UTF-8 text; save it as UTF-8") from None
    except ClaimsError as error:
        raise _error(path, str(error)) from None


def _judge(text: str, judge: Callable[[Path], str | Mistake]) -> str | Mistake:
    name = text.strip()
    if not name or "\0" in name:
        return Mistake("the name of a file is needed, without null characters")
    try:
        judged = judge(_path_of(text))
    except FileError as error:
        judged = Mistake(str(error))
    except (OSError, ValueError) as error:
        judged = Mistake(f"no name of a file: {getattr(error, 'strerror', None) or error}")
    if isinstance(judged, Mistake):
        return judged._replace(position=text.index(name), length=len(name))
    return plain(judged)


def _judge_new(path: Path) -> str | Mistake:
    if path.is_dir():
        return Mistake("that is a folder; name a file in it")
    if os.path.lexists(path):
        return Mistake("there is a file of this name, and it stays as it is; name another")
    if not path.parent.is_dir():
        return Mistake(f"there is no folder {path.parent}")
    return f"a new file in {path.parent.absolute()}"


def _judge_old(path: Path) -> str | Mistake:
    if path.is_dir():
        return Mistake("that is a folder; name a file in it")
    return f"{path.absolute()}" if path.exists() else Mistake("there is no such file")


def _path_of(name: str) -> Path:
    try:
        return Path(name.strip()).expanduser()
    except RuntimeError:
        raise FileError("the name begins with ~ and a user who has no home here") from None


def _open_at_once(path: str, flags: int) -> int:
    # A pipe without a writer would be waited for, for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _error(path: Path, problem: str) -> FileError:
    return FileError(plain(f"{path}: {problem}"))
