"""Tasks that wait for too long, swarms where nothing moves, services that crash in a loop."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import CountsSeen, FailureKind
from swarmtui.swarm.words import Availability, NodeState, TaskState
from tests.factories import at, make_node, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes, place_by_labels

NODES = 30


def begin(services: Sequence[str] = ("web",), *, replicas: int = 20) -> Story:
    """Return a story of services that run a task on each of twenty nodes."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(NODES)], 0)
    story.serve([make_service(name, name=name, replicas=replicas) for name in services], 0)
    for name in services:
        story.run(running(name), 1, service=name)
    return story


def running(service: str) -> list[Task]:
    return [
        make_task(f"{service}{i}", service=service, slot=i + 1, node_id=f"w{i}") for i in range(20)
    ]


def waiting(state: str, *, since: float, count: int = 1, **fields: Any) -> list[Task]:
    """Return tasks of `web` in a state, the first one for longest."""
    return [
        make_task(
            f"{state}{i}",
            service="web",
            slot=100 + i,
            state=state,
            since=at(since + i),
            **({"node_id": "w1"} | fields),
        )
        for i in range(count)
    ]


def look_again(story: Story, second: float, services: Sequence[str] = ("web",)) -> None:
    """Tell that nodes and lists answered, and nothing has changed."""
    story.show([], second)
    for name in services:
        story.run([], second, service=name)


@pytest.mark.parametrize(
    ("state", "limit"),
    [
        ("new", 300),
        ("allocated", 300),
        ("pending", 300),
        ("assigned", 120),
        ("accepted", 120),
        ("preparing", 600),
        ("ready", 120),
        ("starting", 300),
    ],
)
def test_a_task_may_be_in_a_state_for_so_long(state: str, limit: float) -> None:
    story = begin()
    story.run(waiting(state, since=10), 10)
    look_again(story, 10 + limit - 1)
    assert story.problem("held") is None
    look_again(story, 10 + limit)
    problem = story.problem("held")
    assert problem is not None
    assert (problem.subject, problem.severity, problem.since) == (state, Severity.WARNING, at(10))


@pytest.mark.parametrize("clock_off_s", [-3600, -120, 0, 120, 3600])
@pytest.mark.parametrize(("state", "limit"), [("accepted", 120), ("starting", 300)])
def test_however_wrong_the_clock_of_its_node_a_task_is_held_by_the_time_of_lists(
    state: str, limit: float, clock_off_s: int
) -> None:
    story = begin()
    story.run(waiting("assigned", since=8), 10)
    (task,) = waiting(state, since=15 + clock_off_s)
    story.run([replace(task, id="assigned0")], 20)
    # The list of 10 s did not have it yet, that of 20 s did.
    earliest = {-3600: 10, -120: 10, 0: 15, 120: 20, 3600: 20}[clock_off_s]
    look_again(story, earliest + limit - 1)
    assert story.problem("held") is None
    assert story.picture().tasks.oldest[task.state] == at(earliest)
    look_again(story, earliest + limit)
    problem = story.problem("held")
    assert problem is not None
    assert problem.since == at(earliest)


def test_what_the_first_list_shows_is_held_by_its_own_date() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(NODES)], 0)
    story.serve([make_service("web", name="web", replicas=1)], 0)
    story.run(waiting("starting", since=-400), 1, service="web")
    problem = story.problem("held")
    assert problem is not None
    assert problem.since == at(-400)


def test_a_date_that_is_not_believed_is_remembered() -> None:
    story = begin()
    story.run(waiting("assigned", since=8), 10)
    (task,) = waiting("starting", since=-1000)
    story.run([replace(task, id="assigned0")], 20)
    again = Analyst(place=place_by_labels)
    again.recall(story.analyst.snapshot, story.analyst.remember())
    assert again.picture(at(21)) == story.picture(21)
    assert again.picture(at(21)).tasks.oldest[TaskState.STARTING] == at(10)


def test_tasks_held_are_told_by_the_oldest() -> None:
    story = begin()
    story.run(waiting("starting", since=10, count=7), 20)
    look_again(story, 850)
    problem = story.problem("held")
    assert problem is not None
    assert problem.text == "7 tasks are starting, the oldest for 14 min: web.100 on w1"
    assert problem.evidence == ("the oldest: web.100 on w1 for 14 min",)
    assert problem.command == "docker service ps --no-trunc web"
    picture = story.picture()
    shown = parse_query(problem.query).filter_tasks(picture.snapshot.iterate_tasks(), picture)
    assert len(list(shown)) == 7


