"""The list of nodes with their owners, there and back."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.claims import parse_claims
from swarmtui.insight.node_list import HEADS, node_list, owner_of
from swarmtui.insight.picture import Picture, Place
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability, NodeState
from tests.factories import at, make_manager, make_node

IDS = tuple(f"{n}" * 25 for n in "abcdef")


def picture(*nodes: Node, **owners: str) -> Picture:
    snapshot = Snapshot(nodes={node.id: node for node in nodes})
    places = {id_: Place(contributor=name) for id_, name in owners.items()}
    return Picture(at=at(0), snapshot=snapshot, places=places)


def test_it_reads_as_docker_prints_it_with_the_owner_at_the_end() -> None:
    leader = make_manager(IDS[0], hostname="mg1", leader=True, engine_version="20.10.24")
    worker = make_node(IDS[1], hostname="nipa-1", state="down", engine_version="1.12.0-rc4")
    text = node_list(picture(leader, worker, **{IDS[1]: "NIPA Technology"}))
    head, first, second = text.splitlines()
    assert head.split("   ")[0] == "ID"
    assert [head.index(name) for name in HEADS] == sorted(head.index(name) for name in HEADS)
    assert first.split() == [IDS[0], "mg1", "Ready", "Active", "Leader", "20.10.24"]
    assert second.split() == [
        IDS[1],
        "nipa-1",
        "Down",
        "Active",
        "1.12.0-rc4",
        "NIPA",
        "Technology",
    ]
    assert second.index("NIPA") == head.index("CONTRIBUTOR")


names = st.text(max_size=20) | st.sampled_from(
    ["Leader", "Reachable Corp", "1.2.3 team", "unclaimed", "? who", "Down Under", "# hash", "*"]
)


@given(
    hostnames=st.lists(names, min_size=3, max_size=3),
    versions=st.lists(names | st.just("20.10.24"), min_size=3, max_size=3),
    owners=st.lists(names, min_size=3, max_size=3),
    state=st.sampled_from(NodeState),
    availability=st.sampled_from(Availability),
)
def test_what_is_exported_claims_the_same_when_it_is_imported(
    hostnames: list[str],
    versions: list[str],
    owners: list[str],
    state: NodeState,
    availability: Availability,
) -> None:
    nodes = [
        make_node(IDS[0], hostname=hostnames[0], engine_version=versions[0]),
        make_manager(IDS[1], hostname=hostnames[1], engine_version=versions[1]),
        make_node(IDS[2], hostname=hostnames[2], engine_version=versions[2]),
    ]
    nodes = [msgspec.structs.replace(n, state=state, availability=availability) for n in nodes]
    listed = picture(*nodes, **dict(zip(IDS, owners, strict=False)))
    claims = parse_claims(node_list(listed))
    assert not [warning for warning in claims.warnings if "claimed twice" not in warning]
    spelled = {owner.casefold() for id_ in IDS[:3] if (owner := owner_of(id_, listed))}
    assert {c.contributor.casefold() for c in claims.by_id.values()} == spelled
    for id_ in IDS[:3]:
        claim = claims.by_id.get(id_)
        assert (claim.contributor if claim else "").casefold() == owner_of(id_, listed).casefold()


def test_a_swarm_without_nodes_is_a_list_of_none() -> None:
    assert parse_claims(node_list(picture())).by_id == {}


def test_ids_that_are_none_are_left_out() -> None:
    text = node_list(picture(make_node("x y\n"), make_node(IDS[0])))
    assert len(text.splitlines()) == 2
