"""Managers of a large swarm that are not drained are told, with the command that drains them."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.picture import Severity
from swarmtui.swarm.words import Availability
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes


def begin(nodes: int, *, drained: int = 0) -> Story:
    story = Story()
    managers = make_managers(0)
    managers[:drained] = [replace(m, availability=Availability.DRAIN) for m in managers[:drained]]
    story.show([*managers, *make_nodes(nodes - 3)], 0)
    return story


@pytest.mark.parametrize(("nodes", "is_told"), [(99, False), (100, True)])
def test_managers_of_a_large_swarm_are_to_be_drained(nodes: int, is_told: bool) -> None:
    assert (begin(nodes).problem("managers_not_drained") is not None) is is_told


def test_managers_that_are_not_drained_are_named_with_their_tasks() -> None:
    story = begin(120, drained=1)
    story.serve([make_service()], 1)
    story.run([make_task("t1", node_id="mg2")], 2)
    problem = story.problem("managers_not_drained")
    assert problem is not None
    assert problem.severity is Severity.INFO
    assert problem.text == "2 managers are not drained in a swarm of 120 nodes: mg1, mg2"
    assert problem.nodes == ["mg1", "mg2"]
    assert problem.evidence == ["mg1: 0 tasks", "mg2: 1 task"]
    assert problem.command == (
        "printf '%s\\n' mg1 mg2 | xargs -n 1 docker node update --availability drain"
    )


def test_in_a_huge_swarm_it_is_a_warning() -> None:
    problem = begin(1000).problem("managers_not_drained")
    assert problem is not None
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("availability", [Availability.DRAIN, Availability.PAUSE])
def test_managers_that_take_no_tasks_are_no_problem(availability: Availability) -> None:
    story = begin(200)
    story.show([replace(m, availability=availability) for m in make_managers(0)], 10)
    assert story.problem("managers_not_drained") is None


def test_a_swarm_that_loses_some_nodes_is_still_a_large_one() -> None:
    story = begin(104)
    story.remove([f"w{i}" for i in range(9)], 10)
    problem = story.problem("managers_not_drained")
    assert problem is not None
    assert problem.since == at(0)
    story.remove([f"w{i}" for i in range(9, 20)], 20)
    assert story.problem("managers_not_drained") is None
