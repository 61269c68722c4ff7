"""Recording a live swarm from the dashboard."""

import pytest
from textual.widgets import Input

from swarmtui.tui.app import SwarmApp
from swarmtui.tui.asking import LONGEST_NOTE, AskDialog
from swarmtui.tui.footer import Footer
from swarmtui.tui.header import Header, header_lines
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.recording import NothingRecorded
from tests.factories import at
from tests.tui.event import StandingClock, event_picture
from tests.tui.playing import FakeRecording, recording_status
from tests.tui.shell import make_app, shell
from tests.tui.test_header import facts

FULL = "No space left on device"


def header(app: SwarmApp) -> str:
    return text_of(app.query_one(Header).lines)


def failed(error: str = FULL) -> FakeRecording:
    return FakeRecording(recording_status("failed", error=error))


async def test_r_begins_a_recording_and_ends_it() -> None:
    recording = FakeRecording()
    async with shell(event_picture(), recording=recording) as (app, _, pilot):
        assert "REC" not in header(app)
        await pilot.press("r")
        await pilot.pause()
        assert "● REC 12 MB" in header(app)
        await pilot.press("r")
        await pilot.pause()
        assert "REC" not in header(app)


@pytest.mark.parametrize("width", [80, 120])
async def test_every_screen_shows_that_it_is_recorded(width: int) -> None:
    recording = FakeRecording(recording_status())
    async with shell(event_picture(), recording=recording, size=(width, 24)) as (app, _, pilot):
        for key in "24571":
            await pilot.press(key)
            assert "● REC 12 MB" in header(app), key


async def test_where_nothing_can_be_recorded_no_key_offers_it() -> None:
    async with shell(event_picture(), size=(200, 50)) as (app, _, _pilot):
        assert "record" not in [hint.does for hint in app.query_one(Footer).hints]


async def test_a_size_that_grows_is_followed_with_the_ticks() -> None:
    recording = FakeRecording(recording_status())
    async with shell(event_picture(), recording=recording) as (app, _, _pilot):
        recording.now = recording_status(size_bytes=15_000_000)
        app.tick()
        assert "● REC 15 MB" in header(app)


async def test_a_recording_that_stopped_by_itself_says_why_on_every_screen() -> None:
    async with shell(event_picture(), recording=failed(), size=(80, 24)) as (app, _, pilot):
        for key in "24571":
            await pilot.press(key)
            spans = [span for line in app.query_one(Header).lines for span in line.spans]
            reason = next(span for span in spans if FULL in span.text)
            assert reason.text == f"✗ recording stopped: {FULL}"
            assert reason.meaning is Meaning.BAD
            assert "✗ REC" in header(app), key


async def test_it_is_said_until_the_user_has_seen_it() -> None:
    recording = failed()
    async with shell(event_picture(), recording=recording, opens="nodes") as (app, feed, pilot):
        await pilot.press("4")
        feed.deliver(event_picture())
        app.tick()
        await pilot.pause()
        assert FULL in header(app)
        assert "seen" in [hint.does for hint in app.query_one(Footer).hints]
        await pilot.press("escape")
        await pilot.pause()
        assert FULL not in header(app)
        assert "REC" not in header(app)
        app.tick()
        assert FULL not in header(app)


async def test_the_next_failure_is_said_again_also_for_the_same_reason() -> None:
    recording = failed()
    async with shell(event_picture(), recording=recording) as (app, _, pilot):
        await pilot.press("escape")
        await pilot.press("r")
        await pilot.pause()
        assert "● REC" in header(app)
        recording.now = recording_status("failed", error=FULL)
        app.tick()
        assert FULL in header(app)


async def test_a_failure_before_anything_answered_is_said_as_well() -> None:
    async with shell(recording=failed()) as (app, _, _pilot):
        app.tick()
        assert FULL in header(app)


async def test_a_bookmark_that_was_not_kept_is_no_end_of_the_recording() -> None:
    recording = FakeRecording(recording_status(error="the note was not kept"))
    async with shell(event_picture(), recording=recording) as (app, _, _pilot):
        assert "✗ recording: the note was not kept" in header(app)
        assert "● REC 12 MB" in header(app)


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 200])
@pytest.mark.parametrize("state", ["starting", "recording", "ending", "ended", "failed"])
def test_the_header_never_grows_wider_than_the_screen(width: int, state: str) -> None:
    status = recording_status(state, error=FULL * 9, size_bytes=987_654_321)
    told = facts(event_picture(), at(3), recording=status, trouble=FULL * 9, tails=400)
    for line in header_lines(told, width=width):
        assert width_of(line.spans) <= width


async def test_b_asks_for_a_note_and_marks_the_moment_of_the_key() -> None:
    recording, clock = FakeRecording(recording_status()), StandingClock(at(5))
    async with shell(event_picture(), recording=recording, clock=clock) as (app, _, pilot):
        await pilot.press("b")
        assert isinstance(app.screen, AskDialog)
        clock.advance(30)
        await pilot.press(*"launch", "space", *"of", "enter")
        await pilot.pause()
        assert recording.notes == [("launch of", at(5))]
        assert not isinstance(app.screen, AskDialog)


async def test_a_bookmark_needs_no_note_but_can_be_left() -> None:
    recording = FakeRecording(recording_status())
    async with shell(event_picture(), recording=recording) as (_, _, pilot):
        await pilot.press("b", "escape")
        assert recording.notes == []
        await pilot.press("b", "enter")
        await pilot.pause()
        assert recording.notes == [("", at(0))]


async def test_a_note_that_is_too_long_points_at_where_it_is() -> None:
    recording = FakeRecording(recording_status())
    async with shell(event_picture(), recording=recording) as (app, _, pilot):
        await pilot.press("b")
        dialog = app.screen
        assert isinstance(dialog, AskDialog)
        dialog.query_one(Input).value = "x" * (LONGEST_NOTE + 3)
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.is_current
        assert "3 characters too long" in text_of(dialog.said)
        assert recording.notes == []


async def test_while_nothing_is_recorded_b_says_so_and_offers_to_begin() -> None:
    recording = FakeRecording()
    async with shell(event_picture(), recording=recording) as (app, _, pilot):
        await pilot.press("b")
        assert isinstance(app.screen, NothingRecorded)
        await pilot.press("escape")
        assert recording.status() is None
        await pilot.press("b", "r")
        await pilot.pause()
        assert recording.notes == []
        assert "● REC" in header(app)


async def test_keys_for_recording_can_be_changed_by_their_ids() -> None:
    keymap = {"recording.record": "ctrl+r", "recording.bookmark": "ctrl+b"}
    recording = FakeRecording()
    async with shell(event_picture(), recording=recording, keymap=keymap) as (app, _, pilot):
        await pilot.press("r")
        assert recording.status() is None
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "● REC" in header(app)


async def test_where_it_is_recorded_to_is_said_as_plain_text() -> None:
    from pathlib import Path

    recording = FakeRecording(recording_status(path=Path("/tmp/[bold]x[/bold]\x1b[31m.rec")))
    app, _ = make_app(event_picture(), recording=recording)
    async with app.run_test(notifications=True) as pilot:
        await pilot.pause()
        said = [notification.message for notification in app._notifications]
        assert said == ["recording into /tmp/[bold]x[/bold]·.rec"]
        assert not any(notification.markup for notification in app._notifications)
