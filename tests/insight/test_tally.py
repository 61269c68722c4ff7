"""Counts of tasks are the same whenever they are made, and however many are asked for."""

import random
from collections.abc import Iterator, Sequence

import pytest

from swarmtui.insight.tally import Balance, TaskTally
from swarmtui.insight.transitions import sort_changes
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import TaskState
from tests.factories import make_task


@pytest.mark.parametrize("seed", range(20))
def test_keys_to_be_counted_later_are_counted_as_if_at_once(seed: int) -> None:
    chance = random.Random(seed)
    came = [f"n{chance.randrange(12)}" for _ in range(30)]
    went = chance.sample(came, 12)
    but, most = set(chance.sample(came, 3)), chance.randrange(14)
    balances = Balance(), Balance()
    balances[0].add(came, sign=1)
    balances[1].add_later(lambda: came)
    for balance in balances:
        balance.add(went, sign=-1)
    at_once, later = (balance.count_held(but=but, most=most) for balance in balances)
    held = {key for key in came if came.count(key) > went.count(key)}
    assert at_once == later == min(most, len(held - but))
    assert balances[1].count_all() == {key: came.count(key) - went.count(key) for key in held}
    assert balances[1].of_each(["n0", "n99"]) == [came.count("n0") - went.count("n0"), 0]


class Watched(list[str]):
    """Keys, and how many of them somebody looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            self.looked_at += 1
            yield key


def test_few_of_many_keys_are_looked_at_when_few_are_asked_for() -> None:
    balance, keys = Balance(), Watched(f"n{i}" for i in range(1_000))
    balance.add_later(lambda: keys)
    assert balance.count_held(but={"n0"}, most=3) == 3
    assert keys.looked_at == 4


def count(changes: Sequence[Change[Task]], *, at_once: bool) -> TaskTally:
    tally = TaskTally()
    tally.turn("n0", ready=True)
    for some in [changes] if at_once else [[change] for change in changes]:
        tally.apply(sort_changes(some))
    return tally


def make_any(chance: random.Random, id_: str) -> Task:
    states = chance.choices(("pending", "running", "complete", "failed"), k=2)
    return make_task(
        id_,
        service=chance.choice("st"),
        node_id=chance.choice(("", "n0", "n1")),
        state=states[0],
        desired=states[1],
    )


@pytest.mark.parametrize("seed", range(20))
def test_changes_are_counted_alike_one_by_one_and_all_at_once(seed: int) -> None:
    chance = random.Random(seed)
    were = [make_any(chance, f"t{i}") for i in range(30)]
    changes = [Change(None, task) for task in were]
    changes += [
        Change(task, chance.choice((task, make_any(chance, task.id), None))) for task in were
    ]
    told = [count(changes, at_once=at_once) for at_once in (True, False)]
    assert_same(*told)
    for service_id in "st":
        one, other = (tally.services[service_id] for tally in told)
        assert (one.running, one.desired_running) == (other.running, other.desired_running)
        assert one.desired_complete == other.desired_complete
    left = [task for _, task in changes[30:] if task is not None]
    assert told[0].running == sum(task.state is TaskState.RUNNING for task in left)


@pytest.mark.parametrize("seed", range(20))
def test_running_tasks_that_are_remembered_are_those_that_are_counted(seed: int) -> None:
    chance = random.Random(seed)
    tasks = [make_any(chance, f"t{i}") for i in range(30)]
    lived = count([Change(None, task) for task in tasks], at_once=True)
    by_service = {s: {task.id: task for task in tasks if task.service_id == s} for s in "st"}
    for running in (None, lived.remember()):
        recalled = TaskTally()
        recalled.recall(by_service, ready=["n0"], running=running)
        assert_same(recalled, lived)


def assert_same(one: TaskTally, other: TaskTally) -> None:
    nodes = ["n0", "n1", ""]
    assert +one.by_state == +other.by_state
    assert one.running_on_ready == other.running_on_ready
    assert one.running_on_each(nodes) == other.running_on_each(nodes)
    assert one.carried_by(nodes) == other.carried_by(nodes)
