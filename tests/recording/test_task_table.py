"""A keyframe's tasks are those that were recorded, and few are made before somebody wants all."""

import gc
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from swarmtui.recording.keyframes import Moment, decode_whole, encode_whole
from swarmtui.recording.task_entries import TasksDecoder, TasksEncoder
from swarmtui.recording.task_table import TaskTable
from swarmtui.swarm.deferred import count_tasks
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change, fold
from swarmtui.swarm.observation import TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TaskState
from tests.depth import examples
from tests.factories import NOON, make_service, make_task, services_seen, tasks_seen
from tests.insight.random_stories import make_analyst

ALL = tuple(
    make_task(
        f"t{n}",
        slot=n,
        node_id=f"n{n % 4}",
        state=TaskState.PENDING if n % 5 == 0 else TaskState.RUNNING,
    )
    for n in range(12)
)
IDS = [f"t{n}" for n in range(16)]


def make_table(*tasks: Task) -> TaskTable:
    """Return the tasks as they come out of a keyframe."""
    analyst = make_analyst()
    analyst.see(services_seen([make_service()], whole=True))
    analyst.see(tasks_seen(tasks, whole=True))
    moment = Moment(
        number=1, snapshot=analyst.snapshot, memory=analyst.remember(), places=analyst.places
    )
    table = decode_whole(encode_whole(moment)).snapshot.tasks["s1"]
    assert isinstance(table, TaskTable)
    return table


steps = st.tuples(
    st.dictionaries(st.sampled_from(IDS), st.integers(0, 99), max_size=6),
    st.lists(st.sampled_from(IDS), max_size=6),
    st.booleans(),
)


@examples(40)
@given(st.lists(steps, max_size=6))
def test_tasks_change_as_those_of_a_plain_mapping_do(
    story: list[tuple[dict[str, int], list[str], bool]],
) -> None:
    table = Snapshot(tasks={"s1": make_table(*ALL)}, tasks_at={"s1": NOON})
    plain = Snapshot(tasks={"s1": {task.id: task for task in ALL}}, tasks_at={"s1": NOON})
    for slots, removed, is_asked in story:
        changed = tuple(make_task(id_, slot=slot) for id_, slot in slots.items())
        seen = TasksSeen(
            taken_at=NOON, service_id="s1", changed=changed, removed=tuple(removed), complete=True
        )
        table, difference = fold(table, seen)
        plain, wanted = fold(plain, seen)
        found, known = table.tasks["s1"], plain.tasks["s1"]
        assert list(difference.tasks) == list(wanted.tasks)
        assert len(found) == len(known)
        assert list(found) == list(known)
        assert [found.get(id_) for id_ in IDS] == [known.get(id_) for id_ in IDS]
        assert [id_ in found for id_ in IDS] == [id_ in known for id_ in IDS]
        if is_asked:
            assert list(found.items()) == list(known.items())
            assert found == known


@examples(40)
@given(st.lists(steps, max_size=6))
def test_tasks_change_alike_when_only_the_ids_that_changes_name_are_read(
    story: list[tuple[dict[str, int], list[str], bool]],
) -> None:
    table = Snapshot(tasks={"s1": make_table(*ALL)}, tasks_at={"s1": NOON})
    plain = Snapshot(tasks={"s1": {task.id: task for task in ALL}}, tasks_at={"s1": NOON})
    encoder, decoder = TasksEncoder(plain), TasksDecoder(table)
    for slots, removed, is_asked in story:
        changed = [make_task(id_, slot=slot) for id_, slot in slots.items()]
        seen = tasks_seen(changed, removed=tuple(removed), complete=True)
        read = decoder.decode(encoder.encode(seen))
        assert read == seen
        table, difference = fold(table, read)
        plain, wanted = fold(plain, seen)
        found, known = table.tasks["s1"], plain.tasks["s1"]
        assert list(difference.tasks) == list(wanted.tasks)
        assert len(found) == len(known)
        if is_asked:
            assert list(found) == list(known)
            assert found == known


def test_few_ids_are_read_when_few_tasks_change() -> None:
    tasks = make_table(*ALL)
    decoder = TasksDecoder(Snapshot(tasks={"s1": tasks}))
    encoder = TasksEncoder(Snapshot(tasks={"s1": {task.id: task for task in ALL}}))
    snapshot = Snapshot(tasks={"s1": tasks})
    for slot in (70, 71):
        changed = replace(ALL[3], slot=slot), replace(ALL[7], id="new", slot=slot)
        seen = tasks_seen(changed, removed=("t5",))
        snapshot, _ = fold(snapshot, decoder.decode(encoder.encode(seen)))
    assert len(snapshot.tasks["s1"]) == len(ALL)
    assert tasks.rows._told.keys() == {"t3", "t5"}
    assert tasks.rows._places is None


