"""A report tells what happened, whatever happened between two of its pictures."""

import random

import msgspec
import pytest

from swarmtui.insight.report import Peak, Report
from swarmtui.swarm.observation import CountsSeen, FailureKind, Observation, TasksSeen, WatcherLost
from swarmtui.swarm.words import NodeState, TaskState
from tests.factories import (
    at,
    make_manager,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)
from tests.insight.evening import HOUR, Told, make_tasks, make_told, report_of
from tests.insight.story import make_nodes


def test_an_empty_recording_makes_an_empty_report() -> None:
    report = report_of([], ends=0)
    assert report.nodes_peak is None
    assert report.tasks_peak is None
    assert report.joins.total == 0
    assert report.joins.best_minute is None
    assert (report.elections, report.incidents, report.errors) == ((), (), ())


def test_peaks_are_found_between_two_pictures() -> None:
    told = make_told(running=1)
    for second in range(100, HOUR, 100):
        told.run([], second)
    told.run(make_tasks(9), 2001.2)
    told.run([], 2001.9, removed=tuple(f"t{n}" for n in range(7)))
    told.show(make_nodes(2, "x", created_at=at(2003.1)), 2003.4)
    told.remove(["x0", "x1"], 2004)
    report = report_of(told.seen, ends=HOUR)
    assert report.tasks_peak == Peak(9, at(2001.2))
    assert report.nodes_peak == Peak(9, at(2003.4))
    assert report.ready_peak == Peak(9, at(2003.4))


def test_a_peak_is_dated_to_when_it_was_first_reached() -> None:
    told = make_told(running=5)
    told.run([], 60, removed=("t0",))
    told.run(make_tasks(1), 120)
    assert report_of(told.seen, ends=300).tasks_peak == Peak(5, at(0))


def test_nodes_that_are_lost_count_in_the_list_and_not_as_ready() -> None:
    told = make_told(4)
    told.turn(["w0"], "down", 10)
    told.show(make_nodes(1, "x"), 20)
    report = report_of(told.seen, ends=60)
    assert report.nodes_peak == Peak(8, at(20))
    assert report.ready_peak == Peak(7, at(0))
    assert (report.nodes.total, report.nodes.ready, report.nodes.down) == (8, 7, 1)


def test_what_the_manager_counts_itself_is_the_peak_of_tasks_while_it_counts() -> None:
    told = make_told(running=3)
    for second in range(1, 20):
        counts = {TaskState.RUNNING: 40 if second == 7 else 30}
        told.see(CountsSeen(taken_at=at(second), tasks=counts, nodes={NodeState.READY: 7}))
    told.run(make_tasks(35, first=10), 15.5)
    assert report_of(told.seen, ends=60).tasks_peak == Peak(40, at(7))


def test_the_lists_are_the_peak_again_when_the_manager_stops_counting() -> None:
    told = make_told(running=3)
    told.see(CountsSeen(taken_at=at(1), tasks={TaskState.RUNNING: 9}, nodes={}))
    told.run(make_tasks(20, first=10), 15.5)
    assert report_of(told.seen, ends=60).tasks_peak == Peak(23, at(15.5))


def test_nodes_that_were_there_before_have_not_joined() -> None:
    report = report_of(make_told(4).seen, ends=60)
    assert report.joins.total == 0
    assert report.joins.best_minute is None


def test_a_node_that_joined_while_the_first_look_was_on_its_way_has_joined() -> None:
    late = make_node("late", created_at=at(2))
    report = report_of([nodes_seen([make_node(created_at=at(-1)), late], second=4)], ends=60)
    assert report.joins.total == 1
    assert report.joins.best_minute == Peak(1, at(2))


def test_the_best_minute_of_joining_is_found_to_the_second() -> None:
    told = make_told(1)
    for second in (30, 95, 110, 130, 154, 156):
        told.show([make_node(f"x{second}", created_at=at(second - 0.5))], second)
    report = report_of(told.seen, ends=600)
    assert report.joins.total == 6
    assert report.joins.per_minute == pytest.approx(0.6)
    assert report.joins.best_minute == Peak(4, at(94))


def test_nodes_that_joined_in_a_gap_of_the_data_joined_when_they_say() -> None:
    told = make_told(1)
    joined = [make_node(f"x{n}", created_at=at(60 + 60 * n)) for n in range(10)]
    told.show(joined, 700)
    best = report_of(told.seen, ends=HOUR).joins.best_minute
    assert best is not None
    assert best.value == 1


def test_a_clock_that_is_wrong_moves_a_joining_no_further_than_the_looks_allow() -> None:
    told = make_told(1)
    told.show([], 100)
    told.show([make_node("x1", created_at=at(-9 * HOUR))], 102)
    told.show([make_node("x2", created_at=at(9 * HOUR))], 104)
    assert report_of(told.seen, ends=600).joins.best_minute == Peak(2, at(100))


