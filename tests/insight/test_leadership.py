"""Elections are counted once each, and nothing else is taken for one."""

import pytest

from swarmtui.insight.picture import HappeningKind, Leadership, Phase
from swarmtui.swarm.observation import FailureKind
from swarmtui.swarm.words import Reachability
from tests.factories import make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes, seconds_at

ASKED = "tcp://10.0.0.1:2376"
OTHER = "tcp://10.0.0.2:2376"


def begin(*, leader: int | None = 0, asked: str = "mg0", managers: int = 3) -> Story:
    """Return a story of a swarm that was looked at twice already."""
    story = Story()
    story.connect(ASKED, asked, 0)
    story.show([*make_managers(leader, count=managers), *make_nodes(5)], 0, asked=0)
    story.lead(None if leader is None else f"mg{leader}", 2, asked=2)
    return story


def leadership(story: Story, second: float | None = None) -> Leadership:
    return story.picture(second).leadership


def elections(story: Story) -> list[tuple[str, str, float]]:
    return [(e.old_leader, e.new_leader, e.leaderless_s) for e in leadership(story).elections]


def test_nothing_is_known_before_the_first_answer() -> None:
    told = leadership(Story(), 0)
    assert (told.phase, told.since, told.leader) == (Phase.UNKNOWN, None, "")
    assert (told.quorum.managers, told.quorum.needed, told.quorum.margin) == (0, 0, 0)


def test_the_first_leader_is_no_election_and_its_tenure_is_a_lower_bound() -> None:
    story = begin()
    told = leadership(story)
    assert (told.phase, told.leader, told.leader_id) == (Phase.LED, "mg0", "mg0")
    assert seconds_at(told.leading_since) == 0
    assert not told.tenure_is_exact
    assert elections(story) == []
    assert story.texts(HappeningKind.ELECTION) == []


def test_a_leader_killed_while_another_manager_is_asked_is_one_election() -> None:
    story = begin(asked="mg1")
    story.hang("/nodes", 4, 5)
    story.hang("/nodes", 4, 9)
    assert leadership(story, 9).phase is Phase.ELECTING
    story.lead("mg1", 16.4, asked=4, away=["mg0"])
    assert elections(story) == [("mg0", "mg1", 12.4)]
    told = leadership(story)
    assert (told.phase, told.leader, told.tenure_is_exact) == (Phase.LED, "mg1", True)
    assert seconds_at(told.leading_since) == 16.4
    assert told.leaderless_s == pytest.approx(12.4)
    assert story.texts(HappeningKind.ELECTION) == ["leader mg0 → mg1, 12.4 s without a leader"]


def test_a_leader_killed_while_it_is_asked_is_one_election() -> None:
    story = begin(asked="mg0")
    story.lose(ASKED, FailureKind.REFUSED, 4, asked=4, next_host=OTHER)
    assert leadership(story, 4).phase is Phase.ELECTING
    story.connect(OTHER, "mg1", 4.5)
    story.hang("/nodes", 4.5, 6)
    assert leadership(story, 6).phase is Phase.ELECTING
    story.lead("mg2", 16, asked=4.5, away=["mg0"])
    assert elections(story) == [("mg0", "mg2", 12.0)]
    assert leadership(story).phase is Phase.LED


def test_a_leader_without_an_answer_in_between_changed_as_planned() -> None:
    story = begin()
    story.lead("mg2", 4, asked=3.9)
    assert elections(story) == [("mg0", "mg2", 0.0)]
    assert story.texts(HappeningKind.ELECTION) == ["leader mg0 → mg2"]


def test_a_node_list_without_a_leader_is_an_election_going_on() -> None:
    story = begin()
    story.lead(None, 4, asked=4)
    told = leadership(story, 7)
    assert (told.phase, seconds_at(told.since)) == (Phase.ELECTING, 4)
    assert told.leader == "mg0", "the last one stays named"
    story.lead("mg1", 9, asked=8.9)
    assert elections(story) == [("mg0", "mg1", 5.0)]


