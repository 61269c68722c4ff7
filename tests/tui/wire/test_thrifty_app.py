"""What the dashboard sends leads to the picture that Textual's own output leads to."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from swarmtui.tui import app
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.wire.outflow import Outflow
from swarmtui.tui.wire.wire import Wire
from tests.factories import at
from tests.tui.event import HOST, FakeFeed, StandingClock, event_picture
from tests.tui.wire.terminal import Terminal

SMALL, LARGE = (80, 24), (120, 40)


class Link:
    """The way to a terminal: it may be jammed, and count or refuse what is sent."""

    def __init__(self, size: tuple[int, int] = SMALL) -> None:
        self.size = size
        self.terminal = Terminal(*size)
        self.is_jammed = self.is_broken = False
        self.sent = 0

    def write(self, output: str) -> None:
        if self.is_broken:
            raise OSError("nobody there")
        self.sent += len(output)
        self.terminal.feed(output)


class Mirrored(SwarmApp):
    """A dashboard with a terminal behind its wire, and one that gets Textual's own output."""

    CSS_PATH = str(Path(app.__file__).with_name("style.tcss"))

    def __init__(self, feed: FakeFeed, link: Link, *, theme: str = "") -> None:
        self.link = link
        self.usual = Terminal(*link.size)
        self.usually_sent = 0
        super().__init__(
            feed=feed,
            clock=StandingClock(at(0)),
            options=ScreenOptions(asked=HOST, theme=theme),
            settle_memory=lambda: None,
        )

    @property
    def is_headless(self) -> bool:
        """Draw as if there was a terminal."""
        return False

    def _make_wire(self, write: Callable[[str], None]) -> Wire:
        del write
        wire = super()._make_wire(self.link.write)
        wire._outflow = Outflow(now=lambda: 0.0, is_blocked=lambda: self.link.is_jammed)
        return wire

    def _display(self, screen: Screen[object], renderable: object) -> None:
        if not self._batch_count and isinstance(renderable, CompositorUpdate):
            output = renderable.render_segments(self.console)
            self.usually_sent += len(output)
            self.usual.feed(output)
        super()._display(screen, renderable)  # type: ignore[arg-type]


@asynccontextmanager
async def mirrored(link: Link, *, theme: str = "") -> AsyncIterator[tuple[Mirrored, Pilot[None]]]:
    feed = FakeFeed(event_picture())
    dashboard = Mirrored(feed, link, theme=theme)
    async with dashboard.run_test(size=link.size) as pilot:
        await pilot.pause()
        yield dashboard, pilot


async def press(pilot: Pilot[None], keys: Iterable[str]) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


EVERYWHERE = (
    "2",
    "down",
    "down",
    "space",
    "s",
    "escape",
    "slash",
    "r",
    "e",
    "escape",
    "4",
    "5",
    "1",
)


@pytest.mark.parametrize(
    ("theme", "size"), [("", LARGE), ("ansi-dark", SMALL), ("textual-light", SMALL)]
)
async def test_the_picture_is_textuals_on_every_screen(theme: str, size: tuple[int, int]) -> None:
    async with mirrored(Link(size), theme=theme) as (dashboard, pilot):
        assert dashboard.link.terminal.picture == dashboard.usual.picture
        for key in (*EVERYWHERE, "question_mark", "escape"):
            await press(pilot, [key])
            assert dashboard.link.terminal.picture == dashboard.usual.picture, key
        assert not dashboard.wire_failure


async def test_the_picture_follows_another_theme() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        dashboard.theme = "textual-light"
        await pilot.pause()
        await pilot.pause()
        assert dashboard.link.terminal.picture == dashboard.usual.picture


async def test_frames_are_left_out_while_the_line_is_jammed_and_the_newest_comes_after() -> None:
    link = Link()
    async with mirrored(link) as (dashboard, pilot):
        link.is_jammed = True
        sent = link.sent
        await press(pilot, EVERYWHERE)
        assert link.sent == sent
        link.is_jammed = False
        await pilot.pause(0.05)
        assert link.terminal.picture == dashboard.usual.picture


async def test_a_moved_cursor_costs_a_fraction_of_its_lines() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        await press(pilot, ["2"])
        sent, usually_sent = dashboard.link.sent, dashboard.usually_sent
        await press(pilot, ["down"])
        assert 0 < dashboard.link.sent - sent < (dashboard.usually_sent - usually_sent) * 0.7


async def test_redrawing_mends_a_screen_that_others_wrote_to() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        dashboard.link.terminal.feed("\x1b[5;5HBroadcast message from root")
        await press(pilot, ["ctrl+l"])
        assert dashboard.link.terminal.picture == dashboard.usual.picture


async def test_when_the_wire_fails_textual_draws_for_the_rest_of_the_session() -> None:
    link = Link()
    async with mirrored(link) as (dashboard, pilot):
        link.is_broken = True
        await press(pilot, ["2"])
        assert dashboard.wire_failure == "OSError: nobody there"
        link.is_broken = False
        sent = link.sent
        await press(pilot, ["down", "4"])
        assert link.sent == sent
        assert dashboard.spot.view == "services"
