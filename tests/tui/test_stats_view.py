"""The Stats screen."""

import msgspec
import pytest

from swarmtui.insight.containers import ContainerRow
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import parse_query
from swarmtui.swarm.words import NodeState
from swarmtui.tui.lines import text_of
from swarmtui.tui.machine_dialog import MachineDialog
from swarmtui.tui.messages import FilterChanged
from swarmtui.tui.table.table_view import Scene, Summary
from swarmtui.tui.tails import choose, words_of_choice
from swarmtui.tui.views.container_columns import CONTAINER_COLUMNS
from swarmtui.tui.views.nodes import NodesView
from swarmtui.tui.views.stats import StatsView
from tests.factories import at
from tests.tui.event import StandingClock
from tests.tui.machines import (
    make_container,
    make_live,
    make_machine,
    make_picture,
    make_tail,
    tailed_picture,
)
from tests.tui.shell import seen, shell

MARK_THREE = ["down", "down", "down", *["space", "down"] * 2, "space"]
TAIL_FIVE = ["down", "down", "down", *["space", "down"] * 4, "space", "x"]


def cell(key: str, row: ContainerRow) -> str:
    column = next(column for column in CONTAINER_COLUMNS if column.key == key)
    return "".join(span.text for span in column.cell(row, Scene(make_picture(), at(0))))


def summary(view: StatsView) -> str:
    return text_of(view.query_one(Summary).lines)


def without_machine(picture: Picture, name: str) -> Picture:
    machines = {key: row for key, row in picture.machines.items() if key != name}
    containers = tuple(row for row in picture.containers if row.machine != name)
    return msgspec.structs.replace(picture, machines=machines, containers=containers)


def test_figures_read_as_docker_stats_prints_them() -> None:
    row = make_container("n1", cpu_percent=212.5)
    assert cell("cpu", row) == "212.50%"
    assert cell("memory", row) == "12.4MiB / 512MiB"
    assert cell("net", row) == "1.23kB / 0B"
    assert cell("block", row) == "4.32MB / 0B"
    assert cell("pids", row) == "3"


def test_what_the_engine_did_not_tell_stays_untold() -> None:
    row = make_container("n1", cpu_percent=None, memory_bytes=None, pids=None)
    assert (cell("cpu", row), cell("memory", row), cell("pids", row)) == ("--", "-- / 512MiB", "--")


def test_a_container_of_no_task_has_its_own_name_made_harmless() -> None:
    stats = msgspec.structs.replace(make_container("n1").stats, container="evil\x1b[2J")
    row = make_container("n1", task="", stats=stats)
    assert cell("task", row) == "evil·"


def test_an_old_sample_says_its_age() -> None:
    assert cell("age", make_container("n1", taken_at=at(-31))) == "31s"


@pytest.mark.parametrize(
    ("size_bytes", "said"), [(999, "999B"), (999_600, "1MB"), (1_000, "1kB"), (0, "0B")]
)
def test_no_size_is_written_with_an_exponent(size_bytes: int, said: str) -> None:
    assert cell("net", make_container("n1", net_rx_bytes=size_bytes)).startswith(f"{said} /")


async def test_it_says_what_to_do_while_nothing_is_tailed() -> None:
    async with shell(tailed_picture(), opens="stats") as (app, feed, _pilot):
        said = seen(app.query_one(StatsView).table.body)
        assert "nothing is tailed" in said
        assert "Space marks nodes on the Nodes screen, x tails them" in said
        assert all(not interest.tails for interest in feed.wanted)


async def test_x_tails_the_marked_nodes_and_the_feed_is_told() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*MARK_THREE, "x"]) as (_, feed, _pilot):
        assert feed.wanted[-1].tails == {"w00", "w01", "w02"}


async def test_x_without_marks_tails_the_node_under_the_cursor_and_again_stops_it() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=["x"]) as (_, feed, pilot):
        assert feed.wanted[-1].tails == {"m0"}
        await pilot.press("x")
        assert feed.wanted[-1].tails == frozenset()


