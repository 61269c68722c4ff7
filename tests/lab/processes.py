"""Look at and signal processes of this machine, by their pids alone."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def children_of(pid: int) -> tuple[int, ...]:
    """Return the direct children of a process; none when it has ended."""
    found: list[int] = []
    # It may end between any two of these looks: then its folder, or what is in it, is gone.
    with contextlib.suppress(OSError):
        # Every thread has a list of its own: Go starts children from any of its threads.
        for thread in (PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                listing = thread / "children"
                found += map(int, listing.read_text().split())
    return tuple(found)


def descendants_of(pid: int) -> tuple[int, ...]:
    """Return the children of a process, their children, and so on."""
    direct = children_of(pid)
    return direct + tuple(deeper for child in direct for deeper in descendants_of(child))


def started_at(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; `None` when it has ended.

    One that nobody has reaped yet has ended too. Pid and start together name a process for good:
    pids come round again.
    """
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The command, in parentheses, may hold spaces and parentheses itself.
    state, *fields = stat.rpartition(")")[2].split()
    return None if state == "Z" else int(fields[18])


def processes_with(variable: str) -> Iterator[tuple[int, str]]:
    """Yield pid and value for every process started with this environment variable."""
    prefix = f"{variable}=".encode()
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for entry in (folder / "environ").read_bytes().split(b"\0"):
                if entry.startswith(prefix):
                    yield int(folder.name), os.fsdecode(entry[len(prefix) :])


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that has ended already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
