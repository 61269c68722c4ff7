"""Have ages grow every second: with the picture where one comes, by themselves where none does."""

import asyncio
from collections.abc import Callable
from typing import Protocol

BEAT_S = 1.0
SLACK_S = 0.1
"""How much longer than a second a picture is waited for: a swarm at rest sends one every other
second, hardly ever early, and to draw everything just before it would be done for nothing."""
WAITING_S = 0.5
"""While a request hangs: what is worth a word after two seconds is to be said within three."""


class Handle(Protocol):
    """What was put off, and can be called off."""

    def cancel(self) -> object:
        """Call it off."""


def call_later(seconds: float, callback: Callable[[], object]) -> Handle:
    """Have the running loop call back."""
    return asyncio.get_running_loop().call_later(seconds, callback)


class Heartbeat:
    """Calls for a tick once a second, counted from whatever was drawn last.

    A timer of its own would draw everything a second time between any two pictures.
    """

    def __init__(
        self,
        beat: Callable[[], object],
        *,
        later: Callable[[float, Callable[[], object]], Handle] = call_later,
    ) -> None:
        self._beat = beat
        self._later = later
        self._next: Handle | None = None

    def drew_picture(self, *, is_waiting: bool = False) -> None:
        """Take note that a picture was drawn, and its ages with it."""
        self._put_off(WAITING_S if is_waiting else BEAT_S + SLACK_S)

    def ticked(self) -> None:
        """Take note that ages were drawn by themselves."""
        self._put_off(BEAT_S)

    def stop(self) -> None:
        """Beat no more."""
        if self._next is not None:
            self._next.cancel()

    def _put_off(self, seconds: float) -> None:
        self.stop()
        self._next = self._later(seconds, self._beat)
