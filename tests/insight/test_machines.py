"""Which machine is which node."""

import random

import pytest

from swarmtui.insight.machines import Machines, Matches
from swarmtui.swarm.entities import ManagerStatus, Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen
from swarmtui.swarm.words import Reachability
from tests.factories import at, make_node

NOWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound


def machine(name: str, addr: str = "192.0.2.1", **fields: object) -> Machine:
    return Machine(name=name, addr=addr, **fields)  # type: ignore[arg-type]


def said(name: str, node_id: str, *, second: float = 0) -> MachineSeen:
    return MachineSeen(taken_at=at(second), machine=name, reachable=True, node_id=node_id)


def match(
    machines: list[Machine], nodes: list[Node], seen: list[MachineSeen] | None = None
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Return the node of each machine and the machine of each node."""
    matches = Matches(Machines(machines, seen=seen or []), nodes)
    owners = {node.id: matches.find_machine(node.id) for node in nodes}
    return (
        {m.name: matches.find_node(m.name) for m in machines},
        {id_: owner.name if owner else None for id_, owner in owners.items()},
    )


def test_a_machine_is_the_node_it_says_it_is() -> None:
    nodes = [make_node("n1", addr="10.0.0.1"), make_node("n2", addr="10.0.0.2")]
    machines = [machine("m", "10.0.0.1", node_id="n1")]
    assert match(machines, nodes, [said("m", "n2")]) == (
        {"m": "n2"},
        {"n1": None, "n2": "m"},
    )


def test_the_last_it_said_holds() -> None:
    nodes = [make_node("n1"), make_node("n2")]
    seen = [said("m", "n1"), said("m", "n2", second=9)]
    assert match([machine("m")], nodes, seen)[0] == {"m": "n2"}


def test_a_machine_in_another_swarm_is_no_node_of_this_one() -> None:
    nodes = [make_node("n1", addr="10.0.0.1")]
    machines = [machine("m", "10.0.0.1", node_id="n1")]
    assert match(machines, nodes, [said("m", "elsewhere")]) == ({"m": None}, {"n1": None})


def test_a_machine_that_said_nothing_is_the_node_the_inventory_knows() -> None:
    nodes = [make_node("n1", addr="10.0.0.1"), make_node("n2", addr="10.0.0.2")]
    assert match([machine("m", "10.0.0.2", node_id="n1")], nodes)[0] == {"m": "n1"}


def test_without_any_node_id_the_address_tells() -> None:
    assert match([machine("m", "10.0.0.1")], [make_node("n1", addr="10.0.0.1")]) == (
        {"m": "n1"},
        {"n1": "m"},
    )


def test_a_node_id_the_swarm_does_not_know_leaves_it_to_the_address() -> None:
    nodes = [make_node("n2", addr="10.0.0.1")]
    assert match([machine("m", "10.0.0.1", node_id="n1")], nodes)[0] == {"m": "n2"}


@pytest.mark.parametrize(
    ("inventory", "node"),
    [("fd00:0:0::1", "fd00::1"), ("FD00::A", "fd00::a"), ("10.0.0.1", "10.0.0.1")],
)
def test_an_address_has_one_meaning_however_it_is_spelled(inventory: str, node: str) -> None:
    assert match([machine("m", inventory)], [make_node("n1", addr=node)])[0] == {"m": "n1"}


def test_a_hostname_never_tells() -> None:
    nodes = [make_node("n1", hostname="web", addr="10.0.0.1")]
    assert match([machine("web", "web")], nodes)[0] == {"web": None}
    assert match([machine("web", "10.0.0.2")], nodes)[0] == {"web": None}


def test_machines_that_share_an_address_are_not_told_apart_by_it() -> None:
    machines = [machine("a", "10.0.0.1", port=2201), machine("b", "10.0.0.1", port=2202)]
    nodes = [make_node("n1", addr="10.0.0.1")]
    assert match(machines, nodes) == ({"a": None, "b": None}, {"n1": None})
    assert match(machines, nodes, [said("b", "n1")])[1] == {"n1": "b"}


def test_nodes_that_share_an_address_are_not_told_apart_by_it() -> None:
    nodes = [make_node("n1", addr="10.0.0.1"), make_node("n2", addr="10.0.0.1")]
    assert match([machine("m", "10.0.0.1")], nodes)[0] == {"m": None}


def test_of_a_node_and_its_ghosts_a_machine_is_the_living_one() -> None:
    nodes = [make_node("ghost", addr="10.0.0.1", state="down"), make_node("n1", addr="10.0.0.1")]
    assert match([machine("m", "10.0.0.1")], nodes) == ({"m": "n1"}, {"ghost": None, "n1": "m"})


def test_a_node_that_another_machine_says_it_is_is_not_given_away_by_address() -> None:
    nodes = [make_node("n1", addr="10.0.0.1")]
    machines = [machine("a", "10.0.0.1"), machine("b", "203.0.113.9")]
    assert match(machines, nodes, [said("b", "n1")]) == ({"a": None, "b": "n1"}, {"n1": "b"})


def test_two_names_of_one_machine_are_both_its_node_and_the_first_is_the_nodes() -> None:
    machines = [machine("public", "203.0.113.9"), machine("private", "10.0.0.1")]
    seen = [said("private", "n1"), said("public", "n1")]
    assert match(machines, [make_node("n1", addr="10.0.0.1")], seen) == (
        {"public": "n1", "private": "n1"},
        {"n1": "public"},
    )


def test_nobody_is_at_no_address() -> None:
    nodes = [make_node("n1", addr=""), make_node("n2", addr=NOWHERE)]
    machines = [machine("a", ""), machine("b", NOWHERE)]
    assert match(machines, nodes)[0] == {"a": None, "b": None}


def test_a_manager_that_sees_itself_nowhere_is_where_the_others_reach_it() -> None:
    status = ManagerStatus(leader=True, reachability=Reachability.REACHABLE, addr="[fd00::7]:2377")
    nodes = [make_node("n1", addr=NOWHERE, manager=status)]
    assert match([machine("m", "fd00::7")], nodes)[0] == {"m": "n1"}


def test_what_an_inventory_says_holds_for_a_node_and_its_ghosts() -> None:
    machines = Machines([machine("m", "10.0.0.1")], seen=[said("m", "n1")])
    for node in (make_node("n1", addr="10.9.9.9"), make_node("ghost", addr="10.0.0.1")):
        found = machines.find(node)
        assert found is not None
        assert found.name == "m"
    assert machines.find(make_node("n3", addr="10.0.0.3")) is None


@pytest.mark.parametrize("seed", range(20))
def test_answers_heard_one_by_one_tell_what_the_last_of_each_machine_tells(seed: int) -> None:
    chance = random.Random(seed)
    inventory = [machine(f"m{i}", node_id=chance.choice(["", "n1", "n2"])) for i in range(4)]
    hearing, said_last = Machines(inventory), dict[str, MachineSeen]()
    for second in range(30):
        name, node_id = f"m{chance.randrange(5)}", chance.choice(["", "n1", "n2", "n3"])
        answer = said(name, node_id, second=second)
        hearing.hear([answer])
        said_last[name] = answer
        told = Machines(inventory, seen=said_last.values())
        for node in map(make_node, ("n1", "n2", "n3", "n4")):
            assert hearing.find(node) is told.find(node) is find_slowly(inventory, said_last, node)


def find_slowly(
    inventory: list[Machine], said_last: dict[str, MachineSeen], node: Node
) -> Machine | None:
    ids = {name: answer.node_id for name, answer in said_last.items() if answer.node_id}
    reporting = [each for each in inventory if ids.get(each.name) == node.id]
    listed = [each for each in inventory if each.name not in ids and each.node_id == node.id]
    return next(iter([*reporting, *listed]), None)
