"""Draw bars, sparklines and the timeline's rows as text; pure, no colour, no widget."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from swarmtui.insight.picture import Sample

EIGHTHS_UP = " ▁▂▃▄▅▆▇█"
ELECTION = "┊"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Noise of one node in a thousand must not look like a catastrophe: a row spans at least this
# share of its highest value.
LEAST_SPAN = 0.1


def bar(part: int, whole: int, *, width: int) -> str:
    """Return a bar of `width` cells, by half cells; never full before all are there.

    A thin line, not blocks: bars below each other stay apart, and the names beside them louder.
    """
    if whole <= 0 or part <= 0:
        return " " * width
    full, half = divmod(max(1, min(part, whole) * width * 2 // whole), 2)
    return ("━" * full + "╸" * half).ljust(width)


class Scale(NamedTuple):
    """The values at the bottom and at the top of a chart."""

    low: float
    high: float

    def level(self, value: float, steps: int) -> int:
        """Return the step from 1 to `steps` that shows `value`."""
        if self.high <= self.low:
            return 1
        share = (value - self.low) / (self.high - self.low)
        return max(1, min(steps, round(share * steps)))


def scale_of(values: Sequence[int | None]) -> Scale:
    """Return a scale on which a change of a tenth shows, and which starts at 0 when it can."""
    known = [value for value in values if value is not None]
    if not known or max(known) <= 0:
        return Scale(0, 1)
    low, high = min(known), max(known)
    floor = min(low, high * (1 - LEAST_SPAN))
    return Scale(0.0 if low < high / 2 else floor, high)


def rows(values: Sequence[int | None], *, height: int = 1, scale: Scale | None = None) -> list[str]:
    """Return a chart of one column a value, top row first; `None` leaves its column empty.

    The top eighth stays free, so that two charts below each other do not grow together.
    """
    scale = scale or scale_of(values)
    # Many columns show few values: each is looked at once.
    levels = {
        value: 0 if value is None else scale.level(value, height * 8 - 1) for value in set(values)
    }
    drawn = []
    for row in range(height - 1, -1, -1):
        cells = {v: EIGHTHS_UP[max(0, min(8, level - row * 8))] for v, level in levels.items()}
        drawn.append("".join(map(cells.__getitem__, values)))
    return drawn


def sparkline(values: Sequence[int], *, width: int) -> str:
    """Return the newest values in one row of exactly `width` cells, squeezed when too many."""
    if len(values) > width:
        values = [
            values[i * len(values) // width + _step(len(values), width)] for i in range(width)
        ]
    return rows(values, scale=_with_headroom(scale_of(values)))[0].rjust(width)


def _with_headroom(scale: Scale) -> Scale:
    """Return a scale on which what does not change is a line at half height, not a wall."""
    return Scale(scale.low, scale.high + (scale.high - scale.low) / 2)


def _step(length: int, width: int) -> int:
    """Return the offset that makes the last value the last cell."""
    return length - 1 - (width - 1) * length // width


class Column(NamedTuple):
    """What one column of the timeline shows."""

    sample: Sample | None
    """The newest of its time; `None` where nothing was seen."""
    election: bool = False


UNSEEN = Column(None)


def end_of_column(now: datetime, each: timedelta) -> datetime:
    """Return when the column that `now` falls into ends.

    Columns begin and end at fixed times, so that the chart moves by whole columns, and only then.
    """
    passed = now - _EPOCH
    return _EPOCH + (passed // each + 1) * each


def columns(
    history: Sequence[Sample], *, width: int, until: datetime, span: timedelta
) -> list[Column]:
    """Return the timeline's columns: equal times, oldest first, the last one ending at `until`."""
    start, each = until - span, span / width
    newest: list[Sample | None] = [None] * width
    elections = set()
    place, ends = 0, start + each
    for sample in history:
        at = sample.at
        while at >= ends and place < width - 1:
            place, ends = place + 1, ends + each
        if place or at > start - each:
            newest[place] = sample
            if sample.election:
                elections.add(place)
    found = [
        Column(sample, place in elections) if sample is not None else UNSEEN
        for place, sample in enumerate(newest)
    ]
    return _bridged(found, history, each=each)


def _bridged(found: list[Column], history: Sequence[Sample], *, each: timedelta) -> list[Column]:
    """Fill columns between samples that are merely rarer than the columns are wide."""
    last, gap, reach = UNSEEN, 0, -1
    for place, column in enumerate(found):
        if column.sample is not None:
            last, gap = column, 0
        elif last.sample is not None:
            if reach < 0:
                reach = int(2.5 * _usual_gap(history) / each)
            if gap < reach:
                found[place], gap = Column(last.sample), gap + 1
    return found


def _usual_gap(history: Sequence[Sample]) -> timedelta:
    gaps = sorted(b.at - a.at for a, b in pairwise(history))
    return gaps[len(gaps) // 2] if gaps else timedelta()


def time_axis(*, width: int, until: datetime, span: timedelta, every: int = 20) -> str:
    """Return the axis below the timeline: a time of day each `every` columns, where it belongs.

    With seconds where minutes alone would be the same more than once.
    """
    form = "%H:%M" if span * every / width >= timedelta(minutes=1) else "%H:%M:%S"
    axis = ""
    for place in range(0, width - len(until.strftime(form)) + 1, every):
        moment = until - span + span * place / width
        axis = axis.ljust(place) + moment.astimezone().strftime(form)
    return axis.ljust(width)
