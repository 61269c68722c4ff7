"""The wave of unknown nodes after an election is one happening, not thousands of losses."""

from swarmtui.insight.picture import HappeningKind, Health, Phase
from swarmtui.insight.settling import GRACE
from swarmtui.swarm.words import TaskState
from tests.factories import make_service, make_task
from tests.insight.story import Story, in_region, make_managers, make_nodes, seconds_at

WORKERS = [f"w{i}" for i in range(20)]
EVERYONE = ["mg1", "mg2", *WORKERS]


def begin() -> Story:
    """Return a story of twenty workers in one region, two seconds before their leader dies."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(20, **in_region("eu"))], 0, asked=0)
    story.lead("mg0", 2, asked=2)
    return story


def elect(story: Story) -> None:
    """Tell the election as it was measured: 12.4 s of silence, then everybody unknown at once."""
    story.lead("mg1", 16.4, asked=4, away=["mg0"])
    story.turn(EVERYONE, "unknown", 16.5)


def test_nodes_unknown_after_an_election_are_settling() -> None:
    story = begin()
    elect(story)
    told = story.picture().leadership
    assert (told.phase, told.settling) == (Phase.SETTLING, 22)
    assert seconds_at(told.since) == 16.4
    assert story.picture().nodes.unknown == 22


def test_the_wave_is_told_in_the_line_of_the_election_while_it_lasts_and_after() -> None:
    story = begin()
    elect(story)
    line = "leader mg0 → mg1, 12.4 s without a leader; 22 nodes unknown"
    assert story.texts(HappeningKind.ELECTION) == [f"{line}, 0 back so far"]
    story.turn(EVERYONE[:12], "ready", 19)
    assert story.texts(HappeningKind.ELECTION) == [f"{line}, 12 back so far"]
    story.turn(EVERYONE[12:], "ready", 25.4)
    assert story.texts(HappeningKind.ELECTION) == [f"{line}, all back after 9 s"]
    assert story.texts(HappeningKind.NODES) == []


def test_the_swarm_is_led_again_when_all_nodes_are_back() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE, "ready", 25)
    told = story.picture().leadership
    assert (told.phase, told.settling) == (Phase.LED, 0)
    assert seconds_at(told.since) == 25
    assert seconds_at(told.leading_since) == 16.4


def test_the_wave_makes_neither_problems_nor_a_sick_region() -> None:
    story = begin()
    story.serve([make_service(replicas=1)], 3)
    story.run([make_task(node_id="w1")], 3)
    elect(story)
    picture = story.picture()
    assert [p.kind for p in picture.problems if p.kind not in {"quorum", "leader_changed"}] == []
    assert {group.health for group in picture.regions} == {Health.HEALTHY}
    assert picture.tasks.running_on_lost == 1
    assert picture.tasks.by_state == {TaskState.RUNNING: 1}


def test_a_wave_in_the_answer_that_names_the_new_leader_settles_too() -> None:
    story = begin()
    managers = make_managers(1, away=[0])
    workers = make_nodes(20, state="unknown", **in_region("eu"))
    story.show([*managers, *workers], 16.4, asked=4)
    assert story.picture().leadership.settling == 20
    assert story.texts(HappeningKind.NODES) == []


def test_a_wave_without_a_seen_election_is_taken_for_one() -> None:
    story = begin()
    story.turn(["mg0", *EVERYONE], "unknown", 10)
    picture = story.picture()
    assert picture.leadership.phase is Phase.SETTLING
    assert picture.problems == ()
    assert story.texts() == ["the leader probably changed unseen: 23 nodes unknown, 0 back so far"]


def test_the_election_takes_the_place_of_a_wave_that_came_first() -> None:
    story = begin()
    story.turn(["mg0", *EVERYONE], "unknown", 10)
    story.lead("mg1", 12, asked=11.9)
    lines = story.texts(HappeningKind.ELECTION)
    assert lines == ["leader mg0 → mg1; 23 nodes unknown, 0 back so far"]


def test_a_few_unknown_nodes_without_an_election_are_a_loss() -> None:
    story = begin()
    story.turn(["w1", "w2"], "unknown", 10)
    assert story.texts() == ["2 nodes turned unknown, eu"]
    assert story.picture().leadership.phase is Phase.LED


def test_what_stays_unknown_after_the_grace_is_lost() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE[:-4], "ready", 20)
    story.show([], 16.4 + GRACE.total_seconds() + 1)
    picture = story.picture()
    assert picture.leadership.phase is Phase.LED
    assert any("18 back after 3.6 s, 4 stay lost" in text for text in story.texts())
    assert {p.kind for p in picture.problems} >= {"region_down"}
    assert picture.regions[0].health is Health.DEGRADED


def test_two_nodes_that_stay_unknown_are_a_problem_of_their_own() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE[:-2], "ready", 20)
    assert story.problem("nodes_unknown", 50) is None
    story.show([], 60)
    problem = story.problem("nodes_unknown")
    assert problem is not None
    assert problem.text == "2 nodes unknown to the leader: w18, w19"
    assert problem.query == "id~^(w18|w19)$"


def test_without_new_data_nobody_is_given_up() -> None:
    story = begin()
    elect(story)
    assert story.picture(500).leadership.settling == 22


def test_a_wave_that_is_still_coming_back_is_not_cut_off() -> None:
    story = begin()
    elect(story)
    for step, id_ in enumerate(EVERYONE):
        story.turn([id_], "ready", 20 + 4 * step)
    assert story.texts(HappeningKind.NODES) == []
    assert any("all back" in text for text in story.texts())


def test_the_old_leader_that_turns_down_is_a_loss_at_once() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE, "ready", 22)
    story.turn(["mg0"], "unknown", 23)
    story.turn(["mg0"], "down", 47, message="heartbeat failure")
    assert story.texts(HappeningKind.NODES) == ["node mg0 went down: heartbeat failure"]


def test_a_node_that_comes_back_after_it_was_given_up_is_told() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE[:-1], "ready", 20)
    story.show([], 60)
    story.turn(["w19"], "ready", 76.5)
    assert story.texts(HappeningKind.NODES) == ["node w19 came back after 60 s"]


def test_a_first_look_in_the_middle_of_a_wave_is_settling() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(20, state="unknown")], 0)
    assert story.picture().leadership.phase is Phase.SETTLING
    story.turn(WORKERS, "ready", 5)
    assert story.picture().leadership.phase is Phase.LED
    assert story.texts(HappeningKind.NODES) == []


def test_two_elections_in_a_row_are_two_lines_with_one_wave_each() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE[:10], "ready", 20)
    story.lead("mg2", 30, asked=29.9, away=["mg0"])
    story.turn(EVERYONE[:10], "unknown", 30.1)
    story.turn(EVERYONE, "ready", 36)
    lines = story.texts(HappeningKind.ELECTION)
    assert len(lines) == 2
    assert "22 nodes unknown, all back after 6 s" in lines[1]


def test_a_second_wave_before_the_first_is_over_is_not_told_as_losses() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE, "ready", 25)
    story.turn(EVERYONE, "unknown", 50)
    story.lead("mg1", 60, asked=50, away=["mg0"])
    story.turn(EVERYONE, "ready", 64)
    story.lead("mg1", 120, asked=120, away=["mg0"])
    assert story.texts(HappeningKind.NODES) == []
    kinds = {problem.kind for problem in story.picture().problems}
    assert kinds <= {"quorum", "leader_changed"}


def test_who_turns_unknown_just_before_the_grace_ends_has_time_to_come_back() -> None:
    story = begin()
    elect(story)
    story.turn(EVERYONE, "ready", 25)
    story.turn(["w3"], "unknown", 55)
    story.show([], 16.4 + GRACE.total_seconds() + 0.5)
    story.turn(["w3"], "ready", 58)
    assert story.texts(HappeningKind.NODES) == []
