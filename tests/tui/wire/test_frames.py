"""A frame is painted as soon as what is under way has arrived, and not too often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from textual.app import App
from textual.screen import Screen

from swarmtui.tui.wire.frames import REST_S, FrameTimer, PromptScreen


class Frames:
    """Counts frames that take a set time, and notes how long each was waited for."""

    def __init__(self, *, take_s: float = 0.0) -> None:
        self.painted = 0
        self.waited: list[float] = []
        self.now = 100.0
        self._take_s = take_s
        self.timer: FrameTimer

    def paint(self) -> None:
        self.timer.pause()
        self.painted += 1
        self.now += self._take_s

    async def sleep(self, seconds: float) -> None:
        if seconds:
            self.waited.append(seconds)
            self.now += seconds
        await asyncio.sleep(0)

    async def settle(self) -> None:
        """Let everything run that can."""
        for _ in range(50):
            await asyncio.sleep(0)


@asynccontextmanager
async def painting(frames: Frames) -> AsyncIterator[FrameTimer]:
    """Run a timer that paints these frames."""
    async with App[None]().run_test() as pilot:
        timer = FrameTimer(
            pilot.app.screen, frames.paint, now=lambda: frames.now, sleep=frames.sleep
        )
        frames.timer = timer
        task = asyncio.create_task(timer._run())
        yield timer
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_nothing_is_painted_unless_something_changed() -> None:
    frames = Frames()
    async with painting(frames):
        await frames.settle()
    assert frames.painted == 0


async def test_a_change_long_after_the_last_frame_is_painted_without_waiting() -> None:
    frames = Frames()
    async with painting(frames) as timer:
        for _ in range(2):
            frames.now += 1.0
            timer.resume()
            await frames.settle()
    assert (frames.painted, frames.waited) == (2, [])


async def test_a_change_just_after_a_slow_frame_waits_for_the_rest_alone() -> None:
    frames = Frames(take_s=0.1)
    async with painting(frames) as timer:
        timer.resume()
        await frames.settle()
        timer.resume()
        await frames.settle()
    assert frames.painted == 2
    assert [round(seconds, 6) for seconds in frames.waited] == [REST_S]


async def test_a_key_that_is_being_passed_on_is_painted_with_what_came_before_it() -> None:
    frames, painted_before = Frames(), []

    def pass_on(hops: int) -> None:
        if hops:
            asyncio.get_running_loop().call_soon(pass_on, hops - 1)
        else:
            painted_before.append(frames.painted)

    async with painting(frames) as timer:
        timer.resume()
        pass_on(5)
        await frames.settle()
    assert (painted_before, frames.painted) == ([0], 1)


async def test_what_was_painted_meanwhile_is_not_painted_again() -> None:
    frames = Frames()
    async with painting(frames) as timer:
        timer.resume()
        await asyncio.sleep(0)
        timer.pause()
        await frames.settle()
    assert frames.painted == 0


async def test_a_prompt_screen_paints_by_it() -> None:
    class Prompt(App[None]):
        def get_default_screen(self) -> Screen[None]:
            return PromptScreen[None]()

    async with Prompt().run_test() as pilot:
        timers = [timer for timer in pilot.app.screen._timers if isinstance(timer, FrameTimer)]
        assert len(timers) == 1
