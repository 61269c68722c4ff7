"""Hold back a task list that begins anew until all of it is there."""

from collections.abc import Mapping

from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import TasksSeen


class Relists:
    """Task lists on their way, by service.

    A watcher that starts again sends what it sees as new lists, in parts. Taken in part by part,
    100,000 running tasks would fall to 1,000 and climb back, and each failed one fail again.
    """

    def __init__(self) -> None:
        self._coming: dict[str, dict[str, Task]] = {}

    def join(self, seen: TasksSeen, *, is_known: bool) -> TasksSeen | None:
        """Return what to take in now, or `None` while a list that was known is on its way.

        `is_known` says that the service's tasks were seen whole before: a first list is shown as
        it comes.
        """
        if seen.whole:
            self._coming.pop(seen.service_id, None)
            if seen.complete or not is_known:
                return seen
            self._coming[seen.service_id] = {}
        coming = self._coming.get(seen.service_id)
        if coming is None:
            return seen
        coming.update((task.id, task) for task in seen.changed)
        for task_id in seen.removed:
            coming.pop(task_id, None)
        if not seen.complete:
            return None
        del self._coming[seen.service_id]
        return TasksSeen(
            taken_at=seen.taken_at,
            service_id=seen.service_id,
            changed=tuple(coming.values()),
            whole=True,
        )

    def forget(self) -> None:
        """Drop every list on its way: whoever sent it is gone."""
        self._coming.clear()

    def remember(self) -> Mapping[str, tuple[Task, ...]]:
        """Return the lists as far as they have come, by service id."""
        return {service_id: tuple(tasks.values()) for service_id, tasks in self._coming.items()}

    def recall(self, memory: Mapping[str, tuple[Task, ...]]) -> None:
        """Begin with what was remembered."""
        self._coming = {
            service_id: {task.id: task for task in tasks} for service_id, tasks in memory.items()
        }
