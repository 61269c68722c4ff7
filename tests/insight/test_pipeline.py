"""The oldest task of each state is found alike, lived through or recalled, whatever came since."""

import random

import pytest

from swarmtui.insight.astray import find_astray
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.transitions import sort_changes
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import PIPELINE
from tests.factories import at, make_task

Tasks = dict[str, dict[str, Task]]


def make_any(chance: random.Random, id_: str) -> Task:
    state, desired = (
        chance.choice(("new", "pending", "starting", "running")),
        chance.choice(("running", "complete", "shutdown")),
    )
    since = at(chance.choice((0, 0, 1, 1.5, 90, 91)))
    return make_task(id_, service=id_[0], state=state, desired=desired, since=since)


def recall(tasks: Tasks, lived: Pipeline, *, most_moved: int) -> Pipeline:
    recalled = Pipeline(most_moved=most_moved)
    astray = {
        kind: alike
        for service_id, each in tasks.items()
        for kind, alike in find_astray(service_id, each).items()
    }
    recalled.recall(astray, lived.remember())
    return recalled


def change(chance: random.Random, tasks: Tasks) -> list[Change[Task]]:
    changes = []
    for service_id, each in tasks.items():
        for id_ in (f"{service_id}{i}" for i in range(12) if chance.random() < 0.3):
            before = each.pop(id_, None)
            after = make_any(chance, id_) if chance.random() < 0.8 else None
            if after is not None:
                each[id_] = after
            if before or after:
                changes.append(Change(before, after))
    return changes


def assert_same(one: Pipeline, other: Pipeline, tasks: Tasks) -> None:
    assert one.find_oldest() == other.find_oldest()
    for state in PIPELINE:
        assert one.count(state) == other.count(state)
        assert one.find_oldest_task(state, tasks) is other.find_oldest_task(state, tasks)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("second", [100, 40])
@pytest.mark.parametrize("most", [20_000, 3])
def test_the_oldest_task_is_the_same_when_a_recording_is_entered(
    seed: int, second: int, most: int
) -> None:
    chance = random.Random(seed)
    lived, tasks = Pipeline(), {"s": dict[str, Task](), "t": dict[str, Task]()}
    now = at(second)  # what says that it is since after that is dated otherwise
    for _ in range(3):
        lived.apply(sort_changes(change(chance, tasks)), at=now)
    recalled = recall(tasks, lived, most_moved=most)
    for _ in range(4):
        assert_same(recalled, lived, tasks)
        changes = sort_changes(change(chance, tasks))
        for each in (lived, recalled):
            each.apply(changes, at=now)
    assert_same(recalled, lived, tasks)
