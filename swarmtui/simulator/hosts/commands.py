"""The commands a simulated host knows, told from their command lines."""

import shlex
from enum import Enum, auto

_JSON = "{{json .}}"


class Command(Enum):
    """What there is to run."""

    STATS = auto()
    INFO = auto()
    INFO_TEXT = auto()
    """`docker info` as people read it."""
    VERSION = auto()
    DIAL_STDIO = auto()


_KNOWN = {
    ("docker", "stats", "--no-trunc", "--format", _JSON): Command.STATS,
    ("docker", "info", "--format", _JSON): Command.INFO,
    ("docker", "info"): Command.INFO_TEXT,
    ("docker", "version", "--format", _JSON): Command.VERSION,
    ("docker", "system", "dial-stdio"): Command.DIAL_STDIO,
}


def find_command(line: str) -> Command | None:
    """Return the command that a line means to a shell, `None` for any other."""
    try:
        return _KNOWN.get(tuple(shlex.split(line)))
    except ValueError:
        return None


def not_found(line: str, *, has_docker: bool) -> str:
    """Return what sh says of a command that it does not find."""
    words = line.split()
    # There is a docker, but this is all that it can do.
    shown = " ".join(words[: 2 if has_docker and words[:1] == ["docker"] else 1])
    return f"sh: 1: {shown}: not found\n"
