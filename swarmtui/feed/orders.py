"""What a user wants of a player, kept until the player gets to it."""

from collections import deque
from datetime import datetime
from threading import Condition
from typing import NamedTuple

from swarmtui.insight.viewpoint import Viewpoint

MOST_STEPS = 3
"""Steps that are kept: a key held down shall not go on stepping after it was released."""


class Seek(NamedTuple):
    """Go to a time."""

    at: datetime


class Step(NamedTuple):
    """Go to the next change, or to the one before."""

    forward: bool


class Note(NamedTuple):
    """Keep a bookmark."""

    text: str
    at: datetime


class Look(NamedTuple):
    """See it from another viewpoint."""

    viewpoint: Viewpoint


class Orders:
    """A letter box with one reader: a newer time to go to takes the place of an older one."""

    def __init__(self) -> None:
        self._news = Condition()
        self._notes = deque[Note]()
        self._sought: datetime | None = None
        self._steps = 0
        self._viewpoint: Viewpoint | None = None
        self._is_nudged = False
        self._is_stopped = False

    @property
    def sought(self) -> datetime | None:
        """Return the time that is to be gone to and was not taken yet."""
        return self._sought

    @property
    def is_stopped(self) -> bool:
        """Tell whether nothing more is wanted."""
        return self._is_stopped

    @property
    def are_urgent(self) -> bool:
        """Tell whether what is being played now is not wanted any more."""
        return bool(self._is_stopped or self._sought or self._steps or self._viewpoint)

    def seek(self, at: datetime) -> None:
        """Want another time; the steps that were to be made from the one before are void."""
        with self._news:
            self._sought, self._steps = at, 0
            self._news.notify()

    def step(self, *, forward: bool) -> None:
        """Want the next change, or the one before."""
        with self._news:
            steps = self._steps + (1 if forward else -1)
            self._steps = max(-MOST_STEPS, min(MOST_STEPS, steps))
            self._news.notify()

    def note(self, text: str, at: datetime) -> None:
        """Want a bookmark kept."""
        with self._news:
            self._notes.append(Note(text, at))
            self._news.notify()

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Want another viewpoint."""
        with self._news:
            self._viewpoint = viewpoint
            self._news.notify()

    def nudge(self) -> None:
        """Let the reader look up: something else changed."""
        with self._news:
            self._is_nudged = True
            self._news.notify()

    def stop(self) -> None:
        """Want nothing more."""
        with self._news:
            self._is_stopped = True
            self._news.notify()

    def take(self, *, timeout_s: float | None) -> Seek | Step | Note | Look | None:
        """Wait for an order, and return it; `None` after that time, a nudge or the stop."""
        with self._news:
            if not (self.are_urgent or self._is_nudged or self._notes):
                self._news.wait(timeout_s)
            self._is_nudged = False
            if self._notes:
                return self._notes.popleft()
            if self._viewpoint is not None:
                viewpoint, self._viewpoint = self._viewpoint, None
                return Look(viewpoint)
            if self._sought is not None:
                at, self._sought = self._sought, None
                return Seek(at)
            return self._take_step()

    def _take_step(self) -> Step | None:
        if not self._steps:
            return None
        forward = self._steps > 0
        self._steps -= 1 if forward else -1
        return Step(forward)
