"""Rows of machines and containers, as pictures have them."""

from typing import Any

import pytest

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import Observation, WatcherLost
from swarmtui.swarm.stats import (
    MachineSeen,
    TailSeen,
    TailState,
    TrustOutcome,
    TrustWish,
    UnknownKey,
)
from tests.factories import (
    at,
    machine_seen,
    make_machine,
    make_node,
    make_stats,
    make_unknown_key,
    nodes_seen,
    stats_seen,
    tail_seen,
)

TASK = "kjs2bzrb1vfj5wn1t8npw3ib0"
NODE = "qn3r3t1tzh4u58rzmyqotp5an"


def make_analyst(*machines: Machine, **rules: Any) -> Analyst:
    """Return an analyst that goes by an inventory."""
    attribution = Attribution(Rules(machines=machines, **rules))
    return Analyst(
        place=attribution.place,
        machines=machines,
        place_machine=attribution.place_machine,
        hear=attribution.hear,
    )


def picture_of(analyst: Analyst, *seen: Observation, second: float = 9) -> Picture:
    for each in seen:
        analyst.see(each)
    return analyst.picture(at(second))


def row_of(picture: Picture, machine: str) -> MachineRow:
    return picture.machines[machine]


def containers_of(picture: Picture, machine: str) -> list[ContainerRow]:
    return [row for row in picture.containers if row.machine == machine]


def test_the_whole_inventory_is_there_before_anything_is_seen() -> None:
    analyst = make_analyst(make_machine(region="bkk", contributor="NIPA"), mine="nipa")
    row = row_of(analyst.picture(at(0)), "m1")
    assert (row.hostname, row.node_id, row.in_inventory) == ("m1", "", True)
    assert (row.region, row.contributor, row.mine) == ("bkk", "NIPA", True)
    assert (row.tail, row.seen, row.taken_at) == (None, None, None)


def test_a_machine_without_a_place_is_nowhere_and_nobodys() -> None:
    row = row_of(make_analyst(make_machine()).picture(at(0)), "m1")
    assert (row.region, row.contributor, row.mine) == ("unplaced", "unclaimed", False)


def test_containers_are_joined_to_node_service_and_task() -> None:
    analyst = make_analyst(make_machine(addr="10.0.0.1"))
    stats = make_stats(f"shop_web.3.{TASK}", cpu_percent=2.5)
    picture = picture_of(
        analyst,
        nodes_seen([make_node("n1", hostname="sw001", addr="10.0.0.1")]),
        stats_seen("m1", stats, make_stats("registry"), second=5),
    )
    task, other = picture.containers
    assert (task.node_id, task.hostname) == ("n1", "sw001")
    assert (task.service, task.task, task.task_id) == ("shop_web", "shop_web.3", TASK)
    assert (task.stats, task.taken_at) == (stats, at(5))
    assert (other.service, other.task, other.task_id) == ("", "", "")
    assert picture.machine_of == {"n1": "m1"}


def test_a_task_of_a_global_service_has_the_node_for_its_slot() -> None:
    analyst = make_analyst(make_machine())
    picture = picture_of(analyst, stats_seen("m1", make_stats(f"agent.{NODE}.{TASK}")))
    assert picture.containers[0].task == f"agent.{NODE}"


def test_containers_of_the_same_id_on_two_machines_are_two_rows() -> None:
    analyst = make_analyst(make_machine("m1"), make_machine("m2"))
    picture = picture_of(
        analyst, stats_seen("m1", make_stats("a")), stats_seen("m2", make_stats("a"))
    )
    assert len({row.key for row in picture.containers}) == 2


def test_a_row_has_the_totals_of_the_last_sample_and_the_trend_of_two_minutes() -> None:
    analyst = make_analyst(make_machine())
    for second in range(300):
        busy = make_stats("a", cpu_percent=float(second), memory_bytes=second)
        silent = make_stats("b")
        analyst.see(stats_seen("m1", busy, silent, second=second))
    row = row_of(analyst.picture(at(300)), "m1")
    assert (row.containers, row.cpu_percent, row.memory_bytes) == (2, 299.0, 299)
    assert row.cpu_trend == [float(second) for second in range(179, 300)]
    assert row.taken_at == at(299)


