"""Ages grow once a second, with a picture or by themselves, never twice."""

import asyncio
from collections.abc import Callable

from swarmtui.tui.heartbeat import Heartbeat


class Putting:
    """Something put off."""

    def __init__(self, seconds: float, callback: Callable[[], object]) -> None:
        self.seconds = seconds
        self.callback = callback
        self.is_off = False

    def cancel(self) -> None:
        self.is_off = True


class Loop:
    """Time that passes when it is told to, with a heartbeat that ticks in it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ticks: list[float] = []
        self.puttings: list[tuple[float, Putting]] = []
        self.heartbeat = Heartbeat(self._tick, later=self._later)

    def pass_until(self, until: float) -> None:
        while due := [each for each in self.puttings if not each[1].is_off and each[0] <= until]:
            self.now, putting = min(due, key=lambda each: each[0])
            putting.is_off = True
            putting.callback()
        self.now = until

    def picture(self, at: float, *, is_waiting: bool = False) -> None:
        self.pass_until(at)
        self.heartbeat.drew_picture(is_waiting=is_waiting)

    def _later(self, seconds: float, callback: Callable[[], object]) -> Putting:
        putting = Putting(seconds, callback)
        self.puttings.append((self.now + seconds, putting))
        return putting

    def _tick(self) -> None:
        self.ticks.append(self.now)
        self.heartbeat.ticked()


def test_without_pictures_it_ticks_every_second() -> None:
    loop = Loop()
    loop.heartbeat.ticked()
    loop.pass_until(5.5)
    assert loop.ticks == [1, 2, 3, 4, 5]


def test_pictures_that_come_every_second_need_no_ticks() -> None:
    loop = Loop()
    for second in range(60):
        loop.picture(second + (0.05 if second % 2 else 0))
    assert not loop.ticks


def test_between_pictures_two_seconds_apart_there_is_one_tick_and_the_age_counts_every_second() -> (
    None
):
    loop = Loop()
    for turn in range(30):
        loop.picture(2 * turn + (0.05 if turn % 2 else 0))
    assert [round(tick) for tick in loop.ticks] == list(range(1, 58, 2))


def test_while_no_picture_comes_no_second_is_left_out() -> None:
    loop = Loop()
    loop.picture(0)
    loop.pass_until(60.5)
    assert [int(tick) for tick in loop.ticks] == list(range(1, 61))


def test_while_a_request_hangs_it_ticks_between_the_pictures_of_each_second() -> None:
    loop = Loop()
    for second in range(4):
        loop.picture(second, is_waiting=True)
    assert loop.ticks == [0.5, 1.5, 2.5]


def test_once_stopped_it_ticks_no_more() -> None:
    loop = Loop()
    loop.picture(0)
    loop.heartbeat.stop()
    loop.pass_until(10)
    assert not loop.ticks


async def test_it_ticks_in_a_real_loop() -> None:
    ticked = asyncio.Event()
    heartbeat = Heartbeat(ticked.set)
    heartbeat.drew_picture(is_waiting=True)
    await asyncio.wait_for(ticked.wait(), timeout=10)
    heartbeat.stop()
