"""Run the dashboard on pictures, without a terminal."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget

from swarmtui.insight.picture import Picture
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.feed_port import Recording, Replaying
from swarmtui.tui.options import ScreenOptions
from tests.factories import at
from tests.tui.event import HOST, FakeFeed, StandingClock


def make_app(
    *pictures: Picture,
    clock: StandingClock | None = None,
    recording: Recording | None = None,
    replaying: Replaying | None = None,
    **options: Any,
) -> tuple[SwarmApp, FakeFeed]:
    """Return a dashboard and the feed it listens to."""
    feed = FakeFeed(*pictures)
    app = SwarmApp(
        feed=feed,
        clock=clock or (replaying.now if replaying else StandingClock(at(0))),
        options=ScreenOptions(**({"asked": "" if replaying else HOST} | options)),
        recording=recording,
        replaying=replaying,
        settle_memory=lambda: None,
    )
    return app, feed


@asynccontextmanager
async def shell(
    *pictures: Picture,
    size: tuple[int, int] = (120, 40),
    keys: Sequence[str] = (),
    clock: StandingClock | None = None,
    recording: Recording | None = None,
    replaying: Replaying | None = None,
    **options: Any,
) -> AsyncIterator[tuple[SwarmApp, FakeFeed, Pilot[None]]]:
    """Run the dashboard, press keys, and hand it over."""
    app, feed = make_app(
        *pictures, clock=clock, recording=recording, replaying=replaying, **options
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        yield app, feed, pilot


def seen(widget: Widget) -> str:
    """Return what a widget's visible lines say."""
    lines = widget.render_lines(widget.size.region)
    return "\n".join(line.text.rstrip() for line in lines)