def test_a_node_in_no_inventory_is_a_machine_while_it_is_tailed() -> None:
    analyst = make_analyst()
    nodes = nodes_seen([make_node("n1", hostname="sw001"), make_node("n2")])
    picture = picture_of(analyst, nodes, tail_seen("n1"), stats_seen("n1", make_stats()))
    row = row_of(picture, "n1")
    assert list(picture.machines) == ["n1"]
    assert (row.hostname, row.node_id, row.in_inventory) == ("sw001", "n1", False)
    assert picture.machine_of == {"n1": "n1"}
    ended = picture_of(analyst, tail_seen("n1", TailState.ENDED))
    assert (ended.machines, ended.containers, ended.machine_of) == ({}, (), {})
    assert list(picture.machines) == ["n1"]


def test_a_machine_of_the_inventory_stays_when_its_tail_ends() -> None:
    analyst = make_analyst(make_machine())
    picture_of(analyst, tail_seen("m1"), stats_seen("m1", make_stats("a", cpu_percent=9.0)))
    picture = picture_of(analyst, tail_seen("m1", TailState.ENDED))
    row = row_of(picture, "m1")
    assert (row.tail, row.containers, row.cpu_percent, list(row.cpu_trend)) == (None, 0, 0.0, [])
    assert picture.containers == ()


def test_tails_that_ended_with_the_watcher_show_nothing() -> None:
    analyst = make_analyst(make_machine())
    lost = WatcherLost(taken_at=at(5), text="gone", retry_s=1)
    picture = picture_of(analyst, tail_seen("m1"), stats_seen("m1", make_stats()), lost)
    assert picture.containers == ()
    assert row_of(picture, "m1").tail is None


def test_how_a_tail_does_and_what_a_machine_answered_is_in_its_row() -> None:
    tail, answer = tail_seen("m1", TailState.STALE, text="silent"), machine_seen("m1", "n7")
    row = row_of(picture_of(make_analyst(make_machine()), tail, answer), "m1")
    assert (row.tail, row.seen, row.node_id) == (tail, answer, "")


def test_a_node_that_is_told_later_is_joined_to_its_machine_then() -> None:
    analyst = make_analyst(make_machine())
    before = picture_of(analyst, machine_seen("m1", "n1"), stats_seen("m1", make_stats()))
    assert row_of(before, "m1").hostname == before.containers[0].hostname == "m1"
    after = picture_of(analyst, nodes_seen([make_node("n1", hostname="sw001")]))
    assert row_of(after, "m1").hostname == after.containers[0].hostname == "sw001"
    assert after.machine_of == {"n1": "m1"}


def test_a_node_that_a_machine_says_it_is_gets_the_place_of_the_machine() -> None:
    analyst = make_analyst(make_machine(region="bkk", contributor="NIPA"))
    nodes = nodes_seen([make_node("n1", addr="10.0.0.9"), make_node("n2", addr="10.0.0.8")])
    assert picture_of(analyst, nodes).places["n1"].region == "unplaced"
    picture = picture_of(analyst, machine_seen("m1", "n1"))
    assert (picture.places["n1"].region, picture.places["n2"].region) == ("bkk", "unplaced")
    assert [group.name for group in picture.regions if group.nodes] == ["bkk", "unplaced"]
    moved = picture_of(analyst, machine_seen("m1", "n2"))
    assert (moved.places["n1"].region, moved.places["n2"].region) == ("unplaced", "bkk")


def test_a_machine_that_is_silent_for_a_while_is_still_the_node_it_said() -> None:
    analyst = make_analyst(make_machine(region="bkk"))
    picture = picture_of(
        analyst,
        nodes_seen([make_node("n1", addr="10.0.0.9")]),
        machine_seen("m1", "n1"),
        machine_seen("m1", reachable=False, error="no answer", second=60),
    )
    row = row_of(picture, "m1")
    assert (row.node_id, row.seen is not None and row.seen.error) == ("n1", "no answer")
    assert picture.places["n1"].region == "bkk"


def test_a_machine_that_left_the_swarm_is_no_node_any_more() -> None:
    analyst = make_analyst(make_machine(region="bkk"))
    nodes = nodes_seen([make_node("n1", addr="10.0.0.9")])
    picture = picture_of(analyst, nodes, machine_seen("m1", "n1"), machine_seen("m1", second=60))
    assert row_of(picture, "m1").node_id == ""
    assert picture.machine_of == {}
    assert picture.places["n1"].region == "unplaced"


def test_a_tailed_node_that_says_it_is_another_is_shown_as_that() -> None:
    analyst = make_analyst()
    nodes = nodes_seen([make_node("n1", hostname="a"), make_node("n2", hostname="b")])
    seen = (tail_seen("n1"), machine_seen("n1", "n2"), stats_seen("n1", make_stats()))
    picture = picture_of(analyst, nodes, *seen)
    assert picture.containers[0].hostname == "b"


