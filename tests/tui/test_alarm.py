"""When the bell rings for critical problems, and what goes to the terminal then."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from swarmtui.insight.picture import Picture, Problem, Severity
from swarmtui.tui import app
from swarmtui.tui.alarm import LONGEST, Alarm
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.wire.notice import notification
from tests.factories import at
from tests.tui.event import FakeFeed, StandingClock, event_picture, with_snapshot
from tests.tui.playing import FakeReplaying


def problem(subject: str, *, since: datetime | None = None, **fields: object) -> Problem:
    return Problem(
        severity=Severity.CRITICAL,
        kind="region_down",
        subject=subject,
        text=f"{subject}: 64 of 200 nodes down",
        since=since or at(0),
        **fields,  # type: ignore[arg-type]
    )


def picture(second: float, *problems: Problem, complete: bool = True) -> Picture:
    made = event_picture(problems=problems, at=at(second))
    return made if complete else with_snapshot(made, tasks_at={})


def rings(*pictures: Picture, alarm: Alarm | None = None) -> list[str]:
    alarm = alarm or Alarm()
    return [said for each in pictures if (said := alarm.see(each))]


def test_a_new_critical_problem_rings_once() -> None:
    iad = problem("iad", since=at(100))
    told = rings(picture(0), picture(100, iad), picture(101, iad), picture(200, iad))
    assert told == ["swarmtui: iad: 64 of 200 nodes down"]


def test_one_that_comes_and_goes_rings_once_and_again_when_it_was_long_away() -> None:
    iad = problem("iad", since=at(100))
    flapping = [picture(100 + 5 * n, *([iad] if n % 2 == 0 else [])) for n in range(20)]
    assert len(rings(picture(0), *flapping)) == 1
    assert len(rings(picture(0), *flapping, picture(900), picture(901, iad))) == 2


def test_a_swarm_that_is_broken_already_rings_once() -> None:
    broken = [problem(name, since=at(-500)) for name in "abcdef"]
    told = rings(
        picture(0, broken[0], complete=False),
        picture(1, *broken[:3], complete=False),
        picture(2, *broken[:4]),
        picture(40, *broken),
    )
    assert told == ["swarmtui: a: 64 of 200 nodes down"]


def test_an_old_trouble_that_turns_critical_later_rings() -> None:
    assert len(rings(picture(0), picture(300, problem("iad", since=at(-500))))) == 1


def test_many_at_a_time_are_one_alarm() -> None:
    many = [problem(f"r{n}", since=at(100)) for n in range(5)]
    told = rings(picture(0), picture(100, *many))
    assert told == ["swarmtui: r0: 64 of 200 nodes down · 4 more critical problems"]


def test_what_comes_soon_after_an_alarm_waits_and_is_told_together() -> None:
    many = [problem(f"r{n}", since=at(100 + n)) for n in range(4)]
    pictures = [picture(100 + n, *many[: n + 1]) for n in range(4)]
    told = rings(picture(0), *pictures, picture(110, *many[:3]), picture(131, *many[:3]))
    assert told[1:] == ["swarmtui: r1: 64 of 200 nodes down · 1 more critical problem"]


def test_warnings_do_not_ring() -> None:
    warning = msgspec.structs.replace(problem("iad", since=at(100)), severity=Severity.WARNING)
    assert rings(picture(0), picture(100, warning)) == []


def test_after_a_leap_what_is_there_is_no_news() -> None:
    told = rings(picture(0, problem("iad", since=at(-9))), alarm=Alarm(rings_at_first=False))
    assert told == []


@pytest.mark.parametrize("text", ["\x1b]0;x\x07\x1b[2J", "\x9d9;x\x9c", "a\nb\u202ec", "x" * 9999])
def test_nothing_hostile_reaches_the_terminal(text: str) -> None:
    bad = msgspec.structs.replace(problem("iad", since=at(100)), text=text)
    (said,) = rings(picture(0), picture(100, bad))
    sent = notification(said, environ={})
    assert sent.startswith("\a\x1b]9;swarmtui: ")
    assert sent.endswith("\x1b\\")
    assert sent[4:-2].isprintable()
    assert len(said) <= LONGEST + len("swarmtui: ")


class Ringing(SwarmApp):
    """A dashboard that notes what it calls the user with."""

    CSS_PATH = str(Path(app.__file__).with_name("style.tcss"))

    def __init__(self, *, replaying: FakeReplaying | None = None, bell: bool = True) -> None:
        self.heard: list[str] = []
        self.feed = FakeFeed()
        super().__init__(
            feed=self.feed,
            clock=replaying.now if replaying else StandingClock(at(0)),
            options=ScreenOptions(bell=bell),
            replaying=replaying,
            settle_memory=lambda: None,
        )

    def alert(self, text: str) -> None:
        self.heard.append(text)


async def ring_in(dashboard: Ringing, *keys: str) -> list[str]:
    async with dashboard.run_test() as pilot:
        dashboard.feed.deliver(picture(0))
        await pilot.pause()
        await pilot.press(*keys)
        dashboard.feed.deliver(picture(1, problem("iad", since=at(1))))
        await pilot.pause()
    return dashboard.heard


async def test_the_dashboard_rings_and_a_key_or_the_config_turns_that_off() -> None:
    assert len(await ring_in(Ringing())) == 1
    assert await ring_in(Ringing(), "B") == []
    assert await ring_in(Ringing(bell=False)) == []
    assert len(await ring_in(Ringing(bell=False), "B")) == 1


async def test_a_replay_is_silent_unless_it_follows_what_happens_now() -> None:
    assert await ring_in(Ringing(replaying=FakeReplaying())) == []
    following = FakeReplaying(is_following=True, is_at_end=True)
    assert len(await ring_in(Ringing(replaying=following))) == 1
