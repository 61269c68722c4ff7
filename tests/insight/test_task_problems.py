"""Tasks that fit nowhere, services that come no further, updates that got stuck."""

import pytest

from swarmtui.insight.error_words import normalise
from swarmtui.insight.picture import Severity
from swarmtui.swarm.words import ServiceMode, TaskState
from tests.factories import make_service, make_task
from tests.insight.of_failures import POOR, UNMET, begin, fail, kinds, pend, tasks_shown_by
from tests.insight.story import Story, make_managers, seconds_at


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