def test_joins_are_drawn_in_even_parts_that_add_up() -> None:
    told = make_told(1)
    for n in range(50):
        told.show([make_node(f"x{n}", created_at=at(n * 40))], n * 40 + 1)
    bars = report_of(told.seen, ends=HOUR).joins.bars
    assert bars.width_s == 30
    assert len(bars.counts) == 120
    assert sum(bars.counts) == 50


def test_tasks_that_ran_at_the_first_look_have_not_started() -> None:
    assert report_of(make_told(running=3).seen, ends=60).starts.total == 0


def test_tasks_start_once_each_however_often_they_are_seen() -> None:
    told = make_told(running=2)
    starting = make_tasks(3, first=10, state="starting", since=at(5))
    told.run(starting, 6)
    running = [
        msgspec.structs.replace(task, state=TaskState.RUNNING, since=at(8)) for task in starting
    ]
    told.run(running, 9)
    told.run([msgspec.structs.replace(task, slot=99) for task in running], 12)
    report = report_of(told.seen, ends=60)
    assert report.starts.total == 3
    assert report.starts.best_minute == Peak(3, at(8))


def test_a_watcher_that_starts_again_makes_nothing_happen_twice() -> None:
    told = make_told(running=3)
    failed = make_tasks(2, first=50, state="failed", desired="shutdown", error="exit 1")
    told.run(failed, 5)
    told.see(WatcherLost(taken_at=at(10), text="the watcher ended", retry_s=1))
    told.show([*told.nodes.values()], 12, asked=None)
    told.run(make_tasks(3, since=at(-HOUR)), 13, whole=True, complete=False)
    told.run(failed, 14)
    report = report_of(told.seen, ends=60)
    assert (report.failed, report.starts.total, report.joins.total) == (2, 0, 0)


def test_failures_between_two_pictures_are_counted_with_their_errors() -> None:
    told = make_told(running=3)
    for n in range(40):
        task = make_task(f"f{n}", node_id="w1", state="failed", desired="shutdown")
        error = f"task: non-zero exit (137) in container {n:012x}"
        told.run([msgspec.structs.replace(task, error=error)], 1000 + n / 100)
        told.run([], 1000.005 + n / 100, removed=(f"f{n}",))
    report = report_of(told.seen, ends=24 * HOUR)
    assert (report.failed, report.rejected) == (40, 0)
    assert [(e.text, e.count, e.nodes) for e in report.errors] == [
        ("task: non-zero exit (137) in container …", 40, 1)
    ]


def test_an_error_counts_once_for_each_task_that_had_it_however_its_numbers_change() -> None:
    told = make_told(running=0)
    for second in (10, 20, 30):
        reason = f"no suitable node (insufficient resources on {second} nodes)"
        told.run(make_tasks(5, state="pending", error=reason), second)
    told.run(make_tasks(5, since=at(40)), 41)
    report = report_of(told.seen, ends=60)
    assert [(e.text, e.count) for e in report.errors] == [
        ("no suitable node: insufficient resources", 5)
    ]
    assert (report.failed, report.rejected) == (0, 0)


def test_a_task_counts_for_each_error_it_had() -> None:
    told = make_told(running=0)
    told.run(make_tasks(1, state="pending", error="no suitable node"), 10)
    told.run(make_tasks(1, state="rejected", error="No such image: x:1"), 20)
    report = report_of(told.seen, ends=60)
    assert {(e.text, e.count) for e in report.errors} == {
        ("no suitable node", 1),
        ("No such image: x:1", 1),
    }
    assert report.rejected == 1


def test_what_had_failed_before_is_of_another_evening() -> None:
    told = make_told(running=0)
    old = make_tasks(6, state="failed", desired="shutdown", error="old", since=at(-60))
    new = make_tasks(2, first=9, state="failed", desired="shutdown", error="new", since=at(3))
    told.serve([make_service("s2", name="api")], 0)
    told.run([msgspec.structs.replace(task, service_id="s2") for task in old + new], 4)
    report = report_of(told.seen, ends=60)
    assert report.failed == 2
    assert [e.text for e in report.errors] == ["new"]


