"""What is news, what is old and what stays where it is when a replay leaps."""

from typing import Any

from swarmtui.insight.picture import NodeCounts, Picture
from swarmtui.swarm.observation import FailureKind, ManagerLost
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.header import Header
from swarmtui.tui.lines import text_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.panes.figures import Figures
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.panes.scrub_bar import ScrubBar
from swarmtui.tui.table.table_view import TableView
from tests.factories import at, make_node, make_stats, stats_seen
from tests.tui.event import event_picture, seen_at, with_snapshot
from tests.tui.playing import FakeReplaying
from tests.tui.shell import shell


def header(app: SwarmApp) -> str:
    return text_of(app.query_one(Header).lines)


def bar(app: SwarmApp) -> str:
    return text_of(app.query_one(ScrubBar).lines)


def ready(count: int) -> dict[str, Any]:
    """Return the counts of a picture with so many nodes."""
    return {"nodes": NodeCounts(total=count, ready=count)}


def loud(app: SwarmApp) -> list[str]:
    return [
        span.text.strip()
        for line in app.query_one(Figures).lines
        for span in line.spans
        if span.meaning is Meaning.FRESH
    ]


async def test_what_changed_while_it_played_is_news_and_what_a_leap_changed_is_none() -> None:
    async with shell(seen_at(0, **ready(100)), replaying=FakeReplaying()) as (app, feed, pilot):
        feed.deliver(seen_at(1, **ready(120)))
        await pilot.pause()
        assert "120" in loud(app)
        for second, count in ((-600, 30), (-599.5, 30), (300, 140)):
            feed.deliver(seen_at(second, **ready(count)))
            await pilot.pause()
            assert not loud(app)


async def test_cells_that_a_step_back_changed_are_no_news() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying(), opens="nodes") as (app, feed, pilot):
        nodes = {**event_picture().snapshot.nodes, "w00": make_node("w00", state="down")}
        feed.deliver(with_snapshot(seen_at(-0.5), nodes=nodes))
        await pilot.pause()
        view = app.stage.shown
        assert isinstance(view, TableView)
        looks = view.table.body._sight.looks.values()
        assert not any(look.fresh for look in looks)
        feed.deliver(seen_at(0))
        await pilot.pause()
        looks = view.table.body._sight.looks.values()
        assert any(look.fresh for look in looks)


async def test_cursor_marks_and_filter_survive_a_leap() -> None:
    keys = ["down", "down", "space", "down"]
    async with shell(seen_at(0), replaying=FakeReplaying(), opens="nodes", keys=keys) as (
        app,
        feed,
        pilot,
    ):
        view = app.stage.shown
        assert isinstance(view, TableView)
        before = view.table.cursor_id, view.table.marks
        feed.deliver(seen_at(-900))
        await pilot.pause()
        assert (view.table.cursor_id, view.table.marks) == before


async def test_a_view_that_was_not_on_screen_forgets_as_well() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying(), opens="nodes", keys=["1"]) as (
        app,
        feed,
        pilot,
    ):
        nodes = {**event_picture().snapshot.nodes, "w00": make_node("w00", state="down")}
        feed.deliver(with_snapshot(seen_at(-600), nodes=nodes))
        await pilot.press("2")
        await pilot.pause()
        view = app.stage.shown
        assert isinstance(view, TableView)
        assert not any(look.fresh for look in view.table.body._sight.looks.values())


async def test_a_leap_into_old_data_shows_it_as_old_and_one_out_of_it_does_not() -> None:
    async with shell(seen_at(0), replaying=FakeReplaying()) as (app, feed, pilot):
        for second in (1, 2, 3):
            feed.deliver(seen_at(second))
            await pilot.pause()
        feed.deliver(with_snapshot(seen_at(300), nodes_at=at(270)))
        await pilot.pause()
        assert app.stage.has_class("-old")
        feed.deliver(seen_at(-900))
        await pilot.pause()
        assert not app.stage.has_class("-old")


def lost_at(second: float) -> Picture:
    """Return a picture from an outage in which the last answer came at noon."""
    lost = ManagerLost(
        taken_at=at(second), host="h", kind=FailureKind.REFUSED, text="", asked_at=at(second)
    )
    return with_snapshot(event_picture(at=at(second)), nodes_at=at(0), lost=lost)


async def test_an_outage_that_is_leapt_into_began_after_the_last_answer() -> None:
    async with shell(seen_at(-600), replaying=FakeReplaying()) as (app, feed, pilot):
        feed.deliver(lost_at(41))
        await pilot.pause()
        assert "does not answer (no connection) for 41s" in header(app)


async def test_a_node_that_had_not_joined_yet_is_said_to_be_missing() -> None:
    keys = ["down", "down", "down", "enter"]
    async with shell(seen_at(0), replaying=FakeReplaying(), opens="nodes", keys=keys) as (
        app,
        feed,
        pilot,
    ):
        assert app.spot.node_id == "w00"
        nodes = {"m1": event_picture().snapshot.nodes["m1"]}
        feed.deliver(with_snapshot(seen_at(-900), nodes=nodes))
        await pilot.pause()
        card = text_of(app.query_one("#node-card", Pane).lines)
        assert "no node w00 is there at this time" in card


async def test_the_machines_that_were_tailed_then_are_shown() -> None:
    picture = with_snapshot(
        seen_at(0), stats={"w00": stats_seen("w00", make_stats("web.1"), second=-1)}
    )
    async with shell(picture, replaying=FakeReplaying()) as (app, feed, pilot):
        assert "≈ 1 tailed" in header(app)
        await pilot.press("2", "x")
        await pilot.pause()
        assert "a recording has what was tailed then, and no more" in bar(app)
        feed.deliver(seen_at(1))
        await pilot.pause()
        assert "tailed" not in header(app)
