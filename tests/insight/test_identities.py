"""Ghosts are told from losses, and one machine from two."""

from typing import Any

import pytest

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.identities import Identities
from swarmtui.insight.machines import addresses_of
from swarmtui.insight.picture import Picture, Place, Problem, Severity
from swarmtui.swarm.entities import Node
from tests.factories import at, machine_seen, make_machine, make_node, nodes_seen
from tests.insight.story import Story, make_managers, make_nodes


def host(id_: str, joined: float = 0, *, down_at: float | None = None, **fields: Any) -> Node:
    """Return a node that joined at a second, and went down at another, if it did."""
    defaults = {"hostname": id_, "addr": f"10.1.0.{id_[1:]}", "created_at": at(joined)}
    if down_at is not None:
        defaults |= {"state": "down", "updated_at": at(down_at)}
    return make_node(id_, **(defaults | fields))


def ghosts_of(*nodes: Node) -> set[str]:
    identities = Identities()
    identities.recall(nodes, addresses_of(nodes))
    return identities.ghosts


def test_a_machine_that_joined_again_leaves_a_ghost() -> None:
    assert ghosts_of(host("n1", down_at=100, hostname="web"), host("n2", 160, hostname="web")) == {
        "n1"
    }


def test_a_machine_with_another_name_at_the_same_address_leaves_a_ghost() -> None:
    old, new = host("n1", down_at=100, addr="10.9.0.1"), host("n2", 160, addr="10.9.0.1")
    assert ghosts_of(old, new) == {"n1"}


def test_a_machine_that_is_back_before_it_was_missed_leaves_a_ghost() -> None:
    old, new = host("n1", down_at=100, hostname="web"), host("n2", 87, hostname="web")
    assert ghosts_of(old, new) == {"n1"}


@pytest.mark.parametrize("shared", [{"hostname": "web"}, {"addr": "10.9.0.1"}])
def test_a_node_is_lost_when_the_other_of_its_name_or_address_was_there_before(
    shared: dict[str, Any],
) -> None:
    assert ghosts_of(host("n1", down_at=500, **shared), host("n2", 160, **shared)) == set()


@pytest.mark.parametrize("shared", [{"hostname": "docker"}, {"addr": "10.9.0.1"}])
def test_a_name_or_address_of_many_says_nothing(shared: dict[str, Any]) -> None:
    others = [host("n2", **shared), host("n3", 200, **shared)]
    assert ghosts_of(host("n1", down_at=100, **shared), *others) == set()


def test_nodes_without_a_hostname_or_an_address_are_no_ghosts_of_each_other() -> None:
    assert ghosts_of(host("n1", down_at=9, hostname="", addr=""), host("n2", 60, hostname="")) == (
        set()
    )


def test_a_ghost_stays_one_while_an_election_has_its_machine_unknown_and_when_it_is_lost() -> None:
    story = Story()
    old, new = host("n1", -500, down_at=-100, hostname="web"), host("n2", -60, hostname="web")
    story.show([*make_managers(0), old, new], 0)
    for second, state in [(10, "unknown"), (20, "ready"), (30, "down")]:
        story.turn(["n2"], state, second)
        assert story.picture().nodes.ghosts == 1
    problem = story.problem("nodes_down")
    assert problem is not None
    assert problem.nodes == ("n2",)


def test_a_ghost_is_none_any_more_when_its_machine_is_removed() -> None:
    story = Story()
    old, new = host("n1", -500, down_at=-100, hostname="web"), host("n2", -60, hostname="web")
    story.show([*make_managers(0), old, new], 0)
    assert story.problem("ghosts") is not None
    story.remove(["n2"], 10)
    assert story.problem("ghosts") is None
    assert story.problem("nodes_down") is not None


def test_a_command_removes_a_handful_of_ghosts_and_says_how_many_are_left() -> None:
    story = Story()
    old = [host(f"n{i}", down_at=-9, hostname=f"h{i}") for i in range(40)]
    new = [host(f"m{i}", 0, hostname=f"h{i}", addr=f"10.2.0.{i}") for i in range(40)]
    story.show([*make_managers(0), *old, *new], 0)
    problem = story.problem("ghosts")
    assert problem is not None
    assert problem.command == "docker node rm n0 n1 n10 n11 n12"
    assert problem.evidence[-1] == "the command has 5 of them, 35 more are left"


