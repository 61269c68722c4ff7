"""Who brought what, and what nobody claimed."""

import pytest
from msgspec.structs import replace

from swarmtui.insight.crowds import Crowd, crowds_of, pattern_of, sum_of
from swarmtui.insight.picture import Group, NodeCounts, NodeLoad, Picture, Place, Problem, Severity
from swarmtui.insight.query import parse_query
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import NodeState
from tests.factories import at, make_node

NIPA = Group(
    name="NIPA Technology",
    nodes=210,
    ready=136,
    down=74,
    ghosts=10,
    tasks_running=5440,
    failures_5m=3,
    pledged=250,
    trend=(200, 136),
)
UNCLAIMED = Group(name="unclaimed", nodes=4, ready=3, down=1)
NODES = {
    "a1": make_node("a1", hostname="ip-10-0-0-7"),
    "a2": make_node("a2", hostname="ip-10-0-11-8", state=NodeState.DOWN),
    "a3": make_node("a3", hostname="ip-10-0-0-9"),
    "b": make_node("b", hostname="my.host+1"),
    "n": make_node("n", hostname="nipa-1"),
}


def picture() -> Picture:
    places = dict.fromkeys(NODES, Place()) | {"n": Place(contributor="NIPA Technology", mine=True)}
    return Picture(
        at=at(0),
        snapshot=Snapshot(nodes=NODES),
        nodes=NodeCounts(total=214, ready=1360),
        places=places,
        loads={"a1": NodeLoad(tasks=5, running=4, failures_5m=1)},
        contributors=(NIPA, UNCLAIMED),
    )


def find(name: str) -> Crowd:
    return next(crowd for crowd in crowds_of(picture()) if crowd.name == name)


def test_pledges_stand_beside_what_joined_and_is_ready() -> None:
    crowd = find("NIPA Technology")
    assert (crowd.pledged, crowd.joined, crowd.ready, crowd.missing) == (250, 200, 136, 50)
    assert (crowd.down, crowd.ghosts, crowd.tasks, crowd.failures_5m) == (64, 10, 5440, 3)
    assert crowd.share == pytest.approx(0.1)
    assert crowd.mine


def test_who_brought_more_than_promised_misses_nothing() -> None:
    assert Crowd(name="x", pledged=3, joined=5).missing == 0
    assert Crowd(name="x", joined=5).missing == 0


def test_unclaimed_nodes_are_grouped_by_hostname_without_its_numbers() -> None:
    patterns = [crowd for crowd in crowds_of(picture()) if crowd.is_pattern]
    assert [(p.name, p.joined, p.ready, p.down) for p in patterns] == [
        ("ip-#-#-#-#", 3, 2, 1),
        ("my.host+#", 1, 1, 0),
    ]
    assert (patterns[0].tasks, patterns[0].failures_5m) == (4, 1)


def test_ghosts_nobody_claimed_did_not_join_twice() -> None:
    ghosts = Problem(
        severity=Severity.INFO,
        kind="ghosts",
        subject="nodes",
        text="1 ghost",
        since=at(0),
        nodes=("a2",),
    )
    crowds = crowds_of(replace(picture(), problems=(ghosts,)))
    crowd = next(crowd for crowd in crowds if crowd.name == "ip-#-#-#-#")
    assert (crowd.joined, crowd.ready, crowd.down, crowd.ghosts) == (2, 2, 0, 1)


@pytest.mark.parametrize(
    ("name", "ids"),
    [("ip-#-#-#-#", ["a1", "a2", "a3"]), ("my.host+#", ["b"]), ("NIPA Technology", ["n"])],
)
def test_the_query_of_a_crowd_finds_its_nodes(name: str, ids: list[str]) -> None:
    """Also where a hostname has characters that mean something to a pattern."""
    found = parse_query(find(name).query).filter_nodes(NODES.values(), picture())
    assert [node.id for node in found] == ids


def test_the_sum_counts_patterns_once() -> None:
    whole = sum_of(crowds_of(picture()))
    assert (whole.pledged, whole.joined, whole.ready, whole.ghosts) == (250, 204, 139, 10)


def test_an_empty_swarm_has_no_crowds() -> None:
    assert crowds_of(Picture(at=at(0), snapshot=Snapshot())) == []


def test_a_hostname_of_numbers_alone_is_a_pattern_too() -> None:
    assert pattern_of("12ab007") == "#ab#"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("nipa", ["NIPA Technology"]),
        ("missing>0", ["NIPA Technology"]),
        ("failures>2", ["NIPA Technology"]),
        ("mine:yes", ["NIPA Technology"]),
        ("contributor:unclaimed", ["unclaimed"]),
        ("tasks<10 -contributor:unclaimed", ["ip-#-#-#-#", "my.host+#"]),
    ],
)
def test_contributors_are_filtered(query: str, names: list[str]) -> None:
    found = parse_query(query).filter_contributors(crowds_of(picture()), picture())
    assert [crowd.name for crowd in found] == names