async def test_marks_and_tails_survive_other_screens() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*MARK_THREE, "x", "1", "4", "2"]) as (
        app,
        feed,
        _,
    ):
        assert app.query_one(NodesView).table.marks == {"w00", "w01", "w02"}
        assert feed.wanted[-1].tails == {"w00", "w01", "w02"}
        assert "≈ 3 tailed" in seen(app.query_one("#header"))


async def test_x_on_the_empty_screen_tails_what_the_filter_means() -> None:
    picture = tailed_picture()
    region = picture.places["w00"].region
    nodes = picture.snapshot.nodes
    there = {id_ for id_, place in picture.places.items() if place.region == region}
    meant = {id_ for id_ in there if nodes[id_].state is not NodeState.DOWN}
    async with shell(picture, keys=["7"], filter=f"region:{region}") as (app, feed, pilot):
        body = app.query_one(StatsView).table.body
        assert "x tails the machines that the filter means" in seen(body)
        await pilot.press("x")
        await pilot.pause()
        assert feed.wanted[-1].tails == meant


async def test_x_on_the_empty_screen_tails_what_is_mine() -> None:
    picture = tailed_picture()
    places = dict(picture.places)
    for id_ in ("w03", "w04"):
        places[id_] = msgspec.structs.replace(places[id_], mine=True)
    picture = msgspec.structs.replace(picture, places=places)
    async with shell(picture, keys=["7"]) as (app, feed, pilot):
        assert "x tails my machines" in seen(app.query_one(StatsView).table.body)
        await pilot.press("x")
        await pilot.pause()
        assert feed.wanted[-1].tails == {"w03", "w04"}


@pytest.mark.parametrize(
    ("filter_", "words"),
    [("service:web", ""), ("region:x", "the machines that the filter means"), ("", "")],
)
def test_only_a_filter_of_machines_chooses_some(filter_: str, words: str) -> None:
    assert words_of_choice(tailed_picture(), parse_query(filter_)) == words


def test_nodes_that_are_down_are_not_chosen() -> None:
    picture = tailed_picture()
    down = {node.id for node in picture.snapshot.nodes.values() if node.state is NodeState.DOWN}
    assert down
    assert not down & set(choose(picture, parse_query("-hostname:nobody")))


async def test_x_on_the_empty_screen_does_nothing_without_filter_and_mine() -> None:
    async with shell(tailed_picture(), keys=["7", "x"]) as (app, feed, _pilot):
        assert "x tails my" not in seen(app.query_one(StatsView).table.body)
        assert all(not interest.tails for interest in feed.wanted)


async def test_machines_that_are_no_nodes_are_chosen_by_the_filter_too() -> None:
    picture = tailed_picture()
    rows = dict(picture.machines) | {"spare": make_machine("spare", node_id="")}
    picture = msgspec.structs.replace(picture, machines=rows)
    assert choose(picture, parse_query("hostname:spare")) == ("spare",)


async def test_all_containers_of_the_tailed_machines_are_in_one_table() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*TAIL_FIVE, "7"]) as (app, _, _pilot):
        view = app.query_one(StatsView)
        assert view.table.count == 8
        assert view.machines.count == 5
        assert "8 containers · 3 of 5 machines live" in summary(view)


async def test_only_machines_that_are_asked_for_are_shown() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*["down"] * 3, "x", "7"]) as (
        app,
        _,
        _pilot,
    ):
        view = app.query_one(StatsView)
        assert list(view.machines.body.ids_in_sight) == ["w00"]
        assert view.table.count == 2


async def test_the_worst_connection_stands_first_with_its_reason() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*TAIL_FIVE, "7"]) as (app, _, _pilot):
        said = seen(app.query_one(StatsView).machines.body).splitlines()
        assert "✗ nipa-cloud-3" in said[0]
        assert "unknown key, see i" in said[0]
        assert "↻ nipa-cloud-4" in said[1]
        assert "retrying in 5s" in said[1]
        assert "31s" in said[1]


async def test_a_machine_nothing_is_known_of_yet_is_asked_for() -> None:
    picture = without_machine(tailed_picture(), "w00")
    async with shell(picture, opens="nodes", keys=[*["down"] * 3, "x", "7"]) as (app, _, _pilot):
        view = app.query_one(StatsView)
        assert "○ nipa-cloud-0" in seen(view.machines.body)
        assert "asked for" in seen(view.machines.body)
        assert "no sample yet" in seen(view.table.body)


