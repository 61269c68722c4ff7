"""What a column is: how it sorts, what its cells say, and how much room it takes; data, pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from swarmtui.tui.lines import Spans

R = TypeVar("R")
"""A row: whatever struct the table is about."""
C = TypeVar("C")
"""What cells are drawn from besides their row: the picture, the time."""

_PLACES = 18
_DIGITS = re.compile(r"\d+")


class Align(StrEnum):
    """Where a cell stands in its column."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R, C]):
    """One column, the same for every table of its kind."""

    key: str
    head: str
    """As the docker CLI prints it."""
    value: Callable[[R, C], Any]
    """What rows are sorted by; values of one column compare with each other.

    For ages the moment since when, as a timestamp, which sorts in half the time of a `datetime`:
    the table turns the direction round.
    """
    cell: Callable[[R, C], Spans]
    """What the cell says, in harmless text (`swarm.text.plain`)."""
    width: int
    """Cells it takes at least, when it is shown at all."""
    short: str = ""
    """Head to use where the whole one does not fit."""
    grows_to: int = 0
    """Cells it takes at most when there is room and its content wants it."""
    fills: bool = False
    """Takes all the room that is left; for the last column."""
    align: Align = Align.LEFT
    drop: int = 0
    """Columns with the highest number are left out first when it gets narrow; 0 always stays."""
    descends: bool = False
    """Sorts from the largest down when chosen."""
    is_age: bool = False
    """Changes by the clock alone, so a change is no news."""
    is_lively: bool = False
    """Changes at nearly every look, so a change is no news."""
    ends_open: bool = False
    """Is cut without `…`: the beginning of an id is worth as much as the sign."""

    def head_for(self, width: int) -> str:
        """Return the longest head that fits."""
        head = self.head if len(self.head) <= width or not self.short else self.short
        return head[:width]


class Sort(NamedTuple):
    """By which column rows are sorted, and which way."""

    key: str
    descends: bool = False

    @property
    def mark(self) -> str:
        """Return the sign of the direction."""
        return "▾" if self.descends else "▴"


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> str:
    """Return a sort key that puts `node-9` before `node-10` and ignores case.

    A text rather than a tuple: it is compared in a fraction of the time.
    """
    return _DIGITS.sub(lambda digits: digits[0].zfill(_PLACES), text.casefold())
