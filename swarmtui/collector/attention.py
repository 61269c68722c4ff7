"""Keep what is being asked right now and what the asking costs, for the pulse."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import NamedTuple, Protocol

from swarmtui.collector.meter import Meter
from swarmtui.collector.schedule import cost_of
from swarmtui.engine.session import Listener, Receipt
from swarmtui.swarm.observation import Pulse, Waiting

HANGING_S = 1.0
"""A request longer than this is worth a word; most take milliseconds, the largest a second."""


class _Asking(NamedTuple):
    path: str
    since: float
    began_at: datetime


class _Count(Protocol):
    """Adds to the cost."""

    def __call__(self, *, requests: int = 0, bytes_: int = 0) -> None:
        """Take note of requests made and bytes sent."""


class _Aside(Listener):
    """Counts as it goes along: a stream of events has no end at which to count."""

    def __init__(self, count: _Count) -> None:
        self._count = count

    def asked(self, path: str) -> None:
        del path
        self._count(requests=1)

    def received(self, size: int) -> None:
        self._count(bytes_=size)


class Attention(Listener):
    """Listens to the sessions: one asks at a time. Read from the pulse's thread."""

    def __init__(self, *, now: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._meter = Meter(now=clock())
        self._asking: _Asking | None = None
        self._spent_s = 0.0

    def spent_s(self) -> float:
        """Return the seconds that engines have taken for answers so far."""
        return self._spent_s

    def asked(self, path: str) -> None:
        """Take note that a request leaves."""
        with self._lock:
            self._asking = _Asking(path, self._clock(), self._now())

    def answered(self, receipt: Receipt) -> None:
        """Take note of what it cost."""
        with self._lock:
            self._asking = None
            self._spent_s += receipt.took_s
            busy_s = cost_of(receipt.took_s)
            self._meter.add(at=self._clock(), requests=1, bytes_=receipt.bytes, busy_s=busy_s)

    def aside(self) -> Listener:
        """Return who listens to a session that waits by design: only its cost is of interest."""
        return _Aside(self._count)

    def _count(self, *, requests: int = 0, bytes_: int = 0) -> None:
        with self._lock:
            self._meter.add(at=self._clock(), requests=requests, bytes_=bytes_)

    def pulse(self) -> Pulse:
        """Return what is waited for, if it takes long, and the cost so far."""
        with self._lock:
            now = self._clock()
            asking = self._asking
            hangs = asking is not None and now - asking.since > HANGING_S
            return Pulse(
                taken_at=self._now(),
                waiting=Waiting(asking.path, asking.began_at) if asking and hangs else None,
                cost=self._meter.read(now),
            )
