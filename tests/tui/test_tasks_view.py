"""The Tasks screen."""

from collections import Counter
from typing import Any

from swarmtui.insight.error_words import normalise
from swarmtui.insight.picture import ErrorGroup, Picture, TaskCounts
from swarmtui.insight.query import EVERYTHING, parse_query
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TaskState
from swarmtui.tui.lines import text_of
from swarmtui.tui.messages import FilterChanged, NodeOpened
from swarmtui.tui.table.table_view import Scene, Summary
from swarmtui.tui.views.task_columns import TASK_COLUMNS, query_of
from swarmtui.tui.views.task_states import StateLine, flow, state_parts
from swarmtui.tui.views.tasks import TasksView
from tests.factories import NOON, at, make_node, make_service, make_task
from tests.tui.stage import Clock, line, staged

NO_ROOM = "no suitable node (insufficient resources on 2 nodes; max replicas per node on 1 node)"


def make_picture(
    *tasks: Task, nodes: tuple[Node, ...] = (make_node("n1"),), **fields: Any
) -> Picture:
    groups: dict[str, dict[str, Task]] = {}
    for task in tasks:
        groups.setdefault(task.service_id, {})[task.id] = task
    return picture_of(groups, nodes=nodes, **fields)


def picture_of(
    groups: dict[str, dict[str, Task]], nodes: tuple[Node, ...] = (), **fields: Any
) -> Picture:
    snapshot = Snapshot(
        nodes={node.id: node for node in nodes},
        services={key: make_service(key, name=f"svc-{key}") for key in groups},
        tasks=groups,
        nodes_at=NOON,
        services_at=NOON,
        tasks_at=dict.fromkeys(groups, NOON),
    )
    return Picture(at=NOON, snapshot=snapshot, **fields)


def make_tasks(count: int) -> list[Task]:
    """Return tasks of which every other one failed."""
    states = ("running", "failed")
    return [make_task(f"t{i}", slot=i, state=states[i % 2]) for i in range(count)]


def make_error(text: str, *, state: str = "failed", count: int = 3) -> ErrorGroup:
    return ErrorGroup(
        text=text, state=TaskState.parse(state), count=count, nodes=2, services=1, example=text
    )


def cell(key: str, task: Task, *nodes: Node) -> str:
    column = next(column for column in TASK_COLUMNS if column.key == key)
    spans = column.cell(task, Scene(make_picture(task, nodes=nodes), at(0)))
    return "".join(span.text for span in spans)


def rows(view: TasksView) -> list[str]:
    body = view.table.body
    return [text for y in range(body.size.height) if (text := line(body, y).strip(" ▸"))]


def summary(view: TasksView) -> str:
    return text_of(view.query_one(Summary).lines).strip()


def test_a_task_is_named_as_docker_names_it() -> None:
    assert cell("name", make_task(slot=7)) == "svc-s1.7"


def test_a_task_on_a_lost_node_shows_the_nodes_sign() -> None:
    assert cell("node", make_task(), make_node("n1", state="down")) == "✗ host-n1"
    assert cell("node", make_task(), make_node("n1")) == "host-n1"
    assert cell("node", make_task(node_id="gone")) == "gone"


def test_states_stand_in_the_order_of_a_tasks_life() -> None:
    counts = TaskCounts(
        by_state=Counter({TaskState.FAILED: 388, TaskState.RUNNING: 96_287, TaskState.NEW: 812}),
        oldest={TaskState.NEW: at(-41)},
    )
    said = text_of(flow(state_parts(counts, at(0)), width=120))
    assert said == " ◔ new 812 41s   ● running 96,287   ✗ failed 388"


def test_states_flow_over_two_lines_when_one_is_too_short() -> None:
    counts = TaskCounts(by_state=Counter(dict.fromkeys(TaskState, 10_000)))
    lines = flow(state_parts(counts, at(0)), width=80)
    assert len(lines) > 1
    assert all(len(text) <= 80 for text in text_of(lines).splitlines())


def test_the_filter_of_an_error_means_its_tasks() -> None:
    errors = [
        NO_ROOM,
        "task: non-zero exit (137)",
        'starting container failed: "x" on 10.0.0.7:2377 for 0123456789abcdef',
        "No such image: local/busybox:9",
        "\x1b[31mred\x1b[0m: broken",
    ]
    for error in errors:
        task = make_task(state="failed", error=error)
        query = parse_query(query_of(make_error(normalise(error))))
        picture = make_picture(task)
        assert query.matches_task(task, picture), error
        other = make_task(state="failed", error="something else")
        assert not query.matches_task(other, picture), error


async def test_tasks_of_all_services_stand_in_one_table() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120) as (_, pilot):
        tasks = (make_task("a", slot=2), make_task("b", service="s2"), make_task("c", slot=10))
        view.show(make_picture(*tasks), EVERYTHING)
        await pilot.pause()
        assert [row.split()[0] for row in rows(view)] == ["svc-s1.2", "svc-s1.10", "svc-s2.1"]
        assert summary(view).endswith("3 tasks · sorted by name ▴")


async def test_a_change_in_one_service_reads_only_that_service() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120) as (_, pilot):
        groups = {"s1": {"a": make_task("a")}, "s2": {"b": make_task("b", service="s2")}}
        view.show(picture_of(groups), EVERYTHING)
        failed = make_task("a", state="failed", error="boom")
        view.show(picture_of({**groups, "s1": {"a": failed}}), EVERYTHING)
        await pilot.pause()
        assert "✗ failed" in rows(view)[0]
        assert rows(view)[0].endswith("boom")


