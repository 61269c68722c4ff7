"""Measure what meaning costs: folding tasks in, and making a picture.

Run it as `python -m bench.insight`. Times are of the processor, so that other work on the machine
counts little; the collector is tuned after the first load, as the dashboard does.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Place
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import NodesSeen, Observation, ServicesSeen, TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import NodeState, Reachability, Role, TaskState

START = datetime(2026, 7, 22, 12, tzinfo=UTC)
BATCH = 1_000
SERVICES = 40


def make_nodes(count: int) -> Sequence[Node]:
    managers = {
        i: ManagerStatus(leader=i == 0, reachability=Reachability.REACHABLE, addr=f"10.0.0.{i}")
        for i in range(3)
    }
    return [
        Node(
            id=f"node{i:021}",
            hostname=f"host-{i}",
            role=Role.MANAGER if i in managers else Role.WORKER,
            state=NodeState.READY,
            manager=managers.get(i),
            labels={"region": f"region-{i % 17}", "contributor": f"team-{i % 60}"},
            created_at=START,
            updated_at=START,
        )
        for i in range(count)
    ]


def make_services(tasks: int) -> Sequence[Service]:
    return [
        Service(
            id=f"service{i:018}",
            name=f"svc-{i}",
            replicas=tasks // SERVICES,
            created_at=START,
            updated_at=START,
        )
        for i in range(SERVICES)
    ]


def make_tasks(count: int, nodes: Sequence[Node], services: Sequence[Service]) -> Sequence[Task]:
    chance = random.Random(1)
    per_service = count // len(services)
    return [
        Task(
            id=f"task{i:021}",
            service_id=services[i // per_service].id,
            slot=i % per_service + 1,
            node_id=chance.choice(nodes).id,
            state=TaskState.RUNNING,
            desired=TaskState.RUNNING,
            since=START,
        )
        for i in range(count)
    ]


def in_batches(tasks: Sequence[Task], at: datetime) -> Iterator[TasksSeen]:
    for start in range(0, len(tasks), BATCH):
        batch = tuple(tasks[start : start + BATCH])
        yield TasksSeen(taken_at=at, service_id=batch[0].service_id, changed=batch)


def pend(task: Task) -> Task:
    return msgspec.structs.replace(
        task,
        state=TaskState.PENDING,
        node_id="",
        error="no suitable node (insufficient resources on 2101 nodes)",
    )


def fail(task: Task) -> Task:
    return msgspec.structs.replace(
        task,
        state=TaskState.FAILED,
        desired=TaskState.SHUTDOWN,
        error="task: non-zero exit (137)",
    )


def place(node: Node) -> Place:
    return Place(region=node.labels["region"], contributor=node.labels["contributor"])


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure_see(seen: Sequence[Observation], see: Callable[[Observation], object]) -> float:
    """Return microseconds a task."""
    tasks = sum(len(s.changed) for s in seen if isinstance(s, TasksSeen))
    return sum(seconds(lambda s=s: see(s)) for s in seen) / tasks * 1e6  # type: ignore[misc]


def measure_fold(seen: Sequence[Observation]) -> float:
    snapshot = Snapshot()

    def step(observation: Observation) -> None:
        nonlocal snapshot
        snapshot = fold(snapshot, observation).snapshot

    return measure_see(seen, step)


def measure_pictures(analyst: Analyst, seen: Sequence[Observation], at: datetime) -> list[float]:
    took = []
    for number, observation in enumerate(seen):
        analyst.see(observation)
        now = at + timedelta(seconds=number / 4)
        took.append(seconds(lambda now=now: analyst.picture(now)) * 1e3)  # type: ignore[misc]
    return sorted(took)


def turn(nodes: Sequence[Node], state: NodeState, at: datetime) -> NodesSeen:
    changed = tuple(msgspec.structs.replace(node, state=state) for node in nodes)
    return NodesSeen(taken_at=at, changed=changed)


def measure(nodes_count: int, tasks_count: int) -> None:
    nodes = make_nodes(nodes_count)
    services = make_services(tasks_count)
    tasks = make_tasks(tasks_count, nodes, services)
    print(f"\n{nodes_count:,} nodes, {tasks_count:,} tasks of {SERVICES} services")
    analyst = Analyst(place=place)
    analyst.see(NodesSeen(taken_at=START, changed=tuple(nodes), whole=True))
    analyst.see(ServicesSeen(taken_at=START, changed=tuple(services), whole=True))
    running = list(in_batches(tasks, START))
    print(f"  fold alone, first load      {measure_fold(running):6.2f} µs a task")
    pending = list(in_batches([pend(t) for t in tasks], START))
    failed = list(in_batches([fail(t) for t in tasks[:20_000]], START + timedelta(seconds=9)))
    for what, batches in (
        ("see, first load, running", running),
        ("see, running → pending+error", pending),
        ("see, pending+error → running", running),
        ("see, running → failed", failed),
    ):
        print(f"  {what:<27} {measure_see(batches, analyst.see):6.2f} µs a task")
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
    at = START + timedelta(seconds=10)
    took = measure_pictures(analyst, running[:200], at)
    tell("picture, 1,000 tasks changed", took)
    tell("picture, nothing changed", sorted(idle(analyst, at) for _ in range(50)))
    wave(analyst, nodes, at + timedelta(seconds=60))


def idle(analyst: Analyst, at: datetime) -> float:
    return seconds(lambda: analyst.picture(at + timedelta(seconds=51))) * 1e3


def wave(analyst: Analyst, nodes: Sequence[Node], at: datetime) -> None:
    for state, name in ((NodeState.UNKNOWN, "unknown"), (NodeState.READY, "ready")):
        seen = turn(nodes, state, at)
        see_ms = seconds(lambda: analyst.see(seen)) * 1e3  # noqa: B023 - called at once
        first = seconds(lambda: analyst.picture(at)) * 1e3  # noqa: B023 - called at once
        after = statistics.median(seconds(lambda: analyst.picture(at)) * 1e3 for _ in range(9))  # noqa: B023
        print(
            f"  every node turns {name:<8}   see {see_ms:.1f} ms, picture {first:.1f} ms,"
            f" then {after:.1f} ms"
        )
        at += timedelta(seconds=5)


def tell(what: str, took: Sequence[float]) -> None:
    print(f"  {what:<28} p50 {statistics.median(took):5.2f} ms, max {took[-1]:5.2f} ms")


if __name__ == "__main__":
    measure(2_400, 100_000)
    measure(10_000, 200_000)
