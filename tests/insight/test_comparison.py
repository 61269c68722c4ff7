"""What differs between two moments of a swarm."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from swarmtui.insight.comparison import (
    Alike,
    Change,
    Comparison,
    Difference,
    Figure,
    Subject,
    compare,
    without_tasks,
)
from swarmtui.insight.picture import (
    Election,
    Leadership,
    NodeCounts,
    Phase,
    Picture,
    Place,
    Quorum,
    ServiceLoad,
    TaskCounts,
)
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability
from tests.factories import at, make_manager, make_node, make_service, make_task


def pictured(
    second: float, nodes: Iterable[Node] = (), services: Iterable[Service] = (), **fields: Any
) -> Picture:
    """Return a picture of these, all seen; every node is in nyc1."""
    listed = {node.id: node for node in nodes}
    by_id = {service.id: service for service in services}
    snapshot = Snapshot(
        nodes=listed,
        services=by_id,
        nodes_at=at(second),
        services_at=at(second),
        tasks_at=dict.fromkeys(by_id, at(second)),
    )
    defaults: dict[str, Any] = {
        "at": at(second),
        "snapshot": snapshot,
        "places": dict.fromkeys(listed, Place(region="nyc1", region_from="node label")),
    }
    return Picture(**(defaults | fields))


def find(comparison: Comparison, id_: str) -> Difference:
    """Return what differs of one node or service."""
    return next(each for each in comparison.differences if each.id == id_)


def changes(old: Node, new: Node) -> list[Change]:
    """Return what differs between two states of a node."""
    comparison = compare(pictured(0, [old]), pictured(60, [new]))
    return [change for each in comparison.differences for change in each.changes]


def test_between_two_equal_moments_nothing_differs() -> None:
    nodes, services = [make_manager("m1", leader=True)], [make_service()]
    comparison = compare(pictured(0, nodes, services), pictured(60, nodes, services))
    assert not comparison.differences
    assert not comparison.groups
    assert not comparison.unseen
    assert comparison.leader is None


def test_the_earlier_time_comes_first_whichever_was_marked_first() -> None:
    earlier, later = pictured(0), pictured(60, [make_node()])
    for comparison in (compare(earlier, later), compare(later, earlier)):
        assert (comparison.earlier, comparison.later) == (at(0), at(60))
        assert find(comparison, "n1").changes == (Change("joined"),)


def test_a_node_that_joined_and_is_down_says_both() -> None:
    comparison = compare(pictured(0), pictured(60, [make_node(state="down")]))
    assert [change.what for change in find(comparison, "n1").changes] == ["joined", "new and down"]


def test_a_node_that_is_gone_keeps_the_place_it_had() -> None:
    difference = find(compare(pictured(0, [make_node()]), pictured(60)), "n1")
    assert difference.is_gone
    assert difference.changes == (Change("gone"),)
    assert difference.region == "nyc1"


def test_a_change_between_few_words_says_both_of_them() -> None:
    assert changes(make_node(), make_node(state="down")) == [Change("ready → down")]
    drained = make_node(availability=Availability.DRAIN)
    assert changes(make_node(), drained) == [Change("active → drain")]


def test_a_promoted_node_is_a_manager_that_is_reachable() -> None:
    assert changes(make_node("m1"), make_manager("m1", addr="10.0.0.1")) == [
        Change("worker → manager"),
        Change("– → reachable"),
    ]


def test_the_leaders_that_changed_are_found_among_the_nodes() -> None:
    before = [make_manager("m1", leader=True), make_manager("m2")]
    after = [make_manager("m1"), make_manager("m2", leader=True)]
    comparison = compare(pictured(0, before), pictured(60, after))
    assert find(comparison, "m1").changes == (Change("leads no more"),)
    assert find(comparison, "m2").changes == (Change("leads"),)


def test_what_a_node_is_made_of_says_from_what_to_what() -> None:
    before = make_node(engine_version="20.10.24", cpus=1.0, addr="10.0.0.1")
    after = make_node(engine_version="24.0.2", cpus=2.0, addr="10.0.0.9")
    assert changes(before, after) == [
        Change("engine", "20.10.24 → 24.0.2"),
        Change("address", "10.0.0.1 → 10.0.0.9"),
        Change("cpus", "1 → 2"),
    ]


def test_labels_are_said_to_differ_without_being_told() -> None:
    assert changes(make_node(), make_node(labels={"disk": "ssd"})) == [Change("labels changed")]


def test_what_nobody_sees_is_no_difference() -> None:
    assert not changes(make_node(), make_node(version=7, updated_at=at(30)))


def test_a_node_that_is_claimed_anew_differs() -> None:
    moved = pictured(60, [make_node()], places={"n1": Place(region="sgp1", contributor="NIPA")})
    assert find(compare(pictured(0, [make_node()]), moved), "n1").changes == (
        Change("region", "nyc1 → sgp1"),
        Change("contributor", "unclaimed → NIPA"),
    )


def test_thousands_are_counted_by_what_they_have_in_common_and_where_they_are() -> None:
    nodes = [make_node(f"n{n}") for n in range(3_000)]
    places = {
        node.id: Place(region="fr-par" if n < 2_000 else "sgp1") for n, node in enumerate(nodes)
    }
    lost = [make_node(node.id, state="down") for node in nodes[:40]]
    joined = compare(pictured(0), pictured(60, nodes, places=places))
    assert joined.groups[0] == Alike(
        subject=Subject.NODE,
        what="joined",
        count=3_000,
        regions=[("fr-par", 2_000), ("sgp1", 1_000)],
    )
    down = compare(
        pictured(0, nodes, places=places), pictured(60, [*lost, *nodes[40:]], places=places)
    )
    assert [(group.what, group.count) for group in down.groups] == [("ready → down", 40)]


def test_the_change_most_have_comes_first() -> None:
    before = [make_node("a"), make_node("b"), make_node("c")]
    after = [make_node("b", state="down"), make_node("d"), make_node("e"), make_node("f")]
    groups = compare(pictured(0, before), pictured(60, after)).groups
    assert [(g.what, g.count) for g in groups] == [("joined", 3), ("gone", 2), ("ready → down", 1)]


def test_changes_with_their_own_figures_group_by_what_changed() -> None:
    before = [make_node(f"n{n}", addr=f"10.0.0.{n}") for n in range(3)]
    after = [make_node(f"n{n}", addr=f"10.9.0.{n}") for n in range(3)]
    groups = compare(pictured(0, before), pictured(60, after)).groups
    assert [(group.what, group.count) for group in groups] == [("address changed", 3)]


def test_services_that_came_went_or_were_scaled_differ() -> None:
    before = [make_service("s1", replicas=50), make_service("s2")]
    after = [make_service("s1", replicas=1_000, image="web:2"), make_service("s3")]
    comparison = compare(pictured(0, services=before), pictured(60, services=after))
    assert find(comparison, "s1").changes == (
        Change("replicas", "50 → 1,000"),
        Change("image", "local/busybox:1 → web:2"),
    )
    assert find(comparison, "s2").changes == (Change("removed"),)
    assert find(comparison, "s3").changes == (Change("created"),)


def test_a_service_that_runs_more_of_its_tasks_differs() -> None:
    services = [make_service("s1", replicas=100)]
    before = pictured(
        0, services=services, service_loads={"s1": ServiceLoad(desired=100, running=4)}
    )
    after = pictured(
        60, services=services, service_loads={"s1": ServiceLoad(desired=100, running=90)}
    )
    assert find(compare(before, after), "s1").changes == (Change("running", "4 → 90 of 100"),)


def led(leader: str, *elections: Election, phase: Phase = Phase.LED, **fields: Any) -> Leadership:
    """Return a leadership of three managers."""
    return Leadership(
        phase=phase,
        leader=leader,
        elections=elections,
        quorum=fields.pop("quorum", Quorum(managers=3, reachable=3, needed=2)),
        **fields,
    )


def elected(second: float, old: str, new: str) -> Election:
    return Election(at=at(second), old_leader=old, new_leader=new, leaderless_s=12.4)


def test_another_leader_comes_with_the_elections_in_between() -> None:
    first, second = elected(-30, "mg2", "mg0"), elected(30, "mg0", "mg1")
    change = compare(
        pictured(0, leadership=led("mg0", first, leaderless_s=1.0)),
        pictured(60, leadership=led("mg1", first, second, leaderless_s=13.4)),
    ).leader
    assert change is not None
    assert (change.before, change.after, change.elections) == ("mg0", "mg1", 1)
    assert round(change.leaderless_s, 1) == 12.4


def test_a_leader_that_lost_and_won_in_between_is_told() -> None:
    both = elected(20, "mg0", "mg1"), elected(40, "mg1", "mg0")
    change = compare(
        pictured(0, leadership=led("mg0")), pictured(60, leadership=led("mg0", *both))
    ).leader
    assert change is not None
    assert change.elections == 2


def test_while_nobody_leads_nobody_is_named() -> None:
    vacant = led("mg0", phase=Phase.ELECTING)
    change = compare(pictured(0, leadership=led("mg0")), pictured(60, leadership=vacant)).leader
    assert change is not None
    assert (change.before, change.after) == ("mg0", "")


def test_a_quorum_that_shrank_is_told_though_the_leader_stayed() -> None:
    shrunk = led("mg0", quorum=Quorum(managers=3, reachable=2, needed=2))
    change = compare(pictured(0, leadership=led("mg0")), pictured(60, leadership=shrunk)).leader
    assert change is not None
    assert (change.quorum_before.reachable, change.quorum_after.reachable) == (3, 2)


def test_figures_stand_beside_each_other() -> None:
    before = pictured(0, nodes=(), tasks=TaskCounts(desired=100, running=10))
    before = replace(before, nodes=NodeCounts(total=10, ready=9, down=1))
    after = pictured(60, tasks=TaskCounts(desired=100, running=90))
    after = replace(after, nodes=NodeCounts(total=12, ready=12))
    figures = compare(before, after).figures
    assert Figure("ready", 9, 12) in figures
    assert Figure("running", 10, 90) in figures


def unseen(second: float, **missing: datetime | None) -> Picture:
    """Return a picture of the first moments, when not everything had been seen."""
    picture = pictured(second, services=[make_service()])
    return replace(picture, snapshot=replace(picture.snapshot, **missing))


def test_what_had_not_been_seen_is_not_taken_for_missing() -> None:
    comparison = compare(
        unseen(0, nodes_at=None), pictured(60, [make_node()], services=[make_service()])
    )
    assert comparison.unseen == ["nodes"]
    assert not comparison.differences


def test_task_lists_that_had_not_all_been_seen_are_not_compared() -> None:
    later = pictured(60, services=[make_service()], service_loads={"s1": ServiceLoad(running=3)})
    first = replace(later, at=at(0), service_loads={}, snapshot=later.snapshot)
    first = replace(first, snapshot=replace(first.snapshot, tasks_at={}))
    comparison = compare(first, later)
    assert comparison.unseen == ["tasks"]
    assert not comparison.differences


def test_what_is_kept_to_compare_has_no_tasks_but_knows_they_were_seen() -> None:
    picture = pictured(0, services=[make_service()])
    whole = replace(picture, snapshot=replace(picture.snapshot, tasks={"s1": {"t1": make_task()}}))
    kept = without_tasks(whole)
    assert not kept.snapshot.tasks
    assert kept.snapshot.has_all_tasks


def test_hostile_texts_are_harmless() -> None:
    nasty = "\x1b[31mred\x1b[0m\n"
    before = [make_node(hostname=nasty, addr=nasty)]
    after = [make_node(hostname="fine", addr="10.0.0.1", state_word=nasty)]
    services = [make_service(name=nasty, image=nasty)], [make_service(name=nasty, image="x" * 500)]
    comparison = compare(pictured(0, before, services[0]), pictured(60, after, services[1]))
    said = [
        text
        for difference in comparison.differences
        for text in (difference.name, *(part for change in difference.changes for part in change))
    ]
    assert said
    assert not any("\x1b" in text or "\n" in text for text in said)
    assert max(map(len, said)) < 200
