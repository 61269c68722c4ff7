"""No leader, a lost quorum, lost managers and old data are said, once and in words."""

import pytest

from swarmtui.insight.picture import HappeningKind, Health, Problem, Severity
from swarmtui.swarm.observation import FailureKind, WatcherLost
from tests.factories import at
from tests.insight.story import Story, make_managers, make_nodes

HOST, NEXT = "tcp://10.0.0.1:2376", "tcp://10.0.0.2:2376"


def begin(*, managers: int = 3) -> Story:
    story = Story()
    story.connect(HOST, "mg1", 0)
    story.show([*make_managers(0, count=managers), *make_nodes(5)], 0)
    return story


def only(story: Story, second: float | None = None) -> Problem:
    (problem,) = story.picture(second).problems
    return problem


def test_a_swarm_that_says_it_has_no_leader_is_critical() -> None:
    story = begin()
    story.lead(None, 4)
    problem = only(story, 12)
    assert (problem.kind, problem.severity) == ("no_leader", Severity.CRITICAL)
    assert problem.text == "no leader for 8 s: election; joins and updates wait"


def test_a_hang_is_probably_an_election_first_and_critical_after_twelve_seconds() -> None:
    story = begin()
    story.hang("/nodes", 4, 9)
    assert only(story, 9).severity is Severity.WARNING
    assert only(story, 9).text == "no leader for 5 s: probably an election; joins and updates wait"
    assert only(story, 16).severity is Severity.CRITICAL


def test_a_lost_quorum_is_one_critical_problem() -> None:
    story = begin()
    story.lose(HOST, FailureKind.NO_LEADER, 34, asked=14)
    problem = only(story, 40)
    assert (problem.kind, problem.severity) == ("quorum", Severity.CRITICAL)
    assert problem.text.startswith("no leader for 26 s: too few managers answer")
    assert story.picture().health is Health.CRITICAL


def test_a_quorum_without_margin_is_a_warning() -> None:
    story = begin()
    story.lead("mg0", 4, away=["mg2"])
    problem = only(story)
    assert (problem.kind, problem.severity) == ("quorum", Severity.WARNING)
    assert problem.text == (
        "2 of 3 managers reachable: the swarm may lose none of them; mg2 out of reach"
    )
    assert problem.query == "id~^(mg2)$"


def test_one_manager_of_five_out_of_reach_leaves_a_margin() -> None:
    story = begin(managers=5)
    story.lead("mg0", 4, away=["mg2"])
    assert only(story).text == (
        "4 of 5 managers reachable: the swarm may lose 1 more; mg2 out of reach"
    )


def test_two_managers_may_lose_none() -> None:
    story = begin(managers=2)
    assert only(story).text == "2 of 2 managers reachable: the swarm may lose none of them"


def test_a_single_manager_is_worth_knowing_and_no_trouble() -> None:
    story = begin(managers=1)
    assert (only(story).kind, only(story).severity) == ("manager_single", Severity.INFO)
    assert story.picture().health is Health.HEALTHY


def test_a_single_manager_with_one_other_node_is_no_problem() -> None:
    story = Story()
    story.show([*make_managers(0, count=1), *make_nodes(1)], 0)
    assert story.picture().problems == ()


def test_an_even_number_of_managers_is_worth_knowing() -> None:
    problem = only(begin(managers=4))
    assert (problem.kind, problem.severity) == ("managers_even", Severity.INFO)
    assert problem.text == "4 managers bear the loss of 1, no more than 3 would"


@pytest.mark.parametrize("managers", [3, 5])
def test_an_odd_number_of_managers_is_no_problem(managers: int) -> None:
    assert begin(managers=managers).picture().problems == ()


def test_of_four_managers_with_one_away_the_quorum_is_told_alone() -> None:
    story = begin(managers=4)
    story.lead("mg0", 4, away=["mg2"])
    assert only(story).kind == "quorum"


def test_without_a_leader_it_is_said_what_still_works() -> None:
    story = begin()
    story.lead(None, 4)
    assert only(story).evidence[0] == "tasks that run go on, and are still reached"
    assert "not replaced" in only(story).evidence[2]


def elect(story: Story, *seconds: float) -> None:
    for number, second in enumerate(seconds, 1):
        story.lead(f"mg{number % 2}", second)


def test_a_change_of_leader_is_told_for_five_minutes() -> None:
    story = begin()
    elect(story, 100)
    problem = story.problem("leader_changed", 399)
    assert problem is not None
    assert (problem.severity, problem.subject) == (Severity.INFO, "mg1")
    assert problem.text == "leader mg0 → mg1, 5 min ago"
    assert story.problem("leader_changed", 400) is None
    assert story.picture().health is Health.HEALTHY


