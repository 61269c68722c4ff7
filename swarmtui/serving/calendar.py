"""The recording's times on a client's clock: a recording is played now, whenever it was made.

Clients reckon ages with their own clock. So for each of them the moment that is shown when it
connects is now, and what was five minutes before that is five minutes ago.
"""

from datetime import UTC, datetime, timedelta

from swarmtui.httpd.events import Calendar as EventCalendar

NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""What engines send for a time that they do not have."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()


def tell(moment: datetime) -> str:
    """Return a moment of the recording in words, in the zone of this machine."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


class Calendar(EventCalendar):
    """Says when, on a client's clock, something of the recording happened.

    The recording's moment `at` is `now` on that clock. What comes after it comes `speed` times as
    fast; what was before it is as old as it was then. Once told, a time stays the same for a
    client for as long as it is connected: things that did not change look unchanged.
    """

    def __init__(self, *, at: datetime, now: datetime, speed: float = 1.0) -> None:
        self._at = at
        self._shift = now - at
        self._speed = speed

    def on_wall(self, moment: datetime) -> datetime:
        """Return when a moment of the recording is; `NEVER` for one that is not known."""
        if moment <= _EPOCH:
            return NEVER
        try:
            later = moment - self._at
            if later > _NOTHING and self._speed != 1:
                return self._at + self._shift + later / self._speed
            return moment + self._shift
        except OverflowError:
            return NEVER

    def unix_ns(self, second: float) -> int:
        """Return nanoseconds since 1970 on the wall; `second` counts the recording's since then."""
        moment = self.on_wall(_EPOCH + timedelta(seconds=second))
        return (moment - _EPOCH) // _MICROSECOND * 1000

    def second(self, unix_s: float) -> float:
        """Return the recording's time, in seconds since 1970, at a time on the wall."""
        now = (self._at + self._shift - _EPOCH) / timedelta(seconds=1)
        at = (self._at - _EPOCH) / timedelta(seconds=1)
        later = unix_s - now
        return at + (later * self._speed if later > 0 else later)
