"""Record a source without a screen: nothing but an analyst, for the keyframes, and a recorder."""

from threading import Thread
from typing import Protocol

from swarmtui.feed.pictures import Recording
from swarmtui.feed.source import Source
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot


class Following(Protocol):
    """What knows the swarm as it is: see `insight.analyst.Analyst`."""

    @property
    def snapshot(self) -> Snapshot:
        """Return everything known of the swarm."""

    def see(self, seen: Observation) -> None:
        """Take an observation in."""


class Taping:
    """Reads a source in a thread of its own, a daemon: it ends whatever the source waits for."""

    def __init__(self, source: Source, *, analyst: Following, recorder: Recording) -> None:
        self._source = source
        self._analyst = analyst
        self._recorder = recorder
        self._thread = Thread(target=source.run, args=(self._see,), name="observe", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        """Return the swarm as last seen; it may be read from any thread, as it never changes."""
        return self._analyst.snapshot

    def start(self) -> None:
        """Begin to see."""
        self._thread.start()

    def stop(self, *, timeout_s: float) -> None:
        """See nothing more, and wait for what is being seen, but not for ever."""
        self._source.close()
        self._thread.join(timeout_s)

    def _see(self, seen: Observation) -> None:
        self._analyst.see(seen)
        self._recorder.see(seen)
