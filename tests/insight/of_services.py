"""Stories of services and their tasks."""

from collections.abc import Sequence
from typing import Any

from swarmtui.insight.picture import Problem
from swarmtui.swarm.entities import Task
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes

NODES = 30


def begin(services: Sequence[str] = ("web",), *, replicas: int = 20) -> Story:
    """Return a story of services that run a task on each of twenty nodes."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(NODES)], 0)
    story.serve([make_service(name, name=name, replicas=replicas) for name in services], 0)
    for name in services:
        story.run(running(name), 1, service=name)
    return story


def running(service: str) -> list[Task]:
    return [
        make_task(f"{service}{i}", service=service, slot=i + 1, node_id=f"w{i}") for i in range(20)
    ]


def waiting(state: str, *, since: float, count: int = 1, **fields: Any) -> list[Task]:
    """Return tasks of `web` in a state, the first one for longest."""
    return [
        make_task(
            f"{state}{i}",
            service="web",
            slot=100 + i,
            state=state,
            since=at(since + i),
            **({"node_id": "w1"} | fields),
        )
        for i in range(count)
    ]


def look_again(story: Story, second: float, services: Sequence[str] = ("web",)) -> None:
    """Tell that nodes and lists answered, and nothing has changed."""
    story.show([], second)
    for name in services:
        story.run([], second, service=name)


def crash(
    slots: Sequence[int], times: int, *, service: str = "web", since: float = 10
) -> list[Task]:
    """Return tasks of these replicas, each on another node, that failed."""
    return [
        make_task(
            f"{service}-{slot}-{i}",
            service=service,
            slot=slot,
            node_id=f"w{(slot + i) % 20}",
            state="failed",
            desired="shutdown",
            since=at(since + i),
            error="task: non-zero exit (1)",
        )
        for slot in slots
        for i in range(times)
    ]


def swallow(story: Story, second: float, nodes: dict[str, int]) -> Problem | None:
    tasks = [
        make_task(
            f"{node}-{i}",
            service="web",
            slot=100 * int(node[1:]) + i,
            node_id=node,
            state="rejected",
            desired="shutdown",
            since=at(second),
            error="No such image: web:2",
        )
        for node, count in nodes.items()
        for i in range(count)
    ]
    story.run(tasks, second, service="web")
    return story.problem("black_hole")