def test_how_long_a_task_waits_is_only_known_up_to_the_last_list() -> None:
    story = begin()
    story.run(waiting("starting", since=10), 20)
    story.show([], 500)
    assert story.problem("held") is None


def test_tasks_that_fit_nowhere_are_not_told_as_held_too() -> None:
    story = begin()
    story.run(waiting("pending", since=10, node_id="", error="no suitable node (x on 2 nodes)"), 20)
    look_again(story, 900)
    assert story.problem("unplaceable") is not None
    assert story.problem("held") is None


def test_before_the_leader_led_nobody_could_move_a_task() -> None:
    story = begin()
    story.run(waiting("starting", since=10), 20)
    story.lead("mg1", 300)
    look_again(story, 350)
    assert story.problem("held") is None
    look_again(story, 600)
    assert story.problem("held") is not None


def test_while_nobody_leads_no_task_is_held() -> None:
    story = begin()
    story.run(waiting("starting", since=10), 20)
    look_again(story, 400)
    story.lead(None, 401)
    assert story.problem("held") is None


def test_a_swarm_where_nothing_moves_is_one_problem() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    story.run(waiting("new", since=2, count=15, node_id=""), 2)
    look_again(story, 61, names)
    assert story.problem("no_progress") is None
    look_again(story, 62, names)
    problem = story.problem("no_progress")
    assert problem is not None
    assert problem.text == "no task moved for 60 s, and 60 of 120 tasks do not run: 15 new"
    assert (problem.severity, problem.since) == (Severity.CRITICAL, at(2))
    assert problem.evidence == [
        "cache: 20 of 40 tasks",
        "db: 20 of 40 tasks",
        "web: 20 of 40 tasks",
    ]
    assert story.problem("short") is None


def test_a_few_tasks_missing_everywhere_are_no_critical_standstill() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=21)
    look_again(story, 70, names)
    problem = story.problem("no_progress")
    assert problem is not None
    assert problem.severity is Severity.WARNING


def test_one_service_short_of_a_task_is_no_standstill_of_the_swarm() -> None:
    names = ("web", "db", "cache")
    story = begin(names)
    story.serve([make_service("web", name="web", replicas=21)], 2)
    look_again(story, 70, names)
    assert story.problem("no_progress") is None
    problem = story.problem("short")
    assert problem is not None
    assert problem.evidence == ("1 missing; 0 tasks failed in 5 min",)
    assert problem.command == "docker service ps --no-trunc web"


def test_a_swarm_in_which_anything_moves_makes_progress() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    story.run(waiting("failed", since=40, desired="shutdown"), 40)
    look_again(story, 70, names)
    assert story.problem("no_progress") is None
    assert story.problem("short") is not None


def test_what_the_manager_counts_is_progress_too() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    for second, count in ((2, 60), (40, 61)):
        story.see(CountsSeen(taken_at=at(second), tasks={TaskState.RUNNING: count}))
    look_again(story, 70, names)
    assert story.problem("no_progress") is None


def test_without_news_nothing_is_known_of_progress() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    look_again(story, 50, names)
    assert [p.kind for p in story.picture(500).problems] == ["data_old"]


def test_one_list_that_is_old_may_have_moved() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    look_again(story, 70, names[:2])
    assert story.problem("no_progress") is None


def test_no_leader_is_no_standstill() -> None:
    names = ("web", "db", "cache")
    story = begin(names, replicas=40)
    look_again(story, 70, names)
    story.lose("tcp://mg0", FailureKind.NO_LEADER, 71)
    assert story.problem("no_progress") is None


def test_a_swarm_that_has_all_it_wants_need_not_move() -> None:
    story = begin()
    look_again(story, 900)
    assert story.picture().problems == ()


def crash(
    slots: Sequence[int], times: int, *, service: str = "web", since: float = 10
) -> list[Task]:
    """Return tasks of these replicas, each on another node, that failed."""
    return [
        make_task(
            f"{service}-{slot}-{i}",
            service=service,
            slot=slot,
            node_id=f"w{(slot + i) % 20}",
            state="failed",
            desired="shutdown",
            since=at(since + i),
            error="task: non-zero exit (1)",
        )
        for slot in slots
        for i in range(times)
    ]


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


