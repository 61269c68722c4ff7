"""The dashboard on a real recording: written by the recorder, played by the replay."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from swarmtui.feed.replay import Replay
from swarmtui.recording.reading import Recording
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.header import Header
from swarmtui.tui.lines import text_of
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.panes.scrub_bar import ScrubBar
from tests.factories import at
from tests.tui.evening import ELECTED_S, LOST_S, record_evening
from tests.tui.shell import seen

SCREENS = ("1", "2", "4", "5")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the evening; nothing writes into it."""
    path = tmp_path_factory.mktemp("evening") / "evening.rec"
    record_evening(path)
    return path


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def replaying(
    path: Path, *, hand: Hand | None = None, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[SwarmApp, Pilot[None]]]:
    """Run the dashboard on a recording; it plays as far as the hand moves."""
    replay = Replay(Recording.open(path), clock=hand or Hand(), **options)
    app = SwarmApp(
        feed=replay,
        clock=replay.now,
        replaying=replay,
        options=ScreenOptions(),
        settle_memory=lambda: None,
    )
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "8f3kq2" in header(app))
            yield app, pilot
    finally:
        replay.stop()
        replay.wait_until_closed(timeout_s=10)


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(400):
        await pilot.pause()
        if is_so():
            return
        await pilot.pause(0.025)
    raise AssertionError("it never came to be")


def header(app: SwarmApp) -> str:
    return text_of(app.query_one(Header).lines)


def bar(app: SwarmApp) -> str:
    return text_of(app.query_one(ScrubBar).lines)


def screen(app: SwarmApp) -> str:
    """Return what the view on screen says, and the header; not how one came there."""
    view = app.stage.shown
    assert view is not None
    panes = [seen(pane) for pane in app.stage.query("*").results(Pane) if pane.display]
    return "\n".join([header(app), *panes])


async def screens(app: SwarmApp, pilot: Pilot[None]) -> dict[str, str]:
    """Return what each screen says, by its key; the last one stays."""
    said = {}
    for key in SCREENS:
        await pilot.press(key)
        await pilot.pause()
        said[key] = screen(app)
    return said


async def go(app: SwarmApp, pilot: Pilot[None], clock: str) -> None:
    """Go to a time of day by the dialog."""
    await pilot.press("t")
    app.screen.query_one(Input).value = clock
    await pilot.press("enter")
    await until(pilot, lambda: f"REPLAY {clock}" in header(app))


async def test_it_begins_at_the_begin_and_plays_on_with_time(recorded: Path) -> None:
    hand = Hand()
    async with replaying(recorded, hand=hand) as (app, pilot):
        assert header(app).startswith(" REPLAY 12:00:00 · ")
        hand.now_s = 30.0
        await until(pilot, lambda: "REPLAY 12:00:30" in header(app))
        assert "▶ playing" in bar(app)


async def test_the_bar_shows_begin_end_and_the_election(recorded: Path) -> None:
    async with replaying(recorded) as (app, _):
        first = bar(app).splitlines()[0]
        assert first.startswith(" 12:00:00 ")
        assert "★" in first
        assert "▲" in first


async def test_n_leads_to_the_election_and_on_to_the_loss(recorded: Path) -> None:
    async with replaying(recorded) as (app, pilot):
        assert "mg0" in header(app)
        await pilot.press("n")
        await until(pilot, lambda: "★ election" in bar(app).splitlines()[1])
        assert "mg0 → mg1" in bar(app)
        assert "REPLAY 12:02:00" in header(app)
        assert "★ mg1 for 0s" in header(app)
        await pilot.press("n")
        await until(pilot, lambda: "▲ incident" in bar(app).splitlines()[1])
        assert "3 down" in screen(app)


async def test_the_same_time_looks_the_same_however_one_came_there(recorded: Path) -> None:
    async with replaying(recorded) as (app, pilot):
        await pilot.press("p")
        await screens(app, pilot)  # each is made when it is wanted first
        await go(app, pilot, "12:03:30")
        straight = await screens(app, pilot)
        for detour in ("12:00:10", "12:04:50", "12:03:29"):
            await go(app, pilot, detour)
            assert screen(app) != straight[SCREENS[-1]]
            await go(app, pilot, "12:03:30")
            assert await screens(app, pilot) == straight


async def test_a_step_forward_and_one_back_are_where_one_was(recorded: Path) -> None:
    async with replaying(recorded) as (app, pilot):
        await go(app, pilot, "12:01:00")
        await pilot.press("comma")
        await until(pilot, lambda: "paused" in bar(app) and "REPLAY 12:01:00" not in header(app))
        there = header(app)
        await pilot.press("full_stop")
        await until(pilot, lambda: header(app) != there)
        await pilot.press("comma")
        await until(pilot, lambda: header(app) == there)


async def test_a_bookmark_is_kept_beside_the_file_and_can_be_jumped_to(tmp_path: Path) -> None:
    path = tmp_path / "evening.rec"
    record_evening(path)
    before = path.read_bytes()
    async with replaying(path) as (app, pilot):
        await go(app, pilot, "12:00:40")
        await pilot.press("b", *"here", "enter")
        await until(pilot, lambda: "◆" in bar(app))
        await go(app, pilot, "12:00:10")
        await pilot.press("n")
        await until(pilot, lambda: "◆ bookmark: here" in bar(app))
        assert "REPLAY 12:00:40" in header(app)
    assert path.read_bytes() == before


async def test_two_times_of_a_recording_are_compared(recorded: Path) -> None:
    async with replaying(recorded) as (app, pilot):
        await go(app, pilot, "12:00:30")
        await pilot.press("equals_sign")
        await go(app, pilot, "12:04:30")
        await pilot.press("equals_sign")
        await until(pilot, lambda: app.spot.view == "compare")
        said = text_of(app.query_one("#compare-sums", Pane).lines)
        assert "★ mg0 → mg1 · 1 election" in said
        assert "4 joined: nyc1 4" in said
        assert "3 ready → down: nyc1 3" in said
        assert "running 28 → 100" in said


async def test_a_click_in_the_bar_leads_there(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as (app, pilot):
        await pilot.press("p")
        await pilot.click(ScrubBar, offset=(40, 0))
        await until(pilot, lambda: "┃" in bar(app)[38:43])
        assert "REPLAY 12:02:3" in header(app)


async def test_quitting_while_it_plays_leaves_nothing_behind(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as (app, pilot):
        await pilot.press("right_square_bracket", "q")
        await until(pilot, lambda: not app.is_running)


def test_the_evening_has_what_the_tests_are_about(recorded: Path) -> None:
    with Recording.open(recorded) as recording:
        times = {mark.kind.value: mark.at for mark in recording.landmarks}
        assert times["election"] == at(ELECTED_S)
        assert times["incident"] == at(LOST_S)
