"""Errors that many tasks have, updates that got stuck, services that are gone."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.picture import Severity
from swarmtui.insight.query import parse_query
from tests.factories import at, make_service, make_task
from tests.insight.of_services import NODES, begin, crash, swallow, waiting
from tests.insight.story import Story, make_managers, make_nodes


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
