"""The two lines above every screen."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from swarmtui.insight.picture import Leadership, Phase, Picture, Quorum
from swarmtui.swarm.observation import FailureKind, ManagerLost, Waiting
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.header import HeaderFacts, header_lines
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.watch import Watch
from tests.factories import NOON, at
from tests.tui.event import HOST, LEADERSHIP, event_picture, with_snapshot


def facts(picture: Picture | None, now: datetime = NOON, **fields: Any) -> HeaderFacts:
    return HeaderFacts(now=now, started_at=at(0), asked=HOST, picture=picture, **fields)


def said(picture: Picture | None, now: datetime = NOON, *, width: int = 120, **more: Any) -> str:
    return text_of(header_lines(facts(picture, now, **more), width=width))


def led(**fields: Any) -> Picture:
    return event_picture(leadership=msgspec.structs.replace(LEADERSHIP, **fields))


def test_before_anything_answered_it_says_what_is_connected_to() -> None:
    assert said(None, at(2)).startswith(f" connecting to {HOST}… 2s")


def test_it_tells_the_cluster_the_manager_the_leader_the_quorum_and_the_ages() -> None:
    first = said(event_picture()).splitlines()[0]
    assert first.startswith(
        " swarm 8f3kq2 · mg1 unix (leader) · API 1.41 · ★ mg1 for 12m · quorum 3/3, may lose 1"
    )
    assert first.endswith("nodes 1s  tasks 9s")


def test_it_tells_what_the_watching_costs() -> None:
    assert said(event_picture()).endswith("cost 42 requests, 4.3 MB/min · 4 % of mg1's time")


def test_it_tells_the_worst_problem_and_how_many_more() -> None:
    second = said(event_picture()).splitlines()[1]
    assert second.startswith(" ✗ ap-southeast-1: 64 of 200 nodes down within 30 s 48s · 2 more")


def test_without_problems_it_says_so() -> None:
    assert "● no problems" in said(event_picture(problems=()))


def test_ages_grow_with_the_clock_alone() -> None:
    assert "nodes 6s  tasks 14s" in said(event_picture(), at(5))


def test_a_tenure_that_began_before_the_watching_is_at_least_that_long() -> None:
    assert "★ mg1 for ≥12m" in said(led(tenure_is_exact=False))


def test_an_election_stands_in_the_place_of_the_leader() -> None:
    picture = led(phase=Phase.ELECTING, since=at(-8))
    assert "★ none for 8s: election, joins and updates wait" in said(picture)


def test_a_quorum_without_margin_says_that_none_may_be_lost() -> None:
    assert "quorum 2/3, may lose none" in said(
        led(quorum=Quorum(managers=3, reachable=2, needed=2))
    )


def test_a_lost_quorum_is_called_lost() -> None:
    assert "quorum 1/3, lost" in said(led(quorum=Quorum(managers=3, reachable=1, needed=2)))


def test_old_data_says_its_age_beside_the_reason() -> None:
    picture = with_snapshot(event_picture(), waiting=Waiting("/nodes", at(0)))
    second = said(picture, at(14), nodes_are_old=True).splitlines()[1]
    assert "waiting for /nodes for 14s" in second
    assert "what you see is 15s old" in said(picture, at(14), nodes_are_old=True, width=200)


def test_the_age_of_old_data_is_no_longer_plain() -> None:
    first = header_lines(facts(event_picture(), at(30), nodes_are_old=True), width=120)[0]
    assert next(span for span in first.spans if span.text == "31s").meaning is Meaning.WARN


def test_task_lists_that_are_missing_are_counted() -> None:
    assert "tasks 0/1" in said(with_snapshot(event_picture(), tasks_at={}))


def test_it_folds_to_eighty_columns() -> None:
    first, second = said(event_picture(), width=80).splitlines()
    assert first.startswith(" 8f3kq2 · ★ mg1 12m · q3/3")
    assert first.endswith("n 1s t 9s")
    assert second.endswith("cost 4 %")


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 200])
def test_it_never_grows_wider_than_the_screen(width: int) -> None:
    for line in header_lines(facts(event_picture(), title="demo"), width=width):
        assert width_of(line.spans) <= width


def test_a_manager_that_was_never_reached_is_said_with_the_error() -> None:
    lost = ManagerLost(taken_at=at(0), host=HOST, kind=FailureKind.DENIED, text="no permission")
    assert "no permission" in said(Picture(at=at(0), snapshot=Snapshot(lost=lost)))


def test_before_the_first_node_list_it_does_not_claim_that_all_is_well() -> None:
    snapshot = Snapshot(manager=event_picture().snapshot.manager)
    picture = Picture(at=at(0), snapshot=snapshot, leadership=Leadership())
    assert "no problems" not in said(picture)
    assert "leader not seen yet" in said(picture)


def test_failures_in_a_row_count_from_the_first() -> None:
    watch = Watch(started_at=at(0), asked=HOST, title="")
    for second in (10, 12, 15):
        lost = ManagerLost(
            taken_at=at(second), host=HOST, kind=FailureKind.REFUSED, text="", asked_at=at(second)
        )
        watch.see(with_snapshot(event_picture(), lost=lost), now=at(second))
    assert watch.facts(at(16)).failing_since == at(10)
    watch.see(event_picture(), now=at(20))
    assert watch.facts(at(20)).failing_since is None
