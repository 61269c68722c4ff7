"""A service of the simulated swarm and the tasks of its slots."""

from collections import deque
from collections.abc import Iterable, Iterator

from swarmtui.simulator.catalogue import ServicePlan
from swarmtui.simulator.states import TaskState
from swarmtui.simulator.tasks import NEVER, Task

HISTORY_LIMIT = 5
"""Dead tasks kept of a slot: `TaskHistoryRetentionLimit`, as it is by default."""

Slot = int | str
"""A replica's number or, in a global service, its node's id."""


class Service:
    """A service, with every task that is still kept of it."""

    __slots__ = (
        "_ordered", "created_at", "current", "history", "id", "network_id", "placed",
        "plan", "previous_replicas", "replicas", "subnet", "tasks", "updated_at",
    )  # fmt: skip

    def __init__(
        self, service_id: str, plan: ServicePlan, *, now: float, network_id: str, subnet: int
    ) -> None:
        self.id = service_id
        self.plan = plan
        self.network_id = network_id
        self.subnet = subnet
        """Second number of its network's addresses, 10.N.0.0/15."""
        self.replicas = plan.replicas
        self.placed = plan.placed
        """Slots above this one find no room."""
        self.previous_replicas: int | None = None
        self.created_at = now
        self.updated_at = now
        self.tasks: dict[str, Task] = {}
        self.current: dict[Slot, Task] = {}
        self.history: dict[Slot, deque[Task]] = {}
        self._ordered: list[Task] | None = None

    @property
    def name(self) -> str:
        """The name in its spec."""
        return self.plan.full_name

    def has_room_for(self, slot: int) -> bool:
        """Whether the task of a slot can be placed at all."""
        return self.plan.is_global or slot <= self.placed

    def admit(self, task: Task, slot: Slot) -> None:
        """Take in a new task of a slot; the slot's last one becomes history."""
        before = self.current.get(slot)
        if before is not None:
            self._archive(before, slot)
        self.current[slot] = task
        self.tasks[task.id] = task
        self._ordered = None

    def forget(self, tasks: Iterable[Task]) -> None:
        """Keep nothing more of these tasks."""
        for task in tasks:
            self.tasks.pop(task.id, None)
        self._ordered = None

    def give_up(self, slot: Slot) -> Iterator[Task]:
        """Have no such slot any more; return all that was kept of it."""
        yield from self.history.pop(slot, ())
        task = self.current.pop(slot, None)
        if task is not None:
            yield task

    def in_order(self) -> list[Task]:
        """Return the tasks by id, as the engine lists them."""
        if self._ordered is None:
            self._ordered = [task for _, task in sorted(self.tasks.items())]
        return self._ordered

    def scale(self, replicas: int, now: float) -> None:
        """Want another number of replicas."""
        self.previous_replicas = self.replicas
        self.replicas = replicas
        self.updated_at = now

    def running(self, now: float) -> int:
        """Count the tasks whose state is running, wherever they are wanted, as SwarmKit does."""
        return sum(task.phase(now).state is TaskState.RUNNING for task in self.tasks.values())

    def desired(self, now: float) -> int:
        """Return how many tasks ought to run."""
        if not self.plan.is_global:
            return self.replicas
        return sum(task.desired_state(now) is TaskState.RUNNING for task in self.tasks.values())

    def settling(self, now: float) -> int:
        """Count the tasks that run, or will if nothing else happens."""
        return sum(
            task.ended_at == NEVER
            and task.assigned_at != NEVER
            and (task.is_wanted or task.phase(now).state is TaskState.RUNNING)
            for task in self.tasks.values()
        )

    def _archive(self, task: Task, slot: Slot) -> None:
        kept = self.history.setdefault(slot, deque())
        kept.append(task)
        if len(kept) > HISTORY_LIMIT:
            self.tasks.pop(kept.popleft().id, None)
