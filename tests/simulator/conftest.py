"""Simulators that several tests ask."""

from collections.abc import Iterator

import pytest

from swarmtui.httpd.journal import Journal
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.simulation import Simulation
from tests.simulator.engines import EPOCH, Engine, simulating

SMALL = ("--nodes", "120", "--tasks", "2000")


@pytest.fixture(scope="session")
def peak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Serve a small swarm at the peak, where time stands still."""
    folder = tmp_path_factory.mktemp("peak")
    with simulating(folder, *SMALL, "--at", "peak", "--hold", "--epoch", EPOCH) as engine:
        yield engine


@pytest.fixture
def simulation() -> Simulation:
    """Return a small event that has not begun."""
    return Simulation(Settings(nodes=120, tasks=2000), Journal())
