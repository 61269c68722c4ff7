"""What changed, told as events."""

from swarmtui.serving.news import iterate_news
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import at, make_node, make_service
from tests.serving.making import make_snapshot

BEFORE = make_snapshot([make_node("n1"), make_node("n2")], [make_service("s1", replicas=3)])


def test_a_node_that_changed_tells_what_of_it_did() -> None:
    after = make_snapshot(
        [make_node("n1", state="down"), make_node("n2")], [*BEFORE.services.values()]
    )
    (told,) = iterate_news(BEFORE, after, at=at(5))

    assert (told.kind, told.action, told.subject) == ("node", "update", "n1")
    assert told.attributes == {"name": "host-n1", "state.old": "ready", "state.new": "down"}
    assert told.at == at(5).timestamp()


def test_a_service_that_was_scaled_tells_from_what_to_what() -> None:
    after = make_snapshot([*BEFORE.nodes.values()], [make_service("s1", replicas=9)])
    (told,) = iterate_news(BEFORE, after, at=at(5))

    assert told.attributes == {"name": "svc-s1", "replicas.old": "3", "replicas.new": "9"}


def test_what_is_new_is_created_and_what_is_gone_removed() -> None:
    after = make_snapshot([make_node("n2"), make_node("n3")], [make_service("s1", replicas=3)])

    assert [(told.action, told.subject) for told in iterate_news(BEFORE, after, at=at(5))] == [
        ("create", "n3"),
        ("remove", "n1"),
    ]


def test_lists_that_are_seen_for_the_first_time_are_no_news() -> None:
    assert list(iterate_news(Snapshot(), BEFORE, at=at(5))) == []


def test_where_nothing_changed_there_is_nothing_to_tell() -> None:
    assert list(iterate_news(BEFORE, BEFORE, at=at(5))) == []
