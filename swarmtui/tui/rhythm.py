"""Learn how often data usually comes, and tell when it is late."""

from collections import deque
from datetime import datetime

from swarmtui.tui.words import seconds_between

LEAST_OLD_S = 6.0
TIMES_USUAL = 3


class Rhythm:
    """The highest ages one kind of data reached lately, just before it was renewed."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._ages_s: deque[float] = deque(maxlen=9)

    def see(self, at: datetime | None, *, now: datetime) -> None:
        """Take note of when the data was taken."""
        if at is None or at == self._at:
            return
        if self._at is not None or not self._ages_s:
            self._ages_s.append(seconds_between(self._at or at, now))
        self._at = at

    def forget(self) -> None:
        """Forget when data came last, as time leapt; how often it comes stays known."""
        self._at = None

    def is_old(self, now: datetime) -> bool:
        """Tell whether the data is three times as old as it usually gets, and 6 s at least."""
        if self._at is None:
            return False
        usual_s = sorted(self._ages_s)[len(self._ages_s) // 2]
        return seconds_between(self._at, now) > max(LEAST_OLD_S, TIMES_USUAL * usual_s)
