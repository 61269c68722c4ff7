"""History is bounded, keeps its elections, and tells no rate that is not there."""

from datetime import timedelta
from itertools import pairwise

import pytest

from swarmtui.insight.history import MOST, History, Rate
from swarmtui.insight.picture import NodeCounts
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.transitions import sort_changes
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import TaskState
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes, seconds_at


def add(history: History, second: float) -> None:
    history.add(at(second), NodeCounts(ready=int(second)), tasks={}, desired=0)


def test_points_are_at_least_two_seconds_apart() -> None:
    story = Story()
    story.show(make_managers(0), 0)
    story.serve([], 0.1)
    for tenth in range(2, 100):
        story.show([], tenth / 10)
    moments = [seconds_at(sample.at) for sample in story.picture().history]
    assert moments == [pytest.approx(0.2 + 2 * i) for i in range(5)]


def test_no_points_are_made_while_no_data_comes() -> None:
    story = Story()
    story.show(make_managers(0), 0)
    story.serve([], 0.1)
    for second in (1, 3, 60, 62):
        story.show([], second)
    for second in range(4, 60):
        story.hang("/nodes", 3, second)
    moments = [seconds_at(sample.at) for sample in story.picture().history]
    assert moments == [1, 3, 60, 62]


def test_points_wait_until_every_service_was_seen_once() -> None:
    story = Story()
    story.show(make_managers(0), 0)
    story.serve([make_service()], 1)
    story.show([], 2)
    assert story.picture().history == ()
    story.run([make_task()], 3)
    assert [sample.running for sample in story.picture().history] == [1]


def test_an_election_is_marked_on_the_next_point() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(2)], 0)
    story.serve([], 0)
    story.lead("mg0", 2)
    story.lead("mg1", 4)
    story.lead("mg1", 6)
    assert [sample.election for sample in story.picture().history] == [False, True, False]


def test_a_long_history_is_thinned_where_it_is_old() -> None:
    history = History()
    for step in range(5 * MOST):
        add(history, 2 * step)
    samples = history.take()
    assert len(samples) <= MOST
    moments = [sample.at for sample in samples]
    assert moments == sorted(moments)
    assert moments[-1] == at(2 * (5 * MOST - 1))
    assert moments[-1] - moments[-2] == timedelta(seconds=2)
    assert moments[0] == at(0)
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments[:200])]
    assert max(gaps) <= 2 * min(gaps)


def test_thinning_keeps_elections() -> None:
    history = History()
    for step in range(3 * MOST):
        if step in {100, 101, 1500}:
            history.mark_election()
        add(history, 2 * step)
    marks = [seconds_at(sample.at) for sample in history.take() if sample.election]
    assert marks == [pytest.approx(200, abs=20), pytest.approx(3000, abs=20)]


def test_a_taken_history_does_not_grow() -> None:
    history = History()
    add(history, 0)
    taken = history.take()
    add(history, 2)
    assert (len(taken), len(history.take())) == (1, 2)


@pytest.mark.parametrize(
    ("points", "per_s"),
    [
        ([], 0),
        ([(0, 5)], 0),
        ([(0, 0), (0.5, 100)], 0),
        ([(0, 0), (10, 100)], 10),
        ([(0, 100), (10, 0)], -10),
        ([(0, 1000), (30, 1000), (60, 1300)], 10),
        ([(0, 0), (100, 0), (101, 10)], 10 / 101),
    ],
)
def test_a_rate_is_over_the_last_half_minute(points: list[tuple[float, int]], per_s: float) -> None:
    rate = Rate()
    for second, value in points:
        rate.add(at(second), value)
    assert rate.per_s() == pytest.approx(per_s)


def test_the_oldest_of_a_state_is_found_after_its_elder_moved_on() -> None:
    story = Story()
    tasks = [make_task(f"t{i}", state="preparing", since=at(i), slot=i + 1) for i in range(5)]
    story.run(tasks, 10)
    assert seconds_at(story.picture().tasks.oldest[TaskState.PREPARING]) == 0
    story.run([make_task("t0", state="running", since=at(11))], 11)
    assert seconds_at(story.picture().tasks.oldest[TaskState.PREPARING]) == 1
    story.run([], 12, removed=("t1", "t2", "t3", "t4"))
    assert story.picture().tasks.oldest == {}


def test_the_memory_of_waiting_tasks_does_not_grow_with_those_that_moved_on() -> None:
    pipeline = Pipeline()
    stuck = make_task("stuck", state="pending", since=at(0))
    tasks: dict[str, Task] = {"stuck": stuck}
    pipeline.apply(sort_changes([Change(None, stuck)]), at=at(0))
    for number in range(20_000):
        passing = make_task("passing", state="pending", since=at(number + 1))
        change = Change(tasks.get("passing"), passing)
        tasks["passing"] = passing
        pipeline.apply(sort_changes([change]), at=passing.since)
    assert pipeline.find_oldest() == {TaskState.PENDING: at(0)}
    assert sum(len(heap) for heap in pipeline._heaps.values()) < 2_000


def test_a_point_tells_the_tasks_in_each_state() -> None:
    story = Story()
    story.show(make_managers(0), 0)
    story.serve([make_service(replicas=2)], 0)
    story.run([make_task("t1"), make_task("t2", state="pending", node_id="")], 1)
    story.show(make_managers(0), 4)
    newest = story.picture().history[-1]
    assert newest.tasks == {TaskState.RUNNING: 1, TaskState.PENDING: 1}
    assert newest.running == 1
