"""Time that passes as fast as what happens in it can be worked out."""

from collections.abc import Callable
from datetime import datetime

from swarmtui.collector.inbox import Inbox, Message
from tests.factories import at


class TimeIsOverError(Exception):
    """The time that was given has passed."""


class SimulatedTime:
    """Seconds of an event, from its beginning; every second of them is told, in order."""

    def __init__(self, *, until: float) -> None:
        self.second = 0.0
        self._until = until
        self._told = 0
        self.listeners: list[Callable[[int], None]] = []

    def now(self) -> datetime:
        return at(self.second)

    def monotonic(self) -> float:
        return self.second

    def pass_(self, seconds: float) -> None:
        """Let seconds pass; raise `TimeIsOverError` when there are no more."""
        ends = self.second + seconds
        while self._told + 1 <= ends:
            self._told += 1
            self.second = float(self._told)
            if self.second > self._until:
                raise TimeIsOverError
            for listener in self.listeners:
                listener(self._told)
        self.second = ends


class TimedInbox(Inbox):
    """An inbox in which nothing is waited for but time."""

    def __init__(self, time: SimulatedTime) -> None:
        super().__init__()
        self._time = time

    def take(self, wait_s: float = 0.0) -> list[Message]:
        messages = super().take()
        if not messages:
            self._time.pass_(wait_s)
        return messages
