"""What is going to happen, in the order of the event's time."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

Action = Callable[[float], None]
"""Something that happens; it is told the second of the event at which it does."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the event, in seconds; its end is not part of it."""

    start: float
    end: float

    def __contains__(self, at: float) -> bool:
        """Whether the second `at` lies in the window."""
        return self.start <= at < self.end

    def postponed(self, at: float) -> float:
        """Return `at`, or the window's end when `at` lies in it."""
        return self.end if at in self else at


NO_TIME = Window(float("-inf"), float("-inf"))
"""A stretch that no second lies in."""


class Agenda:
    """A queue of actions, run in order of time and, at the same time, of entry.

    Time moves only here, from one action to the next. So what has happened by
    a given second does not depend on how often anybody looked.
    """

    def __init__(self, *, begins_at: float, quiet: Window) -> None:
        self.now = begins_at
        self.quiet = quiet
        self._entries: list[tuple[float, int, Action]] = []
        self._serials = count()

    def at(self, second: float, action: Action) -> None:
        """Have `action` run at `second`; while the swarm has no leader, nothing runs."""
        due = self.quiet.postponed(max(second, self.now))
        heapq.heappush(self._entries, (due, next(self._serials), action))

    def run_until(self, second: float) -> None:
        """Run all that is due up to and at `second`."""
        entries = self._entries
        while entries and entries[0][0] <= second:
            self.now, _, action = heapq.heappop(entries)
            action(self.now)
        self.now = max(self.now, second)
