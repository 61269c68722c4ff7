"""Replaying a recording on the screens of a live swarm."""

import pytest
from msgspec.structs import replace
from textual.binding import Binding
from textual.widgets import Input

from swarmtui.insight.picture import Phase, Picture
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.asking import AskDialog
from swarmtui.tui.footer import Footer
from swarmtui.tui.header import Header
from swarmtui.tui.help import HelpScreen
from swarmtui.tui.lines import text_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.panes.nothing_yet import NothingYet
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.panes.scrub_bar import ScrubBar
from swarmtui.tui.recording import LiveScreen, NothingRecorded
from swarmtui.tui.replaying import ReplayScreen, find_nothing, judge_time
from tests.factories import at
from tests.tui.event import event_picture, seen_at, with_snapshot
from tests.tui.playing import FakeReplaying, landmark, replay_status
from tests.tui.shell import shell


def header(app: SwarmApp) -> str:
    return text_of(app.query_one(Header).lines)


def bar(app: SwarmApp) -> str:
    return text_of(app.query_one(ScrubBar).lines)


def footer(app: SwarmApp) -> list[str]:
    return [hint.does for hint in app.query_one(Footer).hints if hint.does]


async def test_the_header_says_replay_and_the_time_of_the_recording() -> None:
    async with shell(seen_at(-600), replaying=FakeReplaying()) as (app, _, _pilot):
        assert header(app).startswith(" REPLAY 11:50:00 · swarm 8f3kq2")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_it_says_replay_whatever_else_has_to_go(width: int) -> None:
    electing = replace(event_picture().leadership, phase=Phase.ELECTING, since=at(-8))
    picture = seen_at(0, leadership=electing)
    async with shell(picture, replaying=FakeReplaying(), size=(width, 24)) as (app, _, _pilot):
        assert header(app).startswith(" REPLAY 12:00:00 · ")
        assert "★ none for 8s" in header(app)


async def test_before_the_first_picture_it_names_the_file() -> None:
    async with shell(replaying=FakeReplaying()) as (app, _, _pilot):
        assert header(app).startswith(" REPLAY 12:00:00 · evening.swarm")
        assert "connecting" not in header(app)
        assert "connecting" not in text_of(app.query_one(NothingYet).lines)


async def test_a_time_before_anything_was_seen_is_no_connecting() -> None:
    nothing = Picture(at=at(-1200), snapshot=Snapshot())
    async with shell(nothing, replaying=FakeReplaying()) as (app, _, _pilot):
        said = text_of(app.query_one(NothingYet).lines)
        assert "nothing of a swarm had been seen at this time" in said


async def test_ages_are_those_of_the_picture_however_far_the_clock_ran_on() -> None:
    replaying = FakeReplaying(speed=1000.0)
    async with shell(seen_at(-600), replaying=replaying) as (app, _, _pilot):
        replaying.put(at=at(-350))
        app.tick()
        assert "nodes 1s  tasks 2s" in header(app)
        assert not app.stage.has_class("-old")


async def test_years_after_the_evening_nothing_is_old() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, feed, pilot):
        for second in range(20):
            feed.deliver(seen_at(second))
            await pilot.pause()
        assert not app.stage.has_class("-old")
        assert "old" not in header(app)


async def test_data_that_was_old_at_the_time_is_shown_as_old() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, feed, pilot):
        feed.deliver(with_snapshot(seen_at(9), nodes_at=at(-1)))
        await pilot.pause()
        assert app.stage.has_class("-old")


async def test_the_scrub_bar_stands_above_the_keys_and_follows() -> None:
    replaying = FakeReplaying()
    async with shell(seen_at(0), replaying=replaying) as (app, feed, pilot):
        widget = app.query_one(ScrubBar)
        assert widget.region.bottom == app.query_one(Footer).region.y
        assert "12:00:00" in bar(app)
        replaying.put(at=at(61))
        feed.deliver(seen_at(61))
        await pilot.pause()
        assert "12:01:01" in bar(app)


async def test_a_live_swarm_has_no_scrub_bar() -> None:
    async with shell(event_picture()) as (app, _, _pilot):
        assert not app.query(ScrubBar)


async def test_a_hundred_ticks_without_change_cost_one_look_at_the_densities() -> None:
    replaying = FakeReplaying(is_paused=True)
    async with shell(seen_at(0), replaying=replaying) as (app, _, _pilot):
        looks = replaying.looks
        for _ in range(100):
            app.tick()
        assert replaying.looks == looks == 1


async def test_p_pauses_and_goes_on() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, _, pilot):
        await pilot.press("p")
        assert "‖ paused" in bar(app)
        await pilot.press("p")
        assert "▶ playing" in bar(app)


async def test_brackets_change_the_speed() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, _, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert "4×" in bar(app)
        await pilot.press("left_square_bracket")
        assert "2×" in bar(app)


async def test_comma_and_dot_step() -> None:
    replaying = FakeReplaying()
    async with shell(seen_at(0), replaying=replaying) as (_, _, pilot):
        await pilot.press("comma", "full_stop")
        assert replaying.asked == [("step", False), ("step", True)]


async def test_n_jumps_on_and_says_what_was_reached() -> None:
    replaying = FakeReplaying(at=at(-1000))
    async with shell(seen_at(-1000), replaying=replaying) as (app, feed, pilot):
        await pilot.press("n")
        assert replaying.asked == [("jump", True)]
        replaying.put(at=at(-560))
        feed.deliver(seen_at(-560))
        await pilot.pause()
        assert "★ election: leader mg0 → mg1, 12.4 s without a leader" in bar(app)
        await pilot.press("N")
        assert replaying.asked == [("jump", True)]
        assert "no election, incident or bookmark before this" in bar(app)


