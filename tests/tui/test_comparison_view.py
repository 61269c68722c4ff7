"""Comparing two times: marking, the sums, the rows, and where they lead."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from swarmtui.insight.comparison import compare
from swarmtui.insight.picture import NodeCounts, Picture, Place
from swarmtui.swarm.entities import Node
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.comparing import Comparing
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.panes.scrub_bar import ScrubBar
from swarmtui.tui.views.comparison import ComparisonView
from swarmtui.tui.views.comparison_columns import sum_lines
from tests.factories import at, make_node, make_service
from tests.tui.event import event_picture, with_snapshot
from tests.tui.playing import FakeReplaying
from tests.tui.shell import seen, shell


def earlier_picture(nodes: Mapping[str, Node] | None = None) -> Picture:
    """Return the event a quarter of an hour before: fewer nodes, another leader, more services."""
    picture = event_picture(at=at(-900))
    before = dict(picture.snapshot.nodes)
    del before["w03"], before["w09"]
    before["w05"] = replace(before["w05"], state=before["w00"].state)
    before["w11"] = replace(before["w11"], state=before["w00"].state)
    before["old"] = make_node("old", hostname="old-box")
    leadership = replace(
        picture.leadership,
        leader="mg0",
        elections=picture.leadership.elections[:1],
        leaderless_s=1.6,
    )
    picture = replace(
        picture,
        leadership=leadership,
        nodes=NodeCounts(total=2_000, ready=1_990, down=10),
        tasks=replace(picture.tasks, running=40_000, desired=60_000),
        places={**picture.places, "old": Place(region="nyc1")},
    )
    services = {
        "s0": make_service("s0", name="api"),
        "s1": make_service("s1", name="web", replicas=50),
    }
    seen_at = dict.fromkeys(services, at(-901))
    return with_snapshot(
        picture, nodes=nodes or before, services=services, tasks_at=seen_at, nodes_at=at(-901)
    )


def sums(app: SwarmApp) -> str:
    return text_of(app.query_one("#compare-sums", Pane).lines)


def rows(app: SwarmApp) -> str:
    return seen(app.query_one(ComparisonView).table.body)


async def compared(feed: Any, pilot: Any, later: Picture | None = None) -> None:
    """Mark the time shown, go on to a later one, and compare."""
    await pilot.press("equals_sign")
    feed.deliver(later or event_picture())
    await pilot.pause()
    await pilot.press("equals_sign")
    await pilot.pause()


async def test_the_first_press_marks_a_time_and_the_second_compares_with_it() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await pilot.press("equals_sign")
        bar = app.query_one(ScrubBar)
        assert app.spot.view == "overview"
        assert "11:45:00 marked; = compares" in text_of(bar.lines)
        assert "=" in text_of(bar.lines[:1])
        feed.deliver(event_picture())
        await pilot.press("equals_sign")
        await pilot.pause()
        assert app.spot.view == "compare"
        assert "=" not in text_of(bar.lines)


async def test_it_tells_who_led_the_figures_and_equal_changes_counted() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        said = sums(app)
        assert "★ mg0 → mg1 · 1 election, 12s without a leader" in said
        assert "nodes 2,000 → 2,384" in said
        assert "running 40,000 → 96,287" in said
        assert "2 joined: ap-southeast-1 2" in said
        assert "1 gone: nyc1 1" in said
        assert "1 replicas changed" in said
        assert "COMPARED  11:45:00 → 12:00:00, 15m00 later" in seen(
            app.query_one(ComparisonView)._summary
        )


async def test_single_nodes_and_services_stand_below_with_what_changed() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        said = [line.split() for line in rows(app).splitlines() if line.strip()]
        assert ["~", "web", "service", "replicas", "50", "→", "100"] in said
        assert ["−", "old-box", "node", "nyc1", "unclaimed", "gone"] in said
        assert sum("joined" in words for words in said) == 2


async def test_rows_that_differ_alike_stand_together_in_the_order_of_their_names() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        ids = [*app.query_one(ComparisonView).table.body.sorting.ids]
        assert [id_ for id_ in ids if id_.startswith("node")] == [
            "node old",
            "node w03",
            "node w09",
            "node w05",
            "node w11",
        ]


async def test_enter_opens_a_node_and_escape_leads_back_to_the_comparison() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        await pilot.press("end", "up", "enter")
        await pilot.pause()
        assert (app.spot.view, app.spot.node_id) == ("node", "w05")
        await pilot.press("escape")
        await pilot.pause()
        assert app.spot.view == "compare"
        assert "nipa-cloud-5" in rows(app)


async def test_enter_on_a_service_opens_its_tasks() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        await pilot.press("home", "down", "enter")
        await pilot.pause()
        assert (app.spot.view, app.query_text) == ("tasks", "service:web")


async def test_the_filter_means_nodes_and_services_as_everywhere() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        await pilot.press("slash", *"state", "colon", *"down", "enter")
        await pilot.pause()
        view = app.query_one(ComparisonView)
        assert {*view.table.body.sorting.ids} == {"node w05", "node w11"}
        assert "2 of 7 differ" in seen(view._summary)


async def test_what_is_gone_is_found_by_what_it_was() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        await pilot.press("slash", *"region", "colon", *"nyc1", "enter")
        await pilot.pause()
        assert [*app.query_one(ComparisonView).table.body.sorting.ids] == ["node old"]


async def test_a_comparison_stands_while_the_recording_plays_on() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        before = sums(app), rows(app)
        feed.deliver(with_snapshot(event_picture(at=at(5)), nodes={"w00": make_node("w00")}))
        await pilot.pause()
        assert (sums(app), rows(app)) == before


async def test_two_other_times_take_the_place_of_the_first_two() -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot)
        await compared(feed, pilot, with_snapshot(event_picture(at=at(5)), nodes={}))
        assert "27 gone" in sums(app)
        assert "joined" not in sums(app)


async def test_the_same_time_twice_takes_the_mark_away() -> None:
    replaying = FakeReplaying(is_paused=True)
    async with shell(event_picture(), replaying=replaying) as (app, _, pilot):
        await pilot.press("equals_sign", "equals_sign")
        await pilot.pause()
        assert app.spot.view == "overview"
        assert "marked" not in text_of(app.query_one(ScrubBar).lines)


async def test_equal_times_say_that_nothing_differs() -> None:
    async with shell(event_picture(), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot, event_picture(at=at(1)))
        assert "no node and no service differs" in rows(app)
        assert "the same all the time" in sums(app)


async def test_a_live_swarm_can_be_compared_with_what_it_was() -> None:
    async with shell(earlier_picture()) as (app, feed, pilot):
        await compared(feed, pilot)
        assert "2 joined" in sums(app)


async def test_before_anything_was_seen_there_is_nothing_to_mark() -> None:
    async with shell(replaying=FakeReplaying()) as (app, _, pilot):
        await pilot.press("equals_sign", "equals_sign")
        assert app.spot.view == "overview"


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40), (200, 50)])
async def test_it_leaves_room_for_rows_at_every_size(size: tuple[int, int]) -> None:
    async with shell(earlier_picture(), replaying=FakeReplaying(), size=size) as (app, feed, pilot):
        await compared(feed, pilot)
        assert app.query_one(ComparisonView).table.body.size.height >= 3
        assert "service" in rows(app) or "api" in rows(app)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_sums_never_grow_wider_than_the_screen(width: int) -> None:
    comparison = compare(earlier_picture(), event_picture())
    lines = sum_lines(comparison, width=width, most=40)
    assert max(width_of(line.spans) for line in lines) <= width


def test_kinds_of_changes_that_find_no_room_are_counted() -> None:
    comparison = compare(earlier_picture(), event_picture())
    lines = text_of(sum_lines(comparison, width=120, most=4)).splitlines()
    assert len(lines) == 4
    assert lines[-1].strip() == "… 7 changes of other kinds"


async def test_ten_thousand_nodes_that_joined_are_one_line_and_few_are_drawn() -> None:
    crowd = {f"c{n}": make_node(f"c{n}", hostname=f"crowd-{n}") for n in range(10_000)}
    later = with_snapshot(event_picture(), nodes={**event_picture().snapshot.nodes, **crowd})
    async with shell(event_picture(at=at(-900)), replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot, later)
        assert "10,000 joined" in sums(app)
        body = app.query_one(ComparisonView).table.body
        assert len(body.sorting.ids) == 10_000
        assert len(body._sight.looks) <= body.size.height


async def test_hostile_names_are_harmless() -> None:
    nasty = make_node("bad", hostname="\x1b[31mred\x1b[0m\n[bold]", engine_version="\x1b]0;x\x07")
    later = with_snapshot(event_picture(), nodes={"bad": nasty})
    first = with_snapshot(event_picture(at=at(-9)), nodes={"bad": make_node("bad")})
    async with shell(first, replaying=FakeReplaying()) as (app, feed, pilot):
        await compared(feed, pilot, later)
        assert "\x1b" not in rows(app)
        assert "[bold]" in rows(app)


def test_what_is_marked_holds_no_tasks() -> None:
    comparing = Comparing()
    assert comparing.take(event_picture()) is None
    result = comparing.take(event_picture(at=at(9)))
    assert result is not None
    assert not result.before.snapshot.tasks
    assert not result.after.snapshot.tasks
    assert comparing.marked_at is None