def test_the_same_leader_elected_again_after_a_leaderless_time_counts() -> None:
    story = begin()
    story.lead(None, 4, asked=4)
    story.lead("mg0", 9, asked=8.9)
    assert elections(story) == [("mg0", "mg0", 5.0)]
    assert story.texts(HappeningKind.ELECTION) == ["leader mg0 again, 5 s without a leader"]


def test_a_lost_follower_is_no_election_and_leaves_nothing_false_behind() -> None:
    story = begin(asked="mg1")
    story.lose(ASKED, FailureKind.REFUSED, 4, asked=4, next_host=OTHER)
    assert leadership(story, 4).phase is Phase.LED
    story.connect(OTHER, "mg2", 4.5)
    story.lead("mg0", 5, asked=4.6, away=["mg1"])
    told = leadership(story)
    assert (told.phase, told.leaderless_s) == (Phase.LED, 0.0)
    assert seconds_at(told.leading_since) == 0
    assert elections(story) == []
    assert story.texts(HappeningKind.ELECTION) == []


def test_a_leader_that_only_we_cannot_reach_stays_leader() -> None:
    story = begin(asked="mg0")
    story.lose(ASKED, FailureKind.REFUSED, 4, asked=4, next_host=OTHER)
    story.connect(OTHER, "mg1", 4.5)
    story.lead("mg0", 5, asked=4.6)
    assert leadership(story).phase is Phase.LED
    assert elections(story) == []


def test_an_old_trouble_is_not_counted_into_a_later_election() -> None:
    story = begin(asked="mg1")
    story.lose(ASKED, FailureKind.REFUSED, 4, asked=4, next_host=OTHER)
    story.lead("mg0", 5, asked=4.6)
    story.lead("mg1", 600, asked=599.9)
    assert elections(story) == [("mg0", "mg1", 0.0)]


def test_a_slow_answer_with_the_same_leader_is_no_election() -> None:
    story = begin()
    story.hang("/nodes", 4, 9)
    assert leadership(story, 9).phase is Phase.ELECTING
    story.lead("mg0", 10, asked=4)
    assert leadership(story).phase is Phase.LED
    assert elections(story) == []


def test_a_slow_answer_is_counted_from_when_it_was_asked_and_a_quick_one_not() -> None:
    quick, slow = begin(), begin()
    quick.lead("mg1", 5.5, asked=4)
    slow.lead("mg1", 6.5, asked=4)
    assert elections(quick) == [("mg0", "mg1", 0.0)]
    assert elections(slow) == [("mg0", "mg1", 2.5)]


def test_trouble_does_not_begin_before_the_leader_was_last_confirmed() -> None:
    story = begin()
    story.lose(ASKED, FailureKind.TIMED_OUT, 20, asked=1)
    story.lead("mg1", 22, asked=21.9)
    assert elections(story) == [("mg0", "mg1", 20.0)]


@pytest.mark.parametrize(
    ("what", "since", "second", "phase"),
    [
        ("/nodes", 4, 7.9, Phase.LED),
        ("/nodes", 4, 8, Phase.ELECTING),
        ("/v1.41/nodes", 4, 8, Phase.ELECTING),
        ("/services", 4, 8, Phase.ELECTING),
        ("/tasks", 4, 12, Phase.LED),
        ("/tasks", 4, 16, Phase.ELECTING),
    ],
)
def test_a_hanging_request_is_probably_an_election(
    what: str, since: float, second: float, phase: Phase
) -> None:
    story = begin()
    story.hang(what, since, second)
    assert leadership(story, second).phase is phase


def test_a_hanging_request_beside_answers_is_no_election() -> None:
    story = begin()
    story.serve([make_service()], 3)
    story.hang("/nodes", 4, 6)
    story.run([make_task()], 7)
    story.hang("/nodes", 4, 10)
    assert leadership(story, 10).phase is Phase.LED
    assert leadership(story, 11.1).phase is Phase.ELECTING


def test_a_single_manager_that_hangs_elects_nobody() -> None:
    story = begin(managers=1)
    story.hang("/nodes", 4, 20)
    story.lose(ASKED, FailureKind.TIMED_OUT, 34, asked=4)
    assert leadership(story, 34).phase is Phase.LED
    story.lead("mg0", 40, asked=39)
    assert elections(story) == []


