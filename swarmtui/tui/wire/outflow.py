"""Know whether what was sent has arrived, so that nothing waits in the line before a newer frame.

A terminal that answered the question for synchronized output once is asked it again behind every
frame of some size: the answer says that all before it has arrived, however much the systems in
between (a pty holds 16 KB, a connection over SSH megabytes) would take off the program's hands.
"""

from collections import deque
from collections.abc import Callable

QUESTION = "\x1b[?2026$p"
LEAST_ASKED = 512
"""Characters behind which it is worth to ask."""
PATIENCE_S = 0.03
"""How much later than at best an answer may come before frames wait for it."""
LOST_AFTER_S = 2.0
"""An answer this late does not come any more: another terminal took the place of the first."""


class Outflow:
    """What is on its way to the terminal. One question is asked at a time."""

    def __init__(self, *, now: Callable[[], float], is_blocked: Callable[[], bool]) -> None:
        self._now = now
        self._is_blocked = is_blocked
        self._answers = self._is_closed = False
        self._unasked = 0
        self._asked_at: float | None = None
        self._took_s: deque[float] = deque(maxlen=30)

    @property
    def is_asking(self) -> bool:
        """Tell whether an answer is on its way."""
        return self._asked_at is not None

    @property
    def is_behind(self) -> bool:
        """Tell whether a frame sent now would queue up behind others."""
        if self._is_blocked():
            return True
        if self._asked_at is None:
            return False
        waiting_s = self._now() - self._asked_at
        if waiting_s > LOST_AFTER_S:
            self._asked_at, self._answers = None, False
            return False
        return waiting_s > PATIENCE_S + min(self._took_s, default=0.0)

    def send(self, text: str) -> str:
        """Return the text with a question behind it where one is due."""
        self._unasked += len(text)
        may_ask = self._answers and not self._is_closed and self._asked_at is None
        if not may_ask or self._unasked < LEAST_ASKED:
            return text
        self._unasked = 0
        self._asked_at = self._now()
        return text + QUESTION

    def take_answer(self) -> None:
        """Take note that the terminal answered: all before the question has arrived."""
        self._answers = True
        if self._asked_at is not None:
            self._took_s.append(self._now() - self._asked_at)
            self._asked_at = None

    def close(self) -> None:
        """Ask no more: answers would come when the program is gone."""
        self._is_closed = True
