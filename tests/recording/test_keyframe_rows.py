"""Tasks of a keyframe are the same, picked one by one or made of unpacked columns."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from swarmtui.recording.columns import Ints
from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.recording.task_columns import TaskColumns
from swarmtui.recording.task_lists import TaskRows, pack_rows
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES
from tests.factories import NOON, make_task

COUNT = 400
ODD_TIMES = (datetime(1, 1, 1, 0, 0, 0, 7, tzinfo=UTC), datetime(2400, 1, 1, tzinfo=UTC))


def make_tasks(count: int, *, seed: int = 1) -> list[Task]:
    """Return tasks of all kinds: with errors, without nodes, with slots and times out of bounds."""
    chance = Random(seed)
    return [
        make_task(
            f"t{i}",
            slot=chance.choice([i, 3 * i * i, -7, 1 << 40]),
            node_id=chance.choice(["", "n1", f"n{i}"]),
            state=chance.choice(TASK_STATES),
            desired=chance.choice(TASK_STATES),
            since=chance.choice([*ODD_TIMES, NOON + timedelta(seconds=1.000_001 * i)]),
            error=chance.choice(["", "no", f"no {i}"]),
            image=chance.choice(["", "nginx:1"]),
        )
        for i in range(count)
    ]


def pack(tasks: list[Task]) -> tuple[TaskRows, list[str]]:
    """Return the columns of tasks, and what their numbers stand for."""
    numbers = {"": 0}
    rows = pack_rows(tasks, ids=[], number=lambda name: numbers.setdefault(name, len(numbers)))
    return rows, list(numbers)


def read(tasks: list[Task]) -> KeyframeRows:
    """Return the rows of tasks as they come out of a keyframe."""
    rows, names = pack(tasks)
    return KeyframeRows(rows, len(tasks), names)


def test_a_few_are_picked_and_are_what_they_are_when_all_are_made() -> None:
    tasks = make_tasks(COUNT)
    ids = [task.id for task in tasks]
    assert read(tasks).make("s1", ids, range(COUNT)) == tasks
    for place in range(COUNT):
        assert read(tasks).make("s1", [ids[place]], [place]) == [tasks[place]]


def test_who_asks_again_and_again_gets_the_same_at_any_time() -> None:
    tasks = make_tasks(COUNT)
    rows = read(tasks)
    chance = Random(2)
    for _ in range(3 * COUNT):
        place = chance.randrange(COUNT)
        assert rows.make("s1", [tasks[place].id], [place]) == [tasks[place]]


def test_rows_of_several_keyframes_are_made_in_the_order_asked_for() -> None:
    columns = TaskColumns()
    lists = [make_tasks(30, seed=seed) for seed in range(3)]
    known: dict[int, Task] = {}
    for tasks in lists:
        first = columns.add(read(tasks))
        known |= {first + i: task for i, task in enumerate(tasks)}
    rows = Random(3).sample(sorted(known), 50)
    wanted = [known[row] for row in rows]
    assert columns.make("s1", [task.id for task in wanted], rows) == wanted
    assert list(columns.find_nodes(rows)) == [task.node_id for task in wanted]


def test_what_is_added_to_a_copy_is_not_in_the_columns() -> None:
    columns = TaskColumns()
    columns.add(read(make_tasks(3)))
    copy = columns.copy()
    copy.add(read(make_tasks(3)))
    assert (len(columns), len(copy)) == (1, 2)


def test_no_more_keyframes_than_have_numbers_build_on_each_other() -> None:
    columns = TaskColumns([read([])] * 4096)
    with pytest.raises(ValueError, match="too many keyframes"):
        columns.add(read([]))


@pytest.mark.parametrize("name", ["slots", "nodes", "errors", "images"])
@pytest.mark.parametrize("column", [Ints(1, b"12"), Ints(3, bytes(9)), Ints(0, b"123")])
def test_columns_of_more_or_fewer_are_refused(name: str, column: Ints) -> None:
    rows, names = pack(make_tasks(3))
    with pytest.raises(ValueError, match="should be"):
        KeyframeRows(replace(rows, **{name: column}), 3, names)


def test_times_of_tasks_that_are_not_there_are_refused() -> None:
    rows, names = pack([make_task("t1")])
    since = replace(rows.since, seconds=replace(rows.since.seconds, odd={1: 5}))
    with pytest.raises(ValueError, match="a task that is not there"):
        KeyframeRows(replace(rows, since=since), 1, names)
