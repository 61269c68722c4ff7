"""Tasks that wait for too long, and swarms where nothing moves."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.observation import CountsSeen, FailureKind
from swarmtui.swarm.words import TaskState
from tests.factories import at, make_service
from tests.insight.of_services import NODES, begin, look_again, waiting
from tests.insight.story import Story, make_managers, make_nodes, place_by_labels


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
