"""Say times and lengths of time as a report does: in one zone, which it names."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from swarmtui.insight.wording import seconds_of


class Clock(NamedTuple):
    """How times between two moments are said."""

    begins: datetime
    ends: datetime
    zone: tzinfo | None = None
    """`None`: that of the system."""

    def local(self, at: datetime) -> datetime:
        """Return a time as the zone's clocks show it."""
        return at.astimezone(self.zone)

    def time(self, at: datetime) -> str:
        """Return `15:41:20`, with the day in front where the report has several."""
        shown = self.local(at)
        is_today = self._is_of_one_day and shown.date() == self.local(self.begins).date()
        return shown.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")

    def span(self) -> str:
        """Return `2026-07-22, 15:02:11 – 17:40:02`, or both days."""
        begins, ends = self.local(self.begins), self.local(self.ends)
        until = ends.strftime("%H:%M:%S" if self._is_of_one_day else "%Y-%m-%d, %H:%M:%S")
        return f"{begins:%Y-%m-%d, %H:%M:%S} – {until}"

    def zone_name(self) -> str:
        """Return `UTC`, or `CEST, UTC+02:00`."""
        shown = self.local(self.begins)
        offset = shown.strftime("%z")
        name = shown.tzname() or ""
        if not shown.utcoffset():
            return "UTC"
        utc = f"UTC{offset[:3]}:{offset[3:5]}"
        return f"{name}, {utc}" if name.isalpha() and not name.startswith("UTC") else utc

    @property
    def _is_of_one_day(self) -> bool:
        return self.local(self.begins).date() == self.local(self.ends).date()


def rfc3339_of(at: datetime) -> str:
    """Return a time for programs, to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spell_length(length: timedelta) -> str:
    """Return `12.4 s`, `4 min 9 s`, `2 h 38 min` or `1 d 3 h`."""
    seconds = length.total_seconds()
    if seconds < 120:
        return seconds_of(seconds)
    whole = int(seconds)
    for size, unit, smaller, smaller_unit in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller
            return (
                f"{whole // size} {unit} {rest} {smaller_unit}"
                if rest
                else f"{whole // size} {unit}"
            )
    return seconds_of(seconds)
