"""Measure what it costs to say what is wrong: all of it anew, and with one percent changed.

Run it as `python -m bench.problems`. Times are of the processor, so that other work on the machine
counts little. Targets at 10,000 nodes and 200,000 tasks: 250 ms from nothing, 25 ms with one
percent of the nodes and tasks changed; in calm, a millisecond at 2,384 nodes and 96,287 tasks.
"""

import gc
import statistics
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from bench.insight import (
    START,
    fail,
    in_batches,
    make_nodes,
    make_services,
    make_tasks,
    pend,
    place,
    seconds,
)
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.observation import NodesSeen, Pulse, ServicesSeen, TasksSeen
from swarmtui.swarm.words import NodeState

_STEP = timedelta(seconds=2)
_ROUNDS = 20


class Swarm(NamedTuple):
    """A swarm as it is told."""

    nodes: Sequence[Node]
    services: Sequence[Service]
    tasks: Sequence[Task]


def make_swarm(nodes_count: int, tasks_count: int) -> Swarm:
    nodes, services = make_nodes(nodes_count), make_services(tasks_count)
    return Swarm(nodes, services, make_tasks(tasks_count, nodes, services))


def show(analyst: Analyst, swarm: Swarm) -> None:
    """Have an analyst see everything for the first time."""
    analyst.see(NodesSeen(taken_at=START, changed=tuple(swarm.nodes), whole=True))
    analyst.see(ServicesSeen(taken_at=START, changed=tuple(swarm.services), whole=True))
    for seen in in_batches(swarm.tasks, START):
        analyst.see(seen)


def make_trouble(swarm: Swarm) -> Swarm:
    """Return the swarm with a region down, black holes, a crash loop and tasks that fit nowhere."""
    nodes = [
        msgspec.structs.replace(node, state=NodeState.DOWN) if i % 17 == 3 else node
        for i, node in enumerate(swarm.nodes)
    ]
    holes = {node.id for node in swarm.nodes[5:2_000:400]}
    tasks = [hurt(i, task, holes) for i, task in enumerate(swarm.tasks)]
    return Swarm(nodes, swarm.services, tasks)


def hurt(i: int, task: Task, holes: set[str]) -> Task:
    if i % 50 == 0:
        return pend(task)
    return fail(task) if task.node_id in holes or i % 97 == 0 else task


class Took(NamedTuple):
    """Milliseconds of the processor that each of several evaluations took, and the last picture."""

    each_ms: Sequence[float]
    picture: Picture


def measure_all(swarm: Swarm) -> Took:
    """Measure what is wrong with a swarm of which nothing was counted or grouped yet."""
    told = Analyst(place=place)
    show(told, make_trouble(swarm))
    memory = told.remember()
    at = START + timedelta(seconds=1)
    took = []
    for _ in range(5):
        analyst = Analyst(place=place)
        analyst.recall(told.snapshot, memory)
        gc.collect()
        took.append(seconds(lambda: analyst.picture(at)) * 1e3)  # noqa: B023 - called at once
    return Took(took, told.picture(at))


def measure_changes(swarm: Swarm) -> tuple[Took, Took]:
    """Measure folding in that one percent of nodes and tasks changed, and evaluating it."""
    analyst = Analyst(place=place)
    show(analyst, swarm)
    gc.collect()
    gc.freeze()
    at, took, seen = START, [], []
    for step in range(_ROUNDS):
        at += _STEP
        nodes = swarm.nodes[step::100]
        state = NodeState.DOWN if step % 2 else NodeState.READY
        turned = [msgspec.structs.replace(node, state=state) for node in nodes]
        tasks = [hurt(step * i, task, set()) for i, task in enumerate(swarm.tasks[step::100])]
        seen.append(seconds(lambda: see_all(analyst, turned, tasks)) * 1e3)  # noqa: B023
        took.append(seconds(lambda: analyst.see(Pulse(taken_at=at))) * 1e3)  # noqa: B023
    gc.unfreeze()
    return Took(seen, analyst.picture(at)), Took(took, analyst.picture(at))


def see_all(analyst: Analyst, nodes: Sequence[Node], tasks: Sequence[Task]) -> None:
    at = analyst.snapshot.taken_at or START
    analyst.see(NodesSeen(taken_at=at, changed=tuple(nodes)))
    by_service: dict[str, list[Task]] = {}
    for task in tasks:
        by_service.setdefault(task.service_id, []).append(task)
    for service_id, changed in by_service.items():
        analyst.see(TasksSeen(taken_at=at, service_id=service_id, changed=tuple(changed)))


def measure_calm(swarm: Swarm) -> Took:
    """Measure an evaluation of a swarm in which nothing happens."""
    analyst = Analyst(place=place)
    show(analyst, swarm)
    took = []
    for step in range(1, 100):
        pulse = Pulse(taken_at=START + step * _STEP / 4)
        took.append(seconds(lambda: analyst.see(pulse)) * 1e3)  # noqa: B023 - called at once
    evaluated = took[3::4]  # one each two seconds, the others are not due
    return Took(evaluated, analyst.picture(START + timedelta(seconds=50)))


def tell(what: str, took: Took) -> None:
    print(
        f"  {what:<26} p50 {statistics.median(took.each_ms):7.2f} ms,"
        f" max {max(took.each_ms):7.2f} ms, {len(took.picture.problems)} problems"
    )


def measure(nodes_count: int, tasks_count: int) -> None:
    swarm = make_swarm(nodes_count, tasks_count)
    print(f"\n{nodes_count:,} nodes, {tasks_count:,} tasks")
    tell("all anew, much wrong", measure_all(swarm))
    folding, evaluation = measure_changes(swarm)
    tell("1 % changed: folding in", folding)
    tell("1 % changed: evaluation", evaluation)
    tell("calm", measure_calm(swarm))


if __name__ == "__main__":
    measure(2_384, 96_280)
    measure(10_000, 200_000)
