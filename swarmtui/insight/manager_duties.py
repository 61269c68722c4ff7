"""Find managers of a large swarm that have tasks to run beside their own work."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import msgspec

from swarmtui.insight.commands import drain_nodes, tell_left
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import count_of, name_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability

_HUGE = 10
"""So many times a large swarm is one whose managers have all to do."""
_STILL = 0.9
"""Share of a large swarm that is still one: nodes come and go."""


class ManagerDutiesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when managers of a large swarm take tasks."""

    since: datetime | None = None
    size: int = 0


class ManagerDuties:
    """Whether the swarm is large, and since when its managers take tasks all the same."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._since: datetime | None = None
        self._size = 0
        """The nodes there are, but for a few that come and go."""

    def see(self, managers: Mapping[str, Node], total: int, at: datetime) -> None:
        """Take the managers and the number of nodes into account."""
        if not self._size * _STILL <= total <= self._size:
            self._size = total
        is_large = self._size >= self._thresholds.large_swarm
        takes_tasks = any(_takes_tasks(node) for node in managers.values())
        self._since = (self._since or at) if is_large and takes_tasks else None

    def find_problems(
        self, managers: Mapping[str, Node], running_on: Callable[[str], int]
    ) -> Iterator[Problem]:
        """Go through what is to be said of managers that are not drained."""
        active = {id_: node for id_, node in managers.items() if _takes_tasks(node)}
        if self._since is None or not active:
            return
        ids = sorted(active)
        names = names_of([name_of(active[id_]) for id_ in ids])
        is_huge = self._size >= self._thresholds.large_swarm * _HUGE
        are = "manager is" if len(ids) == 1 else "managers are"
        yield Problem(
            severity=Severity.WARNING if is_huge else Severity.INFO,
            kind="managers_not_drained",
            subject="managers",
            text=f"{len(ids)} {are} not drained in a swarm of {count_of(self._size, 'node')}: "
            f"{names}",
            since=self._since,
            nodes=ids,
            query=query_nodes(ids, otherwise="role:manager availability:active"),
            size=len(ids),
            evidence=[
                *(f"{name_of(active[id_])}: {count_of(running_on(id_), 'task')}" for id_ in ids),
                *tell_left(ids),
            ],
            command=drain_nodes(ids),
        )

    def remember(self) -> ManagerDutiesMemory:
        """Return how large the swarm is, and since when managers take tasks."""
        return ManagerDutiesMemory(since=self._since, size=self._size)

    def recall(self, memory: ManagerDutiesMemory) -> None:
        """Begin with what was remembered."""
        self._since, self._size = memory.since, memory.size


def _takes_tasks(manager: Node) -> bool:
    return manager.availability is Availability.ACTIVE
