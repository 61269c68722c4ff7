"""A node that fails a few tasks of each of many services is a black hole all the same."""

from collections.abc import Iterable, Sequence

import pytest
from msgspec.structs import replace

from swarmtui.insight.report_black_holes import BlackHoles
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import Availability, TaskState
from tests.factories import at, make_node, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes

SERVICES = [f"app{i}" for i in range(10)]


def begin(services: Sequence[str] = SERVICES, *, nodes: int = 30, runs_on: int = 20) -> Story:
    """Return a story of services that each run a task on some nodes, from `w0` on."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(nodes)], 0)
    story.serve([make_service(name, name=name, replicas=runs_on or 1) for name in services], 0)
    for name in services:
        tasks = [
            make_task(f"{name}-{i}", service=name, slot=i + 1, node_id=f"w{i}")
            for i in range(runs_on)
        ]
        story.run(tasks, 1, service=name)
    return story


def fail(service: str, node: str, seconds: Iterable[float], *, slot: int = 0) -> list[Task]:
    """Return tasks of a service that failed on a node, each at its second; of one slot, or each."""
    return [
        make_task(
            f"{service}-{node}-{second}",
            service=service,
            slot=slot or 100 * int(node[1:]) + place,
            node_id=node,
            state="failed",
            desired="shutdown",
            since=at(second),
            error="task: non-zero exit (137)",
        )
        for place, second in enumerate(seconds)
    ]


def swallow(story: Story, services: Sequence[str], node: str, seconds: Sequence[float]) -> None:
    """Have a node fail a task of each service at each of these seconds."""
    for name in services:
        story.run(fail(name, node, seconds), max(seconds) + 1, service=name)


def test_a_node_that_fails_few_tasks_of_each_of_many_services_is_a_black_hole() -> None:
    story = begin()
    swallow(story, SERVICES, "w25", (10, 40, 70))
    problem = story.problem("black_hole")
    assert problem is not None
    assert problem.identity == ("black_hole", "nodes")
    assert problem.text == (
        "1 black hole swallows tasks of 10 services: w25 — 30 failures in 5 min;"
        " docker node update --availability drain w25"
    )
    assert problem.nodes == ("w25",)
    (evidence,) = problem.evidence
    assert evidence.startswith("w25 failed 3 of app0, 3 of app1, ")
    assert evidence.endswith("; runs nothing: it looks empty, ready, active")
    told = [problem.kind for problem in story.picture().problems]
    assert not {"failing", "crash_loop"} & set(told)


def test_services_that_fail_everywhere_alike_do_not_blame_a_node() -> None:
    story = begin()
    for node in range(30):
        swallow(story, SERVICES, f"w{node}", (10, 40, 70))
    assert story.problem("black_hole") is None
    assert story.problem("failing") is not None


def test_services_of_one_replica_that_fail_wherever_they_go_do_not_blame_the_emptiest_node() -> (
    None
):
    story = begin(runs_on=0)
    for place, name in enumerate(SERVICES):
        elsewhere = fail(name, f"w{place}", (9, 12), slot=1)
        story.run([*elsewhere, *fail(name, "w25", (15, 40, 70), slot=1)], 71, service=name)
    assert story.problem("black_hole") is None
    assert story.problem("crash_loop") is not None


def test_a_node_is_to_blame_once_what_it_failed_runs_elsewhere() -> None:
    story = begin(runs_on=0)
    for place, name in enumerate(SERVICES):
        runs = make_task(f"{name}-runs", service=name, slot=1, node_id=f"w{place}")
        story.run([runs, *fail(name, "w25", (15, 40, 70), slot=1)], 71, service=name)
    problem = story.problem("black_hole")
    assert problem is not None
    assert problem.nodes == ("w25",)
    assert story.problem("crash_loop") is None


def test_an_engine_that_restarts_fails_all_its_tasks_once_and_is_no_black_hole() -> None:
    story = begin()
    swallow(story, SERVICES, "w3", (10, 14, 19))
    assert story.problem("black_hole") is None
    swallow(story, SERVICES[:4], "w3", (100,))
    assert story.problem("black_hole") is None
    swallow(story, SERVICES[4:5], "w3", (101,))
    assert story.problem("black_hole") is not None


@pytest.mark.parametrize(
    ("ran_s", "swallowed", "is_hole"),
    [(59, 0, True), (60, 0, False), (60, 1, False), (60, 2, True)],
)
def test_tasks_that_ran_for_a_while_were_not_swallowed(
    ran_s: float, swallowed: int, *, is_hole: bool
) -> None:
    story = begin(["web"])
    tasks = [
        make_task(f"web-w25-{i}", service="web", slot=90 + i, node_id="w25", since=at(2))
        for i in range(8)
    ]
    story.run(tasks, 3, service="web")
    ended = [
        replace(task, state=TaskState.FAILED, desired=TaskState.SHUTDOWN, since=at(2 + ran_s))
        for task in tasks
    ]
    story.run([*ended, *fail("web", "w25", range(70, 70 + swallowed))], 80, service="web")
    assert (story.problem("black_hole") is not None) is is_hole


def test_two_services_that_fail_on_a_node_may_be_wrong_themselves() -> None:
    story = begin()
    swallow(story, SERVICES[:2], "w25", (10, 40, 70, 90))
    story.run(fail("app2", "w25", (10, 40), slot=1), 91, service="app2")
    assert story.problem("black_hole") is not None

    story = begin()
    swallow(story, SERVICES[:2], "w25", (10, 40, 70, 90))
    story.run(fail("app0", "w26", (10, 40), slot=1), 91, service="app0")
    assert story.problem("black_hole") is None


def test_where_all_nodes_fail_some_tasks_one_must_fail_many_more() -> None:
    story = begin()
    for node in range(20, 30):
        swallow(story, SERVICES, f"w{node}", (10,))
        swallow(story, SERVICES[:3], f"w{node}", (60, 90))
    assert story.problem("black_hole") is None


def test_a_black_hole_of_many_services_is_over_when_it_is_drained_or_has_stopped() -> None:
    story = begin()
    swallow(story, SERVICES, "w25", (10, 40, 70))
    assert story.problem("black_hole", 310) is not None
    assert story.problem("black_hole", 372) is None
    story.show([make_node("w25", hostname="w25", availability=Availability.DRAIN)], 100)
    assert story.problem("black_hole") is None


def test_one_replica_on_a_black_hole_is_not_a_crash_loop_of_its_service() -> None:
    story = begin()
    swallow(story, SERVICES[1:], "w25", (10, 40, 70))
    story.run(fail("app0", "w25", (10, 30, 50, 70), slot=1), 71, service="app0")
    assert story.problem("black_hole") is not None
    assert story.problem("crash_loop") is None


def test_a_report_names_the_services_that_such_a_node_swallowed() -> None:
    story = begin()
    swallow(story, SERVICES, "w25", (10, 40, 70))
    picture = story.picture()
    holes = BlackHoles(failures=5)
    holes.look(picture)
    (hole,) = holes.publish({"w25": 30}, picture.places)
    assert hole.services == tuple(SERVICES)
