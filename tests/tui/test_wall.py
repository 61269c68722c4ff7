"""The wall: where nodes stand, what their cells say, and how one moves on it."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import NodeLoad, Picture, Place
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability, NodeState
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.lines import text_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.views.wall import WallView
from swarmtui.tui.wall.arrangement import Arrangement, Bank, bank_nodes
from swarmtui.tui.wall.glow import GLOWS_FOR, Glow
from swarmtui.tui.wall.shades import Colouring, merge, shade_state, shading
from swarmtui.tui.wall.wall_pane import WallPane
from tests.factories import at, make_manager, make_node
from tests.tui.event import StandingClock, event_picture, with_snapshot
from tests.tui.machines import make_live
from tests.tui.shell import shell


def banks(*sizes: int) -> list[Bank]:
    return [Bank(f"r{i}", [f"{i}-{j:05}" for j in range(size)]) for i, size in enumerate(sizes)]


def cells(app: SwarmApp) -> str:
    return text_of(app.query_one(WallPane).lines)


def named(app: SwarmApp) -> str:
    return text_of(app.query_one("#wall-node", Pane).lines)


def wall_picture(nodes: list[Node], places: dict[str, Place] | None = None) -> Picture:
    picture = with_snapshot(event_picture(), nodes={node.id: node for node in nodes})
    places = places or {node.id: Place(region="eu") for node in nodes}
    return msgspec.structs.replace(picture, places=places, loads={}, states_since={})


@given(
    sizes=st.lists(st.integers(min_value=1, max_value=400), max_size=8),
    width=st.integers(min_value=1, max_value=220),
    height=st.integers(min_value=1, max_value=60),
)
def test_every_node_stands_somewhere_and_is_found_there(
    sizes: list[int], width: int, height: int
) -> None:
    """Whatever the size of the screen; a cell holds the first of its nodes for the mouse."""
    every = banks(*sizes)
    arrangement = Arrangement(every, width=width, height=height)
    stands = [id_ for row in arrangement.rows for id_ in row.node_ids]
    assert stands == [id_ for bank in every for id_ in bank.node_ids]
    for id_ in stands[:: max(1, len(stands) // 20)]:
        found = arrangement.find(id_)
        assert found is not None
        y, place = found
        x = arrangement.label + place // arrangement.per_cell
        first = place // arrangement.per_cell * arrangement.per_cell
        assert arrangement.at(x, y) == arrangement.rows[y].node_ids[first]


def test_ten_thousand_nodes_fit_on_one_large_screen() -> None:
    arrangement = Arrangement(banks(5000, 2000, *[200] * 15), width=200, height=45)
    assert arrangement.per_cell == 2
    assert len(arrangement.rows) <= 45


def test_cells_hold_one_node_while_all_fit() -> None:
    assert Arrangement(banks(1200, 200), width=120, height=34).per_cell == 1
    assert Arrangement(banks(1200, 200), width=120, height=12).per_cell == 2


def test_nothing_is_at_the_names_nor_beyond_the_last() -> None:
    arrangement = Arrangement(banks(3), width=80, height=10)
    assert arrangement.at(0, 0) == ""
    assert arrangement.at(arrangement.label + 3, 0) == ""
    assert arrangement.at(arrangement.label, 1) == ""
    assert arrangement.at(arrangement.label, -1) == ""


def test_one_walks_along_rows_and_from_bank_to_bank() -> None:
    arrangement = Arrangement(banks(3, 2), width=80, height=10)
    assert arrangement.beside("0-00002", across=1) == "1-00000"
    assert arrangement.beside("1-00000", across=-1) == "0-00002"
    assert arrangement.beside("0-00002", down=1) == "1-00001"
    assert arrangement.beside("1-00001", across=1) == "1-00001"
    assert arrangement.beside("0-00000", across=-1000) == "0-00000"
    assert arrangement.beside("0-00000", across=1000) == "1-00001"
    assert arrangement.beside("gone", across=1) == "0-00000"
    assert Arrangement((), width=80, height=10).beside("gone", down=1) == ""


def test_large_banks_come_first_and_the_unplaced_last() -> None:
    nodes = {f"n{i}": make_node(f"n{i}", hostname=f"h-{i}") for i in range(12)}
    regions = {f"n{i}": "unplaced" if i < 6 else "b" if i < 9 else "a" for i in range(12)}
    found = bank_nodes(nodes, nodes, regions.__getitem__, last="unplaced")
    assert [bank.name for bank in found] == ["a", "b", "unplaced"]
    assert found[0].node_ids == ["n9", "n10", "n11"]


@pytest.mark.parametrize(
    ("node", "glyph"),
    [
        (make_node("a"), "■"),
        (make_node("a", state=NodeState.DOWN), "✗"),
        (make_node("a", state=NodeState.UNKNOWN), "○"),
        (make_node("a", state=NodeState.DISCONNECTED), "○"),
        (make_node("a", availability=Availability.DRAIN), "◐"),
        (make_node("a", availability=Availability.PAUSE), "‖"),
        (make_manager("a", leader=True), "★"),
        (make_node("a", state=NodeState.DOWN, availability=Availability.DRAIN), "✗"),
    ],
)
def test_a_glyph_tells_the_state_without_colour(node: Node, glyph: str) -> None:
    assert shade_state(node).glyph == glyph


def test_of_two_nodes_in_a_cell_the_worse_one_shows() -> None:
    ready = shade_state(make_node("a"))
    down = shade_state(make_node("a", state=NodeState.DOWN))
    unknown = shade_state(make_node("a", state=NodeState.UNKNOWN))
    assert merge(ready, ready) == Span("█", Meaning.OK)
    assert merge(ready, down) == merge(down, unknown) == Span("✗", Meaning.BAD)
    assert merge(unknown, ready) == Span("○", Meaning.WARN)
    assert merge(ready, None).meaning is Meaning.OK


def test_failures_and_tasks_have_steps() -> None:
    loads = {"a": NodeLoad(tasks=80, failures_5m=7), "b": NodeLoad(tasks=10, failures_5m=1)}
    picture = msgspec.structs.replace(event_picture(), loads=loads)
    glyphs = {
        colouring: [shading(colouring, picture)(make_node(id_)).glyph for id_ in "abc"]
        for colouring in (Colouring.FAILURES, Colouring.TASKS)
    }
    assert glyphs == {Colouring.FAILURES: ["✗", "▲", "·"], Colouring.TASKS: ["█", "▂", "·"]}


def test_what_is_not_tailed_has_no_load() -> None:
    assert shading(Colouring.LOAD, event_picture())(make_node("a")).glyph == "·"


def test_a_node_that_is_tailed_is_drawn_by_its_load() -> None:
    machines = {"a": make_live("a", cpu_percent=50.0), "b": make_live("b", cpu_percent=99.0)}
    picture = msgspec.structs.replace(
        event_picture(), machines=machines, machine_of={"a": "a", "b": "b"}
    )
    shade = shading(Colouring.LOAD, picture)
    idle, busy = shade(make_node("a", cpus=2.0)), shade(make_node("b", cpus=1.0))
    assert (idle.glyph, busy.glyph) == ("▃", "█")
    assert (idle.meaning, busy.meaning) == (Meaning.CHART, Meaning.BAD)


def test_what_turned_glows_for_a_while_and_the_first_look_does_not() -> None:
    glow = Glow()
    glow.see({"a": make_node("a"), "b": make_node("b")}, at(0))
    assert not glow.at(at(0))
    glow.see({"a": make_node("a", state=NodeState.DOWN), "b": make_node("b")}, at(1))
    assert glow.at(at(2)) == {"a"}
    assert not glow.at(at(1) + GLOWS_FOR)


def test_a_node_that_is_drained_or_comes_to_lead_glows_too() -> None:
    glow = Glow()
    worker, manager = make_node("a"), make_manager("m")
    glow.see({"a": worker, "m": manager}, at(0))
    drained = msgspec.structs.replace(worker, availability=Availability.DRAIN)
    glow.see({"a": drained, "m": manager}, at(1))
    assert glow.at(at(1)) == {"a"}
    glow.see({"a": drained, "m": make_manager("m", leader=True)}, at(20))
    assert glow.at(at(20)) == {"m"}


def test_going_back_in_time_ends_the_glow() -> None:
    glow = Glow()
    glow.see({"a": make_node("a")}, at(0))
    glow.see({"a": make_node("a", state=NodeState.DOWN)}, at(10))
    assert not glow.at(at(10) - timedelta(seconds=1))


async def test_the_wall_shows_every_node_and_names_the_one_under_the_cursor() -> None:
    nodes = [make_node(f"n{i}", hostname=f"host-{i}") for i in range(5)]
    nodes[3] = make_node("n3", hostname="host-3", state=NodeState.DOWN)
    async with shell(wall_picture(nodes), opens="wall") as (app, _, pilot):
        assert "eu 5 ■■■✗■" in cells(app)
        assert "host-0" in named(app)
        await pilot.press("right", "right", "right")
        assert "host-3" in named(app)
        assert "down" in named(app)


async def test_the_cursor_stays_on_its_node_when_nodes_come_and_go() -> None:
    nodes = [make_node(f"n{i}", hostname=f"host-{i}") for i in range(5)]
    async with shell(wall_picture(nodes), opens="wall", keys=["right", "right"]) as (
        app,
        feed,
        pilot,
    ):
        feed.deliver(wall_picture(nodes[1:]))
        await pilot.pause()
        assert "host-2" in named(app)
        assert "eu 4" in cells(app)


async def test_enter_opens_the_node_and_escape_comes_back() -> None:
    async with shell(event_picture(), opens="wall", keys=["right", "enter"]) as (app, _, pilot):
        assert app.spot.view == "node"
        await pilot.press("escape")
        await pilot.pause()
        assert app.spot.view == "wall"


async def test_the_mouse_names_and_opens_nodes() -> None:
    nodes = [make_node(f"n{i}", hostname=f"host-{i}") for i in range(5)]
    async with shell(wall_picture(nodes), opens="wall") as (app, _, pilot):
        pane = app.query_one(WallPane)
        x = len(" eu 5 ")
        await pilot.hover(pane, offset=(x + 2, 0))
        await pilot.pause()
        assert "host-2" in named(app)
        await pilot.click(pane, offset=(x + 4, 0))
        await pilot.pause()
        assert app.spot.node_id == "n4"


async def test_a_click_on_the_name_of_a_region_opens_it() -> None:
    nodes = [make_node(f"n{i}", hostname=f"host-{i}") for i in range(5)]
    async with shell(wall_picture(nodes), opens="wall") as (app, _, pilot):
        await pilot.click(app.query_one(WallPane), offset=(2, 0))
        await pilot.pause()
        assert app.spot.group == GroupName("region", "eu")


async def test_ten_thousand_nodes_are_on_one_screen() -> None:
    nodes = [make_node(f"n{i:05}", hostname=f"host-{i}") for i in range(10_000)]
    nodes[9_999] = make_node("n09999", hostname="host-9999", state=NodeState.DOWN)
    places = {f"n{i:05}": Place(region=f"r{i % 17}") for i in range(10_000)}
    async with shell(wall_picture(nodes, places), opens="wall", size=(200, 50)) as (app, _, pilot):
        pane = app.query_one(WallPane)
        assert len(pane.lines) <= pane.size.height
        drawn = sum(cells(app).count(glyph) for glyph in "█▀✗■")
        assert drawn >= 5_000
        assert "✗" in cells(app)
        await pilot.press("end")
        await pilot.pause()
        assert "host-9" in named(app)


async def test_g_groups_by_contributor_and_c_colours_by_the_next_property() -> None:
    nodes = [make_node("n0"), make_node("n1")]
    places = {"n0": Place(contributor="NIPA"), "n1": Place()}
    async with shell(wall_picture(nodes, places), opens="wall", keys=["g"]) as (app, _, pilot):
        assert "NIPA 1" in cells(app)
        assert "unclaimed 1" in cells(app)
        await pilot.press("c")
        await pilot.pause()
        assert "■" not in cells(app)
        said = " ".join(text_of(pane.lines) for pane in app.query_one(WallView).query(Pane))
        assert "coloured by failures" in said


async def test_the_filter_leaves_what_it_means() -> None:
    nodes = [make_node(f"n{i}", hostname=f"host-{i}") for i in range(5)]
    picture = wall_picture(nodes)
    async with shell(picture, opens="wall", filter="hostname:host-3") as (app, _, _pilot):
        assert "eu 1" in cells(app)
    async with shell(picture, opens="wall", filter="state:down") as (app, _, _pilot):
        assert "nothing matches" in named(app)


async def test_a_change_is_drawn_and_glows() -> None:
    clock = StandingClock(at(0))
    nodes = [make_node(f"n{i}") for i in range(3)]
    async with shell(wall_picture(nodes), opens="wall", clock=clock) as (app, feed, pilot):
        nodes[2] = make_node("n2", state=NodeState.DOWN)
        feed.deliver(wall_picture(nodes))
        await pilot.pause()
        spans = app.query_one(WallPane).lines[0].spans
        assert Span("✗", Meaning.GLOW) in spans
        clock.advance(10)
        app.tick()
        assert Span("✗", Meaning.BAD) in app.query_one(WallPane).lines[0].spans


async def test_hostile_names_stay_text() -> None:
    nodes = [make_node("n0", hostname="\x1b[31m[red]x")]
    places = {"n0": Place(region="[b]\x1b]0;x\x07")}
    async with shell(wall_picture(nodes, places), opens="wall") as (app, _, _pilot):
        assert "\x1b" not in cells(app) + named(app)
        assert "[red]x" in named(app)