def test_quorum_lost_and_regained_is_one_election_with_its_leaderless_time() -> None:
    story = begin()
    story.lose(ASKED, FailureKind.NO_LEADER, 34, asked=14)
    story.lose(ASKED, FailureKind.NO_LEADER, 36, asked=36)
    story.lose(OTHER, FailureKind.REFUSED, 37, asked=37)
    told = leadership(story, 40)
    assert (told.phase, seconds_at(told.since)) == (Phase.LOST, 14)
    assert told.quorum.margin < 0, "old data does not say otherwise"
    story.lead("mg0", 54, asked=53.9)
    told = leadership(story)
    assert (told.phase, told.quorum.margin) == (Phase.LED, 1)
    assert elections(story) == [("mg0", "mg0", 40.0)]
    assert story.texts(HappeningKind.ELECTION) == [
        f"no answer from {ASKED}",
        "leader mg0 again, 40 s without a leader",
    ]


def test_a_first_look_at_a_leaderless_swarm_counts_the_leader_that_comes() -> None:
    story = Story()
    story.lose(ASKED, FailureKind.NO_LEADER, 0, asked=0)
    assert leadership(story, 5).phase is Phase.LOST
    story.show(make_managers(1), 8, asked=7.9)
    assert elections(story) == [("", "mg1", 8.0)]
    assert leadership(story).tenure_is_exact


@pytest.mark.parametrize(
    "kind", [FailureKind.DENIED, FailureKind.VERSION, FailureKind.OTHER_SWARM, FailureKind.LOCKED]
)
def test_a_manager_that_refuses_us_says_nothing_of_the_leader(kind: FailureKind) -> None:
    story = begin()
    story.lose(ASKED, kind, 4, asked=4)
    assert leadership(story, 5).phase is Phase.LED
    story.lead("mg1", 60, asked=59.9)
    assert elections(story) == [("mg0", "mg1", 0.0)]


def test_silence_is_taken_for_an_election_for_a_minute_only() -> None:
    story = begin(asked="mg0")
    story.lose(ASKED, FailureKind.REFUSED, 4, asked=4)
    assert leadership(story, 63).phase is Phase.ELECTING
    assert leadership(story, 65).phase is Phase.LED


def test_three_elections_add_up() -> None:
    story = begin()
    story.lead("mg1", 14, asked=4)
    story.lead("mg2", 100, asked=99.9)
    story.lead("mg2", 102, asked=101.9)
    story.lead("mg0", 200, asked=195)
    assert [new for _, new, _ in elections(story)] == ["mg1", "mg2", "mg0"]
    assert leadership(story).leaderless_s == pytest.approx(15)


def test_managers_are_listed_with_the_leader_first() -> None:
    story = begin(leader=1)
    story.lead("mg1", 4, away=["mg0"])
    lines = leadership(story).managers
    assert [line.hostname for line in lines] == ["mg1", "mg0", "mg2"]
    assert [line.reachability for line in lines][1] is Reachability.UNREACHABLE
    quorum = leadership(story).quorum
    assert (quorum.managers, quorum.reachable, quorum.needed, quorum.margin) == (3, 2, 2, 0)


def test_a_leader_that_was_removed_is_still_named_in_the_election() -> None:
    story = begin()
    story.remove(["mg0"], 4)
    assert leadership(story, 5).phase is Phase.ELECTING
    story.lead("mg1", 6, asked=5.9)
    assert elections(story) == [("mg0", "mg1", 2.0)]


def test_hostile_hostnames_of_managers_are_made_harmless() -> None:
    story = Story()
    managers = make_managers(0)
    evil = type(managers[0])(
        id="evil",
        hostname="\x1b[31mevil\n",
        role=managers[0].role,
        manager=managers[0].manager,
        state=managers[0].state,
        created_at=managers[0].created_at,
        updated_at=managers[0].updated_at,
    )
    story.show([evil, *make_managers(None)], 0)
    assert "\x1b" not in leadership(story).leader
    assert "\n" not in leadership(story).managers[0].hostname
