"""A dashboard with two terminals behind it: what its wire sends, and what Textual would send."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from swarmtui.insight.picture import Picture
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
        """Take what is sent."""
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
async def mirrored(
    link: Link, *, theme: str = "", picture: Picture | None = None
) -> AsyncIterator[tuple[Mirrored, Pilot[None]]]:
    """Run a dashboard that shows the event, or this picture."""
    feed = FakeFeed(picture or event_picture())
    dashboard = Mirrored(feed, link, theme=theme)
    async with dashboard.run_test(size=link.size) as pilot:
        await pilot.pause()
        yield dashboard, pilot


async def press(pilot: Pilot[None], keys: Iterable[str]) -> None:
    """Press keys, one after the other, each seen to before the next."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
