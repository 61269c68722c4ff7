"""Say how long something took or how old it is, in as few letters as an operator needs."""

from datetime import datetime


def seconds_between(since: datetime | None, now: datetime) -> float | None:
    """Return the seconds passed, never negative: engines' clocks run ahead of ours at times."""
    return None if since is None else max(0.0, (now - since).total_seconds())


def spell_seconds(seconds: float) -> str:
    """Return `0.4s`, `41s`, `3m02`, `12m`, `1h58`, `2d3h`."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + "s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 600:
        return f"{whole // 60}m{whole % 60:02}"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{whole // 86_400}d{whole % 86_400 // 3600}h"


def spell_age(since: datetime | None, now: datetime) -> str:
    """Return the age in words; `never` when there is nothing to be old."""
    seconds = seconds_between(since, now)
    return "never" if seconds is None else spell_seconds(seconds)
