"""Tell on stderr how a recording without a screen goes: one line that is rewritten, and news."""

import os
from pathlib import Path
from typing import TextIO

from swarmtui.cli.recording import spell_size
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain

USUAL_WIDTH = 80
"""Cells of a terminal that does not say how many it has."""

_CLEAR = "\r\x1b[K"


class Teller:
    """Says on a terminal how far it is, and anywhere what changed about the watching."""

    def __init__(self, stream: TextIO, *, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._is_terminal = stream.isatty()
        self._said = ""

    def tell(self, snapshot: Snapshot, *, size_bytes: int, elapsed_s: float) -> None:
        """Say what is news since the last time, and how far it is."""
        news = describe_watching(snapshot)
        if news and news != self._said:
            self._said = news
            self.clear()
            self._stream.write(f"swarmtui: {news}\n")
        if self._is_terminal:
            line = describe_progress(
                snapshot, path=self._path, size_bytes=size_bytes, elapsed_s=elapsed_s
            )
            width = os.get_terminal_size(self._stream.fileno()).columns or USUAL_WIDTH
            # One that wraps could not be rewritten.
            self._stream.write(f"{_CLEAR}{line[: width - 1]}")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away, so that another can be written there."""
        if self._is_terminal:
            self._stream.write(_CLEAR)


def describe_watching(snapshot: Snapshot) -> str:
    """Return whom it watches, or why nobody answers; empty before anything is known."""
    if snapshot.lost is not None:
        return plain(snapshot.lost.text)
    if snapshot.manager is None:
        return ""
    manager = snapshot.manager
    return f"watching swarm {plain(manager.cluster_id)} through {plain(manager.host)}"


def describe_progress(snapshot: Snapshot, *, path: Path, size_bytes: int, elapsed_s: float) -> str:
    """Return how far it is, in one line."""
    parts = [f"recording {plain(path.name)} for {spell_time(elapsed_s)}", spell_size(size_bytes)]
    if snapshot.nodes_at is not None:
        tasks = sum(map(len, snapshot.tasks.values()))
        parts += [_count(len(snapshot.nodes), "node"), _count(tasks, "task")]
    if snapshot.machines:
        parts.append(_count(len(snapshot.machines), "machine"))
    if snapshot.lost is not None:
        parts.append("nobody answers")
    return " · ".join(parts)


def spell_time(seconds: float) -> str:
    """Return how long that is: `48s`, `12m09s`, `2h05m`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes = whole // 60
    return f"{minutes}m{whole % 60:02}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}m"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
