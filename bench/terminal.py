"""A terminal to measure in: the program under a pty, with the time at which each byte came.

It answers the question for synchronized output (mode 2026), so that every frame comes bracketed
and the moment at which it is whole is known. Reading never waits for drawing: what came is kept
with its time, and a terminal emulator (pyte) goes through it afterwards.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyte

FRAME_END = b"\x1b[?2026l"
_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"


class Came(NamedTuple):
    """Bytes from the program, and when they were read (monotonic seconds)."""

    at: float
    data: bytes


class Terminal:
    """The program, running in a terminal of a set size."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 200,
        rows: int = 50,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.came: list[Came] = []
        self._size = (columns, rows)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0
        self._last = b""
        self.started = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._become(command, env)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _become(self, command: Sequence[str], env: Mapping[str, str] | None) -> None:
        columns, rows = self._size
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execvpe(command[0], list(command), dict(os.environ) | colours | dict(env or {}))  # noqa: S606

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    def send(self, keys: bytes) -> float:
        """Press keys, and return when."""
        os.write(self._fd, keys)
        return time.monotonic()

    def read(self, seconds: float) -> bool:
        """Take in what comes for so long; tell whether the program is still there."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not self.read_once(left):
                return False
        return True

    def read_once(self, most_s: float) -> bool:
        """Take in what comes next, waiting at most so long; tell whether the program is there."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, most_s))
        if not ready:
            return True
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # EIO: nobody has the other side open any more
            return False
        self._take(data)
        return bool(data)

    def _take(self, data: bytes) -> None:
        self.came.append(Came(time.monotonic(), data))
        self._last = self._last[-len(_ASKS_FOR_SYNC) + 1 :] + data
        os.write(self._fd, _HAS_SYNC * self._last.count(_ASKS_FOR_SYNC))

    def draw(self) -> list[str]:
        """Return the lines of the screen as they are now."""
        for came in self.came[self._drawn :]:
            self._stream.feed(came.data)
        self._drawn = len(self.came)
        return list(self._screen.display)

    def cells(self) -> list[list[tuple[str, ...]]]:
        """Return every cell as it is now, with its colours; a blank has none of its own."""
        self.draw()
        buffer = self._screen.buffer
        return [
            [_seen(buffer[y][x]) for x in range(self._screen.columns)]
            for y in range(self._screen.lines)
        ]

    def wait_for(self, is_there: Callable[[str], bool], *, within_s: float) -> float:
        """Wait until the screen shows it, and return the seconds since the start."""
        until = self.started + within_s
        while time.monotonic() < until:
            there = self.read_once(0.05)
            if is_there("\n".join(self.draw())):
                return self.came[-1].at - self.started
            if not there:
                break
        shown = "\n".join(line.rstrip() for line in self.draw())
        raise TimeoutError(f"not on the screen within {within_s} s:\n{shown}")

    def wait_for_end(self, *, within_s: float) -> float:
        """Wait until the program has ended, and return the seconds it took from now."""
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            self.read_once(0.005)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return time.monotonic() - began
        raise TimeoutError(f"the program did not end within {within_s} s")


def _seen(cell: pyte.screens.Char) -> tuple[str, ...]:
    drawn = f"{cell.underscore:d}{cell.strikethrough:d}{cell.reverse:d}"
    if cell.data == " " and drawn == "000":
        return (" ", cell.bg)
    return (cell.data, cell.bg, cell.fg, f"{cell.bold:d}{cell.italics:d}{cell.blink:d}{drawn}")


def replay(came: Sequence[Came], *, columns: int, rows: int) -> Iterator[tuple[float, list[str]]]:
    """Yield the screen after each whole frame, with the time at which the frame was whole."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    for at, data in came:
        *frames, rest = data.split(FRAME_END)
        for frame in frames:
            stream.feed(frame + FRAME_END)
            yield at, list(screen.display)
        stream.feed(rest)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def memory_mb(pid: int, field: str = "VmHWM") -> float:
    """Return the peak (VmHWM) or present (VmRSS) memory of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_s(pid: int) -> float:
    """Return the processor time a process has used so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def command_of(pid: int) -> str:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
