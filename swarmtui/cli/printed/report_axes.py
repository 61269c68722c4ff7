"""Scales and ticks of plots: round numbers, round times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import NamedTuple

from swarmtui.cli.printed.report_clock import Clock

_STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 1_209_600, 2_592_000,
)  # fmt: skip
_MOST_TIMES = 9
_DAY_S = 86_400


class Tick(NamedTuple):
    """A place on an axis and what is said there."""

    place: float
    label: str


class TimeScale(NamedTuple):
    """Where times stand from left to right."""

    clock: Clock
    left: float
    width: float

    def x(self, at: datetime) -> float:
        """Return where a time stands; what lies outside stands at the next end."""
        length = (self.clock.ends - self.clock.begins).total_seconds()
        part = (at - self.clock.begins).total_seconds() / length if length else 0.0
        return self.left + self.width * min(max(part, 0.0), 1.0)

    def ticks(self) -> Sequence[Tick]:
        """Return round times, at most nine."""
        begins, ends = self.clock.begins, self.clock.ends
        length_s = (ends - begins).total_seconds()
        step = next((s for s in _STEPS_S if length_s / s <= _MOST_TIMES), ceil(length_s))
        offset = self.clock.local(begins).utcoffset() or timedelta()
        past_s = (begins.timestamp() + offset.total_seconds()) % step
        first = begins + timedelta(seconds=(step - past_s) % step)
        times = [first + number * timedelta(seconds=step) for number in range(_MOST_TIMES + 1)]
        shown = "%m-%d" if step >= _DAY_S else "%H:%M:%S" if step < 60 else "%H:%M"
        return [
            Tick(self.x(at), self.clock.local(at).strftime(shown)) for at in times if at <= ends
        ]


class Scale(NamedTuple):
    """Where numbers from 0 up to `top` stand, from below."""

    top: int
    step: int
    bottom: float
    height: float

    def y(self, value: float) -> float:
        """Return where a number stands."""
        return self.bottom - self.height * value / self.top

    def ticks(self) -> Sequence[Tick]:
        """Return round numbers from 0 up."""
        values = range(0, self.top + 1, self.step)
        return [Tick(self.y(value), f"{value:,}") for value in values]


def scale_to(most: float, *, bottom: float, height: float) -> Scale:
    """Return a scale on which `most` stands just below the top."""
    rough = max(most, 1) / 5
    unit = 10 ** floor(log10(rough)) if rough >= 1 else 1
    multiples = (1, 2, 2.5, 5, 10) if unit > 1 else (1, 2, 5, 10)
    step = next(round(unit * n) for n in multiples if unit * n >= rough)
    return Scale(step * max(1, ceil(most / step)), step, bottom, height)