def swallow(story: Story, second: float, nodes: dict[str, int]) -> Problem | None:
    tasks = [
        make_task(
            f"{node}-{i}",
            service="web",
            slot=100 * int(node[1:]) + i,
            node_id=node,
            state="rejected",
            desired="shutdown",
            since=at(second),
            error="No such image: web:2",
        )
        for node, count in nodes.items()
        for i in range(count)
    ]
    story.run(tasks, second, service="web")
    return story.problem("black_hole")


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


def test_errors_that_many_tasks_failed_with_are_told_with_where() -> None:
    story = begin()
    assert swallow(story, 10, {"w3": 12, "w4": 7}) is not None
    assert story.problem("error_group") is None
    swallow(story, 12, {"w5": 1})
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.text == "20 tasks rejected in 5 min on 3 nodes: No such image: web:2"
    assert problem.nodes == ("w3", "w4", "w5")
    assert problem.evidence == ["of web", "w3: 12", "w4: 7", "w5: 1"]
    picture = story.picture()
    shown = parse_query(problem.query).filter_tasks(picture.snapshot.iterate_tasks(), picture)
    assert len(list(shown)) == 20


def test_errors_of_a_few_tasks_of_many_are_only_good_to_know() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(NODES)], 0)
    story.serve([make_service("web", name="web", replicas=1_000)], 0)
    tasks = [
        make_task(f"r{i}", service="web", slot=i + 1, node_id=f"w{i % NODES}") for i in range(1_000)
    ]
    story.run(tasks, 1, service="web")
    story.run(crash(range(40), 1), 20, service="web")
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.severity is Severity.INFO
    story.run(crash(range(40, 60), 1), 22, service="web")
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.severity is Severity.WARNING


def test_an_error_of_services_that_are_removed_is_only_good_to_know() -> None:
    story = begin(("web", "db"))
    story.run(crash(range(30), 1), 20, service="web")
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.severity is Severity.WARNING
    story.serve([], 22, removed=("web",))
    problem = story.problem("error_group", 60)
    assert problem is not None
    assert problem.severity is Severity.INFO


def test_an_error_is_forgotten_after_five_minutes() -> None:
    story = begin()
    story.run(crash(range(30), 1), 20, service="web")
    assert story.problem("error_group", 310) is not None
    assert story.problem("error_group", 311) is None


def test_reasons_why_tasks_of_one_service_fit_nowhere_are_one_problem() -> None:
    story = begin()
    one, other = "no suitable node (A on 3 nodes)", "no suitable node (B on 1 node)"
    tasks = waiting("pending", since=10, count=3, node_id="", error=one)
    story.run([*tasks[:2], replace(tasks[2], error=other, since=at(9))], 12, service="web")
    problems = [p for p in story.picture().problems if p.kind == "unplaceable"]
    assert [p.text for p in problems] == ["3 tasks of web cannot be placed: A on 3 nodes"]
    assert problems[0].evidence == ["2 tasks: A on 3 nodes", "1 task: B on 1 node"]
    assert problems[0].since == at(9)


@pytest.mark.parametrize(
    ("state", "command"),
    [
        ("paused", "docker service update --rollback web"),
        ("rollback_paused", "docker service ps --no-trunc web"),
    ],
)
def test_an_update_that_got_stuck_comes_with_what_helps(state: str, command: str) -> None:
    story = begin()
    story.serve([make_service("web", name="web", replicas=20, update_state=state)], 5)
    problem = story.problem("update")
    assert problem is not None
    assert problem.command == command


def test_a_rollback_that_is_complete_is_told_for_an_hour() -> None:
    story = begin()
    fields = {"update_state": "rollback_completed", "updated_at": at(5)}
    story.serve([make_service("web", name="web", replicas=20, **fields)], 5)
    assert story.problem("update", 3605) is not None
    assert story.problem("update", 3606) is None


def test_a_service_that_is_removed_fails_no_more() -> None:
    story = begin(("web", "db"))
    story.run(crash([7, 8], 6), 20, service="web")
    assert story.problem("crash_loop") is not None
    story.serve([], 21, removed=("web",))
    assert story.problem("crash_loop") is None


def test_an_error_of_one_node_alone_is_no_warning_beside_that_of_the_node() -> None:
    story = begin()
    swallow(story, 10, {"w3": 60})
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.severity is Severity.INFO
    swallow(story, 12, {"w4": 60, "w5": 60})
    problem = story.problem("error_group")
    assert problem is not None
    assert problem.severity is Severity.WARNING
