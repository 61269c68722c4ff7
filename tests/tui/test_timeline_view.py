"""The Timeline screen."""

import msgspec

from swarmtui.insight.picture import Happening, HappeningKind, Picture, Severity
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.views.timeline import TimelineView
from tests.factories import at
from tests.tui.event import event_picture
from tests.tui.shell import seen, shell

LINES = (
    Happening(
        at=at(-300),
        kind=HappeningKind.SERVICE,
        severity=Severity.INFO,
        text="service web scaled from 3 to 40",
        query="service:web",
    ),
    Happening(
        at=at(-90),
        kind=HappeningKind.ELECTION,
        severity=Severity.WARNING,
        text="leader mg0 → mg1, 9 s without a leader",
    ),
    Happening(
        at=at(-48),
        kind=HappeningKind.NODES,
        severity=Severity.WARNING,
        text="64 nodes went down, ap-southeast-1",
        query="region:ap-southeast-1 state:down",
    ),
)


def picture(*happenings: Happening) -> Picture:
    return msgspec.structs.replace(event_picture(), happenings=happenings)


def rows(app: SwarmApp) -> list[str]:
    lines = seen(app.query_one(TimelineView).table.body).splitlines()
    return [line for line in lines if line.strip()]


async def test_the_newest_stands_first() -> None:
    async with shell(picture(*LINES), opens="happenings") as (app, _, _pilot):
        assert [line.split("  ")[-1].strip() for line in rows(app)] == [
            "64 nodes went down, ap-southeast-1",
            "leader mg0 → mg1, 9 s without a leader",
            "service web scaled from 3 to 40",
        ]


async def test_enter_leads_to_what_a_line_is_about() -> None:
    async with shell(picture(*LINES), opens="happenings", keys=["enter"]) as (app, _, pilot):
        assert (app.spot.view, app.query_text) == ("nodes", "region:ap-southeast-1 state:down")
        await pilot.press("escape", "end", "enter")
        await pilot.pause()
        assert (app.spot.view, app.query_text) == ("services", "service:web")


async def test_a_line_about_nothing_that_has_a_screen_stays() -> None:
    async with shell(picture(LINES[1]), opens="happenings", keys=["enter"]) as (app, _, _pilot):
        assert app.spot.view == "happenings"


async def test_the_filter_means_lines_here() -> None:
    async with shell(picture(*LINES), opens="happenings", filter="kind:election") as (
        app,
        _,
        _pilot,
    ):
        assert len(rows(app)) == 1
    async with shell(picture(*LINES), opens="happenings", filter="age<1m severity:warning") as (
        app,
        _,
        _p,
    ):
        assert "64 nodes" in rows(app)[0]
        assert len(rows(app)) == 1
    async with shell(picture(*LINES), opens="happenings", filter="scaled") as (app, _, _pilot):
        assert len(rows(app)) == 1


async def test_nothing_happened_is_said() -> None:
    async with shell(picture(), opens="happenings") as (app, _, _pilot):
        assert "nothing happened while watching" in rows(app)[0]


async def test_hostile_texts_stay_text() -> None:
    line = msgspec.structs.replace(LINES[0], text="\x1b[2J[red]service")
    async with shell(picture(line), opens="happenings") as (app, _, _pilot):
        assert "\x1b" not in rows(app)[0]
        assert "[red]service" in rows(app)[0]
