"""The Nodes screen."""

from datetime import datetime
from typing import Any

from swarmtui.insight.picture import NodeLoad, Picture, Place
from swarmtui.insight.query import EVERYTHING, parse_query
from swarmtui.swarm.entities import ManagerStatus, Node
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability, Reachability
from swarmtui.tui.lines import text_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import Marked, NodeOpened
from swarmtui.tui.table.table_view import Scene, Summary
from swarmtui.tui.views.nodes import NODE_COLUMNS, NodesView
from tests.factories import NOON, at, make_manager, make_node
from tests.tui.stage import Clock, line, staged


def make_picture(*nodes: Node, seen: datetime | None = NOON, **fields: Any) -> Picture:
    snapshot = Snapshot(nodes={node.id: node for node in nodes}, nodes_at=seen)
    return Picture(at=NOON, snapshot=snapshot, **fields)


def cell(key: str, node: Node, **fields: Any) -> str:
    return "".join(span.text for span in spans(key, node, **fields))


def spans(key: str, node: Node, **fields: Any) -> tuple[Span, ...]:
    column = next(column for column in NODE_COLUMNS if column.key == key)
    return column.cell(node, Scene(make_picture(node, **fields), at(0)))


def summary(view: NodesView) -> str:
    return text_of(view.query_one(Summary).lines).strip()


def rows(view: NodesView) -> list[str]:
    body = view.table.body
    return [text for y in range(body.size.height) if (text := line(body, y).strip(" ▸"))]


def test_every_column_of_docker_node_ls_is_there() -> None:
    heads = {column.head for column in NODE_COLUMNS}
    assert heads >= {
        "ID", "HOSTNAME", "STATUS", "AVAILABILITY", "MANAGER STATUS", "ENGINE VERSION",
    }  # fmt: skip


def test_states_are_said_by_a_sign_and_a_word() -> None:
    signs = {"ready": "●", "down": "✗", "unknown": "○", "disconnected": "○"}
    for state, sign in signs.items():
        node = make_node("n1", state=state)
        assert cell("hostname", node).startswith(f"{sign} ")
        assert cell("status", node) == state


def test_a_state_the_program_does_not_know_is_shown_in_the_engines_word() -> None:
    assert (
        cell("status", make_node("n1", state="unknown", state_word="slee\x1bping")) == "slee·ping"
    )


def test_the_leader_bears_a_star_unless_it_is_down() -> None:
    assert cell("hostname", make_manager("m1", leader=True, hostname="mg1")) == "★ mg1"
    lost = make_manager("m1", leader=True, hostname="mg1", state="down")
    assert cell("hostname", lost) == "✗ mg1"


def test_manager_status_is_what_docker_says_of_it() -> None:
    assert cell("manager", make_manager("m1", leader=True)) == "★ leader"
    assert cell("manager", make_manager("m2")) == "reachable"
    assert cell("manager", make_node("n1")) == ""
    away = spans("manager", make_manager("m3", reachability="unreachable"))
    assert away == (Span("unreachable", Meaning.BAD),)


def test_only_availability_other_than_active_stands_out() -> None:
    assert spans("availability", make_node("n1")) == (Span("active", Meaning.DIM),)
    drained = make_node("n1", availability=Availability.DRAIN)
    assert spans("availability", drained) == (Span("◐ drain", Meaning.WARN),)


def test_figures_are_grouped_and_have_dim_units() -> None:
    node = make_node("n1", memory_bytes=512 << 20)
    assert spans("memory", node) == (Span("512"), Span(" M", Meaning.DIM))
    assert cell("tasks", node, loads={"n1": NodeLoad(tasks=12_345)}) == "12,345"
    assert spans("failures", node) == (Span("0", Meaning.DIM),)


def test_a_manager_that_reports_no_address_is_shown_at_its_raft_address() -> None:
    status = ManagerStatus(leader=True, reachability=Reachability.REACHABLE, addr="10.0.0.7:2377")
    assert cell("address", make_node("m1", addr="", manager=status)) == "10.0.0.7"


def test_hostile_names_are_made_harmless() -> None:
    node = make_node("n1", hostname="\x1b[31mred\n[bold]\u202e")
    assert cell("hostname", node) == "● ·red [bold]·"
    places = {"n1": Place(region="a\x07b", region_from="node label")}
    assert cell("region", node, places=places) == "a·b"