def test_a_task_that_is_told_as_new_but_is_not_is_there_once() -> None:
    snapshot = Snapshot(tasks={"s1": make_table(*ALL)})
    seen = tasks_seen([replace(ALL[3], slot=70)])
    decoder = TasksDecoder(snapshot)
    snapshot, _ = fold(snapshot, decoder.decode(TasksEncoder().encode(seen)))
    tasks = snapshot.tasks["s1"]
    assert tasks["t3"].slot == 70
    assert list(tasks.items()) == [(t.id, replace(t, slot=70) if t is ALL[3] else t) for t in ALL]
    assert list(tasks) == [task.id for task in ALL]


def test_a_task_that_is_not_there_is_not_found() -> None:
    table = make_table(*ALL)
    assert table.find(["t1", "none"]) == [ALL[1], None]
    with pytest.raises(KeyError):
        table["none"]


def test_looking_some_up_makes_no_more_than_those() -> None:
    table = make_table(*ALL)
    changed = table.merge({"t3": replace(ALL[3], slot=9)}, ["t4"])
    assert isinstance(changed, TaskTable)
    assert changed["t3"].slot == 9
    assert changed["t5"] == ALL[5]
    assert len(changed) == len(ALL) - 1
    assert table.rows.made is None


def test_what_follows_tasks_that_were_all_made_is_made_too() -> None:
    table = make_table(*ALL)
    assert list(table.values()) == list(ALL)
    after = table.merge({"t3": replace(ALL[3], slot=9)}, ["t4"])
    assert isinstance(after, dict)
    assert after["t5"] is table["t5"]


def test_tasks_that_were_all_made_are_kept_once() -> None:
    table = make_table(*ALL)
    (kept,) = gc.get_referents(table.values())
    assert kept is table.rows.made


def test_a_whole_list_is_compared_with_tasks_that_were_all_made_at_once() -> None:
    table = make_table(*ALL)
    known = Snapshot(tasks={"s1": table}, tasks_at={"s1": NOON})
    changed = replace(ALL[3], slot=9)
    step = fold(known, tasks_seen([*ALL[:3], changed, *ALL[5:]], whole=True))
    assert step.difference.tasks == [Change(ALL[3], changed), Change(ALL[4], None)]
    assert table.rows.made is not None


def test_nodes_and_those_that_do_not_just_run_are_told_without_making_all() -> None:
    ended = replace(ALL[1], desired=TaskState.SHUTDOWN)
    failed = replace(ALL[2], error="no")
    lost = replace(ALL[3], node_id="")
    table = make_table(*ALL[:1], ended, failed, lost, *ALL[4:])
    assert list(table.node_ids()) == [task.node_id for task in table.values()]
    assert table.find_astray() == [ALL[0], ended, failed, lost, ALL[5], ALL[10]]


def make_any(chance: random.Random, number: int) -> Task:
    moments = NOON, NOON, NOON + timedelta(seconds=0.5), NOON - timedelta(days=40_000)
    return make_task(
        f"t{number}",
        node_id=chance.choice(("", "n0", "n1")),
        state=chance.choice(("pending", "starting", "running")),
        desired=chance.choice(("running", "shutdown")),
        error=chance.choice(("", "no")),
        since=chance.choice(moments[: chance.choice((3, 4))]),
    )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [1, 60, 600])
def test_those_astray_are_counted_and_dated_as_if_they_had_been_made(seed: int, count: int) -> None:
    chance = random.Random(seed)
    tasks = [make_any(chance, number) for number in range(count)]
    chance.shuffle(tasks)
    table = make_table(*tasks)
    changed = table.merge({"t3": replace(tasks[0], id="t3", error="else")}, ["t1"])
    assert isinstance(changed, TaskTable)
    for each in (table, changed) if count > 1 else (table,):
        assert_counted(each)


def assert_counted(table: TaskTable) -> None:
    counted, astray = table.count_astray(), table.find_astray()
    expected = count_tasks(astray)
    assert counted == expected
    assert list(counted) == list(expected)
    assert [*map(list, counted.values())] == [*map(list, expected.values())]
    for states in counted:
        alike = sorted((t.since, t.id) for t in astray if (t.state, t.desired) == states)
        assert table.find_earliest(states) == alike[0][0]
        assert list(table.go_by_age(states)) == alike


def test_nobody_is_found_in_states_that_none_is_in() -> None:
    states = TaskState.FAILED, TaskState.RUNNING
    assert list(make_table(*ALL).go_by_age(states)) == []


def test_tasks_that_changed_since_are_counted_as_well() -> None:
    table = make_table(*ALL)
    after = table.merge({"t20": replace(ALL[0], id="t20", node_id="n9")}, ["t1"])
    assert isinstance(after, TaskTable)
    assert list(after.node_ids()) == [task.node_id for task in after.values()]
    assert {ALL[0], ALL[5], ALL[10]} <= set(after.find_astray())