def test_three_elections_in_ten_minutes_are_too_many() -> None:
    story = begin()
    elect(story, 100, 300)
    assert story.problem("elections_often") is None
    elect(story, 500)
    problem = story.problem("elections_often")
    assert problem is not None
    assert problem.severity is Severity.WARNING
    assert problem.text.startswith("3 elections in 7 min")
    assert len(problem.evidence) == 3
    assert story.problem("leader_changed") is None


def test_three_elections_in_more_than_ten_minutes_are_not_too_many() -> None:
    story = begin()
    elect(story, 100, 400, 701)
    assert story.problem("elections_often") is None


def test_a_manager_out_of_reach_is_a_problem_since_it_was_seen_to_be() -> None:
    story = begin()
    story.lead("mg0", 100, away=["mg2"])
    story.lead("mg0", 130, away=["mg2"])
    problem = story.problem("quorum")
    assert problem is not None
    assert problem.since == at(100)
    assert problem.evidence == ["mg2 at 10.0.0.1:2377: unreachable"]


def test_a_lost_manager_is_said_until_data_comes_again() -> None:
    story = begin()
    story.lose(HOST, FailureKind.REFUSED, 4, asked=4, next_host=NEXT)
    problem = only(story)
    assert (problem.kind, problem.severity) == ("manager_lost", Severity.WARNING)
    assert problem.text == f"no answer from {HOST}; asking {NEXT}"
    story.connect(NEXT, "mg2", 5)
    story.lead("mg0", 6)
    assert story.picture().problems == ()


def test_retries_are_one_happening() -> None:
    story = begin()
    for second in range(4, 40):
        story.lose(HOST, FailureKind.REFUSED, second, next_host=NEXT)
    assert story.texts(HappeningKind.MANAGER) == [f"no answer from {HOST}; asking {NEXT}"]
    story.lead("mg0", 40)
    story.lose(HOST, FailureKind.REFUSED, 41)
    assert len(story.texts(HappeningKind.MANAGER)) == 2


def test_another_manager_asked_is_told() -> None:
    story = begin()
    story.lose(HOST, FailureKind.REFUSED, 4, next_host=NEXT)
    story.connect(NEXT, "mg2", 5)
    assert story.texts(HappeningKind.WATCH) == [
        f"watching {HOST}, engine 20.10.24, API 1.41",
        f"asking {NEXT}, engine 20.10.24, API 1.41",
    ]


def test_a_watcher_that_died_is_said() -> None:
    story = begin()
    story.see(WatcherLost(taken_at=at(4), text="the watcher ended; again in 2 s", retry_s=2))
    story.see(WatcherLost(taken_at=at(8), text="the watcher ended; again in 4 s", retry_s=4))
    assert only(story).text == "the watcher ended; again in 4 s"
    assert story.texts(HappeningKind.WATCH)[1:] == ["the watcher ended; again in 2 s"]


def test_a_manager_out_of_reach_and_reached_again_is_told() -> None:
    story = begin()
    story.lead("mg0", 4, away=["mg2"])
    story.lead("mg0", 8)
    assert story.texts(HappeningKind.MANAGER) == [
        "manager mg2 is unreachable",
        "manager mg2 is reachable again",
    ]


@pytest.mark.parametrize(("second", "is_old"), [(59, False), (61, True)])
def test_old_data_is_said(second: float, is_old: bool) -> None:
    problem = begin().problem("data_old", second)
    assert (problem is not None) is is_old
    if problem is not None:
        assert problem.text == "8 nodes last seen 61 s ago"


def test_a_failure_before_the_first_look_is_a_problem_of_unknown_health() -> None:
    story = Story()
    story.lose(HOST, FailureKind.DENIED, 1)
    assert only(story).kind == "manager_lost"
    assert story.picture().health is Health.UNKNOWN


def test_problems_of_leadership_stand_before_bigger_ones() -> None:
    story = begin()
    story.turn([f"w{i}" for i in range(5)], "down", 4)
    story.lead(None, 5)
    kinds = [problem.kind for problem in story.picture().problems]
    assert kinds == ["no_leader", "region_down"]


def test_hostile_text_from_a_manager_is_made_harmless() -> None:
    story = begin()
    story.lose("tcp://\x1b[2Jx", FailureKind.BROKEN, 4, next_host="\x1b[3J")
    assert all("\x1b" not in f"{p.text}{p.subject}" for p in story.picture().problems)
    assert all("\x1b" not in text for text in story.texts())
