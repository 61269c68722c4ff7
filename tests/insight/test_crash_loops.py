"""Services that crash in a loop, and the nodes that do it to them."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.picture import Severity
from swarmtui.swarm.words import Availability, NodeState, TaskState
from tests.factories import at, make_node, make_service, make_task
from tests.insight.of_services import begin, crash, swallow


def test_replicas_that_fail_again_and_again_are_a_crash_loop() -> None:
    story = begin()
    story.run(crash([7, 8], 6), 20, service="web")
    problem = story.problem("crash_loop")
    assert problem is not None
    assert (problem.identity, problem.severity) == (("crash_loop", "services"), Severity.WARNING)
    assert (
        problem.text
        == "tasks of web fail again and again, 2 replicas: 12 failures in 5 min on 7 nodes"
    )
    assert problem.command == "docker service ps --no-trunc web"
    assert story.problem("failing") is None


@pytest.mark.parametrize(("replicas", "is_loop"), [(1, True), (10, True), (11, False)])
def test_one_replica_crashes_in_a_loop_for_its_service_only_where_those_are_few(
    replicas: int, *, is_loop: bool
) -> None:
    story = begin()
    story.serve([make_service("db", name="db", replicas=replicas)], 2)
    others = [make_task(f"db{i}", service="db", slot=i, node_id="w2") for i in range(2, replicas)]
    story.run([*others, *crash([1], 5, service="db")], 20, service="db")
    assert (story.problem("crash_loop") is not None) is is_loop
    assert (story.problem("failing") is not None) is not is_loop


def test_a_service_that_is_scaled_down_to_what_crashes_is_in_a_crash_loop() -> None:
    story = begin()
    story.run(crash([7], 6), 20, service="web")
    assert story.problem("crash_loop") is None
    story.serve([make_service("web", name="web", replicas=7)], 21)
    assert story.problem("crash_loop") is not None


def test_what_is_rejected_never_started_and_does_not_crash() -> None:
    story = begin()
    rejected = [replace(task, state=TaskState.REJECTED) for task in crash([1, 2, 3], 5)]
    story.run(rejected, 20, service="web")
    assert story.problem("crash_loop") is None
    assert story.problem("failing") is not None


def test_replicas_that_fail_once_each_are_no_crash_loop() -> None:
    story = begin()
    story.run(crash(range(10), 1), 20, service="web")
    assert story.problem("crash_loop") is None
    assert story.problem("failing") is not None


def test_two_failures_of_a_replica_are_no_loop() -> None:
    story = begin()
    story.run(crash(range(5), 2), 20, service="web")
    assert story.problem("crash_loop") is None


def test_of_many_failures_some_hit_a_replica_again_by_chance() -> None:
    story = begin()
    story.run([*crash(range(20), 1), *crash([30, 40], 3)], 20, service="web")
    assert story.problem("crash_loop") is None
    assert story.problem("failing") is not None


def test_a_crash_loop_that_is_over_is_forgotten() -> None:
    story = begin()
    story.run(crash([7, 8], 6), 20, service="web")
    assert story.problem("crash_loop", 313) is not None
    assert story.problem("crash_loop", 314) is None


def test_replicas_that_a_black_hole_swallows_do_not_crash_by_themselves() -> None:
    story = begin()
    swallowed = [
        make_task(
            f"x{i}",
            service="web",
            slot=3,
            node_id="w4",
            state="rejected",
            desired="shutdown",
            since=at(10),
        )
        for i in range(12)
    ]
    story.run(swallowed, 20, service="web")
    assert story.problem("crash_loop") is None
    assert story.problem("black_hole") is not None


def test_services_in_crash_loops_are_one_line_of_one_identity_however_many() -> None:
    names = ("web", "db", "cache", "queue")
    story = begin(names)
    for number, name in enumerate(names):
        story.run(crash([1, 2], 5, service=name), 20 + number, service=name)
        looping = [p for p in story.picture().problems if p.kind == "crash_loop"]
        assert [problem.identity for problem in looping] == [("crash_loop", "services")]
    problem = story.problem("crash_loop")
    assert problem is not None
    assert problem.text.startswith(
        "tasks of 4 services fail again and again, 8 replicas: cache, db, queue and"
    )
    assert problem.evidence[0] == "cache: 10 failures on 6 nodes"


def test_black_holes_are_ranked_by_what_they_swallowed_however_fine_they_look() -> None:
    problem = swallow(begin(), 10, {"w25": 9, "w3": 30})
    assert problem is not None
    assert problem.identity == ("black_hole", "nodes")
    assert problem.evidence == [
        "w3 failed 30 of web; runs 1 task, ready, active",
        "w25 failed 9 of web; runs nothing: it looks empty, ready, active",
    ]
    assert problem.command == (
        "printf '%s\\n' w3 w25 | xargs -n 1 docker node update --availability drain"
    )


def test_a_black_hole_that_is_drained_is_none_any_more() -> None:
    story = begin()
    assert swallow(story, 10, {"w3": 30, "w4": 8}) is not None
    story.show([make_node("w3", hostname="w3", availability=Availability.DRAIN)], 12)
    problem = story.problem("black_hole")
    assert problem is not None
    assert problem.nodes == ("w4",)
    story.show([make_node("w4", hostname="w4", state=NodeState.DOWN)], 14)
    assert story.problem("black_hole") is None