async def test_nodes_nothing_and_no_data_look_different() -> None:
    view = NodesView(clock=Clock())
    async with staged(view, width=120) as (_, pilot):
        view.show(make_picture(seen=None), EVERYTHING)
        await pilot.pause()
        assert rows(view)[0].startswith("◌ no data yet")
        view.show(make_picture(), EVERYTHING)
        await pilot.pause()
        assert rows(view)[0].startswith("no nodes")
        view.show(make_picture(make_node("n1")), parse_query("state:down"))
        await pilot.pause()
        assert rows(view)[0].startswith("nothing matches  state:down")


async def test_a_filter_that_means_nothing_for_nodes_says_so() -> None:
    view = NodesView(clock=Clock())
    async with staged(view, width=120) as (_, pilot):
        view.show(make_picture(make_node("n1")), parse_query("slot:3"))
        await pilot.pause()
        assert "slot does not apply to nodes" in rows(view)[1]


async def test_the_line_above_says_what_is_shown() -> None:
    view = NodesView(clock=Clock())
    nodes = [make_node(f"n{i}", state="down" if i % 2 else "ready") for i in range(4)]
    async with staged(view, width=120) as (_, pilot):
        view.show(make_picture(*nodes), EVERYTHING)
        assert summary(view).split() == [
            "NODES",
            "4",
            "nodes",
            "·",
            "sorted",
            "by",
            "hostname",
            "▴",
        ]
        view.show(make_picture(*nodes), parse_query("state:down"))
        await pilot.press("space", "S")
        await pilot.pause()
        assert summary(view).split("   ")[0] == "/ state:down"
        assert summary(view).endswith("2 of 4 · 1 marked · sorted by hostname ▾")


async def test_old_data_says_its_age() -> None:
    clock = Clock()
    view = NodesView(clock=clock)
    async with staged(view, width=120):
        view.show(make_picture(make_node("n1")), EVERYTHING)
        view.tick(clock.pass_s(48))
        assert "48s old" in summary(view)


async def test_ages_grow_with_the_clock() -> None:
    clock = Clock()
    view = NodesView(clock=clock)
    async with staged(view, width=120):
        view.show(make_picture(make_node("n1"), states_since={"n1": at(-40)}), EVERYTHING)
        assert rows(view)[0].endswith("40s")
        view.tick(clock.pass_s(8))
        assert rows(view)[0].endswith("48s")


async def test_enter_asks_for_the_node() -> None:
    view = NodesView(clock=Clock())
    async with staged(view) as (stage, pilot):
        view.show(make_picture(make_node("n1"), make_node("n2")), EVERYTHING)
        await pilot.press("down", "enter")
        assert [opened.node_id for opened in stage.told(NodeOpened)] == ["n2"]


async def test_marks_are_told_and_those_of_nodes_that_left_are_dropped() -> None:
    view = NodesView(clock=Clock())
    async with staged(view) as (stage, pilot):
        view.show(make_picture(make_node("n1"), make_node("n2")), EVERYTHING)
        await pilot.press("*")
        assert stage.told(Marked)[-1].node_ids == {"n1", "n2"}
        view.show(make_picture(make_node("n2")), EVERYTHING)
        await pilot.pause()
        assert stage.told(Marked)[-1].node_ids == {"n2"}


async def test_eighty_columns_hold_what_matters_most() -> None:
    view = NodesView(clock=Clock())
    async with staged(view, width=80) as (_, pilot):
        view.show(make_picture(make_node("n1", state="down")), EVERYTHING)
        await pilot.pause()
        assert rows(view)[0].startswith("✗ host-n1")
        heads = line(view.table.query_one("Head"), 0).split()
        assert heads == ["HOSTNAME▴", "STATUS", "AVAIL", "REGION", "TASKS", "FAIL", "SINCE"]


async def test_wide_screens_show_every_column() -> None:
    view = NodesView(clock=Clock())
    async with staged(view, width=200) as (_, pilot):
        view.show(make_picture(make_node("n1")), EVERYTHING)
        await pilot.pause()
        heads = line(view.table.query_one("Head"), 0)
        assert all(c.head in heads or c.short in heads for c in NODE_COLUMNS)
