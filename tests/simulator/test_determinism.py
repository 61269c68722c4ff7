"""The state at a second depends on the settings and that second, and on nothing else."""

from datetime import UTC, datetime

import pytest

from swarmtui.httpd.journal import Journal
from swarmtui.simulator.clock import Calendar
from swarmtui.simulator.documents import Documents
from swarmtui.simulator.lookup import select_tasks
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.timetable import CYCLE_S
from swarmtui.simulator.world import World

CALENDAR = Calendar(datetime(2026, 11, 22, 19, 0, tzinfo=UTC))


def make(*, seed: int = 1) -> Simulation:
    return Simulation(Settings(nodes=80, tasks=1200, seed=seed), Journal())


def picture(world: World, documents: Documents, now: float) -> list[bytes]:
    """Return everything a client can see."""
    return [
        *(documents.node(node) for node in world.state.nodes_in_order()),
        *(documents.service(s, status_at=now) for s in world.state.services_in_order()),
        *(documents.task(task, now) for task in select_tasks(world.state, {}, now)),
    ]


@pytest.mark.parametrize("second", [30, 131.7, 199, 343.2, 450, 580, 640, CYCLE_S + 100])
def test_it_does_not_matter_how_often_anybody_looked(second: float) -> None:
    watched, documents = make(), Documents(CALENDAR)
    for earlier in range(0, int(second), 7):
        picture(watched.at(earlier), documents, earlier)

    seen = picture(watched.at(second), documents, second)

    assert seen == picture(make().at(second), Documents(CALENDAR), second)


def test_another_seed_gives_another_event() -> None:
    assert picture(make().at(100), Documents(CALENDAR), 100) != picture(
        make(seed=2).at(100), Documents(CALENDAR), 100
    )


def test_versions_rise_with_every_change() -> None:
    simulation, documents = make(), Documents(CALENDAR)
    before: dict[str, tuple[int, bytes]] = {}
    for second in range(0, 700, 3):
        world = simulation.at(second)
        now = {}
        for task in select_tasks(world.state, {}, second):
            now[task.id] = (round(task.changed_at(second) * 1e6), documents.task(task, second))
        for identity, (version, body) in now.items():
            if identity in before and before[identity][1] != body:
                assert version > before[identity][0]
        before = now


def test_nothing_bears_a_time_that_has_not_come() -> None:
    simulation = make()
    for second in range(1, 700, 9):
        for task in select_tasks(simulation.at(second).state, {}, second):
            assert task.born <= second
            assert task.phase(second).since <= second
            assert task.changed_at(second) <= second
