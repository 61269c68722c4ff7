"""The picture of a swarm at one moment, sharing with the one before it what did not change."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain

import msgspec

from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.observation import (
    Cost,
    CountsSeen,
    ManagerLost,
    ManagerSeen,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of a swarm, and how old each part is.

    The mappings are never changed once a snapshot holds them.
    """

    taken_at: datetime | None = None
    """Time of the newest observation; `None` before the first."""
    manager: ManagerSeen | None = None
    """The manager asked now, or last."""
    nodes: Mapping[str, Node] = {}
    """By node id."""
    services: Mapping[str, Service] = {}
    """By service id."""
    tasks: Mapping[str, Mapping[str, Task]] = {}
    """By service id, then by task id."""
    nodes_at: datetime | None = None
    services_at: datetime | None = None
    tasks_at: Mapping[str, datetime] = {}
    """When each service's task list was last seen whole, by service id."""
    waiting: Waiting | None = None
    """The request that hangs, if one does."""
    cost: Cost = Cost()
    counts: CountsSeen | None = None
    """What the manager's metrics said last; `None` where nobody asks for them."""
    lost: ManagerLost | WatcherLost | None = None
    """Why there is no new data; `None` while the manager asked answers."""
    machines: Mapping[str, MachineSeen] = {}
    """What each machine answered last, by the machine's name."""
    tails: Mapping[str, TailSeen] = {}
    """How each tail is doing, by the machine's name; those that ended are left out."""
    stats: Mapping[str, StatsSeen] = {}
    """The newest sample of each machine tailed, by the machine's name."""

    @property
    def leader(self) -> Node | None:
        """Return the leader as last seen; `None` when no node said it leads."""
        return next((node for node in self.nodes.values() if node.is_leader), None)

    @property
    def has_all_tasks(self) -> bool:
        """Tell whether every service's tasks have been seen at least once."""
        return self.services_at is not None and all(s in self.tasks_at for s in self.services)

    @property
    def oldest_tasks_at(self) -> datetime | None:
        """Return when the stalest service's tasks were seen; `None` before all have been."""
        if not self.has_all_tasks:
            return None
        return min((self.tasks_at[s] for s in self.services), default=self.services_at)

    def iterate_tasks(self) -> Iterator[Task]:
        """Go through all tasks, service by service."""
        return chain.from_iterable(tasks.values() for tasks in self.tasks.values())

    def find_task(self, task_id: str) -> Task | None:
        """Return the task with this id, whichever service it belongs to, or `None`."""
        return next((t[task_id] for t in self.tasks.values() if task_id in t), None)
