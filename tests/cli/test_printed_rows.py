"""What `nodes`, `services` and `tasks` print."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from swarmtui.cli.printed.formats import Format
from swarmtui.cli.printed.order import natural
from swarmtui.cli.printed.paper import Paper, cells
from swarmtui.cli.printed.rows import Table, write_rows
from swarmtui.insight.picture import NodeLoad, Picture
from swarmtui.insight.query import parse_query
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import ServiceMode
from tests.cli.pictures import HOSTILE, make_picture, make_snapshot
from tests.factories import at, make_node, make_service, make_task

NOT_A_TERMINAL = Paper()


def printed(
    table: Table,
    picture: Picture,
    *,
    query: str = "",
    format: Format = Format.TEXT,  # noqa: A002 - the option's own name
    paper: Paper = NOT_A_TERMINAL,
) -> str:
    stream = io.StringIO()
    write_rows(table, picture, query=parse_query(query), format=format, stream=stream, paper=paper)
    return stream.getvalue()


def objects(table: Table, picture: Picture, *, query: str = "") -> Any:
    return json.loads(printed(table, picture, query=query, format=Format.JSON))


def nodes_named(*hostnames: str) -> Mapping[str, Node]:
    return {f"n{i}": make_node(f"n{i}", hostname=name) for i, name in enumerate(hostnames)}


PROMISED = {
    Table.NODES: [
        "id", "hostname", "role", "state", "availability", "leader", "reachability",
        "engine_version", "addr", "region", "region_from", "contributor", "contributor_from",
        "tasks_running", "failures_5m", "cpus", "memory_bytes", "labels",
    ],
    Table.SERVICES: [
        "id", "name", "mode", "desired", "running", "image", "update_state", "failures_5m",
    ],
    Table.TASKS: [
        "id", "name", "service", "node_id", "hostname", "state", "desired_state", "since", "error",
    ],
}  # fmt: skip


@pytest.mark.parametrize("table", PROMISED)
def test_keys_and_their_order_are_the_ones_promised(table: Table) -> None:
    for row in objects(table, make_picture()):
        assert list(row) == PROMISED[table]


@pytest.mark.parametrize("table", PROMISED)
def test_csv_has_the_same_columns_and_rows_as_json(table: Table) -> None:
    text = printed(table, make_picture(), format=Format.CSV)
    head, *rows = csv.reader(io.StringIO(text))
    assert head == PROMISED[table]
    assert [row[0] for row in rows] == [row["id"] for row in objects(table, make_picture())]


def test_a_node_says_where_it_is_how_we_know_and_what_it_carries() -> None:
    row = objects(Table.NODES, make_picture(), query="id:w1")[0]
    assert row["state"] == "ready"
    assert row["leader"] is False
    assert row["reachability"] == ""
    assert (row["region"], row["region_from"]) == ("fr-par", "node label")
    assert (row["contributor"], row["contributor_from"]) == ("@scaleway", "claims file")
    assert (row["tasks_running"], row["failures_5m"]) == (3, 0)
    assert (row["cpus"], row["memory_bytes"]) == (1.0, 512 << 20)
    assert list(row["labels"].items()) == [("az", "b;1"), ("disk", "ssd")]


def test_a_manager_has_a_reachability_and_the_leader_leads() -> None:
    rows = objects(Table.NODES, make_picture(), query="role:manager")
    assert [(row["leader"], row["reachability"]) for row in rows] == [
        (True, "reachable"),
        (False, "reachable"),
        (False, "reachable"),
    ]


def test_a_task_names_its_service_and_its_node() -> None:
    running, pending = objects(Table.TASKS, make_picture(), query="service:api")
    assert running["name"] == "api.1"
    assert running["hostname"] == "node-10"
    assert running["since"] == "2026-07-22T12:00:00Z"
    assert (pending["node_id"], pending["hostname"]) == ("", "")
    assert pending["error"] == "no suitable node"


def test_a_task_of_a_service_that_is_gone_names_its_id() -> None:
    snapshot = make_snapshot(services={}, tasks={"gone": {"t": make_task("t", service="gone")}})
    (row,) = objects(Table.TASKS, make_picture(snapshot=snapshot))
    assert (row["service"], row["name"]) == ("gone", "gone.1")


def test_nodes_are_sorted_by_hostname_with_numbers_as_numbers_then_by_id() -> None:
    nodes = nodes_named("node-10", "node-2", "base", "node-2")
    rows = objects(Table.NODES, make_picture(snapshot=make_snapshot(nodes=nodes)))
    assert [(row["hostname"], row["id"]) for row in rows] == [
        ("base", "n2"),
        ("node-2", "n1"),
        ("node-2", "n3"),
        ("node-10", "n0"),
    ]


def test_a_number_too_long_for_python_sorts_all_the_same() -> None:
    assert natural("n" + "9" * 5000) > natural("n10") > natural("n09") > natural("n")


def test_a_slots_newest_task_comes_first() -> None:
    tasks = [
        make_task("old", slot=1, state="failed", desired="shutdown", since=at(1), node_id="w2"),
        make_task("new", slot=1, since=at(2), node_id="w1"),
        make_task("two", slot=2, since=at(0), node_id="w1"),
    ]
    snapshot = make_snapshot(tasks={"s1": {task.id: task for task in tasks}})
    rows = objects(Table.TASKS, make_picture(snapshot=snapshot))
    assert [row["id"] for row in rows] == ["new", "old", "two"]


def test_tasks_of_global_services_are_sorted_by_hostname() -> None:
    tasks = [make_task("a", slot=0, node_id="w2"), make_task("b", slot=0, node_id="w1")]
    snapshot = make_snapshot(tasks={"s1": {task.id: task for task in tasks}})
    rows = objects(Table.TASKS, make_picture(snapshot=snapshot))
    assert [row["hostname"] for row in rows] == ["node-2", "node-10"]


def test_a_filter_lets_only_matching_rows_through() -> None:
    assert [row["id"] for row in objects(Table.NODES, make_picture(), query="-state:ready")] == [
        "w2"
    ]
    assert objects(Table.SERVICES, make_picture(), query="service:nothing") == []


def test_no_rows_leave_the_head_alone() -> None:
    assert printed(Table.NODES, make_picture(), query="hostname:no").count("\n") == 1
    assert (
        printed(Table.NODES, make_picture(), query="hostname:no", format=Format.CSV).count("\n")
        == 1
    )


def test_text_has_the_heads_of_the_docker_cli() -> None:
    nodes, services, tasks = (printed(k, make_picture()).splitlines()[0] for k in PROMISED)
    for head in ("ID", "HOSTNAME", "STATUS", "AVAILABILITY", "MANAGER STATUS", "ENGINE VERSION"):
        assert head in nodes
    for head in ("ID", "NAME", "MODE", "REPLICAS", "IMAGE"):
        assert head in services
    for head in ("ID", "NAME", "NODE", "DESIRED STATE", "CURRENT STATE", "ERROR"):
        assert head in tasks


def test_off_a_terminal_nothing_is_cut_and_nothing_but_words_is_printed() -> None:
    error = "no suitable node (" + "insufficient resources on 2101 nodes; " * 20 + ")"
    tasks = {"s1": {"t": make_task("t" * 25, state="pending", error=error)}}
    text = printed(Table.TASKS, make_picture(snapshot=make_snapshot(tasks=tasks)))
    assert error in text
    assert "t" * 25 in text
    assert text.isascii()


def test_one_endless_name_does_not_widen_the_other_lines() -> None:
    nodes = nodes_named("x" * 10_000, "short")
    lines = printed(Table.NODES, make_picture(snapshot=make_snapshot(nodes=nodes))).splitlines()
    assert len(lines[1]) < 300
    assert "x" * 10_000 in lines[2]


@pytest.mark.parametrize("width", [20, 40, 79, 80, 120, 200])
@pytest.mark.parametrize("table", PROMISED)
def test_on_a_terminal_every_line_fits(table: Table, width: int) -> None:
    nodes = {
        **make_snapshot().nodes,
        "w3": make_node("w3", hostname="東京" * 30, addr="2001:db8::ffff:ffff:ffff:ffff"),
    }
    services = {"s1": make_service("s1", name="web" * 40, image="registry.example/" * 9)}
    picture = make_picture(snapshot=make_snapshot(nodes=nodes, services=services))
    lines = printed(table, picture, paper=Paper(width=width, height=24)).splitlines()
    assert max(map(cells, lines)) <= width


def test_on_a_terminal_what_was_cut_says_so() -> None:
    nodes = nodes_named("a-hostname-of-more-than-thirty-characters")
    picture = make_picture(snapshot=make_snapshot(nodes=nodes))
    assert "…" in printed(Table.NODES, picture, paper=Paper(width=80))


def test_a_narrow_terminal_keeps_the_name_and_the_state() -> None:
    head, *rows = printed(Table.NODES, make_picture(), paper=Paper(width=24)).splitlines()
    assert head.split() == ["HOSTNAME", "STATUS"]
    assert rows[-1].split() == ["node-10", "✗", "down"]


@pytest.mark.parametrize("paper", [NOT_A_TERMINAL, Paper(width=120), Paper(width=300)])
def test_hostile_names_stay_on_their_line_and_are_no_markup(paper: Paper) -> None:
    nodes = {"n1": make_node("n1", hostname=HOSTILE, addr=HOSTILE, engine_version=HOSTILE)}
    services = {"s1": make_service("s1", name=HOSTILE, image=HOSTILE, update_state=HOSTILE)}
    tasks = {"s1": {"t": make_task("t", node_id="n1", error=HOSTILE)}}
    picture = make_picture(snapshot=make_snapshot(nodes=nodes, services=services, tasks=tasks))
    for table in PROMISED:
        text = printed(table, picture, paper=paper)
        assert len(text.splitlines()) == 2
        assert text.count("\n") == 2
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)
        assert "[red]" in text


def test_hostile_names_come_back_as_they_were_in_json() -> None:
    picture = make_picture(snapshot=make_snapshot(nodes=nodes_named(HOSTILE)))
    assert objects(Table.NODES, picture)[0]["hostname"] == HOSTILE


def test_replicas_say_running_against_desired() -> None:
    lines = printed(Table.SERVICES, make_picture()).splitlines()
    assert "1/2" in lines[1]
    assert "3/3" in lines[2]


def test_a_job_that_is_done_is_not_coloured_as_short() -> None:
    services = {"s2": make_service("s2", name="job", mode=ServiceMode.REPLICATED_JOB)}
    picture = make_picture(snapshot=make_snapshot(services=services))
    paper = Paper(width=120, styled=True, colors="standard")
    assert "\x1b[33m1/2" not in printed(Table.SERVICES, picture, paper=paper).replace(" ", "")


def test_failures_stand_beside_the_node_they_happened_on() -> None:
    picture = make_picture(loads={"w2": NodeLoad(1, 1, 1234)})
    assert "1,234" in printed(Table.NODES, picture, query="id:w2")