async def test_x_stops_the_machine_of_the_container_under_the_cursor() -> None:
    keys = [*TAIL_FIVE, "7", "down", "down", "x"]
    async with shell(tailed_picture(), opens="nodes", keys=keys) as (app, feed, _pilot):
        assert feed.wanted[-1].tails == {"w00", "w02", "w03", "w04"}
        assert app.query_one(StatsView).machines.count == 4


async def test_x_stops_the_machine_under_the_cursor() -> None:
    keys = [*TAIL_FIVE, "7", "e", "x"]
    async with shell(tailed_picture(), opens="nodes", keys=keys) as (_, feed, _pilot):
        assert feed.wanted[-1].tails == {"w00", "w01", "w02", "w04"}


async def test_the_filter_means_containers_by_their_service_node_and_use() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*TAIL_FIVE, "7"]) as (app, _, pilot):
        view = app.query_one(StatsView)
        for text, rows in (
            ("service:web", 8),
            ("service:api", 0),
            ("hostname:nipa-cloud-1", 2),
            ("cpu>=20", 3),
            ("memory>15M region:ap-southeast-1", 4),
            ("web.8000", 1),
        ):
            app.post_message(FilterChanged(text))
            await pilot.pause()
            assert view.table.count == rows, text


async def test_enter_leads_to_the_node_of_a_container() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*TAIL_FIVE, "7", "enter"]) as (
        app,
        _,
        _pilot,
    ):
        assert (app.spot.view, app.spot.node_id) == ("node", "w00")


async def test_enter_on_a_machine_with_an_unknown_key_shows_how_to_trust_it() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=[*TAIL_FIVE, "7", "e", "enter"]) as (
        app,
        _,
        _pilot,
    ):
        assert isinstance(app.screen, MachineDialog)


async def test_a_tail_of_a_machine_shows_on_the_screen_of_nodes() -> None:
    async with shell(tailed_picture(), opens="nodes") as (app, _, _pilot):
        said = seen(app.query_one(NodesView).table.body)
        assert "nipa-cloud-0 ≈" in said
        assert "nipa-cloud-5 ≈" not in said


async def test_a_node_and_its_machine_are_one_tail() -> None:
    machine = make_live("box-1", node_id="w00", hostname="nipa-cloud-0")
    picture = msgspec.structs.replace(
        tailed_picture(),
        machines={"box-1": machine},
        machine_of={"w00": "box-1"},
        containers=(make_container("box-1"),),
    )
    async with shell(picture, opens="nodes", keys=[*["down"] * 3, "x", "7"]) as (app, feed, pilot):
        assert feed.wanted[-1].tails == {"box-1"}
        assert app.query_one(StatsView).table.count == 1
        await pilot.press("9", "x")
        assert feed.wanted[-1].tails == frozenset()


async def test_more_lines_of_machines_on_a_high_screen() -> None:
    names = [f"n{n}" for n in range(14)]
    picture = make_picture(*(make_live(name, tail=make_tail(name)) for name in names))
    keys = ["ctrl+a", "x", "7"]
    for size, lines in (((80, 24), 4), ((120, 40), 10)):
        async with shell(picture, size=size, keys=keys, opens="rollcall") as (app, _, _pilot):
            assert app.query_one(StatsView).machines.body.size.height == lines


async def test_figures_of_machines_do_not_fade_with_those_of_a_lost_manager() -> None:
    clock = StandingClock(at(0))
    async with shell(tailed_picture(), opens="stats", clock=clock) as (app, _, pilot):
        clock.advance(60)
        app.tick()
        assert not app.stage.has_class("-old")
        await pilot.press("2")
        assert app.stage.has_class("-old")


async def test_what_is_tailed_is_told_in_the_header_until_the_last_is_stopped() -> None:
    async with shell(tailed_picture(), opens="nodes", keys=["x"]) as (app, _, pilot):
        assert "≈ 1 tailed" in seen(app.query_one("#header"))
        await pilot.press("x")
        assert "tailed" not in seen(app.query_one("#header"))