def test_machines_make_pictures_without_any_manager() -> None:
    analyst = make_analyst(make_machine())
    picture = picture_of(analyst, machine_seen("m1", "n1"), stats_seen("m1", make_stats()))
    assert len(picture.containers) == 1
    assert picture.problems == ()
    assert picture.nodes.total == 0


def test_rows_of_machines_to_which_nothing_happened_are_the_same_in_the_next_picture() -> None:
    machines = [make_machine(f"m{i}", addr=f"192.0.2.{i}") for i in range(50)]
    analyst = make_analyst(*machines)
    nodes = [make_node(f"n{i}", addr=f"192.0.2.{i}") for i in range(50)]
    before = picture_of(
        analyst,
        nodes_seen(nodes),
        *(stats_seen(f"m{i}", make_stats("a"), make_stats("b")) for i in range(50)),
    )
    after = picture_of(analyst, stats_seen("m7", make_stats("a"), second=1))
    renewed = [name for name, row in after.machines.items() if row is not before.machines[name]]
    assert renewed == ["m7"]
    assert after.machine_of is before.machine_of
    known = {id(row) for row in before.containers}
    assert [row.machine for row in after.containers if id(row) not in known] == ["m7"]
    still = picture_of(analyst)
    assert still.containers is after.containers
    assert still.machines is after.machines


def test_a_node_with_another_hostname_renews_the_rows_of_its_machine_alone() -> None:
    analyst = make_analyst(make_machine("m1", node_id="n1"), make_machine("m2", node_id="n2"))
    nodes = nodes_seen([make_node("n1"), make_node("n2")])
    before = picture_of(analyst, nodes, *(stats_seen(m, make_stats()) for m in ("m1", "m2")))
    after = picture_of(analyst, nodes_seen([make_node("n1", hostname="new")]))
    assert after.containers[0].hostname == row_of(after, "m1").hostname == "new"
    assert containers_of(after, "m2")[0] is containers_of(before, "m2")[0]


KEY, NEW_KEY = make_unknown_key(), make_unknown_key(fingerprint="SHA256:another")
REFUSED = TailSeen(taken_at=at(1), machine="m1", state=TailState.REFUSED, unknown_key=KEY)
CHANGED = TailSeen(taken_at=at(1), machine="m1", state=TailState.REFUSED)


def left_alone(key: UnknownKey, *, second: float) -> MachineSeen:
    return machine_seen("m1", second=second, reachable=False, unknown_key=key)


def outcome(*, file: str = "", second: float) -> TrustOutcome:
    wish = TrustWish(machine="m1", key=KEY, asked_at=at(second))
    return TrustOutcome(wish=wish, file=file, text="" if file else "cannot write it")


def told(outcome: TrustOutcome, **fields: Any) -> MachineSeen:
    second = (outcome.wish.asked_at - at(0)).total_seconds()
    return machine_seen("m1", second=second, reachable=False, trust=outcome, **fields)


@pytest.mark.parametrize(
    ("seen", "key"),
    [
        ([], None),
        ([REFUSED], KEY),
        ([left_alone(KEY, second=1)], KEY),
        ([left_alone(KEY, second=1), tail_seen("m1", TailState.CONNECTING, second=2)], KEY),
        # Whoever came to a login knows the key by now; whoever was let down knows nothing of it.
        ([left_alone(KEY, second=1), tail_seen("m1", TailState.LIVE, second=2)], None),
        ([REFUSED, machine_seen("m1", second=2)], None),
        ([REFUSED, machine_seen("m1", second=2, reachable=False)], KEY),
        ([REFUSED, left_alone(NEW_KEY, second=2)], NEW_KEY),
        ([left_alone(KEY, second=0), CHANGED], None),
        ([REFUSED, told(outcome(file="known_hosts", second=2))], None),
        ([REFUSED, told(outcome(second=2))], KEY),
        ([REFUSED, told(outcome(second=2), unknown_key=NEW_KEY)], NEW_KEY),
    ],
)
def test_the_key_in_question_is_that_of_the_newest_word(
    seen: list[Observation], key: UnknownKey | None
) -> None:
    assert row_of(picture_of(make_analyst(make_machine()), *seen), "m1").unknown_key == key


def test_what_came_of_a_yes_stays_when_the_machine_says_more() -> None:
    analyst = make_analyst(make_machine())
    written = outcome(file="known_hosts", second=2)
    picture = picture_of(analyst, REFUSED, told(written), machine_seen("m1", "n1", second=3))
    assert row_of(picture, "m1").trust == written
    again = outcome(second=4)
    assert row_of(picture_of(analyst, told(again)), "m1").trust == again
