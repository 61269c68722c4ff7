"""When data counts as old."""

from swarmtui.tui.rhythm import Rhythm
from tests.factories import at


def fed(every_s: float, until_s: float) -> Rhythm:
    rhythm = Rhythm()
    seconds = 0.0
    while seconds <= until_s:
        rhythm.see(at(seconds), now=at(seconds))
        seconds += every_s
    return rhythm


def test_nothing_is_old_before_there_is_anything() -> None:
    assert not Rhythm().is_old(at(100))


def test_data_is_not_old_before_six_seconds() -> None:
    rhythm = fed(1, 10)
    assert not rhythm.is_old(at(16))
    assert rhythm.is_old(at(16.5))


def test_data_that_usually_comes_late_may_be_later() -> None:
    rhythm = fed(10, 100)
    assert not rhythm.is_old(at(129))
    assert rhythm.is_old(at(131))


def test_a_rotation_that_is_always_some_seconds_behind_is_not_old() -> None:
    rhythm = Rhythm()
    for second in range(30):
        rhythm.see(at(second - 20), now=at(second))
    assert not rhythm.is_old(at(40))
    assert rhythm.is_old(at(90))


def test_after_a_leap_in_time_the_pace_is_known_but_no_longer_when_data_came_last() -> None:
    rhythm = Rhythm()
    for second in range(0, 50, 10):
        rhythm.see(at(second), now=at(second + 0.5))
    rhythm.forget()
    assert not rhythm.is_old(at(-3_000))
    rhythm.see(at(-3_600), now=at(-3_580))
    assert not rhythm.is_old(at(-3_575))
    assert rhythm.is_old(at(-3_560))
