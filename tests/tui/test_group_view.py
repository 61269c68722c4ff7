"""The screen of one region or contributor."""

import msgspec
import pytest

from swarmtui.insight.courses import Course, Courses
from swarmtui.insight.parts import GroupName, parts_of
from swarmtui.insight.picture import (
    Health,
    Leadership,
    NodeLoad,
    Phase,
    Picture,
    Place,
    Problem,
    Severity,
)
from swarmtui.swarm.words import NodeState
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.messages import GroupOpened
from swarmtui.tui.panes.group_card import GroupTimeline, card_lines, samples_of
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.views.group import GroupView, PartsOfGroup, ProblemsOfGroup
from tests.factories import at
from tests.tui.event import PROBLEMS, event_picture, group
from tests.tui.shell import seen, shell

REGION = GroupName("region", "ap-southeast-1")
ELSEWHERE = Problem(
    severity=Severity.WARNING,
    kind="nodes_down",
    subject="fr-par",
    text="1 node down in fr-par",
    since=at(-5),
    nodes=("m1",),
)
HERE = Problem(
    severity=Severity.WARNING,
    kind="black_hole",
    subject="nipa-cloud-7",
    text="nipa-cloud-7 swallows tasks",
    since=at(-5),
    nodes=("w07",),
)


def picture(**fields: object) -> Picture:
    """Return three managers in fr-par, and workers of two contributors in the region."""
    made = event_picture()
    places = {
        id_: Place(
            region="fr-par" if id_.startswith("m") else "ap-southeast-1",
            contributor="Bob [x]" if id_ in {"w01", "w02"} else "NIPA Technology",
        )
        for id_ in made.snapshot.nodes
    }
    times = tuple(at(-60 + 5 * n) for n in range(12))
    course = Course(tuple(range(100, 112)), tuple(range(0, 1200, 100)))
    courses = Courses(times=times, by_name={"ap-southeast-1": course})
    told: dict[str, object] = {
        "places": places,
        "problems": (PROBLEMS[0], ELSEWHERE, HERE),
        "region_courses": courses,
    }
    return msgspec.structs.replace(made, **(told | fields))


async def open_group(app: SwarmApp, pilot: object, which: GroupName = REGION) -> GroupView:
    app.post_message(GroupOpened(which))
    await pilot.pause()  # type: ignore[attr-defined]
    await pilot.pause()  # type: ignore[attr-defined]
    return app.query_one(GroupView)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_region_tells_how_it_does_why_with_whom_and_its_nodes(
    size: tuple[int, int],
) -> None:
    async with shell(picture(), size=size) as (app, _, pilot):
        view = await open_group(app, pilot)
        assert "ap-southeast-1  region" in text_of(view.query_one("#group-card", Pane).lines)
        assert "136 of 200 nodes ready" in text_of(view.query_one("#group-card", Pane).lines)
        assert "111" in text_of(view.query_one(GroupTimeline).lines)
        assert "64 of 200 nodes down" in text_of(view.query_one(ProblemsOfGroup).lines)
        assert "NIPA Techn" in text_of(view.query_one(PartsOfGroup).lines)
        rows = seen(view.table.body)
        assert "✗ nipa-cloud-5" in rows.splitlines()[0]
        assert "mg1" not in rows
        assert view.table.body.region.bottom <= size[1] - 1


async def test_only_problems_of_the_group_are_told() -> None:
    async with shell(picture()) as (app, _, pilot):
        view = await open_group(app, pilot)
        told = text_of(view.query_one(ProblemsOfGroup).lines)
        assert "nipa-cloud-7 swallows" in told
        assert "fr-par" not in told


async def test_escape_leads_back_to_where_one_came_from() -> None:
    async with shell(picture(), opens="wall") as (app, _, pilot):
        await pilot.press("i")
        await pilot.pause()
        assert app.spot.view == "group"
        await pilot.press("escape")
        assert app.spot.view == "wall"


async def test_enter_drills_on_into_a_node_and_back_to_the_group() -> None:
    async with shell(picture()) as (app, _, pilot):
        await open_group(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert app.spot.node_id == "w05"
        await pilot.press("escape")
        await pilot.pause()
        assert app.spot.group == REGION
        assert "ap-southeast-1" in text_of(app.query_one("#group-card", Pane).lines)


async def test_the_filter_means_the_nodes_of_the_group() -> None:
    async with shell(picture()) as (app, _, pilot):
        view = await open_group(app, pilot)
        await pilot.press("slash", *"state:down", "enter")
        await pilot.pause()
        assert view.table.count == 4
        assert app.spot.view == "group"


async def test_another_group_has_nothing_of_the_one_before() -> None:
    async with shell(picture()) as (app, _, pilot):
        await open_group(app, pilot)
        view = await open_group(app, pilot, GroupName("region", "fr-par"))
        assert view.table.count == 3
        assert [part.name for part in view.parts] == ["NIPA Technology"]


async def test_a_part_leads_to_its_nodes_in_the_group() -> None:
    async with shell(picture()) as (app, _, pilot):
        view = await open_group(app, pilot)
        view.query_one(PartsOfGroup).focus()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.query_text == 'region:ap-southeast-1 contributor:"Bob [x]"'


async def test_a_contributor_is_told_by_the_same_screen() -> None:
    async with shell(picture(), opens="contributors", keys=["down", "i"]) as (app, _, pilot):
        await pilot.pause()
        assert app.spot.group == GroupName("contributor", "NIPA Technology")
        view = app.query_one(GroupView)
        assert "of 200 pledged" in text_of(view.query_one("#group-card", Pane).lines)
        assert [part.name for part in view.parts] == ["ap-southeast-1", "fr-par"]


async def test_a_group_that_is_gone_says_so() -> None:
    async with shell(picture(regions=())) as (app, _, pilot):
        view = await open_group(app, pilot)
        assert "at this time" in text_of(view.query_one("#group-card", Pane).lines)


def test_parts_expect_unknown_nodes_back_after_an_election() -> None:
    made = picture(loads={"w01": NodeLoad(tasks=5, running=4, failures_5m=2)})
    unknown = {
        id_: msgspec.structs.replace(made.snapshot.nodes[id_], state=NodeState.UNKNOWN)
        for id_ in ("w01", "w02")
    }
    settling = msgspec.structs.replace(made, leadership=Leadership(phase=Phase.SETTLING))
    (calm,), (after,) = parts_of(REGION, unknown, made), parts_of(REGION, unknown, settling)
    assert (calm.name, calm.nodes, calm.ready, calm.tasks_running) == ("Bob [x]", 2, 0, 4)
    assert (calm.health, after.health) == (Health.CRITICAL, Health.HEALTHY)


def test_a_chart_marks_elections_on_the_point_after() -> None:
    points = samples_of(picture().region_courses, "ap-southeast-1", [at(-43)])
    assert [point.at for point in points if point.election] == [at(-40)]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_card_stays_within_its_width(width: int) -> None:
    made = picture(regions=(group("ap-southeast-1", 200, 136, reason="x" * 300, ghosts=3),))
    assert all(width_of(line.spans) <= width for line in card_lines(REGION, made, width=width))
