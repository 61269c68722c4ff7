"""A task's way through the states."""

from itertools import pairwise
from random import Random

import pytest

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.catalogue import ServicePlan
from swarmtui.simulator.services import HISTORY_LIMIT, Service
from swarmtui.simulator.states import TaskState
from swarmtui.simulator.tasks import (
    NEVER,
    SHUTDOWN,
    Complaint,
    Ending,
    Task,
    make_gaits,
    paced,
)

QUIET = Window(1000, 1012)
GAIT = (0.5, 1.0, 3.0, 3.5, 5.0)
WAY = [
    TaskState.NEW, TaskState.PENDING, TaskState.ASSIGNED, TaskState.ACCEPTED,
    TaskState.PREPARING, TaskState.READY, TaskState.STARTING, TaskState.RUNNING,
]  # fmt: skip


def make_service() -> Service:
    plan = ServicePlan(stack="shop", name="web", image="web:1", replicas=9, placed=9)
    return Service("service", plan, now=0, network_id="network", subnet=134)


def make_task(task_id: str = "task", *, slot: int = 1) -> Task:
    task = Task(task_id, make_service(), slot, born=100)
    task.allocated_at = 101
    task.assigned_at = 102
    task.gait = GAIT
    return task


def states_of(task: Task, start: float, end: float) -> list[TaskState]:
    """Return the states a task is seen in, once each, in order."""
    seen: list[TaskState] = []
    for tenth in range(round((end - start) * 10)):
        state = task.phase(start + tenth / 10).state
        if not seen or seen[-1] is not state:
            seen.append(state)
    return seen


def test_a_task_passes_through_every_state_in_order() -> None:
    assert states_of(make_task(), 100, 120) == WAY


def test_a_phase_says_since_when_and_until_when() -> None:
    phase = make_task().phase(105.2)

    assert phase.state is TaskState.READY
    assert (phase.since, phase.until) == (105, 105.5)


def test_nothing_is_looked_up_again_while_a_phase_lasts() -> None:
    task = make_task()
    running = task.phase(110)
    task.body = b"encoded"

    assert task.phase(500) is running
    assert task.body == b"encoded"


def test_a_task_that_ends_stays_as_it_ended() -> None:
    task = make_task()
    task.end(Ending(TaskState.REJECTED, "preparing", "no space left on device"), 104)

    assert states_of(task, 100, 130) == [*WAY[:5], TaskState.REJECTED]


def test_a_task_on_a_lost_node_stays_where_it_was_last_seen() -> None:
    task = make_task()
    task.halt(104)
    task.desire(TaskState.SHUTDOWN, 104)

    assert task.phase(104).state is TaskState.PREPARING
    assert task.phase(900).state is TaskState.PREPARING
    assert task.phase(900).until == NEVER


def test_a_task_that_was_lost_shuts_down_when_its_node_is_back() -> None:
    task = make_task()
    task.halt(150)
    task.desire(TaskState.SHUTDOWN, 150)
    task.end(SHUTDOWN, 202)

    assert task.phase(201).state is TaskState.RUNNING
    assert task.phase(202).state is TaskState.SHUTDOWN


def test_a_restarted_task_waits_ready_until_its_delay_is_over() -> None:
    task = make_task()
    task.released_at = 120
    task.gait = paced(GAIT, 102, released_at=120, quiet=QUIET)

    assert task.desired_state(119) is TaskState.READY
    assert task.phase(119).state is TaskState.READY
    assert task.desired_state(120) is TaskState.RUNNING
    assert task.phase(122).state is TaskState.RUNNING


def test_an_unplaced_task_says_why_from_when_the_scheduler_tried() -> None:
    task = make_task()
    task.assigned_at = NEVER
    task.complaint = Complaint(103, "no suitable node")

    assert task.phase(102).since == 101
    assert task.phase(104).since == 103
    assert task.phase(104).until == NEVER


def test_a_task_that_crosses_an_election_stands_still_meanwhile() -> None:
    gait = paced(GAIT, 996, released_at=0, quiet=QUIET)

    assert gait[:3] == GAIT[:3]
    assert gait[3:] == (3.5, 5.0 + 12)


@pytest.mark.parametrize("assigned_at", [100, 1012, 2000])
def test_a_task_that_meets_no_election_keeps_its_gait(assigned_at: float) -> None:
    assert paced(GAIT, assigned_at, released_at=0, quiet=QUIET) is GAIT


def test_every_gait_goes_forward() -> None:
    for gait in make_gaits(Random(1), wanted=200):
        assert all(earlier < later for earlier, later in pairwise((0.0, *gait)))


def test_when_a_task_changed_is_what_a_client_sees_last() -> None:
    task = make_task()
    assert task.changed_at(110) == 107

    task.desire(TaskState.SHUTDOWN, 120)

    assert task.changed_at(130) == 120


def test_a_slot_keeps_five_dead_tasks_and_the_current_one() -> None:
    service = make_service()
    for number in range(9):
        service.admit(make_task(f"task{number}"), 1)

    assert len(service.tasks) == HISTORY_LIMIT + 1
    assert [task.id for task in service.in_order()] == [f"task{n}" for n in range(3, 9)]
    assert service.current[1].id == "task8"


def test_a_slot_given_up_returns_all_that_was_kept_of_it() -> None:
    service = make_service()
    service.admit(make_task("old"), 1)
    service.admit(make_task("new"), 1)
    service.admit(make_task("other", slot=2), 2)

    given_up = list(service.give_up(1))
    service.forget(given_up)

    assert [task.id for task in given_up] == ["old", "new"]
    assert list(service.tasks) == ["other"]
