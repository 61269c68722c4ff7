"""Clocks are said to be wrong where it is proven, and nobody's clock on suspicion."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Place, Problem, Severity
from tests.factories import at, machine_seen, make_machine, make_service, make_task, nodes_seen
from tests.insight.story import Story, make_managers, make_nodes


def begin(*, leader_off: float = 0) -> Story:
    """Tell of a swarm whose leader dates a change between two looks, by its own clock."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(10)], 0)
    story.serve([make_service(replicas=10)], 0)
    story.run([make_task(f"t{i}", node_id=f"w{i}", state="assigned") for i in range(10)], 1)
    story.show([], 8)
    story.show([replace(story.nodes["w9"], updated_at=at(9 + leader_off))], 10)
    return story


def run(story: Story, task: int, *, dated: float, seen: float, state: str = "running") -> None:
    """Tell that a task runs since a second, by the clock of its node."""
    story.run([make_task(f"t{task}", node_id=f"w{task}", state=state, since=at(dated))], seen)
    story.show([], seen)


def skew(story: Story) -> Problem | None:
    return story.problem("clock_skew")


def test_a_task_that_runs_in_the_future_proves_that_its_node_is_ahead() -> None:
    story = begin()
    run(story, 1, dated=52, seen=20)
    problem = skew(story)
    assert problem is not None
    assert problem.text == "the clock of w1 is 31 s ahead or more"
    assert (problem.severity, problem.subject) == (Severity.INFO, "nodes")
    assert (problem.nodes, problem.since) == (("w1",), at(20))
    assert problem.evidence == ["w1 is 31 s ahead: by the times of its tasks, last at 12:00:20 UTC"]


@pytest.mark.parametrize("dated", [12, 20, 24])
def test_a_task_that_runs_since_about_now_proves_nothing(dated: float) -> None:
    story = begin()
    run(story, 1, dated=dated, seen=20)
    assert skew(story) is None


def test_a_clock_that_is_far_off_is_a_warning() -> None:
    story = begin()
    run(story, 1, dated=3620, seen=20)
    problem = skew(story)
    assert problem is not None
    assert problem.severity is Severity.WARNING


def test_a_task_that_ran_before_it_was_assigned_proves_that_its_node_is_behind() -> None:
    story = begin()
    run(story, 1, dated=-90, seen=20)
    problem = skew(story)
    assert problem is not None
    assert problem.text == "the clock of w1 is 90 s behind or more"


def test_a_clock_here_that_is_wrong_blames_no_node() -> None:
    story = begin(leader_off=60)
    run(story, 1, dated=79, seen=20)
    assert skew(story) is None


def test_where_nothing_is_known_of_the_leaders_clock_a_future_proves_nothing() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(10)], 0)
    story.serve([make_service()], 0)
    run(story, 1, dated=52, seen=20)
    assert skew(story) is None


def test_another_leader_has_another_clock() -> None:
    story = begin()
    story.lead("mg1", 15)
    run(story, 1, dated=-90, seen=20)
    run(story, 2, dated=90, seen=22)
    assert skew(story) is None


def test_a_clock_that_was_set_right_is_told_no_more() -> None:
    story = begin()
    run(story, 1, dated=80, seen=20)
    run(story, 2, dated=-80, seen=22)
    assert skew(story) is not None
    run(story, 1, dated=30, seen=64, state="failed")
    run(story, 2, dated=64, seen=66, state="failed")
    assert skew(story) is None


def test_a_proof_grows_old() -> None:
    story = begin()
    run(story, 1, dated=52, seen=20)
    story.show([], 3500)
    assert skew(story) is not None
    story.show([], 3700)
    assert skew(story) is None


def test_several_clocks_are_one_problem_with_the_worst_first() -> None:
    story = begin()
    run(story, 1, dated=52, seen=20)
    run(story, 2, dated=-90, seen=22)
    problem = skew(story)
    assert problem is not None
    assert problem.text == "2 clocks wrong by as much or more: w2 is 90 s behind, w1 is 31 s ahead"
    assert problem.nodes == ("w2", "w1")


def ask(**offsets: float | None) -> Analyst:
    """Return an analyst who asked machines over ssh, each of which is the node of its name."""
    machines = [make_machine(name, addr=f"192.0.2.{i}") for i, name in enumerate(offsets)]
    analyst = Analyst(place=lambda _: Place(), machines=machines)
    nodes = [*make_managers(0), *make_nodes(8, "m")]
    analyst.see(nodes_seen(nodes))
    for second, (name, off_s) in enumerate(offsets.items(), start=1):
        analyst.see(machine_seen(name, name, second=second, clock_offset_s=off_s))
    return analyst


def skews(analyst: Analyst) -> dict[str, Problem]:
    problems = analyst.picture(at(10)).problems
    return {problem.subject: problem for problem in problems if problem.kind == "clock_skew"}


def test_a_machine_whose_clock_is_off_is_told() -> None:
    found = skews(ask(m0=0.1, m1=-0.2, m2=30.5, m3=0.0))
    assert found.keys() == {"machines"}
    problem = found["machines"]
    assert problem.text == "the clock of m2 is 30 s ahead"
    assert (problem.severity, problem.nodes, problem.since) == (Severity.INFO, ("m2",), at(3))


@pytest.mark.parametrize("off_s", [-4.9, 0.0, 4.9, None])
def test_a_machine_whose_clock_is_about_right_or_not_known_is_not(off_s: float | None) -> None:
    assert skews(ask(m0=0.0, m1=0.0, m2=0.0, m3=off_s)) == {}


def test_when_most_clocks_agree_against_the_one_here_it_is_the_one_here() -> None:
    found = skews(ask(m0=42.0, m1=42.3, m2=41.9, m3=0.0))
    ours, others = found["this computer"], found["machines"]
    assert ours.text == "the clock here is 42 s behind most: ages are wrong by that"
    assert (ours.since, ours.evidence) == (at(3), ["3 of 4 machines asked over ssh agree"])
    assert others.text == "the clock of m3 is 42 s behind"


def test_two_machines_do_not_outvote_the_clock_here() -> None:
    found = skews(ask(m0=42.0, m1=42.0))
    assert found.keys() == {"machines"}
    assert found["machines"].text == "2 clocks wrong: m0 is 42 s ahead, m1 is 42 s ahead"


def test_clocks_that_all_differ_are_compared_with_the_one_here() -> None:
    found = skews(ask(m0=10.0, m1=30.0, m2=90.0))
    assert found.keys() == {"machines"}
    assert found["machines"].severity is Severity.WARNING


def test_a_machine_that_is_silent_has_no_clock() -> None:
    analyst = ask(m0=0.0, m1=0.0, m2=30.0)
    analyst.see(machine_seen("m2", reachable=False, second=8))
    assert skews(analyst) == {}
