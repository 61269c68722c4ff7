"""The Node screen."""

from typing import Any

import msgspec

from swarmtui.insight.picture import Picture
from swarmtui.swarm.words import NodeState
from swarmtui.tui.lines import text_of
from swarmtui.tui.panes.node_card import card_lines
from swarmtui.tui.table.column import Sort
from swarmtui.tui.views.node import NodeView
from tests.factories import at, make_node, make_task
from tests.tui.event import event_picture, event_tasks, with_snapshot
from tests.tui.machines import make_container, tailed_picture
from tests.tui.shell import seen, shell


def card(node_id: str = "w05", picture: Picture | None = None, **options: Any) -> str:
    picture = picture or event_picture()
    options = {"gone_since": None, "width": 120} | options
    return text_of(card_lines(picture.snapshot.nodes[node_id], picture, at(0), **options))


def without(picture: Picture, node_id: str) -> Picture:
    nodes = {id_: node for id_, node in picture.snapshot.nodes.items() if id_ != node_id}
    return with_snapshot(picture, nodes=nodes)


def test_the_card_tells_who_and_where_and_since_when() -> None:
    assert card().splitlines()[0] == (
        " ✗ nipa-cloud-5 · down for 48s: heartbeat failure · worker, active · 10.4.0.5 · w05"
    )


def test_the_card_says_how_the_region_is_known() -> None:
    assert (
        "region ap-southeast-1 (node label) · contributor NIPA Technology (claims file)" in card()
    )


def test_the_card_tells_the_machine_and_its_labels() -> None:
    assert "engine 20.10.24 · 1 cpu, 512 M · linux/x86_64 · joined 2h00 ago" in card()
    assert "labels disk=ssd  region=ap-southeast-1" in card()


def test_the_card_tells_the_states_it_went_through() -> None:
    assert "states  ready 1h54 │ unknown 13s │ ready 4m00 │ down 48s" in card()


def test_a_long_trail_keeps_its_newest_end() -> None:
    said = card(width=50)
    assert "… │" in said
    assert "down 48s" in said


def test_the_card_tells_failures_by_service() -> None:
    assert "failures in 5 min  web 12" in card()


def test_a_word_the_program_does_not_know_is_shown_as_it_came() -> None:
    node = make_node("w05", state_word="sleeping", state=NodeState.UNKNOWN)
    picture = with_snapshot(event_picture(), nodes={"w05": node})
    assert "sleeping for 48s" in card(picture=picture)


def test_a_manager_that_is_not_reached_says_so() -> None:
    assert "manager, leader, ◐ drain" in card("m1")
    assert "manager, reachable, ◐ drain" in card("m0")


async def test_the_tasks_of_the_node_are_shown_and_followed() -> None:
    async with shell(event_picture(), opens="nodes", keys=["end", "enter"]) as (app, feed, pilot):
        view = app.query_one(NodeView)
        assert view.node_id == "w23"
        assert set(view.tasks) == {"t023", "t047"}
        tasks = event_tasks() | {"new": make_task("new", node_id="w23")}
        feed.deliver(with_snapshot(event_picture(), tasks={"s1": tasks}))
        await pilot.pause()
        assert set(view.tasks) == {"t023", "t047", "new"}


async def test_the_services_of_its_tasks_are_asked_first() -> None:
    async with shell(event_picture(), opens="nodes", keys=["end", "enter"]) as (_, feed, _pilot):
        assert feed.wanted[-1].services == {"s1"}


async def test_a_node_that_vanishes_stays_with_its_last_state() -> None:
    async with shell(event_picture(), opens="nodes", keys=["end", "enter"]) as (app, feed, pilot):
        feed.deliver(without(event_picture(), "w23"))
        await pilot.pause()
        said = text_of(
            app.query_one("#node-card", expect_type=type(app.query_one(NodeView)._card)).lines
        )
        assert "nipa-cloud-23 · gone since 1s, was down" in said


async def test_enter_on_a_task_leads_to_the_tasks_of_its_service() -> None:
    async with shell(event_picture(), opens="nodes", keys=["end", "enter", "enter"]) as (
        app,
        _,
        _pilot,
    ):
        assert app.spot.view == "tasks"
        assert app.query_text == "service:web"


NODE_0 = ["down", "down", "down", "enter"]


async def test_the_node_is_tailed_while_it_is_looked_at() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=NODE_0) as (_, feed, pilot):
        assert feed.wanted[-1].tails == {"w00"}
        await pilot.press("escape")
        await pilot.pause()
        assert feed.wanted[-1].tails == frozenset()


async def test_x_tails_the_node_also_when_it_is_left() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*NODE_0, "x", "escape"]) as (
        _,
        feed,
        _pilot,
    ):
        assert feed.wanted[-1].tails == {"w00"}


async def test_what_containers_use_stands_beside_their_tasks() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=NODE_0, size=(80, 24)) as (
        app,
        _,
        _pilot,
    ):
        lines = seen(app.query_one(NodeView)._table.body).splitlines()
        (line,) = [line for line in lines if "web.24" in line]
        assert "20.00%" in line
        assert "12MiB" in line
        (line,) = [line for line in lines if "web.100" in line]
        assert "%" not in line


async def test_the_connection_and_its_age_are_told_at_every_width() -> None:
    for width in (80, 120, 200):
        async with shell(tailed_picture(), opens="nodes", keys=NODE_0, size=(width, 40)) as (
            app,
            _,
            _pilot,
        ):
            assert "docker stats ● live 1s · 40.00% CPU" in seen(app.query_one("#node-tasks-head"))


async def test_a_connection_that_is_refused_says_why() -> None:
    keys = [*["down"] * 6, "enter"]
    async with shell(tailed_picture(), opens="nodes", keys=keys, size=(80, 24)) as (app, _, _pilot):
        said = seen(app.query_one("#node-tasks-head"))
        assert "docker stats ✗ refused" in said
        assert "i tells how to trust it" in said


async def test_tasks_can_be_sorted_by_what_they_use() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=NODE_0) as (app, feed, pilot):
        view = app.query_one(NodeView)
        view._table.sort_by(Sort("memory", descends=True))
        await pilot.pause()
        assert list(view._table.body.ids_in_sight)[:2] == ["t024", "t000"]
        heavy = make_container("w00", "c9", task_id="t000", memory_bytes=1 << 30)
        feed.deliver(msgspec.structs.replace(tailed_picture(), containers=(heavy,)))
        await pilot.pause()
        assert view._table.body.ids_in_sight[0] == "t000"
