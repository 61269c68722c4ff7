"""What the header says when something stands between the watcher and fresh data."""

from datetime import datetime
from typing import Any

import msgspec

from swarmtui.insight.picture import Phase, Picture, Quorum
from swarmtui.swarm.observation import FailureKind, ManagerLost, Waiting, WatcherLost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.situation import describe
from tests.factories import at
from tests.tui.event import HOST, LEADERSHIP, event_picture, with_snapshot


def said(picture: Picture, now: datetime, failing_since: datetime | None = None) -> str:
    situation = describe(picture, now, failing_since=failing_since)
    return situation.text if situation else ""


def led(**fields: Any) -> Picture:
    return event_picture(leadership=msgspec.structs.replace(LEADERSHIP, **fields))


def lost(kind: FailureKind = FailureKind.REFUSED, **fields: Any) -> ManagerLost:
    defaults: dict[str, Any] = {"taken_at": at(0), "host": HOST, "text": "connection refused"}
    return ManagerLost(kind=kind, **(defaults | fields))


def test_there_is_nothing_to_say_while_all_goes_well() -> None:
    assert not said(event_picture(), at(1))


def test_a_lost_manager_is_named_with_the_reason_and_the_next_one() -> None:
    picture = with_snapshot(event_picture(), lost=lost(next_host="tcp://10.0.0.3:2376"))
    assert said(picture, at(4), at(0)) == (
        "mg1 does not answer (no connection) for 4s; asking tcp://10.0.0.3:2376"
    )


def test_the_seconds_count_from_the_first_failure_in_a_row() -> None:
    picture = with_snapshot(event_picture(), lost=lost(taken_at=at(30)))
    assert "for 31s; trying again" in said(picture, at(31), at(0))


def test_before_anything_was_seen_the_error_stands_as_it_came() -> None:
    error = "no permission for the socket; are you in the group docker?"
    picture = Picture(at=at(0), snapshot=Snapshot(lost=lost(FailureKind.DENIED, text=error)))
    assert error in said(picture, at(0))


def test_what_comes_from_outside_is_made_harmless() -> None:
    picture = Picture(at=at(0), snapshot=Snapshot(lost=lost(text="\x1b[31mred [bold]\n")))
    assert "\x1b" not in said(picture, at(0))


def test_a_watching_process_that_ended_counts_down_to_its_restart() -> None:
    ended = WatcherLost(taken_at=at(0), text="killed by signal 9", retry_s=5)
    picture = with_snapshot(event_picture(), lost=ended)
    assert said(picture, at(3)) == (
        "the watching process ended: killed by signal 9; starting again in 2 s"
    )
    assert said(picture, at(6)).endswith("starting again now")


def test_a_short_wait_is_not_worth_a_word() -> None:
    picture = with_snapshot(event_picture(), waiting=Waiting("/nodes", at(0)))
    assert not said(picture, at(1.5))


def test_a_wait_is_said_within_three_seconds() -> None:
    picture = with_snapshot(event_picture(), waiting=Waiting("/nodes", at(0)))
    assert said(picture, at(3)) == "waiting for /nodes for 3s"


def test_a_wait_of_twelve_seconds_is_probably_an_election() -> None:
    picture = with_snapshot(event_picture(), waiting=Waiting("/nodes", at(0)))
    assert said(picture, at(12)).startswith("waiting for /nodes for 12s: probably an election")


def test_an_election_says_what_waits_for_it() -> None:
    picture = led(phase=Phase.ELECTING, since=at(0))
    assert said(picture, at(8)) == "election for 8s: joins and updates wait"


def test_a_lost_quorum_says_how_many_are_missing() -> None:
    picture = led(phase=Phase.LOST, since=at(0), quorum=Quorum(managers=3, reachable=1, needed=2))
    assert said(picture, at(23)) == (
        "no leader for 23s, the quorum is lost: 1 of 3 managers reachable, 2 needed;"
        " tasks run on, nothing can be changed"
    )


def test_a_manager_that_reports_no_leader_does_not_count_as_lost() -> None:
    picture = with_snapshot(led(phase=Phase.LOST, since=at(0)), lost=lost(FailureKind.NO_LEADER))
    assert said(picture, at(5)).startswith("no leader for 5s")


def test_after_an_election_the_nodes_still_unknown_are_counted() -> None:
    picture = led(phase=Phase.SETTLING, since=at(0), settling=1204)
    assert said(picture, at(1)) == (
        "new leader mg1; 1,204 of 2,384 nodes still unknown, coming back"
    )
