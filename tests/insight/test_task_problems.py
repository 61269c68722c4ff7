"""Black holes, tasks that fit nowhere, services that come no further, updates that got stuck."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from swarmtui.insight.error_words import normalise
from swarmtui.insight.picture import Health, Problem, Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import ServiceMode, TaskState
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes, seconds_at

POOR, UNMET = "insufficient resources", "scheduling constraints not satisfied"


def begin(*, replicas: int = 20, nodes: int = 20) -> Story:
    """Return a story of one service `web` that runs one task on each node."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(nodes)], 0)
    story.serve([make_service("s1", name="web", replicas=replicas)], 0)
    tasks = [make_task(f"r{i}", slot=i + 1, node_id=f"w{i}") for i in range(nodes)]
    story.run(tasks, 1)
    return story


def fail(node: str, count: int, *, state: str = "failed", since: float = 10) -> list[Task]:
    return [
        make_task(
            f"{node}-{since}-{i}",
            slot=1_000 * int(node[1:]) + i + 1,
            node_id=node,
            state=state,
            desired="shutdown",
            since=at(since),
            error="task: non-zero exit (137)",
        )
        for i in range(count)
    ]


def pend(count: int, error: str, *, since: float = 10, desired: str = "running") -> list[Task]:
    return [
        make_task(
            f"p{i}", slot=100 + i, node_id="", state="pending", desired=desired,
            since=at(since + i), error=error,
        )
        for i in range(count)
    ]  # fmt: skip


def tasks_shown_by(story: Story, query: str) -> set[str]:
    picture = story.picture()
    tasks = picture.snapshot.iterate_tasks()
    return {task.id for task in parse_query(query).filter_tasks(tasks, picture)}


def kinds(problems: Sequence[Problem]) -> list[str]:
    return [problem.kind for problem in problems]


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


def test_tasks_that_fit_nowhere_are_grouped_by_service_and_reason() -> None:
    story = begin(replicas=1064)
    error = "no suitable node (insufficient resources on 2101 nodes)"
    story.run(pend(1044, error), 12)
    problem = story.problem("unplaceable")
    assert problem is not None
    assert (
        problem.text == "1,044 tasks of web cannot be placed: insufficient resources on 2101 nodes"
    )
    assert (problem.subject, problem.screen) == ("web", "tasks")
    assert seconds_at(problem.since) == 10
    assert len(tasks_shown_by(story, problem.query)) == 1044


def test_that_no_node_takes_tasks_just_after_an_election_is_the_election() -> None:
    story = begin()
    error = "no suitable node (20 nodes not available for new tasks)"
    story.lead("mg1", 20)
    story.turn([f"w{i}" for i in range(20)], "unknown", 20)
    story.run(pend(3, error), 21)
    assert story.problem("unplaceable") is None
    story.turn([f"w{i}" for i in range(20)], "ready", 25)
    assert story.problem("unplaceable") is None
    story.run([], 26)
    assert story.problem("unplaceable") is not None


def test_other_reasons_why_tasks_fit_nowhere_outlast_an_election() -> None:
    story = begin()
    story.run(pend(3, "no suitable node (insufficient resources on 20 nodes)"), 12)
    story.lead("mg1", 20)
    story.turn([f"w{i}" for i in range(20)], "unknown", 20)
    assert story.problem("unplaceable") is not None


def test_where_all_nodes_are_paused_tasks_are_unplaceable() -> None:
    story = begin()
    story.run(pend(3, "no suitable node (20 nodes not available for new tasks)"), 12)
    assert story.problem("unplaceable") is not None


def test_tasks_that_are_not_wanted_any_more_are_not_unplaceable() -> None:
    story = begin()
    story.run(pend(3, "no suitable node (x on 2 nodes)", desired="shutdown"), 12)
    assert story.problem("unplaceable") is None
    assert TaskState.PENDING not in story.picture().tasks.oldest
    assert story.picture().tasks.by_state[TaskState.PENDING] == 3


