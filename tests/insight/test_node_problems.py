"""Nodes that are down are one problem each region, or named, or known ghosts."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.picture import Health, Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.words import Availability
from tests.factories import at, make_node, make_service, make_task
from tests.insight.story import Story, in_region, make_managers, make_nodes, seconds_at

HOUR = 3600.0


def begin(*, ap: int = 20, eu: int = 20) -> Story:
    story = Story()
    ap_nodes = make_nodes(ap, "ap", **in_region("ap-southeast-1"))
    eu_nodes = make_nodes(eu, "eu", **in_region("eu"))
    story.show([*make_managers(0), *ap_nodes, *eu_nodes], 0)
    return story


def ap(*numbers: int) -> list[str]:
    return [f"ap{i}" for i in numbers]


def shown_by(story: Story, query: str) -> set[str]:
    picture = story.picture()
    nodes = picture.snapshot.nodes.values()
    return {node.id for node in parse_query(query).filter_nodes(nodes, picture)}


def test_a_healthy_swarm_has_no_problems() -> None:
    picture = begin().picture()
    assert picture.problems == ()
    assert picture.health is Health.HEALTHY


def test_a_swarm_never_seen_has_unknown_health() -> None:
    assert Story().picture(0).health is Health.UNKNOWN


def test_a_region_that_goes_at_once_is_one_problem() -> None:
    story = begin()
    story.turn(ap(1, 2, 3), "down", 10)
    story.turn(ap(4, 5), "down", 30)
    problem = story.problem("region_down")
    assert problem is not None
    assert problem.text == "ap-southeast-1: 5 of 20 nodes down within 30 s"
    assert problem.severity is Severity.WARNING
    assert seconds_at(problem.since) == 10
    assert shown_by(story, problem.query) == set(problem.nodes) == set(ap(1, 2, 3, 4, 5))
    assert story.problem("nodes_down") is None


def test_half_a_region_is_critical() -> None:
    story = begin()
    story.turn(ap(*range(10)), "down", 10)
    problem = story.problem("region_down")
    assert problem is not None
    assert problem.severity is Severity.CRITICAL
    assert story.picture().health is Health.CRITICAL


def test_a_big_loss_is_shown_by_region() -> None:
    story = begin()
    story.turn(ap(*range(14)), "down", 10)
    problem = story.problem("region_down")
    assert problem is not None
    assert problem.query == "region:ap-southeast-1 -state:ready"
    assert shown_by(story, problem.query) == set(problem.nodes)


@pytest.mark.parametrize(("lost", "of"), [(2, 20), (3, 40)])
def test_fewer_than_three_or_than_one_in_ten_are_just_nodes(lost: int, of: int) -> None:
    story = begin(ap=of)
    story.turn(ap(*range(lost)), "down", 10)
    assert story.problem("region_down") is None
    assert story.problem("nodes_down") is not None


def test_nodes_that_go_one_after_the_other_are_no_region_down() -> None:
    story = begin()
    for step in range(5):
        story.turn(ap(step), "down", 10 + 20 * step)
    assert story.problem("region_down") is None


def test_a_region_that_goes_over_a_minute_is_still_one_problem() -> None:
    story = begin()
    for step in range(4):
        story.turn(ap(2 * step, 2 * step + 1), "down", 10 + 15 * step)
    problem = story.problem("region_down")
    assert problem is not None
    assert problem.text == "ap-southeast-1: 8 of 20 nodes down within 45 s"


def test_the_region_is_down_until_it_comes_back() -> None:
    story = begin()
    story.turn(ap(1, 2, 3, 4, 5), "down", 10)
    story.turn(ap(1, 2), "ready", 100)
    problem = story.problem("region_down", 2000)
    assert problem is not None
    assert problem.text == "ap-southeast-1: 3 of 20 nodes down within 30 s, 2 are back"
    story.turn(ap(3, 4, 5), "ready", 2100)
    assert story.picture().problems == ()


def test_what_is_left_of_a_lost_region_is_named() -> None:
    story = begin()
    story.turn(ap(1, 2, 3), "down", 10)
    story.turn(ap(1, 2), "ready", 100)
    assert story.problem("region_down") is None
    problem = story.problem("nodes_down")
    assert problem is not None
    assert (problem.text, problem.subject) == ("ap3 is down", "nodes")


def test_one_node_that_is_down_says_why() -> None:
    story = begin()
    story.turn(ap(1), "down", 10, message="heartbeat failure")
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.text == "ap1 is down: heartbeat failure"
    assert problem.nodes == ("ap1",)
    assert shown_by(story, problem.query) == {"ap1"}


def test_several_nodes_down_are_counted_and_the_first_named() -> None:
    story = begin(ap=60)
    story.turn(ap(1, 2, 3, 4, 5), "down", 10)
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.text == "5 nodes down: ap1, ap2, ap3 and 2 more"
    assert shown_by(story, problem.query) == set(problem.nodes)


def test_nodes_down_for_more_than_an_hour_are_no_alarm_any_more() -> None:
    story = begin()
    story.turn(ap(1), "down", 10)
    story.show([], HOUR + 60)
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.severity is Severity.INFO
    assert story.picture().health is Health.HEALTHY


def test_nodes_that_are_down_are_one_problem_whoever_they_are() -> None:
    story = begin(ap=60)
    story.turn(ap(1), "down", 10)
    first = story.problem("nodes_down")
    story.turn(ap(2), "down", 100)
    story.turn(ap(1), "ready", 200)
    last = story.problem("nodes_down")
    assert first is not None
    assert last is not None
    assert (first.identity, first.nodes, last.nodes) == (last.identity, ("ap1",), ("ap2",))


def test_nodes_down_say_since_when_and_why() -> None:
    story = begin(ap=60)
    story.turn(ap(1, 2), "down", 10, message="heartbeat failure")
    problem = story.problem("nodes_down", 40)
    assert problem is not None
    assert problem.evidence == [
        "ap1, down for 30 s: heartbeat failure",
        "ap2, down for 30 s: heartbeat failure",
    ]


def dismiss(story: Story, *ids: str, second: float) -> None:
    drained = [replace(story.nodes[id_], availability=Availability.DRAIN) for id_ in ids]
    story.show(drained, second)
    story.turn(ids, "down", second + 10)


def test_nodes_that_were_drained_and_are_gone_are_left_to_be_removed() -> None:
    story = begin()
    dismiss(story, *ap(*range(15)), second=10)
    (problem,) = [p for p in story.picture().problems if p.kind != "managers_even"]
    assert (problem.kind, problem.subject) == ("nodes_down", "nodes drained")
    assert problem.severity is Severity.INFO
    assert problem.text == "15 nodes down, and drained before: ap0, ap1, ap10 and 12 more"
    assert problem.command == "docker node rm ap0 ap1 ap10 ap11 ap12"
    assert problem.evidence[-1] == "the command has 5 of them, 10 more are left"
    assert shown_by(story, problem.query) == set(problem.nodes)


def test_a_manager_that_was_drained_and_is_gone_is_a_loss() -> None:
    story = begin()
    dismiss(story, "mg1", second=10)
    problem = story.problem("nodes_down")
    assert problem is not None
    assert (problem.subject, problem.severity) == ("nodes", Severity.WARNING)


def test_ghosts_are_counted_with_the_command_that_removes_them() -> None:
    story = begin()
    old = [make_node(f"old{i}", hostname=f"ap{i}", state="down") for i in range(4)]
    story.show(old, 10)
    problem = story.problem("ghosts")
    assert problem is not None
    assert problem.severity is Severity.INFO
    assert problem.text == "4 ghosts: down, and joined again under a new id"
    assert problem.command == "docker node rm old0 old1 old2 old3"
    assert story.problem("nodes_down") is None
    assert story.picture().nodes.ghosts == 4


def test_tasks_that_read_running_on_lost_nodes_are_a_problem() -> None:
    story = begin()
    story.serve([make_service(replicas=2)], 1)
    story.run([make_task("t1", node_id="ap1"), make_task("t2", node_id="eu1", slot=2)], 2)
    assert story.problem("running_on_lost") is None
    story.turn(ap(1), "down", 10)
    problem = story.problem("running_on_lost")
    assert problem is not None
    assert problem.text == "1 task reads running on a node that is not ready"
    assert shown_by(story, problem.query) == {"ap1"}


def test_a_node_that_just_joined_and_is_unknown_is_no_problem_yet() -> None:
    story = begin()
    story.show([make_node("new", state="unknown")], 10)
    assert story.picture(12).problems == ()
    assert story.problem("nodes_unknown", 30) is not None


@pytest.mark.parametrize(
    ("down", "health"),
    [(0, Health.HEALTHY), (1, Health.HEALTHY), (2, Health.DEGRADED), (10, Health.CRITICAL)],
)
def test_a_region_is_degraded_when_one_node_in_ten_is_down_and_critical_at_half(
    down: int, health: Health
) -> None:
    story = begin()
    story.turn(ap(*range(down)), "down", 10)
    region = next(g for g in story.picture().regions if g.name == "ap-southeast-1")
    assert region.health is health
    assert bool(region.reason) is (health is not Health.HEALTHY)


def test_a_region_says_why_it_is_sick() -> None:
    story = begin()
    story.turn(ap(1, 2, 3), "down", 10)
    story.turn(ap(4), "disconnected", 10)
    assert story.picture().regions[0].reason == "4 of 20 nodes not ready: 3 down, 1 disconnected"


def test_ghosts_do_not_make_a_group_sick() -> None:
    story = begin()
    story.show(
        [
            make_node(f"old{i}", hostname=f"ap{i}", state="down", **in_region("ap-southeast-1"))
            for i in range(20)
        ],
        10,
    )
    region = next(g for g in story.picture().regions if g.name == "ap-southeast-1")
    assert (region.nodes, region.down, region.health) == (40, 20, Health.HEALTHY)
    assert (region.ghosts, region.machines, region.ready) == (20, 20, 20)


def test_groups_stand_worst_first_then_by_size() -> None:
    story = begin(ap=10)
    story.turn(ap(*range(5)), "down", 10)
    assert [g.name for g in story.picture().regions] == ["ap-southeast-1", "eu", "unplaced"]


def test_a_contributor_who_promised_and_has_not_joined_is_listed() -> None:
    story = Story(pledges={"Alice": 100})
    story.show([make_node(labels={"contributor": "Bob"})], 0)
    groups = {g.name: g for g in story.picture().contributors}
    assert (groups["Alice"].nodes, groups["Alice"].pledged) == (0, 100)
    assert groups["Alice"].health is Health.UNKNOWN
    assert groups["Bob"].pledged is None


def test_the_trend_of_a_group_ends_with_now() -> None:
    story = begin()
    story.serve([], 1)
    for step in range(20):
        story.turn(ap(step), "down", 10 + 5 * step)
    region = next(g for g in story.picture().regions if g.name == "ap-southeast-1")
    assert len(region.trend) <= 8
    assert region.trend[-1] == 0
    assert list(region.trend) == sorted(region.trend, reverse=True)


def test_hostile_names_of_regions_and_nodes_are_made_harmless() -> None:
    story = Story()
    evil = in_region('evil\x1b[2J" -state:ready')
    story.show([*make_managers(0), *make_nodes(20, **evil), make_node("x", hostname="\x1b[1m")], 0)
    story.turn([f"w{i}" for i in range(15)], "down", 10)
    story.turn(["x"], "down", 10)
    picture = story.picture()
    assert all("\x1b" not in f"{p.text}" for p in picture.problems)
    problem = story.problem("region_down")
    assert problem is not None
    assert shown_by(story, problem.query) == set(problem.nodes)


def test_a_region_moves_with_its_label() -> None:
    story = begin()
    story.show([make_node("eu1", hostname="eu1", **in_region("moved"))], 10)
    sizes = {g.name: g.nodes for g in story.picture().regions}
    assert (sizes["moved"], sizes["eu"]) == (1, 19)


def test_ages_from_a_clock_that_runs_ahead_are_not_negative() -> None:
    story = Story()
    story.show([*make_managers(0), make_node("w0", state="down", updated_at=at(500))], 0)
    assert story.picture().states_since["w0"] == at(0)
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.since == at(0)
