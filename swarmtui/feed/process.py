"""The dashboard's side of the pipe: start a collector, read it, start it again when it dies."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import IO, Self

from swarmtui.stream.codec import Decoder
from swarmtui.stream.frames import StreamError, read_records
from swarmtui.stream.interest import Interest, encode_interest
from swarmtui.swarm.observation import Observation, WatcherLost
from swarmtui.swarm.text import plain

_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 30.0
_HEALTHY_S = 60.0
"""A collector that lived this long failed for a new reason: the next one starts at once again."""

_END = b""

_FIRST_LOOK_S = 5.0
"""Until then everybody waits for the collector: the manager itself needs four for a large swarm."""
_NICER = 5
"""Measured: on two busy processors the slowest hundredth of keys then waits half as long."""

_PIPE_BYTES = 1 << 20
"""What the kernel may hold for us: a collector need not wait for every thousand tasks."""


class CollectorProcess:
    """A source that is another process: the collector, started with `command`.

    It reads settings, one line, then interests from its standard input; it writes a stream to its
    standard output.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        settings: bytes | None = None,
        now: Callable[[], datetime],
        first_retry_s: float = _FIRST_RETRY_S,
        first_look_s: float = _FIRST_LOOK_S,
    ) -> None:
        """Give the collector as much of the processors as the dashboard for its first look."""
        self._command = list(command)
        self._settings = settings
        self._now = now
        self._first_retry_s = first_retry_s
        self._first_look_s = first_look_s
        self._closed = Event()
        self._interest = Interest()
        self._running: _Collector | None = None
        self._ready: _Collector | None = None
        """One that was started before anybody listened."""

    @property
    def pid(self) -> int | None:
        """Return the process that runs now, or ran last; `None` before the first."""
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start the first collector already: it imports its libraries while others do theirs."""
        with suppress(OSError):  # `run` tries again, and says what is wrong
            self._ready = self._start()

    def configure(self, settings: bytes) -> None:
        """Tell what to watch, where it was not known yet when the collector was started."""
        self._settings = settings
        if self._running is not None:
            self._tell_settings(self._running)

    def run(self, see: Callable[[Observation], None]) -> None:
        """Hand over what the collector sees; when it ends, say so and start another one."""
        retry_s = self._first_retry_s
        while not self._closed.is_set():
            started = monotonic()
            ended = self._run_once(see)
            if self._closed.is_set():
                return
            if monotonic() - started > _HEALTHY_S:
                retry_s = self._first_retry_s
            see(WatcherLost(taken_at=self._now(), text=ended, retry_s=retry_s))
            self._closed.wait(retry_s)
            retry_s = min(_LONGEST_RETRY_S, retry_s * 2)

    def want(self, interest: Interest) -> None:
        """Tell the collector what is on screen; one that does not read is not waited for."""
        if interest == self._interest:
            return
        self._interest = interest
        if self._running is not None:
            self._running.tell(encode_interest(interest))

    def close(self) -> None:
        """End the collector at once, whatever it waits for."""
        self._closed.set()
        if self._running is not None:
            self._running.kill()
        unused, self._ready = self._ready, None
        if unused is not None:
            with unused:
                unused.kill()

    def _run_once(self, see: Callable[[Observation], None]) -> str:
        """Run one collector to its end, and return in words how it ended."""
        collector, self._ready = self._ready, None
        try:
            collector = collector or self._start()
        except OSError as error:
            return f"the collector cannot be started: {error.strerror}"
        with collector:
            damage = self._read(collector, see)
            collector.kill()
            return damage or collector.describe_end()

    def _start(self) -> "_Collector":
        collector = self._running = _Collector(self._command)
        self._tell_settings(collector)
        if self._closed.is_set():
            collector.kill()
        return collector

    def _tell_settings(self, collector: "_Collector") -> None:
        if self._settings is not None:
            collector.tell(self._settings + b"\n" + encode_interest(self._interest))

    def _read(self, collector: "_Collector", see: Callable[[Observation], None]) -> str:
        """Read a collector until its stream ends, and return what was wrong with the stream."""
        until: float | None = monotonic() + self._first_look_s
        try:
            for seen in collector.observations():
                if self._closed.is_set():
                    return ""
                see(seen)
                if until is not None and monotonic() >= until:
                    collector.stand_back()
                    until = None
        except StreamError as error:
            # A stream that never began says less than what the collector complained of.
            return "" if "before it began" in str(error) else f"the collector's stream: {error}"
        return ""


class _Collector:
    """One process; raises `OSError` when it cannot be started."""

    def __init__(self, command: Sequence[str]) -> None:
        self._open = ExitStack()
        self._complaints = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is
        # A session of its own: Ctrl-C in the terminal is the dashboard's to handle.
        with self._open.pop_all() as undo:
            self.process = undo.enter_context(self._popen(command))
            self._open = undo.pop_all()
        self.pid = self.process.pid
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        """What it is yet to be told; an inventory of thousands is more than a pipe holds."""
        self._teller = Thread(target=self._tell_all, name="tell", daemon=True)
        self._teller.start()
        if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
            with suppress(OSError):  # more than this user may have
                fcntl.fcntl(_pipe(self.process.stdout), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def stand_back(self) -> None:
        """Let keys go before it where all processors are busy."""
        nicer = os.getpriority(os.PRIO_PROCESS, 0) + _NICER
        for thread in _threads_of(self.pid):
            with suppress(OSError):  # it has ended meanwhile
                os.setpriority(os.PRIO_PROCESS, thread, nicer)

    def _popen(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.put(_END)
        self._teller.join(timeout=1.0)  # at once, as what it writes to has ended
        self._open.close()

    def tell(self, line: bytes) -> None:
        """Send a line. Returns at once; one that is gone, or does not read, misses it."""
        self._lines.put(line)

    def _tell_all(self) -> None:
        pipe = _pipe(self.process.stdin)
        # OSError: it has ended. ValueError: closed already by the thread that saw it end.
        with suppress(OSError, ValueError):
            while line := self._lines.get():
                while line:
                    line = line[pipe.write(line) :]

    def observations(self) -> Iterator[Observation]:
        """Yield what it sees until its stream ends, or raise `StreamError`."""
        decoder = Decoder()
        pipe = _pipe(self.process.stdout).fileno()
        with open(pipe, "rb", closefd=False) as stream:  # buffered, as `read_records` wants it
            for record in read_records(stream):
                yield decoder.decode(record)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def describe_end(self) -> str:
        """Return how it ended, once it has, with the last thing it complained of."""
        status = self.process.wait()
        complaints = self._complaints
        complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 4_096))
        lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
        reason = f": {plain(lines[-1])[:200]}" if lines else ""
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"the collector ended ({how}){reason}"


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("asked for with PIPE")
    return stream


def _threads_of(pid: int) -> list[int]:
    """Return what has a priority of its own: on Linux each thread, elsewhere the process."""
    try:
        return [int(thread.name) for thread in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return [pid]
