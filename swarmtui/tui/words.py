"""Say ages, counts, rates and sizes the way the screens do; pure, and the same everywhere."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len, chop_cells, set_cell_size

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400
NOTHING = "–"


def seconds_between(moment: datetime, now: datetime) -> float:
    """Return how many seconds ago `moment` was; 0 when a clock elsewhere is ahead of ours."""
    return max(0.0, (now - moment).total_seconds())


def age(seconds: float) -> str:
    """Return an age with two places: `48s`, `3m02`, `1h58`, `3d04`."""
    whole = int(max(0.0, seconds))
    if whole < MINUTE_S:
        return f"{whole}s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S}m{whole % MINUTE_S:02}"
    if whole < DAY_S:
        return f"{whole // HOUR_S}h{whole % HOUR_S // MINUTE_S:02}"
    return f"{whole // DAY_S}d{whole % DAY_S // HOUR_S:02}"


def age_since(moment: datetime | None, now: datetime) -> str:
    """Return the age of a moment, or a dash when there was none."""
    return NOTHING if moment is None else age(seconds_between(moment, now))


def standing_since(moment: datetime | None, now: datetime) -> str:
    """Return since when something stands, as the docker CLI rounds it: `48s`, `3m`, `1h58`.

    Where many of them are on screen, seconds beside minutes would repaint all of it each second.
    """
    text = age_since(moment, now)
    minutes, sign, _ = text.partition("m")
    return f"{minutes}m" if sign else text


def tenure(seconds: float) -> str:
    """Return a long time by its largest unit alone: `48s`, `12m`, `5h`, `3d`."""
    whole = int(max(0.0, seconds))
    for unit_s, letter in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "m")):
        if whole >= unit_s:
            return f"{whole // unit_s}{letter}"
    return f"{whole}s"


def clock_time(moment: datetime) -> str:
    """Return the time of day where the reader sits: `15:22:41`."""
    return moment.astimezone().strftime("%H:%M:%S")


def clock_minute(moment: datetime) -> str:
    """Return the time of day where the reader sits, to the minute: `15:22`."""
    return moment.astimezone().strftime("%H:%M")


def file_time(moment: datetime) -> str:
    """Return a time for the name of a file, where the reader sits: `20260722-152241`."""
    return moment.astimezone().strftime("%Y%m%d-%H%M%S")


def count(number: int) -> str:
    """Return a number with its thousands apart: `96,287`."""
    return f"{number:,}"


def brief(number: int) -> str:
    """Return a number in few cells: `842`, `9,310`, `14.1k`, `1.2M`."""
    for size, letter in ((1_000_000, "M"), (10_000, "k")):
        if number >= size:
            return f"{number / (1_000 if letter == 'k' else size):.1f}{letter}"
    return count(number)


def plural(number: int, noun: str) -> str:
    """Return a count with its noun: `1 node`, `2,384 nodes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def rate(per_second: float) -> str:
    """Return a change with its sign, by the second or, when slow, by the minute: `+34/min`."""
    if abs(per_second) >= 1:
        return f"{per_second:+,.0f}/s"
    per_minute = round(per_second * MINUTE_S)
    return f"{per_minute:+,}/min" if per_minute else "±0/min"


def to_go(seconds: float) -> str:
    """Return a time still to wait: `9 s to go`, `4 min to go`, `2 h to go`."""
    if seconds < 2 * MINUTE_S:
        return f"{max(1, round(seconds))} s to go"
    if seconds < 2 * HOUR_S:
        return f"{round(seconds / MINUTE_S)} min to go"
    return f"{round(seconds / HOUR_S)} h to go"


def percent(part: int, whole: int) -> str:
    """Return a share as `98 %`, never 100 before all are there, never 0 while there is one."""
    if whole <= 0:
        return f"{NOTHING} %"
    share = 100 * part // whole
    return f"{max(1, share) if part > 0 else share} %"


def memory(size_bytes: int) -> str:
    """Return a node's memory in binary units: `512 M`, `1.5 G`, `64 G`."""
    return _scaled(size_bytes, base=1024, units=("B", "K", "M", "G", "T", "P"))


def traffic(size_bytes: int) -> str:
    """Return bytes on a wire in decimal units: `640 B`, `4.3 MB`, `12 MB`."""
    return _scaled(size_bytes, base=1000, units=("B", "kB", "MB", "GB", "TB", "PB"))


def processors(cpus: float) -> str:
    """Return a number of processors without a needless fraction: `1`, `2.5`."""
    return f"{cpus:g}"


def fit(text: str, width: int) -> str:
    """Return `text` cut to `width` cells, with `…` for what is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def left(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, at the left."""
    return set_cell_size(fit(text, width), width)


def right(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, at the right."""
    shown = fit(text, width)
    return " " * (width - cell_len(shown)) + shown


def wrap(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` cells, broken at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        lines += [line] if line else []
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [*lines, line] if line else lines


def _scaled(size: float, *, base: int, units: Sequence[str]) -> str:
    step = 0
    while size >= base and step < len(units) - 1:
        size /= base
        step += 1
    digits = 1 if size < 10 and size != int(size) else 0
    return f"{size:.{digits}f} {units[step]}"
