"""When a screen is painted: as soon as what is under way has arrived, and not too often."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual._time import get_time
from textual.screen import Screen
from textual.timer import EventTargetGone, Timer

REST_S = 0.004
"""Between two frames: what happens meanwhile is painted together."""

ROUNDS = 8
"""Turns of the loop that a frame leaves to others: a key is passed on five times before it has
moved the cursor, and would else be seen one frame later."""

T = TypeVar("T")


class FrameTimer(Timer):
    """Calls back once after each `resume`, in the place of the timer by which Textual paints.

    That one ticks at sixtieths of a second, and leaves one out after a tick that took longer: what
    changes just after a frame is seen 17 to 33 ms later. One key in ten came just after a picture.
    """

    def __init__(
        self,
        screen: Screen[T],
        paint: Callable[[], None],
        *,
        now: Callable[[], float] = get_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(screen, REST_S, name="frames", callback=paint, pause=True)
        self._now = now
        self._sleep = sleep

    async def _run(self) -> None:
        wanted: asyncio.Event = self._active
        free_at = self._now()
        while True:
            await wanted.wait()
            await self._sleep(max(0.0, free_at - self._now()))
            for _ in range(ROUNDS):
                await self._sleep(0.0)
            if not wanted.is_set():
                continue  # the screen was laid out meanwhile, and with that painted
            try:
                await self._tick(next_timer=self._now(), count=0)
            except EventTargetGone:
                return
            free_at = self._now() + REST_S


class PromptScreen(Screen[T]):
    """A screen that shows at once what a key changed."""

    _frames: FrameTimer | None = None

    @property
    def _update_timer(self) -> Timer:
        """Return what paints: Textual's own property, pinned below the next minor."""
        if self._frames is None:
            self._frames = FrameTimer(self, self._on_timer_update)
            self._frames._start()  # noqa: SLF001 - as `set_interval` does
            self._timers.add(self._frames)
        return self._frames
