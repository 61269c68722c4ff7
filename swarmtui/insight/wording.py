"""Word counts, names and durations the same way in every sentence a picture carries."""

from collections.abc import Sequence
from datetime import datetime

from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain

_LONGEST_NAME = 40


def count_of(number: int, noun: str) -> str:
    """Return `1 node`, `2,310 nodes`."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def name_of(node: Node) -> str:
    """Return the hostname, harmless and short, or the id of a node that has none yet."""
    return shorten(plain(node.hostname)) or node.id[:12]


def shorten(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return the text, cut to `longest` characters with a mark where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def names_of(names: Sequence[str], *, most: int = 3) -> str:
    """Return `a, b, c` or `a, b, c and 5 more`."""
    listed = ", ".join(names[:most])
    return f"{listed} and {len(names) - most:,} more" if len(names) > most else listed


def seconds_of(seconds: float) -> str:
    """Return `12.4 s`, `41 s`, `3 min`, `2 h`: as precise as one still cares."""
    seconds = max(0.0, seconds)
    if seconds < 20:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def age_of(since: datetime, now: datetime) -> float:
    """Return the seconds since `since`; 0 where a clock elsewhere runs ahead."""
    return max(0.0, (now - since).total_seconds())


def clock_of(at: datetime) -> str:
    """Return `12:00:03 UTC`."""
    return f"{at:%H:%M:%S} UTC"
