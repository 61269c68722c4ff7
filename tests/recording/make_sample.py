"""Make the recording that is kept for this version of the format.

    python -m tests.recording.make_sample

Only to be run while a version of the format is not released yet: what is kept in `data` stands for
the recordings that people have.
"""

from collections.abc import Iterator
from pathlib import Path

from swarmtui.recording.entries import Preface
from swarmtui.swarm.observation import (
    Cost,
    CountsSeen,
    EventSeen,
    FailureKind,
    ManagerLost,
    ManagerSeen,
    Observation,
    Pulse,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.stats import SwarmState, TailState
from swarmtui.swarm.words import NodeState, TaskState
from tests.factories import (
    NOON,
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
from tests.insight.random_stories import MACHINES
from tests.recording.recorded import Recording

SAMPLE = Path(__file__).parent / "data" / "version-4.rec"
PREFACE = Preface(
    began_at=NOON,
    program="0.2.0",
    asked=("tcp://10.0.0.1:2375", "ssh://10.0.0.2"),
    mine="NIPA",
    pledges={"NIPA": 3},
    machines=MACHINES,
)
TASKS = 60
UNPLACEABLE = "no suitable node (insufficient resources on 3 nodes)"


def first_look() -> Iterator[Observation]:
    """Yield three managers, twenty workers, two services and all of their tasks."""
    yield ManagerSeen(
        taken_at=NOON,
        host="tcp://10.0.0.1:2375",
        cluster_id="c1",
        node_id="mg0",
        api_version="1.41",
        engine_version="20.10.24",
    )
    managers = [make_manager(f"mg{i}", leader=i == 0, addr="10.0.0.9") for i in range(3)]
    workers = [
        make_node(
            f"n{i}",
            addr=f"10.0.0.{i % 5}",
            hostname=f"w-{'us-east-1' if i % 2 else 'eu-west-1'}-{i}",
            labels={"region": "bkk", "disk": "ssd"} if i == 3 else {},
        )
        for i in range(20)
    ]
    yield nodes_seen([*managers, *workers], second=1, whole=True)
    services = [make_service("s1", replicas=TASKS), make_service("s2", replicas=None)]
    yield services_seen(services, second=2, whole=True)
    tasks = [make_task(f"t{i}", slot=i + 1, node_id=f"n{i % 20}") for i in range(TASKS)]
    yield tasks_seen(tasks[:40], second=3, whole=True, complete=False)
    yield tasks_seen(tasks[40:], second=3)
    yield tasks_seen([make_task("u1", service="s2", slot=0)], service="s2", second=4, whole=True)


def incidents() -> Iterator[Observation]:
    """Yield nodes lost, tasks that fail, an election, a loss of the watcher."""
    down = [make_node(f"n{i}", state="down", message="heartbeat failure") for i in range(4)]
    yield nodes_seen(down, second=20)
    failed = [
        make_task(f"t{i}", slot=i + 1, node_id=f"n{i}", state="failed", error="exit (137)")
        for i in range(4)
    ]
    again = [
        make_task(f"v{i}", slot=i + 1, node_id="", state="pending", error=UNPLACEABLE)
        for i in range(4)
    ]
    yield tasks_seen([*failed, *again], second=22)
    yield EventSeen(taken_at=at(23), type="node", action="update", actor_id="n1", name="w-1")
    yield CountsSeen(
        taken_at=at(24), nodes={NodeState.READY: 19}, tasks={TaskState.RUNNING: 57}, cluster_id="c1"
    )
    yield Pulse(taken_at=at(30), waiting=Waiting("/nodes", at(26)), cost=Cost(40, 9_000, 1.5, 30.0))
    yield ManagerLost(
        taken_at=at(40),
        host="tcp://10.0.0.1:2375",
        kind=FailureKind.NO_LEADER,
        text="the swarm does not have a leader",
        next_host="ssh://10.0.0.2",
        asked_at=at(30),
    )
    managers = [make_manager(f"mg{i}", leader=i == 1, addr="10.0.0.9") for i in range(3)]
    yield nodes_seen(managers, second=42, asked_at=at(41))
    yield WatcherLost(taken_at=at(50), text="the collector ended (signal 9)", retry_s=1.0)


def machines() -> Iterator[Observation]:
    """Yield what is heard of machines over ssh, and a task list that comes anew."""
    yield tail_seen("m1", TailState.LIVE, second=55)
    yield stats_seen("m1", make_stats("svc-s1.1.t1", cpu_percent=12.5, pids=9), second=56)
    yield machine_seen("m2", "n2", second=57, swarm_state=SwarmState.ACTIVE, clock_offset_s=-0.5)
    tasks = [make_task(f"t{i}", slot=i + 1, node_id=f"n{i % 20}") for i in range(4, TASKS)]
    yield tasks_seen(tasks[:30], second=60, whole=True, complete=False)
    yield Pulse(taken_at=at(61))
    yield tasks_seen(tasks[30:], second=62, removed=("t59",))


def later() -> Iterator[Observation]:
    """Yield four minutes more, with little in them."""
    for minute in range(1, 5):
        second = 62 + 60 * minute
        yield nodes_seen([make_node("n1", version=minute)], second=second, removed=(f"n{minute}",))
        yield tasks_seen([make_task("t9", slot=10, node_id=f"n{minute}")], second=second + 1)
        yield Pulse(taken_at=at(second + 2))


def main() -> None:
    """Make it."""
    SAMPLE.parent.mkdir(exist_ok=True)
    SAMPLE.unlink(missing_ok=True)
    recording = Recording(SAMPLE, preface=PREFACE, now=lambda: at(310))
    recording.see(*first_look(), *incidents())
    recording.recorder.bookmark("the new leader", at(45))
    recording.see(*machines(), *later())
    recording.play()
    SAMPLE.chmod(0o644)


if __name__ == "__main__":
    main()
