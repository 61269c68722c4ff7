"""Folding observations gives the snapshot and exactly the differences between two of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.swarm.fold import Change, Difference, compare, fold
from swarmtui.swarm.observation import (
    Cost,
    EventSeen,
    FailureKind,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import TailState
from swarmtui.swarm.words import NodeState, TaskState
from tests.factories import (
    at,
    machine_seen,
    make_manager,
    make_node,
    make_service,
    make_stats,
    make_task,
    nodes_seen,
    services_seen,
    stats_seen,
    tail_seen,
    tasks_seen,
)

IDS = st.sampled_from(["a", "b", "c", "d"])
MOMENTS = st.integers(0, 1000).map(at)
NODES = st.builds(make_node, IDS, state=st.sampled_from(list(NodeState)))
SERVICES = st.builds(make_service, IDS, replicas=st.integers(0, 2))


@st.composite
def task_lists(draw: st.DrawFn) -> TasksSeen:
    service = draw(IDS)
    states = st.sampled_from(["new", "running", "failed"])
    tasks = draw(
        st.lists(
            st.builds(
                make_task, IDS.map(f"{service}-{{}}".format), service=st.just(service), state=states
            )
        )
    )
    removed = draw(st.lists(IDS.map(f"{service}-{{}}".format)))
    whole, complete = draw(st.booleans()), draw(st.booleans())
    return TasksSeen(
        taken_at=draw(MOMENTS),
        service_id=service,
        changed=tuple(tasks),
        removed=tuple(removed),
        whole=whole,
        complete=complete,
    )


OBSERVATIONS = st.one_of(
    st.builds(
        NodesSeen,
        taken_at=MOMENTS,
        changed=st.lists(NODES).map(tuple),
        removed=st.lists(IDS).map(tuple),
        whole=st.booleans(),
    ),
    st.builds(
        ServicesSeen,
        taken_at=MOMENTS,
        changed=st.lists(SERVICES).map(tuple),
        removed=st.lists(IDS).map(tuple),
        whole=st.booleans(),
    ),
    task_lists(),
    st.builds(Pulse, taken_at=MOMENTS),
    st.builds(WatcherLost, taken_at=MOMENTS, text=st.just("gone"), retry_s=st.just(1.0)),
)


def story_of(observations: list[Observation]) -> Snapshot:
    snapshot = Snapshot()
    for seen in observations:
        snapshot = fold(snapshot, seen).snapshot
    return snapshot


def canonical(difference: Difference) -> list[list[tuple[str, str]]]:
    """Return what really changed, in one order: an answer may repeat what was known."""
    kinds = (difference.nodes, difference.services, difference.tasks)
    return [
        sorted((str(c.before), str(c.after)) for c in changes if c.before != c.after)
        for changes in kinds
    ]


@given(st.lists(OBSERVATIONS, max_size=12))
def test_the_difference_of_a_fold_is_what_differs_between_the_snapshots(
    observations: list[Observation],
) -> None:
    snapshot = Snapshot()
    for seen in observations:
        step = fold(snapshot, seen)
        assert canonical(step.difference) == canonical(compare(snapshot, step.snapshot))
        snapshot = step.snapshot


@given(st.lists(OBSERVATIONS, max_size=12), OBSERVATIONS)
def test_folding_never_changes_the_snapshot_before(
    observations: list[Observation], last: Observation
) -> None:
    snapshot = story_of(observations)
    known = str(snapshot)
    fold(snapshot, last)
    assert str(snapshot) == known


@given(st.lists(OBSERVATIONS, max_size=12))
def test_every_thing_is_kept_under_its_own_id(observations: list[Observation]) -> None:
    snapshot = story_of(observations)
    assert all(node.id == id_ for id_, node in snapshot.nodes.items())
    assert all(service.id == id_ for id_, service in snapshot.services.items())
    for service_id, tasks in snapshot.tasks.items():
        assert all(task.id == id_ for id_, task in tasks.items())
        assert all(task.service_id == service_id for task in tasks.values())


def test_a_whole_answer_forgets_what_is_not_in_it() -> None:
    before = story_of([nodes_seen([make_node("a"), make_node("b")])])
    step = fold(before, nodes_seen([make_node("b")], second=1, whole=True))
    assert set(step.snapshot.nodes) == {"b"}
    assert step.difference.nodes == [Change(make_node("a"), None)]


def test_a_partial_answer_keeps_what_is_not_in_it() -> None:
    before = story_of([nodes_seen([make_node("a"), make_node("b")])])
    step = fold(before, nodes_seen([], second=1, removed=("a", "never seen")))
    assert set(step.snapshot.nodes) == {"b"}
    assert step.difference.nodes == [Change(make_node("a"), None)]


def test_a_thing_named_twice_in_one_answer_changes_once() -> None:
    first, second = make_node("a", state="down"), make_node("a", state="ready")
    step = fold(Snapshot(), nodes_seen([first, second]))
    assert step.snapshot.nodes == {"a": second}
    assert step.difference.nodes == [Change(None, second)]


def test_a_thing_both_seen_and_removed_in_one_answer_is_there() -> None:
    before = story_of([nodes_seen([make_node("a")])])
    after = make_node("a", state="down")
    step = fold(before, nodes_seen([after], second=1, removed=("a",)))
    assert step.snapshot.nodes == {"a": after}
    assert step.difference.nodes == [Change(make_node("a"), after)]


def test_a_task_list_is_only_as_old_as_its_last_part() -> None:
    parts: list[Observation] = [
        tasks_seen([make_task("t1")], second=1, whole=True, complete=False),
        tasks_seen([make_task("t2")], second=2),
    ]
    assert story_of(parts[:1]).tasks_at == {}
    snapshot = story_of(parts)
    assert snapshot.tasks_at == {"s1": at(2)}
    assert set(snapshot.tasks["s1"]) == {"t1", "t2"}


def test_an_empty_task_list_is_a_list_that_was_seen() -> None:
    snapshot = story_of([services_seen([make_service()]), tasks_seen([], second=3)])
    assert snapshot.tasks == {"s1": {}}
    assert snapshot.has_all_tasks
    assert snapshot.oldest_tasks_at == at(3)


def test_tasks_go_with_their_service() -> None:
    before = story_of([services_seen([make_service()]), tasks_seen([make_task()], second=1)])
    step = fold(before, services_seen([], second=2, removed=("s1",)))
    assert (step.snapshot.tasks, step.snapshot.tasks_at) == ({}, {})
    assert step.difference.tasks == [Change(make_task(), None)]


def test_tasks_that_came_before_their_service_stay() -> None:
    before = story_of([tasks_seen([make_task()], second=1)])
    step = fold(before, services_seen([make_service("other")], second=2))
    assert set(step.snapshot.tasks) == {"s1"}


def test_mappings_that_did_not_change_are_shared() -> None:
    before = story_of([nodes_seen([make_node()]), tasks_seen([make_task()], second=1)])
    after = fold(before, nodes_seen([], second=2)).snapshot
    assert after.nodes is before.nodes
    assert after.tasks is before.tasks
    assert after.nodes_at == at(2)


def test_an_answer_of_nodes_ends_waiting_and_loss() -> None:
    lost = ManagerLost(taken_at=at(1), host="h", kind=FailureKind.REFUSED, text="no answer")
    waiting = Pulse(taken_at=at(2), waiting=Waiting("/nodes", at(1)), cost=Cost(requests=3))
    before = story_of([lost, waiting])
    assert before.lost is lost
    assert before.waiting == Waiting("/nodes", at(1))
    after = fold(before, nodes_seen([], second=3)).snapshot
    assert (after.lost, after.waiting, after.cost.requests) == (None, None, 3)


def test_a_manager_that_is_connected_ends_no_loss_until_it_shows_nodes() -> None:
    lost = WatcherLost(taken_at=at(1), text="gone", retry_s=1)
    seen = ManagerSeen(
        taken_at=at(2), host="h", cluster_id="c", node_id="n", api_version="1", engine_version="2"
    )
    connected = story_of([lost, seen])
    assert (connected.manager, connected.lost) == (seen, lost)
    assert fold(connected, nodes_seen([], second=3)).snapshot.lost is None


def test_without_a_manager_the_watcher_is_back_when_it_is_alive() -> None:
    lost = WatcherLost(taken_at=at(1), text="gone", retry_s=1)
    assert fold(story_of([lost]), Pulse(taken_at=at(2))).snapshot.lost is None
    refused = ManagerLost(taken_at=at(1), host="h", kind=FailureKind.REFUSED, text="no answer")
    assert fold(story_of([refused]), Pulse(taken_at=at(2))).snapshot.lost is refused
    manager = ManagerSeen(
        taken_at=at(0), host="h", cluster_id="c", node_id="n", api_version="1", engine_version="2"
    )
    assert fold(story_of([manager, lost]), Pulse(taken_at=at(2))).snapshot.lost is lost


def test_an_event_changes_the_time_alone() -> None:
    before = story_of([nodes_seen([make_node()])])
    event = EventSeen(taken_at=at(9), type="node", action="update", actor_id="n1")
    step = fold(before, event)
    assert (step.snapshot.nodes, step.snapshot.taken_at) == (before.nodes, at(9))
    assert step.difference == Difference()


def test_the_leader_is_who_says_so() -> None:
    nodes = [make_manager("a"), make_manager("b", leader=True), make_node("c")]
    leader = story_of([nodes_seen(nodes)]).leader
    assert leader is not None
    assert leader.id == "b"
    assert story_of([nodes_seen(nodes[:1])]).leader is None


def test_a_task_is_found_wherever_it_is() -> None:
    snapshot = story_of([tasks_seen([make_task("x", service="s2")], service="s2")])
    assert snapshot.find_task("x") == make_task("x", service="s2")
    assert snapshot.find_task("y") is None
    assert list(snapshot.iterate_tasks()) == [make_task("x", service="s2")]


@pytest.mark.parametrize(("busy_s", "over_s", "share"), [(6, 60, 0.1), (90, 60, 1.0), (1, 0, 0.0)])
def test_the_cost_is_a_share_of_the_managers_time(
    busy_s: float, over_s: float, share: float
) -> None:
    assert Cost(busy_s=busy_s, over_s=over_s).share == pytest.approx(share)


def test_task_states_are_the_words_of_the_engine_in_order() -> None:
    assert TaskState.parse("Running") is TaskState.RUNNING
    assert TaskState.parse("sleeping") is TaskState.UNKNOWN


def test_the_newest_of_each_machine_is_kept_beside_the_others() -> None:
    first, second = stats_seen("m1", make_stats("a")), stats_seen("m1", make_stats("b"), second=1)
    other, tail, answer = stats_seen("m2", second=2), tail_seen("m1"), machine_seen("m3", "n3")
    after = story_of([first, second, other, tail, answer])
    assert after.stats == {"m1": second, "m2": other}
    assert after.tails == {"m1": tail}
    assert after.machines == {"m3": answer}


def test_a_snapshot_keeps_its_machines_when_others_are_seen() -> None:
    before = story_of([stats_seen("m1"), tail_seen("m1"), machine_seen("m1")])
    fold(before, stats_seen("m2"))
    fold(before, tail_seen("m1", TailState.ENDED))
    assert (list(before.stats), list(before.tails)) == (["m1"], ["m1"])


def test_a_tail_that_ended_leaves_nothing_but_what_the_machine_answered() -> None:
    answer = machine_seen("m1", "n1")
    others: list[Observation] = [tail_seen("m2"), stats_seen("m2"), answer]
    ended = tail_seen("m1", TailState.ENDED, second=9)
    after = story_of([tail_seen("m1"), stats_seen("m1"), *others, ended])
    assert (list(after.stats), list(after.tails)) == (["m2"], ["m2"])
    assert after.machines == {"m1": answer}


def test_tails_end_with_the_watcher() -> None:
    seen: list[Observation] = [tail_seen("m1"), stats_seen("m1"), machine_seen("m1")]
    after = story_of([*seen, WatcherLost(taken_at=at(9), text="gone", retry_s=1)])
    assert (after.stats, after.tails) == ({}, {})
    assert list(after.machines) == ["m1"]
