"""Black holes, services that fail, and how failures are counted."""

from collections.abc import Sequence

from msgspec.structs import replace

from swarmtui.insight.picture import Health, Severity
from swarmtui.swarm.entities import Task
from tests.factories import make_service, make_task
from tests.insight.of_failures import begin, fail, kinds, tasks_shown_by
from tests.insight.story import Story


def test_nodes_that_swallow_tasks_are_black_holes() -> None:
    story = begin()
    story.run([*fail("w1", 30), *fail("w2", 20), *fail("w3", 5), *fail("w4", 1)], 12)
    problem = story.problem("black_hole")
    assert problem is not None
    assert problem.text == "3 black holes swallow tasks of web: w1, w2, w3 — 55 failures in 5 min"
    assert problem.nodes == ("w1", "w2", "w3")
    assert problem.query == "id~^(w1|w2|w3)$"
    assert (problem.severity, problem.screen) == (Severity.WARNING, "nodes")
    assert story.picture().health is Health.DEGRADED


def test_one_black_hole_comes_with_the_command_that_drains_it() -> None:
    story = begin()
    story.run(fail("w1", 7), 12)
    problem = story.problem("black_hole")
    assert problem is not None
    assert problem.text.endswith("; docker node update --availability drain w1")


def test_a_service_that_fails_everywhere_makes_no_black_holes() -> None:
    story = begin()
    story.run([task for i in range(20) for task in fail(f"w{i}", 6)], 12)
    assert story.problem("black_hole") is None
    problem = story.problem("failing")
    assert problem is not None
    assert problem.text == "tasks of web fail: 120 failures in 5 min on 20 nodes"
    assert len(tasks_shown_by(story, problem.query)) == 120


def test_a_service_that_runs_on_one_node_only_does_not_blame_the_node() -> None:
    story = begin(nodes=1)
    story.run(fail("w0", 9), 12)
    assert story.problem("black_hole") is None
    assert story.problem("failing") is not None


def fail_for(service: str, node: str, count: int) -> list[Task]:
    return [
        replace(task, id=f"{service}-{task.id}", service_id=service) for task in fail(node, count)
    ]


def begin_with_services(names: Sequence[str], *, nodes: int = 20) -> Story:
    story = begin(nodes=nodes)
    services = [make_service(name, name=name, replicas=nodes) for name in names]
    story.serve([make_service("s1", name="web", replicas=nodes), *services], 1)
    for name in names:
        tasks = [
            make_task(f"{name}{i}", service=name, slot=i + 1, node_id=f"w{i}") for i in range(nodes)
        ]
        story.run(tasks, 1, service=name)
    return story


def test_nodes_that_swallow_tasks_of_many_services_are_told_once() -> None:
    story = begin_with_services(["db", "cache"])
    story.run([*fail("w1", 20), *fail("w2", 9)], 12)
    story.run(fail_for("db", "w1", 10), 12, service="db")
    problem = story.problem("black_hole")
    assert problem is not None
    assert (
        problem.text == "2 black holes swallow tasks of 2 services: w1, w2 — 39 failures in 5 min"
    )
    assert problem.nodes == ("w1", "w2")
    assert kinds(story.picture().problems).count("black_hole") == 1


def test_many_services_that_fail_are_told_in_one_line() -> None:
    names = ["db", "cache", "queue"]
    story = begin_with_services(names)
    for weight, name in enumerate(names):
        failed = [task for i in range(6 + weight) for task in fail_for(name, f"w{i}", 2)]
        story.run(failed, 12, service=name)
    failing = [p for p in story.picture().problems if p.kind == "failing"]
    assert [p.text for p in failing] == [
        "tasks of 3 services fail: queue, cache, db — 42 failures in 5 min on 8 nodes"
    ]
    assert len(tasks_shown_by(story, failing[0].query)) == 42


def test_a_large_service_may_fail_a_little() -> None:
    story = begin(nodes=1_000)
    story.run([task for i in range(9) for task in fail(f"w{i}", 1)], 12)
    assert story.problem("failing") is None
    story.run([task for i in range(10, 20) for task in fail(f"w{i}", 1)], 13)
    assert story.problem("failing") is not None


def test_a_black_hole_is_forgotten_five_minutes_after_it_stopped() -> None:
    story = begin()
    story.run(fail("w1", 9), 12)
    assert story.problem("black_hole", 310) is not None
    assert story.problem("black_hole", 311) is None


def test_a_service_that_was_removed_fails_no_more() -> None:
    story = begin(replicas=20)
    story.run([task for n in range(5) for task in fail(f"w{n}", 4)], 20)
    assert {"failing", "crash_loop"} & set(kinds(story.picture().problems))

    story.serve([], 30, removed=("s1",))
    assert not {"failing", "crash_loop"} & set(kinds(story.picture().problems))


def test_failures_that_the_swarm_forgot_still_count() -> None:
    story = begin()
    failures = fail("w1", 9)
    story.run(failures, 12)
    story.run([], 14, removed=tuple(task.id for task in failures))
    picture = story.picture()
    assert picture.failures == {"w1": {"s1": 9}}
    assert picture.loads["w1"].failures_5m == 9
    assert picture.tasks.failed_5m == 9


def test_failures_seen_at_the_first_look_count_by_their_own_time() -> None:
    story = begin()
    story.run([*fail("w1", 2, since=-100), *fail("w1", 3, since=-400)], 12)
    assert story.picture().tasks.failed_5m == 2
    assert story.picture(250).tasks.failed_5m == 0


def test_a_failure_stamped_by_a_clock_that_runs_ahead_counts_from_when_it_was_seen() -> None:
    story = begin()
    story.run(fail("w1", 1, since=5000), 12)
    assert story.picture(311).tasks.failed_5m == 1
    assert story.picture(313).tasks.failed_5m == 0


def test_rejected_tasks_are_failures_of_their_own() -> None:
    story = begin()
    story.run([*fail("w1", 2), *fail("w2", 3, state="rejected")], 12)
    counts = story.picture().tasks
    assert (counts.failed_5m, counts.rejected_5m) == (2, 3)


def test_a_list_that_comes_again_in_parts_counts_nothing_twice_and_never_dips() -> None:
    story = begin()
    failures = fail("w1", 6)
    story.run(failures, 12)
    running = [make_task(f"r{i}", slot=i + 1, node_id=f"w{i}") for i in range(20)]
    story.run(running[:5], 20, whole=True, complete=False)
    assert story.picture().tasks.running == 20
    story.run(running[5:19], 21, complete=False)
    assert story.picture().tasks.running == 20
    story.run(failures, 22)
    counts = story.picture().tasks
    assert (counts.running, counts.failed_5m) == (19, 6)


def test_a_first_list_in_parts_is_shown_as_it_comes() -> None:
    story = Story()
    story.run([make_task("t1")], 1, whole=True, complete=False)
    assert story.picture().tasks.running == 1
