"""A roll of nodes that are taken in at once is the same as when they came one by one."""

from collections.abc import Sequence
from typing import Any

import pytest

from swarmtui.insight.picture import Place
from swarmtui.insight.roster import Roster
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from tests.factories import NOON, make_node

NODES = [
    make_node("n1", hostname="web", addr="10.1.1.1", engine_version="20.10.1"),
    make_node("n2", hostname="web", addr="10.1.1.1", engine_version="20.10.1"),
    make_node("n3", hostname="web", addr="10.1.1.2", engine_version="19.03.1", state="down"),
    make_node("n4", hostname="db", addr="10.1.1.2", engine_version="19.03.1"),
    make_node("n5", hostname="db", addr="fd00::5", state="disconnected"),
    make_node("n6", hostname="", addr=""),
    make_node("n7", hostname="", addr="", state="down"),
    make_node("n8", hostname="alone", addr="host.example"),
]


def find_place(node: Node) -> Place:
    return Place(region=f"r{len(node.hostname)}", contributor=node.hostname or "unclaimed")


def recall(nodes: Sequence[Node]) -> Roster:
    roster = Roster(find_place)
    roster.recall({node.id: node for node in nodes}, {})
    return roster


def let_come(nodes: Sequence[Node]) -> Roster:
    roster = Roster(find_place)
    for node in nodes:
        roster.apply([Change(None, node)], NOON, first=True)
    return roster


def tell(roster: Roster) -> dict[str, Any]:
    traits, identities = roster.traits, roster.identities
    kins = {node.id: traits.of(node.id) for node in NODES}
    return {
        "counts": roster.count(),
        "live": traits.live,
        "kins": kins,
        "of a kin": {kin: traits.count_live(kin) for each in kins.values() for kin in each},
        "ghosts": identities.ghosts,
        "doubles": identities.doubles(),
        "places": roster.places(),
    }


def test_nodes_taken_in_at_once_are_those_that_came_one_by_one() -> None:
    told = tell(recall(NODES))
    assert told == tell(let_come(NODES))
    assert told["ghosts"] == {"n3"}
    assert told["doubles"] == [["n1", "n2"]]


@pytest.mark.parametrize("gone", NODES, ids=lambda node: node.id)
def test_a_node_that_goes_leaves_the_same_behind_however_the_others_came(gone: Node) -> None:
    recalled, lived = recall(NODES), let_come(NODES)
    for roster in (recalled, lived):
        roster.apply([Change(gone, None)], NOON, first=False)
    assert tell(recalled) == tell(lived)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.id)
def test_a_node_that_joins_again_is_known_however_the_others_came(node: Node) -> None:
    again = make_node("n9", hostname=node.hostname, addr=node.addr)
    recalled, lived = recall(NODES), let_come(NODES)
    for roster in (recalled, lived):
        roster.apply([Change(None, again)], NOON, first=False)
    assert tell(recalled) == tell(lived)