async def test_where_nothing_is_left_to_jump_to_it_says_so() -> None:
    replaying = FakeReplaying(at=at(300))
    async with shell(seen_at(300), replaying=replaying) as (app, _, pilot):
        await pilot.press("n")
        assert replaying.asked == []
        assert "no election, incident or bookmark after this" in bar(app)


def test_a_recording_without_landmarks_says_that() -> None:
    status = replay_status(landmarks=())
    assert find_nothing(status, forward=True).endswith("in this recording")
    assert not find_nothing(replay_status(landmarks=(landmark(9),)), forward=True)


async def test_a_click_on_the_bar_seeks() -> None:
    replaying = FakeReplaying()
    async with shell(seen_at(0), replaying=replaying, size=(80, 24)) as (_, _, pilot):
        await pilot.click(ScrubBar, offset=(10, 0))
        await pilot.pause()
        assert replaying.asked == [at(-1200)]


async def test_t_takes_a_time_and_says_which_is_meant() -> None:
    replaying = FakeReplaying()
    async with shell(seen_at(0), replaying=replaying) as (app, _, pilot):
        await pilot.press("t")
        dialog = app.screen
        assert isinstance(dialog, AskDialog)
        assert "14:05" in text_of(dialog.said)
        await pilot.press("1", "1", "colon", "4", "5")
        await pilot.pause()
        assert "2026-07-22 11:45:00, 5m00 after the begin" in text_of(dialog.said)
        await pilot.press("enter")
        await pilot.pause()
        assert replaying.asked == [at(-900)]


async def test_a_time_that_is_none_is_pointed_at_and_the_dialog_stays() -> None:
    replaying = FakeReplaying()
    async with shell(seen_at(0), replaying=replaying) as (app, _, pilot):
        await pilot.press("t")
        dialog = app.screen
        assert isinstance(dialog, AskDialog)
        dialog.query_one(Input).value = "11:75"
        await pilot.press("enter")
        await pilot.pause()
        marks, message = text_of(dialog.said).splitlines()
        assert marks == "      ^^"
        assert "75 is no minute" in message
        assert app.screen is dialog
        await pilot.press("escape")
        assert replaying.asked == []


def test_a_time_outside_of_the_recording_is_a_mistake() -> None:
    judged = judge_time("15:00", replay_status())
    assert not isinstance(judged, str)
    assert "11:40:00 to 12:10:00" in judged.message


async def test_b_marks_the_moment_that_is_shown() -> None:
    replaying = FakeReplaying(at=at(-299))
    async with shell(seen_at(-300), replaying=replaying) as (app, _, pilot):
        await pilot.press("b", *"here", "enter")
        await pilot.pause()
        assert replaying.asked == [("here", at(-300))]
        assert "bookmark at 11:55:00" in bar(app)


async def test_a_bookmark_that_cannot_be_kept_is_said_in_red() -> None:
    replaying = FakeReplaying(error="evening.swarm.bookmarks: permission denied")
    async with shell(seen_at(0), replaying=replaying) as (app, _, _pilot):
        spans = [span for line in app.query_one(ScrubBar).lines for span in line.spans]
        told = next(span for span in spans if "permission denied" in span.text)
        assert told.meaning is Meaning.BAD


async def test_keys_of_a_recording_are_offered_there_alone() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying(), size=(200, 50)) as (app, _, pilot):
        assert {"pause", "speed", "step", "jump", "time", "bookmark", "compare"} <= {*footer(app)}
        assert "record" not in footer(app)
        await pilot.press("question_mark")
        help_screen = app.screen
        assert isinstance(help_screen, HelpScreen)
        said = text_of(help_screen.query_one("#help-lines", Pane).lines)
        assert all(word in said for word in ("Pause", "Slower", "Faster", "Step back"))
    async with shell(event_picture(), size=(200, 50)) as (app, _, pilot):
        assert not {"pause", "speed", "step", "jump"} & {*footer(app)}


@pytest.mark.parametrize("width", [80, 120])
async def test_the_footer_has_room_for_the_keys_of_a_recording(width: int) -> None:
    async with shell(seen_at(0), replaying=FakeReplaying(), size=(width, 24), opens="nodes") as (
        app,
        _,
        _pilot,
    ):
        assert {"pause", "speed", "step", "filter", "help", "quit"} <= {*footer(app)}


async def test_keys_can_be_changed_by_the_ids_of_their_bindings() -> None:
    keymap = {"replay.pause": "space", "replay.next": "ctrl+n"}
    replaying = FakeReplaying(at=at(-1000))
    async with shell(seen_at(-1000), replaying=replaying, keymap=keymap) as (app, _, pilot):
        await pilot.press("p", "n")
        assert replaying.asked == []
        await pilot.press("space", "ctrl+n")
        assert "‖ paused" in bar(app)
        assert replaying.asked == [("jump", True)]


def test_every_binding_has_an_id() -> None:
    for owner in (LiveScreen, ReplayScreen, AskDialog, NothingRecorded):
        assert all(isinstance(each, Binding) and each.id for each in owner.BINDINGS)


async def test_q_quits_at_once_also_from_a_dialog() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, feed, pilot):
        await pilot.press("t", "ctrl+c")
        await pilot.pause()
        assert not app.is_running
    assert feed.stops == 1


async def test_a_recording_of_machines_alone_says_replay_too() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying(), opens="rollcall") as (app, _, _pilot):
        assert header(app).startswith(" REPLAY 12:00:00")