def test_a_report_from_the_middle_tells_of_its_own_time_alone() -> None:
    told = make_told(4, running=2)
    told.show(make_nodes(3, "early", created_at=at(50)), 50)
    told.run(make_tasks(5, first=20, state="failed", desired="shutdown", error="early"), 60)
    told.lead("mg1", 70, asked=58)
    told.run(make_tasks(4, first=40, state="pending", error="no suitable node"), 80)
    told.show(make_nodes(1, "late", created_at=at(500)), 500)
    told.run(make_tasks(1, first=30, state="failed", desired="shutdown", error="late"), 510)
    told.lead("mg2", 520, asked=506)
    report = report_of(told.seen, begins=400, ends=600)
    assert report.joins.total == 1
    assert report.failed == 1
    assert {(e.text, e.count) for e in report.errors} == {("late", 1), ("no suitable node", 4)}
    assert [e.new_leader for e in report.elections] == ["mg2"]
    assert report.leaderless_s == 14
    assert all(at(400) <= line.at <= at(600) for line in report.happenings)
    assert all(at(400) <= sample.at <= at(600) for sample in report.node_course)


def test_elections_are_told_with_both_leaders_and_the_seconds_without_one() -> None:
    told = make_told()
    told.lose("tcp://mg0", FailureKind.TIMED_OUT, 112, asked=100, next_host="tcp://mg1")
    told.lead("mg1", 112.4, asked=112)
    report = report_of(told.seen, ends=HOUR)
    (election,) = report.elections
    assert (election.at, election.old_leader, election.new_leader) == (at(112.4), "mg0", "mg1")
    assert election.leaderless_s == report.leaderless_s == pytest.approx(12.4)
    assert report.leader == "mg1"


def test_seconds_without_a_leader_that_had_not_ended_count_too() -> None:
    told = make_told()
    told.lead(None, 100)
    report = report_of(told.seen, ends=130)
    assert report.elections == ()
    assert report.leaderless_s == 30
    assert report.leader == ""


def test_an_election_that_did_not_happen_is_not_told() -> None:
    told = make_told()
    told.lose("tcp://mg0", FailureKind.REFUSED, 100, next_host="tcp://mg1")
    told.lead("mg0", 104)
    report = report_of(told.seen, ends=200)
    assert report.elections == ()
    assert report.leaderless_s == 0
    assert report.leader == "mg0"


def test_a_swarm_without_managers_seen_has_no_leader() -> None:
    report: Report = report_of([nodes_seen([make_node()])], ends=10)
    assert (report.leader, report.managers) == ("", 0)


def test_services_and_tasks_never_seen_have_no_peak() -> None:
    report = report_of([nodes_seen([make_manager("m1", leader=True)])], ends=10)
    assert report.tasks_peak is None
    assert report.nodes_peak == Peak(1, at(0))


def test_a_service_that_is_removed_takes_its_running_tasks_along() -> None:
    seen: list[Observation] = [
        nodes_seen([make_node()]),
        services_seen([make_service("s1"), make_service("s2")]),
        tasks_seen(make_tasks(5, since=at(-9))),
        tasks_seen([make_task("z", service="s2", since=at(-9))], service="s2"),
        services_seen([], second=50, removed=("s1",)),
        tasks_seen(
            [make_task(f"z{n}", service="s2", since=at(60)) for n in range(2)],
            service="s2",
            second=60,
        ),
    ]
    report = report_of(seen, ends=100)
    assert report.tasks_peak == Peak(6, at(0))
    assert report.running == 3


def make_random(seed: int) -> Told:
    """Return a quarter of an hour in which anything may happen."""
    chance = random.Random(seed)
    told = make_told(4, running=3)
    for n in range(300):
        second = 3 * n + chance.random()
        node = f"w{chance.randrange(4)}"
        match chance.randrange(6):
            case 0:
                told.show([make_node(f"n{n}", created_at=at(second - chance.random()))], second)
            case 1:
                told.turn([node], chance.choice(["ready", "down", "unknown"]), second)
            case 2 | 3:
                told.run([make_task(f"r{n}", node_id=node, since=at(second))], second)
            case 4:
                error = chance.choice(["exit 1", "exit 137", f"no space on {n + 1000}"])
                told.run([make_task(f"f{n}", node_id=node, state="failed", error=error)], second)
            case _:
                gone = tuple(f"{kind}{k}" for kind in "rf" for k in range(n - 30, n - 20))
                told.run([], second, removed=gone)
    return told


@pytest.mark.parametrize("seed", range(5))
def test_what_is_counted_does_not_depend_on_when_pictures_are_taken(seed: int) -> None:
    told = make_random(seed)
    often, seldom = (
        report_of(told.seen, ends=900, times=[at(second) for second in range(0, 901, step)])
        for step in (1, 300)
    )
    for report in (often, seldom):
        states = [seen for seen in told.seen if isinstance(seen, TasksSeen)]
        failed = {t.id for seen in states for t in seen.changed if t.state is TaskState.FAILED}
        assert report.failed == len(failed) == sum(error.count for error in report.errors)
    for field in (
        "nodes_peak", "ready_peak", "tasks_peak", "joins", "starts", "failed", "errors", "bill",
    ):  # fmt: skip
        assert getattr(often, field) == getattr(seldom, field)
