"""Many nodes that are lost at once are one problem, told by what they have in common."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.query import parse_query
from swarmtui.insight.thresholds import Thresholds
from swarmtui.swarm.entities import Node
from tests.factories import at, make_node
from tests.insight.random_stories import make_analyst
from tests.insight.story import Story, make_managers, place_by_labels

WAVES = {"region_down", "contributor_down", "subnet_down", "engine_down"}


def make(count: int, prefix: str, net: str, **traits: str) -> Sequence[Node]:
    """Return nodes in a network, by default in no region, unclaimed and with the usual engine."""
    fields: dict[str, Any] = {}
    if engine := traits.pop("engine", ""):
        fields["engine_version"] = engine
    return [
        make_node(
            f"{prefix}{i}", hostname=f"{prefix}{i}", addr=f"{net}.{i + 1}", labels=traits, **fields
        )
        for i in range(count)
    ]


def begin(*groups: Sequence[Node]) -> Story:
    story = Story()
    story.show([*make_managers(0), *(node for group in groups for node in group)], 0)
    return story


def lose(story: Story, ids: Sequence[str], second: float, *, settle: bool = True) -> None:
    """Tell that nodes went down and, where it has to be sure, what came of it."""
    story.turn(ids, "down", second)
    if settle:
        for later in (2, 4, 6):
            story.show([], second + later)


def waves(story: Story, second: float | None = None) -> list[Problem]:
    return [p for p in story.picture(second).problems if p.kind in WAVES]


def only(story: Story, second: float | None = None) -> Problem:
    (problem,) = waves(story, second)
    return problem


def ids(prefix: str, count: int, start: int = 0) -> list[str]:
    return [f"{prefix}{i}" for i in range(start, start + count)]


def in_three_regions(**traits: str) -> Iterator[Sequence[Node]]:
    """Go through fifteen nodes that have this in common, among others of their regions."""
    for number, region in enumerate(("ams", "fra", "lon")):
        yield make(25, f"{region}-", f"10.{number}.0", region=region)
        yield make(5, f"x{number}-", f"10.{number}.1", region=region, **traits)


def test_a_contributor_whose_nodes_go_everywhere_is_one_problem() -> None:
    story = begin(*in_three_regions(contributor="bob"))
    lost = [*ids("x0-", 5), *ids("x1-", 5), *ids("x2-", 5)]
    lose(story, lost, 10)
    problem = only(story)
    assert (problem.kind, problem.subject) == ("contributor_down", "bob")
    assert problem.text == "bob: 15 of 15 nodes down within 30 s"
    assert problem.severity is Severity.CRITICAL
    assert problem.query == "contributor:bob -state:ready"
    assert sorted(problem.nodes) == sorted(lost)
    assert story.problem("nodes_down") is None


def test_an_engine_that_goes_everywhere_is_one_problem() -> None:
    story = begin(*in_three_regions(engine="19.03.15"))
    lose(story, [*ids("x0-", 5), *ids("x1-", 5), *ids("x2-", 4)], 10)
    problem = only(story)
    assert (problem.kind, problem.subject) == ("engine_down", "19.03.15")
    assert problem.text == "engine 19.03.15: 14 of 15 nodes down within 30 s"
    assert problem.query == "engine:19.03.15 -state:ready"


def test_a_network_that_goes_is_one_problem() -> None:
    rack, rest = make(20, "a", "10.4.7", region="fra"), make(80, "b", "10.4.8", region="fra")
    story = begin(rack, rest, make(80, "c", "10.9.0", region="ams"))
    lose(story, ids("a", 18), 10)
    problem = only(story)
    assert (problem.kind, problem.subject) == ("subnet_down", "10.4.7.0/24")
    assert problem.text == "10.4.7.0/24: 18 of 20 nodes down within 30 s"
    shown = parse_query(problem.query).filter_nodes(story.nodes.values(), story.picture())
    assert {node.id for node in shown} == set(problem.nodes)


def test_a_wider_network_is_told_when_it_explains_more() -> None:
    racks = [make(10, f"r{i}-", f"10.4.{i}", region=f"dc{i}") for i in range(4)]
    rest = [make(40, f"s{i}-", f"10.9.{i}", region=f"dc{i}") for i in range(4)]
    story = begin(*racks, *rest)
    lose(story, [node.id for rack in racks for node in rack], 10)
    problem = only(story)
    assert (problem.kind, problem.subject) == ("subnet_down", "10.4.0.0/16")
    assert "40 of 40" in problem.text


def test_a_region_wins_a_tie() -> None:
    both = {"region": "ams", "contributor": "bob", "engine": "19.03.15"}
    story = begin(make(20, "a", "10.4.0", **both), make(40, "b", "10.5.0", region="fra"))
    story.turn(ids("a", 12), "down", 10)
    assert only(story).kind == "region_down"


def test_a_region_is_told_although_some_contributor_lost_all_and_others_only_most() -> None:
    ann = make(10, "a", "10.4.0", region="ams", contributor="ann")
    bob = make(12, "b", "10.4.1", region="ams", contributor="bob")
    story = begin(ann, bob, make(60, "c", "10.5.0", region="fra"))
    lose(story, [*ids("a", 10), *ids("b", 8)], 10)
    assert only(story).text == "ams: 18 of 22 nodes down within 30 s"


def test_two_regions_that_go_at_once_are_two_problems_of_different_nodes() -> None:
    story = begin(
        make(20, "a", "10.4.0", region="ams"),
        make(30, "b", "10.5.0", region="fra"),
        make(50, "c", "10.6.0", region="lon"),
    )
    story.turn([*ids("a", 15), *ids("b", 20)], "down", 10)
    problems = waves(story)
    assert {problem.subject: problem.size for problem in problems} == {"ams": 15, "fra": 20}
    told = [node for problem in problems for node in problem.nodes]
    assert len(told) == len(set(told))


def test_the_engine_of_most_nodes_explains_nothing() -> None:
    story = begin(*(make(20, f"{r}-", f"10.{i}.0", region=r) for i, r in enumerate("abcdef")))
    lose(story, [f"{region}-{i}" for region in "abcdef" for i in range(1)], 10)
    assert waves(story) == []
    lose(story, [f"{region}-{i}" for region in "abcdef" for i in range(2, 15)], 60)
    assert {problem.kind for problem in waves(story)} == {"region_down"}


@pytest.mark.parametrize("lost", [2, 4])
def test_too_few_of_a_contributor_are_just_nodes(lost: int) -> None:
    nodes = [
        make(15, f"x{i}-", f"10.{i}.0", region=r, contributor="bob")
        for i, r in enumerate(("ams", "fra", "lon", "nyc"))
    ]
    story = begin(*nodes, make(300, "y", "10.9.0", region="sgp"))
    lose(story, [f"x{i}-0" for i in range(lost)], 10)
    assert waves(story) == []
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.size == lost


def test_unclaimed_nodes_have_no_contributor_in_common() -> None:
    story = begin(*in_three_regions(), make(60, "c", "10.9.0", region="sgp", contributor="ann"))
    lose(story, [*ids("x0-", 2), *ids("x1-", 2), *ids("x2-", 2)], 10)
    assert "contributor_down" not in {problem.kind for problem in waves(story)}


def test_nodes_are_named_until_it_is_sure_what_they_have_in_common() -> None:
    story = begin(*in_three_regions(contributor="bob"))
    lose(story, [*ids("x0-", 5), *ids("x1-", 5)], 10, settle=False)
    assert story.problem("nodes_down") is not None
    lose(story, ids("x2-", 5), 12)
    assert only(story, 18).size == 15
    assert story.problem("nodes_down") is None


def test_a_wave_that_goes_on_and_on_is_told_within_ten_seconds() -> None:
    story = begin(*in_three_regions(contributor="bob"))
    for step in range(5):
        story.turn([f"x{i}-{step}" for i in range(3)], "down", 10 + 2 * step)
    problem = only(story, 18)
    assert problem.since == at(10)
    assert problem.size == 15


def test_what_explains_an_outage_stays_while_it_lasts() -> None:
    bobs = make(10, "a", "10.4.0", region="ams", contributor="bob")
    rest = make(10, "b", "10.4.1", region="ams")
    story = begin(bobs, rest, make(40, "c", "10.5.0", region="fra"))
    lose(story, ids("a", 10), 10)
    first = only(story)
    lose(story, ids("b", 10), 20)
    for problem in waves(story):
        assert (problem.kind == first.kind) is (problem.subject == first.subject)
    assert first.identity in {problem.identity for problem in waves(story)}
    story.turn(ids("a", 4), "ready", 60)
    assert first.identity in {problem.identity for problem in waves(story)}


def test_who_comes_back_and_goes_again_is_counted_once() -> None:
    story = begin(make(20, "a", "10.4.0", region="ams"), make(40, "c", "10.5.0", region="fra"))
    story.turn(ids("a", 12), "down", 10)
    story.turn(ids("a", 2), "ready", 20)
    story.turn(ids("a", 2), "down", 30)
    assert only(story).text == "ams: 12 of 20 nodes down within 30 s"


def test_an_outage_is_over_when_half_of_what_it_takes_is_left() -> None:
    story = begin(make(100, "a", "10.4.0", region="ams"), make(40, "c", "10.5.0", region="fra"))
    story.turn(ids("a", 12), "down", 10)
    story.turn(ids("a", 7), "ready", 100)
    assert only(story).text == "ams: 5 of 100 nodes down within 30 s, 7 are back"
    story.turn(["a7"], "ready", 110)
    assert waves(story) == []
    problem = story.problem("nodes_down")
    assert problem is not None
    assert len(problem.nodes) == 4


def test_ghosts_do_not_count_as_nodes_of_a_region() -> None:
    live = make(20, "a", "10.4.0", region="ams")
    old = [
        msgspec.structs.replace(
            node, id=f"old-{node.id}", created_at=at(-7200), updated_at=at(-3600)
        )
        for node in live
    ]
    story = begin(live, make(40, "c", "10.5.0", region="fra"))
    story.show(old, 1)
    story.turn([node.id for node in old], "down", 2)
    story.show([], 60)
    story.turn(ids("a", 14), "down", 100)
    assert only(story).text == "ams: 14 of 20 nodes down within 30 s"


def test_machines_that_joined_again_are_back() -> None:
    story = begin(make(20, "a", "10.4.0", region="ams"), make(40, "c", "10.5.0", region="fra"))
    story.turn(ids("a", 12), "down", 10)
    again = [
        msgspec.structs.replace(node, id=f"new-{node.id}", created_at=at(60))
        for node in make(3, "a", "10.4.0", region="ams")
    ]
    story.show(again, 60)
    assert only(story).text == "ams: 9 of 20 nodes down within 30 s, 3 are back"


def test_half_of_a_small_region_in_a_large_swarm_is_not_critical() -> None:
    story = begin(make(6, "a", "10.4.0", region="ams"))
    story.show([n for i in range(4) for n in make(80, f"c{i}-", f"10.5.{i}", region="fra")], 1)
    story.turn(ids("a", 4), "down", 10)
    assert only(story).severity is Severity.WARNING


def test_an_outage_says_what_the_nodes_are_otherwise() -> None:
    ann = make(10, "a", "10.4.0", region="ams", contributor="ann")
    bob = make(10, "b", "10.4.1", region="ams", contributor="bob", engine="19.03.15")
    story = begin(ann, bob, make(60, "c", "10.5.0", region="fra"))
    story.turn([*ids("a", 8), *ids("b", 4)], "down", 10, message="heartbeat failure")
    assert only(story).evidence == [
        "first lost at 12:00:10 UTC, last at 12:00:10 UTC",
        "heartbeat failure: 12 nodes",
        "by contributor: ann 8, bob 4",
        "by subnet: 10.4.0.0/16 12, 10.4.0.0/24 8, 10.4.1.0/24 4",
        "by engine: 20.10.24 8, 19.03.15 4",
    ]


def test_an_election_is_no_outage() -> None:
    story = begin(make(20, "a", "10.4.0", region="ams"), make(40, "c", "10.5.0", region="fra"))
    story.lead(None, 10)
    story.lead("mg1", 22)
    story.turn(story.nodes, "unknown", 22.1)
    for second in range(24, 40, 2):
        story.show([], second)
        assert waves(story) == []
    story.turn(story.nodes, "ready", 41)
    assert waves(story) == []


def test_a_region_that_does_not_come_back_from_an_election_is_an_outage() -> None:
    story = begin(make(20, "a", "10.4.0", region="ams"), make(40, "c", "10.5.0", region="fra"))
    story.lead("mg1", 22, asked=10)
    story.turn(story.nodes, "unknown", 22.1)
    story.turn([id_ for id_ in story.nodes if not id_.startswith("a")], "ready", 26)
    story.turn(ids("a", 20), "down", 53)
    assert only(story).text == "ams: 20 of 20 nodes down within 30 s"


def test_an_outage_of_an_earlier_version_is_still_one() -> None:
    story = begin(make(20, "a", "10.4.0", region="ams"))
    story.turn(ids("a", 12), "down", 10)
    memory = msgspec.to_builtins(story.analyst.remember())
    del memory["membership"]["outages"]
    loss = {
        "region": "ams",
        "began_at": at(10),
        "last_at": at(10),
        "most_at_once": 12,
        "total": 12,
        "nodes": ids("a", 12),
    }
    memory["membership"]["waves"] = {"losses": [loss]}
    analyst = make_analyst()
    old = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=Memory)
    analyst.recall(story.analyst.snapshot, old)
    (problem,) = [p for p in analyst.picture(at(10)).problems if p.kind == "region_down"]
    assert (problem.subject, problem.size) == ("ams", 12)


@pytest.mark.parametrize("trait", ["contributor", "engine"])
def test_hostile_names_of_what_nodes_have_in_common_are_made_harmless(trait: str) -> None:
    evil = 'evil\x1b[2J" -state:ready *(){}'
    story = begin(*in_three_regions(**{trait: evil}))
    lose(story, [*ids("x0-", 5), *ids("x1-", 5), *ids("x2-", 5)], 10)
    problem = only(story)
    assert problem.kind == f"{trait}_down"
    lines = (problem.text, problem.subject, *problem.evidence)
    assert all("\x1b" not in line for line in lines)
    shown = parse_query(problem.query).filter_nodes(story.nodes.values(), story.picture())
    assert {node.id for node in shown} == set(problem.nodes)


@pytest.mark.parametrize("addr", ["", "::", "evil\x1b[2J", "10.4.7", "999.1.1.1"])
def test_addresses_that_are_none_are_no_network_in_common(addr: str) -> None:
    odd = [make_node(f"a{i}", hostname=f"a{i}", addr=addr) for i in range(20)]
    story = begin(odd, make(80, "b", "10.4.8"))
    lose(story, ids("a", 6), 10)
    assert waves(story) == []


def test_nodes_of_version_6_have_networks_in_common() -> None:
    rack = [
        make_node(f"a{i}", hostname=f"a{i}", addr=f"2001:db8:1:2::{i + 1:x}", labels={"region": r})
        for i, r in enumerate("abcdefghij" * 2)
    ]
    rest = [make(30, f"{region}-", f"10.{i}.0", region=region) for i, region in enumerate("abcde")]
    story = begin(rack, *rest)
    lose(story, ids("a", 18), 10)
    assert only(story).subject == "2001:db8:1:2::/64"


def test_where_the_line_is_drawn_can_be_moved() -> None:
    lost = ids("a", 5)
    for fewest, is_told in [(5, True), (6, False)]:
        story = Story()
        thresholds = Thresholds(wave_fewest=fewest)
        story.analyst = Analyst(place=place_by_labels, thresholds=thresholds)
        story.show([*make_managers(0), *make(20, "a", "10.4.0", region="ams")], 0)
        lose(story, lost, 10)
        assert bool(waves(story)) is is_told
