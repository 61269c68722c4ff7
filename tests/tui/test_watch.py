"""Ticks draw only what no picture has drawn a moment ago."""

from swarmtui.tui.watch import Watch
from tests.factories import at
from tests.tui.event import HOST, event_picture


def watch() -> Watch:
    return Watch(started_at=at(0), asked=HOST, title="")


def test_a_tick_before_the_first_picture_lets_ages_grow() -> None:
    assert not watch().pass_over(at(1))


def test_a_tick_just_after_a_picture_finds_the_ages_grown() -> None:
    seen = watch()
    seen.see(event_picture(), now=at(1))
    assert seen.pass_over(at(1.9))


def test_a_tick_lets_ages_grow_when_no_picture_came_since_the_one_before() -> None:
    seen = watch()
    seen.see(event_picture(), now=at(1))
    assert seen.pass_over(at(1.5))
    assert not seen.pass_over(at(1.6))


def test_a_tick_long_after_a_picture_or_in_another_time_lets_ages_grow() -> None:
    for moment in (2, 31, -30):
        seen = watch()
        seen.see(event_picture(), now=at(1))
        assert not seen.pass_over(at(moment))
