"""Stories of tasks that fail, or fit nowhere."""

from collections.abc import Sequence

from swarmtui.insight.picture import Problem
from swarmtui.insight.query import parse_query
from swarmtui.swarm.entities import Task
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes

POOR, UNMET = "insufficient resources", "scheduling constraints not satisfied"


def begin(*, replicas: int = 20, nodes: int = 20) -> Story:
    """Return a story of one service `web` that runs one task on each node."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(nodes)], 0)
    story.serve([make_service("s1", name="web", replicas=replicas)], 0)
    tasks = [make_task(f"r{i}", slot=i + 1, node_id=f"w{i}") for i in range(nodes)]
    story.run(tasks, 1)
    return story


def fail(node: str, count: int, *, state: str = "failed", since: float = 10) -> list[Task]:
    return [
        make_task(
            f"{node}-{since}-{i}",
            slot=1_000 * int(node[1:]) + i + 1,
            node_id=node,
            state=state,
            desired="shutdown",
            since=at(since),
            error="task: non-zero exit (137)",
        )
        for i in range(count)
    ]


def pend(count: int, error: str, *, since: float = 10, desired: str = "running") -> list[Task]:
    return [
        make_task(
            f"p{i}", slot=100 + i, node_id="", state="pending", desired=desired,
            since=at(since + i), error=error,
        )
        for i in range(count)
    ]  # fmt: skip


def tasks_shown_by(story: Story, query: str) -> set[str]:
    picture = story.picture()
    tasks = picture.snapshot.iterate_tasks()
    return {task.id for task in parse_query(query).filter_tasks(tasks, picture)}


def kinds(problems: Sequence[Problem]) -> list[str]:
    return [problem.kind for problem in problems]
