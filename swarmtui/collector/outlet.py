"""Where observations leave the collector: encoded, whole, one after the other, from any thread."""

from threading import Lock
from typing import IO

from swarmtui.stream.codec import Encoder
from swarmtui.stream.frames import HEADER, frame
from swarmtui.swarm.observation import Observation


class Outlet:
    """Writes a stream. Blocks while the reader is behind, and so slows the asking down."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._encoder = Encoder()
        self._lock = Lock()
        pipe.write(HEADER)
        pipe.flush()

    def emit(self, seen: Observation) -> None:
        """Write an observation; raise `OSError` when nobody reads any more."""
        with self._lock:
            self._pipe.write(frame(self._encoder.encode(seen)))
            self._pipe.flush()
