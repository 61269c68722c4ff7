"""A small evening, recorded for real: twelve nodes, a service that starts, an election, a loss."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Place
from swarmtui.recording.entries import Preface
from swarmtui.recording.recorder import Recorder
from swarmtui.swarm.entities import Node
from swarmtui.swarm.observation import ManagerSeen, Observation
from tests.factories import (
    NOON,
    at,
    make_manager,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)

LENGTH_S = 300
ELECTED_S = 120
LOST_S = 200
"""When three nodes of twelve go down."""


def evening() -> Iterator[Observation]:
    """Yield what was seen, second by second."""
    yield ManagerSeen(
        taken_at=at(0),
        host="unix:///var/run/docker.sock",
        cluster_id="8f3kq2",
        node_id="m0",
        api_version="1.41",
        engine_version="20.10.24",
    )
    service = make_service("s1", name="web", replicas=100)
    for second in range(0, LENGTH_S + 1, 2):
        yield nodes_seen(_nodes(second), second=second, whole=True)
        yield services_seen([service], second=second + 0.2, whole=True)
        running = min(100, second)
        tasks = [make_task(f"t{n}", slot=n, node_id=f"w{n % 10}") for n in range(running)]
        yield tasks_seen(tasks, second=second + 0.4, whole=True)


def _nodes(second: int) -> list[Node]:
    leader = 0 if second < ELECTED_S else 1
    managers = [make_manager(f"m{n}", hostname=f"mg{n}", leader=n == leader) for n in range(3)]
    lost = 3 if second >= LOST_S else 0
    states = ["down" if n < lost else "ready" for n in range(10)]
    workers = [make_node(f"w{n}", hostname=f"nipa-{n}", state=s) for n, s in enumerate(states)]
    return [*managers, *workers[: 6 if second < 60 else 10]]


def record_evening(path: Path) -> None:
    """Record it into a file."""
    analyst = Analyst(place=lambda _: Place(region="nyc1", region_from="node label"))
    recorder = Recorder(
        path,
        preface=Preface(began_at=NOON, program="0.1.0", asked=("unix:///var/run/docker.sock",)),
        analyst=analyst,
        now=lambda: NOON + timedelta(seconds=LENGTH_S + 1),
    )
    try:
        for seen in evening():
            analyst.see(seen)
            recorder.see(seen)
    finally:
        recorder.close()
    assert not recorder.status.error