def test_an_id_that_is_none_gets_into_no_command() -> None:
    story = Story()
    evil = make_node("x; rm -rf /", hostname="web", state="down", updated_at=at(-9))
    story.show([*make_managers(0), evil, host("n2", 0, hostname="web")], 0)
    problem = story.problem("ghosts")
    assert problem is not None
    assert problem.command == ""


def twice(story: Story, second: float | None = None) -> dict[str, Problem]:
    problems = story.picture(second).problems
    return {p.subject: p for p in problems if p.kind == "identity_twice"}


def test_two_ready_nodes_with_one_name_and_address_are_one_machine_twice() -> None:
    story = Story()
    one, other = (
        host("n1", hostname="web", addr="10.9.0.1"),
        host("n2", 10, hostname="web", addr="10.9.0.1"),
    )
    story.show([*make_managers(0), one, other], 10)
    assert twice(story, 69) == {}
    problem = twice(story, 71)["machines"]
    assert problem.text == "web is in the swarm 2 times, at one address"
    assert (problem.severity, problem.nodes) == (Severity.INFO, ["n1", "n2"])
    assert problem.since == at(10)


def test_a_machine_that_joined_again_is_not_there_twice_once_the_old_one_is_missed() -> None:
    story = Story()
    nodes = [host(id_, hostname="web", addr="10.9.0.1") for id_ in ("n1", "n2")]
    story.show([*make_managers(0), *nodes], 0)
    story.turn(["n1"], "down", 13)
    assert twice(story, 100) == {}


@pytest.mark.parametrize("differs", [{"hostname": "other"}, {"addr": "10.9.0.2"}])
def test_nodes_that_share_only_a_name_or_only_an_address_are_two(differs: dict[str, Any]) -> None:
    story = Story()
    same: dict[str, Any] = {"hostname": "web", "addr": "10.9.0.1"}
    story.show([*make_managers(0), host("n1", **same), host("n2", **(same | differs))], 0)
    assert twice(story, 300) == {}


def move(story: Story, *addresses: str, every: float = 20) -> None:
    story.show([*make_managers(0), host("n1", addr="10.9.0.1")], 0)
    for step, address in enumerate(addresses):
        story.show([host("n1", addr=address)], every * (step + 1))


def test_a_node_that_is_seen_at_two_addresses_in_turn_is_two_machines() -> None:
    story = Story()
    move(story, "10.9.0.2", "10.9.0.1", "10.9.0.2")
    problem = twice(story)["addresses"]
    assert problem.severity is Severity.WARNING
    assert problem.text == "n1 is seen at 10.9.0.1 and 10.9.0.2 in turn, last at 12:01:00 UTC"
    assert problem.nodes == ("n1",)
    story.show([], 700)
    assert twice(story) == {}


@pytest.mark.parametrize(
    "addresses",
    [("10.9.0.2",), ("10.9.0.2", "10.9.0.1"), ("10.9.0.2", "10.9.0.3", "10.9.0.4")],
)
def test_a_node_that_moves_is_one_machine(addresses: tuple[str, ...]) -> None:
    story = Story()
    move(story, *addresses)
    assert twice(story) == {}


def inventory(*doors: str, says: str = "n1") -> Picture:
    machines = [make_machine(f"m{i}", addr=door) for i, door in enumerate(doors)]
    analyst = Analyst(place=lambda _: Place(), machines=machines)
    analyst.see(nodes_seen([*make_managers(0), *make_nodes(3, "n")]))
    for i in range(len(doors)):
        analyst.see(machine_seen(f"m{i}", says if i else "n1", second=i))
    return analyst.picture(at(10))


def shared(picture: Picture) -> list[Problem]:
    return [problem for problem in picture.problems if problem.kind == "identity_twice"]


def test_machines_that_say_they_are_one_node_are_told() -> None:
    (problem,) = shared(inventory("192.0.2.1", "192.0.2.2"))
    assert problem.text == "2 machines say they are node n1: m0, m1"
    assert (problem.subject, problem.since, problem.nodes) == ("inventory", at(1), ("n1",))


def test_a_machine_that_is_listed_twice_is_one() -> None:
    assert shared(inventory("192.0.2.1", "192.0.2.1")) == []


def test_machines_that_are_different_nodes_are_nothing_to_tell() -> None:
    assert shared(inventory("192.0.2.1", "192.0.2.2", says="n2")) == []
