"""The dashboard's side of the pipe: start a collector, read it, start it again when it dies."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Event
from time import monotonic
from typing import IO

from swarmtui.stream.codec import Decoder
from swarmtui.stream.frames import StreamError, read_records
from swarmtui.stream.interest import Interest, encode_interest
from swarmtui.swarm.observation import Observation, WatcherLost
from swarmtui.swarm.text import plain

_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 30.0
_HEALTHY_S = 60.0
"""A collector that lived this long failed for a new reason: the next one starts at once again."""


class CollectorProcess:
    """A source that is another process: the collector, started with `command`.

    It reads `settings`, one line, then interests from its standard input; it writes a stream
    to its standard output.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        settings: bytes,
        now: Callable[[], datetime],
        first_retry_s: float = _FIRST_RETRY_S,
    ) -> None:
        self._command = list(command)
        self._settings = settings
        self._now = now
        self._first_retry_s = first_retry_s
        self._closed = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._interest = Interest()

    @property
    def pid(self) -> int | None:
        """Return the process that runs now, or ran last; `None` before the first."""
        return self._process.pid if self._process else None

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
        process = self._process
        if process is not None and process.stdin is not None:
            _send(process.stdin, encode_interest(interest))

    def close(self) -> None:
        """End the collector at once, whatever it waits for."""
        self._closed.set()
        process = self._process
        if process is not None:
            process.kill()

    def _run_once(self, see: Callable[[Observation], None]) -> str:
        """Run one collector to its end, and return in words how it ended."""
        with tempfile.TemporaryFile() as complaints:
            try:
                process = self._start(complaints)
            except OSError as error:
                return f"the collector cannot be started: {error.strerror}"
            with process:
                damage = self._read(process, see)
                process.kill()
            return damage or _how_it_ended(process.returncode, complaints)

    def _start(self, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal is the dashboard's to handle.
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            bufsize=0,
            start_new_session=True,
        )
        self._process = process
        if self._closed.is_set():
            process.kill()
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            _send(process.stdin, self._settings + b"\n" + encode_interest(self._interest))
        return process

    def _read(self, process: subprocess.Popen[bytes], see: Callable[[Observation], None]) -> str:
        """Read a collector until its stream ends, and return what was wrong with the stream."""
        if process.stdout is None:
            return "the collector has no output"
        try:
            for seen in _observations(process.stdout.fileno()):
                if self._closed.is_set():
                    return ""
                see(seen)
        except StreamError as error:
            # A stream that never began says less than what the collector complained of.
            return "" if "before it began" in str(error) else f"the collector's stream: {error}"
        return ""


def _observations(pipe: int) -> Iterator[Observation]:
    decoder = Decoder()
    with open(pipe, "rb", closefd=False) as stream:
        for record in read_records(stream):
            yield decoder.decode(record)


def _send(pipe: IO[bytes], line: bytes) -> None:
    # The collector does not read, or it is gone, which `run` sees; ValueError: closed by `run`.
    with suppress(BlockingIOError, BrokenPipeError, ValueError):
        pipe.write(line)


def _how_it_ended(status: int | None, complaints: IO[bytes]) -> str:
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 4_096))
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    reason = f": {plain(lines[-1])[:200]}" if lines else ""
    how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
    return f"the collector ended ({how}){reason}"
