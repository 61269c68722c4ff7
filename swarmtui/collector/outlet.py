"""Where observations leave the collector: encoded, whole, one after the other, from any thread."""

from collections import deque
from threading import Condition
from typing import IO, NoReturn

from swarmtui.stream.codec import Encoder
from swarmtui.stream.frames import HEADER, frame
from swarmtui.swarm.observation import Observation

MOST_WAITING = 16 << 20
"""Bytes kept for a reader that is behind: the first look at 200,000 tasks is 11 MB, and while it
comes in the dashboard has its first paint to do."""


class Outlet:
    """Writes a stream. Blocks while the reader is far behind, and so slows the asking down."""

    def __init__(self, pipe: IO[bytes], *, most_waiting: int = MOST_WAITING) -> None:
        self._pipe = pipe
        self._most_waiting = most_waiting
        self._encoder = Encoder()
        self._waiting = deque[bytes]()
        self._size = 0
        """Bytes waiting."""
        self._moved = Condition()
        pipe.write(HEADER)
        pipe.flush()

    def emit(self, seen: Observation) -> None:
        """Take an observation to be written; the order is that of the calls."""
        with self._moved:
            self._moved.wait_for(lambda: self._size < self._most_waiting)
            record = frame(self._encoder.encode(seen))
            self._waiting.append(record)
            self._size += len(record)
            self._moved.notify_all()

    def run(self) -> NoReturn:
        """Write what is emitted, in a thread of its own; raise `OSError` when nobody reads it."""
        while True:
            self.write_next()

    def write_next(self) -> None:
        """Wait for an observation and write it."""
        with self._moved:
            self._moved.wait_for(lambda: self._waiting)
            record = self._waiting.popleft()
        self._pipe.write(record)
        self._pipe.flush()
        with self._moved:
            self._size -= len(record)
            self._moved.notify_all()