def test_a_reason_whose_count_changes_stays_one_problem_with_its_age() -> None:
    story = begin()
    story.run(pend(3, "no suitable node (insufficient resources on 5 nodes)"), 12)
    changed = pend(3, "no suitable node (insufficient resources on 6 nodes)", since=30)
    story.run(changed, 32)
    problem = story.problem("unplaceable")
    assert problem is not None
    assert problem.text == "3 tasks of web cannot be placed: insufficient resources on 6 nodes"
    assert seconds_at(problem.since) == 10


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            f"no suitable node ({UNMET} on 12 nodes; {POOR} on 3 nodes)",
            f"no suitable node: {POOR}; {UNMET}",
        ),
        (
            f"no suitable node ({POOR} on 1 node; {UNMET} on 1 node)",
            f"no suitable node: {POOR}; {UNMET}",
        ),
        (
            "no suitable node (1 node not available for new tasks)",
            "no suitable node: not available for new tasks",
        ),
        (
            "no suitable node (2 nodes not available for new tasks)",
            "no suitable node: not available for new tasks",
        ),
        ("no suitable node", "no suitable node"),
        ("task: non-zero exit (137)", "task: non-zero exit (137)"),
        ("dial tcp 10.0.0.7:2377: i/o timeout", "dial tcp …: i/o timeout"),
        ("network 9wq3m1k0gq1b8o0z5x7u2l4n6 not found", "network … not found"),
        ("No such container: 4f1c0ab9d2e3", "No such container: …"),
        ("starting container failed: \x1b[31mboom\n", "starting container failed: ·boom "),
        ("failed to allocate pid 123456", "failed to allocate pid …"),
    ],
)
def test_equal_causes_have_one_name(error: str, cause: str) -> None:
    assert normalise(error) == cause


def test_errors_are_grouped_with_their_nodes_and_services() -> None:
    story = begin()
    story.run([*fail("w1", 3), *fail("w2", 1)], 12)
    other = [
        make_task(
            "x", service="s2", node_id="w1", state="failed", error="task: non-zero exit (137)"
        )
    ]
    story.run(other, 13)
    (group,) = story.picture().errors
    assert (group.text, group.state) == ("task: non-zero exit (137)", TaskState.FAILED)
    assert (group.count, group.nodes, group.services) == (5, 2, 2)


def test_a_service_that_comes_no_further_for_a_minute_is_short() -> None:
    story = begin(replicas=25)
    story.run([], 50)
    assert story.problem("short") is None
    story.run([], 62)
    problem = story.problem("short")
    assert problem is not None
    assert problem.text == "web runs 20 of 25 tasks and comes no further"
    assert problem.query == "service:web"


def test_a_service_that_still_grows_is_not_short() -> None:
    story = begin(replicas=25)
    story.run([make_task("r20", slot=21)], 50)
    story.run([], 62)
    assert story.problem("short") is None


def test_a_service_that_has_just_lost_many_tasks_is_not_called_stuck_at_once() -> None:
    story = begin(nodes=40, replicas=41)
    story.run([], 62)
    assert story.problem("short") is not None
    gone = tuple(f"r{i}" for i in range(20))
    story.run([], 64, removed=gone)
    assert story.problem("short") is None
    story.run([], 123)
    assert story.problem("short") is None
    story.run([], 124)
    assert story.problem("short") is not None


def test_a_service_that_is_scaled_down_is_not_called_stuck_before_that_is_known() -> None:
    story = begin(nodes=20, replicas=60)
    waiting = pend(40, "no suitable node (insufficient resources on 20 nodes)")
    story.run(waiting, 12)
    story.run([], 100)
    story.run([], 102, removed=tuple(task.id for task in waiting))
    assert story.problem("short") is None
    story.run([], 162)
    assert story.problem("short") is not None


def test_while_nodes_come_back_from_an_election_no_service_is_called_stuck() -> None:
    story = begin(replicas=25)
    story.run([], 50)
    story.lead("mg1", 60)
    story.turn([f"w{i}" for i in range(20)], "unknown", 60)
    story.run([], 62)
    assert story.problem("short") is None
    story.turn([f"w{i}" for i in range(20)], "ready", 66)
    assert story.problem("short") is not None