async def test_tasks_pass_the_filter_also_when_they_change() -> None:
    view = TasksView(clock=Clock())
    query = parse_query("state:failed")
    async with staged(view, width=120) as (_, pilot):
        groups = {"s1": {"a": make_task("a"), "b": make_task("b", slot=2, state="failed")}}
        view.show(picture_of(groups), query)
        assert [row.split()[0] for row in rows(view)] == ["svc-s1.2"]
        groups = {"s1": {"a": make_task("a", state="failed"), "b": make_task("b", slot=2)}}
        view.show(picture_of(groups), query)
        await pilot.pause()
        assert [row.split()[0] for row in rows(view)] == ["svc-s1.1"]
        assert "1 of 2" in summary(view)


async def test_a_filter_on_nodes_follows_the_nodes() -> None:
    clock = Clock()
    view = TasksView(clock=clock)
    query = parse_query("hostname:old")
    async with staged(view, width=120):
        groups = {"s1": {"a": make_task("a")}}
        view.show(picture_of(groups, nodes=(make_node("n1", hostname="old"),)), query)
        assert len(rows(view)) == 1
        clock.pass_s(6)
        view.show(picture_of(groups, nodes=(make_node("n1", hostname="new"),)), query)
        assert view.table.count == 0


async def test_many_tasks_are_filtered_in_slices_and_keys_go_on() -> None:
    view = TasksView(clock=Clock())
    tasks = [
        make_task(f"t{i}", slot=i, state="failed" if i % 2 else "running") for i in range(20_000)
    ]
    async with staged(view, width=120) as (_, pilot):
        picture = make_picture(*tasks)
        view.show(picture, EVERYTHING)
        view.show(picture, parse_query("state:failed"))
        assert view.table.count == 20_000
        assert "filtering…" in summary(view)
        await pilot.press("down")
        assert view.table.cursor_id
        while view.is_sifting:
            await pilot.pause(0.01)
        assert view.table.count == 10_000


async def test_a_newer_filter_overtakes_one_that_is_still_at_work() -> None:
    view = TasksView(clock=Clock())
    tasks = [
        make_task(f"t{i}", slot=i, state="failed" if i % 2 else "running") for i in range(20_000)
    ]
    async with staged(view, width=120) as (_, pilot):
        picture = make_picture(*tasks)
        view.show(picture, parse_query("state:failed"))
        view.show(picture, EVERYTHING)
        await pilot.pause(0.05)
        assert view.table.count == 20_000


async def test_no_tasks_no_match_and_no_data_look_different() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120) as (_, pilot):
        view.show(Picture(at=NOON, snapshot=Snapshot()), EVERYTHING)
        await pilot.pause()
        assert rows(view)[0].startswith("◌ no data yet")
        view.show(picture_of({}), EVERYTHING)
        await pilot.pause()
        assert rows(view)[0].startswith("no tasks")
        view.show(make_picture(make_task()), parse_query("state:failed"))
        await pilot.pause()
        assert rows(view)[0].startswith("nothing matches")


async def test_services_still_to_come_are_said() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120):
        snapshot = Snapshot(
            services={"s1": make_service("s1"), "s2": make_service("s2")},
            services_at=NOON,
            tasks={"s1": {"t1": make_task()}},
            tasks_at={"s1": NOON},
        )
        view.show(Picture(at=NOON, snapshot=snapshot), EVERYTHING)
        assert "1 task · loading, 1 of 2 services" in summary(view)


async def test_enter_asks_for_the_node_of_the_task() -> None:
    view = TasksView(clock=Clock())
    async with staged(view) as (stage, pilot):
        view.show(make_picture(make_task("a", node_id=""), make_task("b", slot=2)), EVERYTHING)
        await pilot.press("enter")
        assert not stage.told(NodeOpened)
        await pilot.press("down", "enter")
        assert [opened.node_id for opened in stage.told(NodeOpened)] == ["n1"]


async def test_enter_on_an_error_filters_and_once_more_takes_it_back() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120, height=40) as (stage, pilot):
        errors = (make_error("boom", count=9), make_error("bang", count=2))
        picture = make_picture(make_task(), errors=errors)
        view.show(picture, parse_query("service:svc-s1"))
        await pilot.press("e", "enter")
        wanted = stage.told(FilterChanged)[-1].text
        assert wanted == "service:svc-s1 state:failed error:boom"
        view.show(picture, parse_query(wanted))
        await pilot.press("e", "down", "enter")
        wanted = stage.told(FilterChanged)[-1].text
        assert wanted == "service:svc-s1 state:failed error:bang"
        view.show(picture, parse_query(wanted))
        await pilot.press("e", "enter")
        assert stage.told(FilterChanged)[-1].text == "service:svc-s1"


async def test_errors_take_no_room_while_there_are_none() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120, height=40) as (_, pilot):
        view.show(make_picture(make_task()), EVERYTHING)
        await pilot.pause()
        assert view.errors.size.height == 0
        many = tuple(make_error(f"error {i}", count=i) for i in range(50))
        view.show(make_picture(make_task(), errors=many), EVERYTHING)
        await pilot.pause()
        assert view.errors.size.height == 7
        assert view.table.size.height > 20


async def test_states_are_counted_above() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120):
        counts = TaskCounts(by_state={TaskState.RUNNING: 5})
        view.show(make_picture(make_task(), tasks=counts), EVERYTHING)
        assert text_of(view.query_one(StateLine).lines) == " ● running 5"


async def test_the_services_of_the_tasks_in_sight_are_of_interest() -> None:
    view = TasksView(clock=Clock())
    async with staged(view, width=120):
        picture = make_picture(make_task("a"), make_task("b", service="s2"))
        view.show(picture, parse_query("service:svc-s2"))
        assert view.interest().services == {"s2"}
