"""What an inventory is: machines, and one line for each thing that could not be used."""

import msgspec

from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

MOST_MACHINES = 20_000
"""Twice the largest swarm this program is made for; more is a slip in a range."""

_MOST_WARNINGS = 20
_LONGEST_LINE = 300


class InventoryError(Exception):
    """An inventory that was named and cannot be used; the message is one harmless line."""

    def __init__(self, text: str) -> None:
        super().__init__(one_line(text))


class Inventory(msgspec.Struct, frozen=True):
    """Machines, each under a name of its own."""

    machines: tuple[Machine, ...] = ()
    warnings: tuple[str, ...] = ()
    """One line each for what could not be used as it is; bounded for each source."""


class Warnings:
    """The warnings of one source, each once; a file full of nonsense does not fill the screen."""

    def __init__(self, source: object) -> None:
        self._source = source
        self._lines: dict[str, None] = {}
        self._left_out = 0

    def add(self, text: str) -> None:
        """Take in a warning; the name of the source is put before it."""
        if len(self._lines) < _MOST_WARNINGS:
            self._lines[one_line(f"{self._source}: {text}")] = None
        else:
            self._left_out += 1

    def lines(self) -> tuple[str, ...]:
        """Return the first warnings, and how many there are besides."""
        if not self._left_out:
            return tuple(self._lines)
        return (*self._lines, one_line(f"{self._source}: and {self._left_out} more like these"))


def one_line(text: str) -> str:
    """Return `text` harmless, on one line; what is longer than anybody reads loses its middle."""
    line = plain(text)
    half = _LONGEST_LINE // 2
    return line if len(line) <= _LONGEST_LINE else f"{line[:half]}…{line[-half:]}"
