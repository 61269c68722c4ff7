"""The time of a recording while it is played: it passes at a speed, or stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class _Course(NamedTuple):
    """Where time was at a moment of the real clock, and how it passes from there."""

    at: datetime
    since_s: float
    rate: float
    """Seconds a second; 0 while it stands."""


class Tempo:
    """A clock that is started, stopped, sped up and set. May be used from any thread.

    It stands while the user paused it, and while it is held: at the end of a recording, and where
    the playing cannot keep up.
    """

    def __init__(self, at: datetime, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._speed = 1.0
        self._is_paused = False
        self._is_held = True
        self._course = _Course(at, clock(), 0.0)

    def now(self) -> datetime:
        """Return the time."""
        at, since_s, rate = self._course
        return at + timedelta(seconds=(self._clock() - since_s) * rate) if rate else at

    @property
    def speed(self) -> float:
        """Return how many seconds pass in one, while time is neither paused nor held."""
        return self._speed

    @property
    def is_paused(self) -> bool:
        """Tell whether the user stopped time."""
        return self._is_paused

    @property
    def passes(self) -> bool:
        """Tell whether time is neither paused nor held."""
        return self._course.rate > 0

    def place(self, at: datetime, *, held: bool) -> None:
        """Set the time; it passes from there on, unless it is held or paused."""
        with self._lock:
            self._is_held = held
            self._set_out(at)

    def pause(self, *, paused: bool) -> None:
        """Stop time where it is, or let it go on."""
        with self._lock:
            self._is_paused = paused
            self._set_out(self.now())

    def set_speed(self, speed: float) -> None:
        """Let time pass at another speed from now on."""
        with self._lock:
            self._speed = speed
            self._set_out(self.now())

    def shift(self, places: int) -> None:
        """Take a speed so many places above the one there is, or below, or the outermost."""
        if places > 0:
            found = [speed for speed in SPEEDS if speed > self._speed][:places]
        else:
            found = [speed for speed in reversed(SPEEDS) if speed < self._speed][:-places]
        if found:
            self.set_speed(found[-1])

    def _set_out(self, at: datetime) -> None:
        rate = 0.0 if self._is_paused or self._is_held else self._speed
        self._course = _Course(at, self._clock(), rate)
