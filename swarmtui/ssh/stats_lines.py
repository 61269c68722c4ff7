"""Read the stream of a running `docker stats`, of any docker CLI from 20.10 to 29.

The CLI repaints a screen twice a second, terminal or not. Up to 27 each frame is

    ESC[2J ESC[H line line …

and from 28 on each frame comes twice, the second time with the rest of each line erased:

    ESC[H line line … ESC[H line ESC[K line ESC[K … ESC[J

of which late versions of 29 write that second one alone.

So a frame begins with ESC[H and ends with whatever moves or erases next; which of the two copies
is taken is all the same.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from swarmtui.swarm.stats import ContainerStats
from swarmtui.swarm.text import plain

MOST_BYTES = 1 << 20
"""Of a frame: 4,000 containers. More than that without a new frame is no `docker stats`."""
MOST_BYTES_OF_LINE = 4096
"""A line of docker's has about 300."""

_HOME = b"\x1b[H"
_END = b"\x1b[J"
_ERASED = b"\x1b[K"
_ESCAPE = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_PREFIXES = "KMGTPEZY"
_UNITS = {
    "B": 1.0,
    "kB": 1e3,
    **{f"{prefix}B": 1000.0**power for power, prefix in enumerate(_PREFIXES, 1)},
    **{f"{prefix}iB": 1024.0**power for power, prefix in enumerate(_PREFIXES, 1)},
}
_MOST = 1 << 62
"""A number above this is none, and would not fit where others keep it."""
_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError)


class Frame(NamedTuple):
    """One repaint, whole."""

    body: bytes
    began_at: datetime
    """When its beginning came, so that nothing in it is said to be younger than it is."""


class FrameReader:
    """Cuts what comes, in whatever pieces, into frames; keeps the newest one only."""

    def __init__(self) -> None:
        self._held = b""
        """Since the beginning of the frame that is still coming, or the end of the last one."""
        self._began_at: datetime | None = None
        self._newest: Frame | None = None

    def feed(self, data: bytes, *, at: datetime) -> None:
        """Take in what came at this time."""
        held = self._held + data
        home = held.rfind(_HOME)
        if home < 0:
            self._hold(held[-2:])  # it may be the beginning of an ESC[H
            return
        end = held.find(_END, home)
        before = held.rfind(_HOME, 0, home)
        # Only the first frame in `held` can have begun earlier than now.
        last_began = self._began_at if before < 0 and home == 0 else at
        if end >= 0:
            self._newest = Frame(held[home + 3 : end], last_began or at)
            self._hold(held[end + 3 :][-2:])
        else:
            if before >= 0:
                began = self._began_at if before == 0 else at
                self._newest = Frame(held[before + 3 : home], began or at)
            self._hold(held[home:], began_at=last_began or at)

    def take(self) -> Frame | None:
        """Return the newest frame that is whole, once; `None` when there is no other yet."""
        newest, self._newest = self._newest, None
        return newest

    def _hold(self, held: bytes, *, began_at: datetime | None = None) -> None:
        fits = len(held) <= MOST_BYTES
        self._held = held if fits else b""
        self._began_at = began_at if fits else None


class _Line(msgspec.Struct, gc=False):
    """What is read of a line; the CLI prints every value as text."""

    ID: str
    Name: str
    CPUPerc: str = ""
    MemUsage: str = ""
    NetIO: str = ""
    BlockIO: str = ""
    PIDs: str = ""


_decode = msgspec.json.Decoder(_Line).decode


class FrameParser:
    """Reads frames of one machine; lines that are as in the frame before are not read again."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[ContainerStats, ...]] = {}

    def parse(self, body: bytes) -> tuple[ContainerStats, ...]:
        """Return the containers of a frame; whatever is no line of `docker stats` is left out."""
        before = self._known
        known: dict[bytes, tuple[ContainerStats, ...]] = {}
        for line in body.split(b"\n"):
            raw = line.removesuffix(_ERASED)
            found = before.get(raw)
            known[raw] = parse_line(raw) if found is None else found
        self._known = known
        rows = {stats.container_id: stats for found in known.values() for stats in found}
        return tuple(rows.values())


def parse_line(raw: bytes) -> tuple[ContainerStats, ...]:
    """Return what a line tells: one container, or nothing; several where lines are glued."""
    if len(raw) > MOST_BYTES_OF_LINE:
        return ()
    text = (_ESCAPE.sub(b"", raw) if b"\x1b" in raw else raw).strip()
    if not text.startswith(b"{"):
        return ()
    try:
        return tuple(_stats_of(_decode(text)))
    except _UNREADABLE:
        glued = text.split(b"}{")
        if len(glued) == 1:
            return ()
    pieces = (b"{" + piece.removeprefix(b"{").removesuffix(b"}") + b"}" for piece in glued)
    return tuple(stats for piece in pieces for stats in parse_line(piece))


def parse_size(text: str) -> int | None:
    """Return the bytes that `1.5GiB` or `12.3kB` stand for; `None` for `--` and the like.

    Memory is printed in powers of 1,024 (`KiB`), network and block I/O in powers of 1,000 (`kB`),
    both with three or four digits: `1e+03kB` happens, between 999.5 and 1,000.
    """
    # Thousands a second: slices are three times as fast as a regular expression.
    for length in (3, 2, 1):
        unit = _UNITS.get(text[-length:])
        if unit is not None:
            number = _number(text[:-length])
            return None if number is None else _whole(number * unit)
    return None


def _stats_of(line: _Line) -> Iterator[ContainerStats]:
    # A container that the CLI has no sample of yet has neither: `"ID":"","Name":"--"`.
    if not line.ID:
        return
    memory, limit = _pair(line.MemUsage)
    received, sent = _pair(line.NetIO)
    read, written = _pair(line.BlockIO)
    yield ContainerStats(
        container_id=_harmless(line.ID),
        container=_harmless(line.Name),
        cpu_percent=_number(line.CPUPerc.removesuffix("%")),
        memory_bytes=memory,
        memory_limit_bytes=limit,
        net_rx_bytes=received,
        net_tx_bytes=sent,
        block_read_bytes=read,
        block_write_bytes=written,
        pids=_count(line.PIDs),
    )


_harmless = lru_cache(maxsize=1 << 15)(plain)


# The same few texts again and again: `0B / 0B`, a limit, what an idle container holds.
@lru_cache(maxsize=4096)
def _pair(text: str) -> tuple[int | None, int | None]:
    first, _, second = text.partition(" / ")
    return parse_size(first), parse_size(second)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < _MOST else None  # neither is true of nan


def _whole(number: float) -> int | None:
    return round(number) if number < _MOST else None


def _count(text: str) -> int | None:
    number = _number(text)
    return None if number is None else int(number)
