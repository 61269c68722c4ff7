"""Read a moment of a recording as people write it, and point at what is wrong with it.

14:05  14:05:30  2016-10-27 14:05  2016-10-27T14:05:30Z  14:05+02:00   a time
+10m  +1h30m                                                           after the begin
-5m                                                                    before the end
50%                                                                    of the way
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from swarmtui.swarm.text import plain

WAYS_TO_WRITE = "write 14:05, 14:05:30, 2016-10-27 14:05, +10m, -5m or 50%"
LONGEST = 60
"""Characters; longer text is a paste gone wrong, not a time."""

_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(?:([smhd])|\Z)", re.IGNORECASE)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
_CLOCK = re.compile(
    r"(?:(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[T ] *|(?![0-9])))?"
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})"
    r"(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]{1,6}))?)?)?"
    r" ?(?P<zone>Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.IGNORECASE,
)
_LIMITS = {
    "year": (1970, 2999),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
}
_DAY = timedelta(days=1)
_NOTHING = timedelta()


class MomentError(ValueError):
    """A text that is no moment of the recording, and where it goes wrong.

    `message` is one line for people; `position` and `length` count characters of the text.
    """

    def __init__(self, message: str, *, position: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = max(1, length)


class _Clock(NamedTuple):
    """A time as written."""

    day: date | None
    """`None` where only the time of day is given."""
    time: time
    zone: tzinfo | None
    """`None` where none is given."""
    precision: timedelta
    """Anything as long as this after the time is meant as well: 14:05 is a whole minute."""


def parse_moment(
    text: str,
    *,
    begins: datetime,
    ends: datetime,
    near: datetime | None = None,
    zone: tzinfo | None = None,
) -> datetime:
    """Return the moment meant, in UTC, between `begins` and `ends`; raise `MomentError`.

    A time without a zone is one of `zone`, or of the system where that is `None`: so the
    dashboard shows times. One without a day is, where a recording has several of them, the one
    next to `near`, which is the begin unless given.
    """
    shift = len(text) - len(text.lstrip())
    text = text.strip()
    try:
        return _parse(text, begins, ends, near or begins, zone).astimezone(UTC)
    except MomentError as error:
        length = min(error.length, len(text) - error.position)
        raise MomentError(error.message, position=error.position + shift, length=length) from None


def parse_duration(text: str) -> timedelta:
    """Return how long `90s`, `10m`, `1h30m` or `1.5d` are; raise `MomentError`."""
    at = 0
    total = _NOTHING
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise _refuse(text, "is not a length of time: write 90s, 10m, 1h30m or 2d", at=at)
        if found[2] is None:
            raise _refuse(text, "needs a unit: s, m, h or d", at=at)
        total += float(found[1]) * _UNITS[found[2].lower()]
        at = found.end()
    if not text:
        raise MomentError("write 90s, 10m, 1h30m or 2d")
    return total


def _parse(
    text: str, begins: datetime, ends: datetime, near: datetime, zone: tzinfo | None
) -> datetime:
    if not text:
        raise MomentError(WAYS_TO_WRITE)
    if len(text) > LONGEST:
        raise MomentError(f"too long for a time: {WAYS_TO_WRITE}", length=len(text))
    if text[0] in "+-":
        return _parse_offset(text, begins, ends)
    if text.endswith("%"):
        return _parse_percent(text, begins, ends)
    clock = _read_clock(text)
    return _Span(begins, ends, zone).find(text, clock, near)


def _parse_offset(text: str, begins: datetime, ends: datetime) -> datetime:
    try:
        offset = parse_duration(text[1:].strip())
    except MomentError as error:
        length = len(text) - 1 if error.position == 0 else error.length
        raise MomentError(error.message, position=1 + error.position, length=length) from None
    if offset > ends - begins:
        raise _refuse(text, f"is longer than the recording, which has {_spell(ends - begins)}")
    return begins + offset if text[0] == "+" else ends - offset


def _parse_percent(text: str, begins: datetime, ends: datetime) -> datetime:
    found = _PERCENT.fullmatch(text)
    if found is None:
        raise _refuse(text, "is not a share of the way: write 50%")
    if float(found[1]) > 100:
        raise _refuse(text, "is more than all of it: a share is from 0% to 100%")
    return begins + (ends - begins) * (float(found[1]) / 100)


def _read_clock(text: str) -> _Clock:
    found = _CLOCK.match(text)
    if found is None or not found.end() or not (found["year"] or found["hour"]):
        raise _refuse(text, f"is not a time: {WAYS_TO_WRITE}")
    if found.end() < len(text):
        raise _refuse(text, "does not belong to a time", at=found.end())
    for name, (least, most) in _LIMITS.items():
        if found[name] and not least <= int(found[name]) <= most:
            problem = f"{found[name]} is no {name}, which is from {least} to {most}"
            raise MomentError(problem, position=found.start(name), length=len(found[name]))
    return _clock_of(text, found)


def _clock_of(text: str, found: re.Match[str]) -> _Clock:
    try:
        day = date(*map(int, found.group("year", "month", "day"))) if found["year"] else None
    except ValueError:
        raise _refuse(text[:10].strip(), "is not in the calendar") from None
    hour, minute, second = (int(part or 0) for part in found.group("hour", "minute", "second"))
    fraction = found["fraction"] or ""
    clock = time(hour, minute, second, int(fraction.ljust(6, "0")))
    return _Clock(day, clock, _zone_of(text, found), _precision_of(found))


def _precision_of(found: re.Match[str]) -> timedelta:
    if not found["hour"]:
        return _DAY
    if not found["second"]:
        return _UNITS["m"]
    return _NOTHING if found["fraction"] else _UNITS["s"]


def _zone_of(text: str, found: re.Match[str]) -> tzinfo | None:
    zone = found["zone"]
    if not zone:
        return None
    if zone.upper() in {"Z", "UTC"}:
        return UTC
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].removeprefix(":") or 0))
    if offset >= _DAY:
        raise _refuse(text, "is not a zone: write Z or +02:00", at=found.start("zone"))
    return timezone(-offset if zone[0] == "-" else offset)


class _Span(NamedTuple):
    """A recording's time, in the zone that its reader thinks in."""

    begins: datetime
    ends: datetime
    zone: tzinfo | None

    def find(self, text: str, clock: _Clock, near: datetime) -> datetime:
        """Return the moment of this clock next to `near`; raise when the recording has none."""
        moments = [
            max(at, self.begins)
            for at in self._iterate(clock, near)
            if at <= self.ends and (at >= self.begins or self.begins < at + clock.precision)
        ]
        if moments:
            return min(moments, key=lambda at: (abs(at - near), at))
        whole = f"{self._show(self.begins)} to {self._show(self.ends)}"
        raise _refuse(text, f"is not in the recording, which is from {whole}")

    def _iterate(self, clock: _Clock, near: datetime) -> Iterator[datetime]:
        """Yield the moments a clock can mean: each day about `near`, each side of a clock change.

        More days need not be looked at: a moment between two of them would be nearer.
        """
        if clock.day is not None:
            days = [clock.day]
        else:
            today = near.astimezone(clock.zone or self.zone).date()
            days = [today + _DAY * n for n in (-1, 0, 1)]
        for day in days:
            for fold in (0, 1):
                moment = datetime.combine(day, clock.time).replace(fold=fold)
                yield self._place(moment, clock.zone).astimezone(UTC)

    def _place(self, naive: datetime, zone: tzinfo | None) -> datetime:
        zone = zone or self.zone
        return naive.replace(tzinfo=zone) if zone else naive.astimezone()

    def _show(self, moment: datetime) -> str:
        shown = moment.astimezone(self.zone)
        days = {at.astimezone(self.zone).date() for at in (self.begins, self.ends)}
        is_of_today = len(days) == 1 and shown.date() in days
        return shown.strftime("%H:%M:%S" if is_of_today else "%Y-%m-%d %H:%M:%S")


def _refuse(text: str, problem: str, *, at: int = 0) -> MomentError:
    return MomentError(f"{plain(text[at:])} {problem}", position=at, length=len(text) - at)


def _spell(length: timedelta) -> str:
    """Return a length of time as one writes it here: `1h2m3s`."""
    seconds = int(length.total_seconds())
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
