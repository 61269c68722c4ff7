"""Count what the watching costs the manager."""

from collections import deque
from typing import NamedTuple

from swarmtui.swarm.observation import Cost

_OVER_S = 60.0


class _Spent(NamedTuple):
    at: float
    requests: int
    bytes: int
    busy_s: float


class Meter:
    """The requests of the last minute. Times are monotonic seconds."""

    def __init__(self, *, now: float) -> None:
        self._began = now
        self._spent: deque[_Spent] = deque()

    def add(self, *, at: float, requests: int = 0, bytes_: int = 0, busy_s: float = 0.0) -> None:
        """Take note of requests made, bytes sent or time spent, at that time."""
        self._spent.append(_Spent(at, requests, bytes_, busy_s))

    def read(self, now: float) -> Cost:
        """Return the cost over the last minute, or since the beginning if that is shorter."""
        while self._spent and self._spent[0].at < now - _OVER_S:
            self._spent.popleft()
        return Cost(
            requests=sum(spent.requests for spent in self._spent),
            bytes=sum(spent.bytes for spent in self._spent),
            busy_s=sum(spent.busy_s for spent in self._spent),
            over_s=min(_OVER_S, max(now - self._began, 1.0)),
        )