def test_a_service_that_is_short_and_loses_another_task_stays_stuck() -> None:
    story = begin(nodes=40, replicas=41)
    story.run([], 62)
    story.run([], 64, removed=tuple(f"r{i}" for i in range(9)))
    assert story.problem("short") is not None


def test_without_new_data_a_service_is_not_called_short() -> None:
    story = begin(replicas=25)
    assert story.problem("short", 500) is None


def test_a_job_that_ends_is_not_short() -> None:
    story = begin()
    job = make_service("s1", name="job", mode=ServiceMode.REPLICATED_JOB, replicas=50)
    story.serve([job], 2)
    story.run([], 200)
    assert story.problem("short") is None


def test_a_service_that_fits_nowhere_is_not_told_twice() -> None:
    story = begin(replicas=25)
    story.run(pend(5, "no suitable node (x on 2 nodes)"), 2)
    story.run([], 100)
    story.show([], 100)
    assert kinds(story.picture().problems) == ["unplaceable"]


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("paused", Severity.WARNING),
        ("rollback_started", Severity.WARNING),
        ("rollback_paused", Severity.WARNING),
        ("rollback_completed", Severity.INFO),
        ("updating", None),
        ("completed", None),
    ],
)
def test_an_update_that_got_stuck_is_a_problem(state: str, severity: Severity | None) -> None:
    story = begin()
    message = "update paused due to failure or early termination of task x"
    story.serve(
        [make_service("s1", name="web", replicas=20, update_state=state, update_message=message)], 5
    )
    problem = story.problem("update")
    assert (problem.severity if problem else None) is severity
    if problem is not None:
        assert problem.text == f"update of web {state.replace('_', ' ')}: {message}"


def test_what_happens_to_services_is_on_the_timeline() -> None:
    story = begin()
    web = {"name": "web", "replicas": 20}
    story.serve([make_service("s2", name="api", replicas=3)], 5)
    story.serve([make_service("s1", **(web | {"replicas": 30}))], 6)
    story.serve(
        [make_service("s1", **(web | {"replicas": 30, "image": "local/busybox:2@sha256:ab"}))], 7
    )
    story.serve([], 8, removed=("s2",))
    assert story.texts() == [
        "service api created, 3 replicas",
        "service web scaled from 20 to 30",
        "service web changes from local/busybox:1 to local/busybox:2",
        "service api removed",
    ]


def test_desired_is_what_the_docker_cli_says() -> None:
    story = Story()
    story.show(make_managers(0), 0)
    services = [
        make_service("s1", replicas=3),
        make_service("s2", mode=ServiceMode.GLOBAL, replicas=None),
        make_service("s3", mode=ServiceMode.GLOBAL_JOB, replicas=None),
        make_service("s4", mode=ServiceMode.REPLICATED_JOB, replicas=2),
    ]
    story.serve(services, 1)
    story.run([make_task("a", service="s2"), make_task("b", service="s2", desired="shutdown")], 2)
    story.run(
        [
            make_task("c", service="s3", desired="complete"),
            make_task("d", service="s3", state="complete", desired="complete"),
        ],
        3,
    )
    loads = story.picture().service_loads
    assert {id_: load.desired for id_, load in loads.items()} == {
        "s1": 3,
        "s2": 1,
        "s3": 1,
        "s4": 2,
    }
    assert story.picture().tasks.desired == 7


def test_the_rate_and_the_time_to_go_are_over_half_a_minute() -> None:
    story = begin(replicas=1020)
    for step in range(1, 41):
        grown = [make_task(f"g{step}-{i}", slot=1000 + i, node_id="w0") for i in range(10)]
        story.run(grown, 1 + step)
    counts = story.picture().tasks
    assert counts.running == 420
    assert counts.rate_per_s == pytest.approx(10, abs=0.5)
    assert counts.left_s == pytest.approx(60, abs=4)


def test_there_is_no_time_to_go_without_progress() -> None:
    story = begin(replicas=50)
    story.run([], 40)
    assert story.picture().tasks.left_s is None
    assert story.picture().tasks.rate_per_s == 0


def test_what_loads_at_the_start_is_not_taken_for_a_rate() -> None:
    story = begin()
    assert story.picture().tasks.rate_per_s == 0
