"""The event's time, and the wall clock it is shown in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_NS = 1_000_000_000


class Clock:
    """Tells which second of the event it is; with `hold`, always the same."""

    def __init__(
        self,
        *,
        starts_at: float,
        speed: float = 1.0,
        hold: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.speed = speed
        self.hold = hold
        self._starts_at = starts_at
        self._monotonic = monotonic
        self._began = monotonic()

    def now(self) -> float:
        """Return the second of the event, counted from the first event's start."""
        if self.hold:
            return self._starts_at
        return self._starts_at + (self._monotonic() - self._began) * self.speed


class Calendar:
    """Says what a clock on the wall shows at a second of the event.

    An event of twelve minutes at a speed of 2 takes six minutes on the wall,
    so ages are those that a client's own clock measures.
    """

    def __init__(self, epoch: datetime, *, speed: float = 1.0) -> None:
        self._epoch_ns = int(epoch.timestamp()) * _NS + epoch.microsecond * 1000
        self._speed = speed

    def unix_ns(self, second: float) -> int:
        """Return nanoseconds since 1970."""
        return self._epoch_ns + int(second / self._speed * 1e9)

    def second(self, unix_s: float) -> float:
        """Return which second of the event it is at a time since 1970."""
        return (unix_s - self._epoch_ns / _NS) * self._speed

    def stamp(self, second: float) -> str:
        """Return RFC 3339 in UTC, to the nanosecond, as Go prints it."""
        whole, fraction = divmod(self.unix_ns(second), _NS)
        if not fraction:
            return f"{_to_the_second(whole)}Z"
        return f"{_to_the_second(whole)}.{fraction:09d}".rstrip("0") + "Z"

    def moment(self, second: float) -> datetime:
        """Return the time on the wall, to the microsecond."""
        whole, fraction = divmod(self.unix_ns(second), _NS)
        return datetime.fromtimestamp(whole, UTC).replace(microsecond=fraction // 1000)


@lru_cache(maxsize=8192)
def _to_the_second(unix_s: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(unix_s))
