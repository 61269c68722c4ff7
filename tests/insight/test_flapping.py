"""Nodes that are lost and come back again and again flap; elections make nobody flap."""

import pytest

from swarmtui.insight.picture import Severity
from tests.insight.story import Story, make_managers, make_nodes


def begin(workers: int = 60) -> Story:
    story = Story()
    story.show([*make_managers(0), *make_nodes(workers)], 0)
    return story


def flap(story: Story, *ids: str, times: int, start: float = 100, every: float = 60) -> None:
    for step in range(times):
        story.turn(ids, "down", start + every * step)
        story.turn(ids, "ready", start + every * step + 20)


def test_a_node_that_comes_back_for_the_third_time_flaps() -> None:
    story = begin()
    flap(story, "w1", times=3)
    problem = story.problem("flapping")
    assert problem is not None
    assert problem.text == "w1 flaps: lost and back 3 times in 10 min"
    assert (problem.severity, problem.subject) == (Severity.WARNING, "nodes")
    assert problem.nodes == ("w1",)
    assert problem.evidence == ["w1: back 3 times, last at 12:04:00 UTC"]
    assert problem.command == "docker node update --availability drain w1"


def test_a_node_that_was_lost_twice_does_not() -> None:
    story = begin()
    flap(story, "w1", times=2)
    assert story.problem("flapping") is None


def test_a_node_that_was_lost_three_times_in_a_day_does_not() -> None:
    story = begin()
    flap(story, "w1", times=3, every=400)
    assert story.problem("flapping") is None


@pytest.mark.parametrize(("second", "flaps"), [(760, True), (790, False)])
def test_who_was_still_for_ten_minutes_flaps_no_more(second: float, flaps: bool) -> None:
    story = begin()
    flap(story, "w1", times=3)
    story.show([], second)
    assert (story.problem("flapping") is not None) is flaps


def test_an_election_makes_nobody_flap() -> None:
    story = begin(workers=20)
    for step in range(4):
        leader, second = f"mg{(step + 1) % 3}", 100 + 90 * step
        story.lead(None, second)
        story.lead(leader, second + 12)
        story.turn(story.nodes, "unknown", second + 12.1)
        story.turn(story.nodes, "ready", second + 16)
    assert story.problem("flapping") is None


def test_a_node_that_flaps_is_not_told_as_lost_beside_it() -> None:
    story = begin()
    flap(story, "w1", times=3)
    story.turn(["w1"], "down", 300)
    kinds = {problem.kind for problem in story.picture().problems}
    assert "flapping" in kinds
    assert "nodes_down" not in kinds


def test_a_node_that_flapped_and_stays_away_is_told_as_lost_in_the_end() -> None:
    story = begin()
    flap(story, "w1", times=3)
    story.turn(["w1"], "down", 300)
    story.show([], 900)
    assert story.problem("flapping") is None
    assert story.problem("nodes_down") is not None


def test_a_node_that_is_removed_flaps_no_more() -> None:
    story = begin()
    flap(story, "w1", times=3)
    story.remove(["w1"], 300)
    assert story.problem("flapping") is None


def test_several_nodes_that_flap_are_one_problem_that_keeps_its_identity() -> None:
    story = begin()
    flap(story, "w1", times=3)
    first = story.problem("flapping")
    flap(story, "w2", times=4, start=310, every=50)
    both = story.problem("flapping")
    assert first is not None
    assert both is not None
    assert first.identity == both.identity
    assert both.text == "2 nodes flap: w2, w1; w2 was lost and back 4 times in 10 min"
    assert both.command == (
        "printf '%s\\n' w2 w1 | xargs -n 1 docker node update --availability drain"
    )
