"""Count tasks by state, by node and by service, by difference alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from operator import attrgetter

from swarmtui.insight.astray import Astray, AstrayTasks, find_astray
from swarmtui.insight.transitions import Kind, Transitions
from swarmtui.swarm.deferred import DeferredTasks
from swarmtui.swarm.entities import Service, Task
from swarmtui.swarm.words import TASK_STATES, ServiceMode, TaskState

_UP_TO_RUNNING = frozenset(TASK_STATES[: TASK_STATES.index(TaskState.RUNNING) + 1])
WANTED = _UP_TO_RUNNING | {TaskState.COMPLETE}
"""Desired states of a task that shall live; a job's tasks shall become complete."""

_NODE_OF = attrgetter("node_id")
_RUNNING = TaskState.RUNNING
"""Asked for with every list that changed: as a member of its class it takes five times as long."""


class Balance:
    """How many of each key there are, from those that came and those that went.

    Both are only ever counted up, because then `Counter` loops in C: 0.1 µs a task for what takes
    a loop in Python 1 µs.
    """

    __slots__ = ("_came", "_due", "_went")

    def __init__(self) -> None:
        self._came: Counter[str] = Counter()
        self._went: Counter[str] = Counter()
        self._due: list[Callable[[], Iterable[str]]] = []
        """What finds keys that are to be counted in when somebody asks."""

    def add(self, keys: Iterable[str] | Mapping[str, int], *, sign: int) -> None:
        """Count keys, or so many of each, in (`sign` 1) or out (-1)."""
        (self._came if sign > 0 else self._went).update(keys)

    def add_later(self, find_keys: Callable[[], Iterable[str]]) -> None:
        """Count keys in when somebody asks, which nobody may; until then they must not change."""
        self._due.append(find_keys)

    def of(self, key: str) -> int:
        """Return how many there are of a key."""
        if self._due:
            self._settle()
        return self._came.get(key, 0) - self._went.get(key, 0)

    def of_each(self, keys: Iterable[str]) -> Sequence[int]:
        """Return how many there are of each of these keys."""
        self._settle()
        came, went = self._came.get, self._went.get
        return [came(key, 0) - went(key, 0) for key in keys]

    def count_held(self, *, but: Collection[str], most: int) -> int:
        """Return of how many keys there is any, some left aside; of more than `most`, so many."""
        others = (key for key in self._held() if key not in but)
        return sum(1 for _ in islice(others, most))

    def count_all(self) -> Mapping[str, int]:
        """Return how many there are of each key of which there is any."""
        self._settle()
        if not self._went:
            return dict(self._came)
        went = self._went.get
        return {key: left for key, n in self._came.items() if (left := n - went(key, 0))}

    def _held(self) -> Iterator[str]:
        """Go through the keys of which there is any, before anything changes."""
        went = self._went
        sure: set[str] = set()
        # Seldom gone through to the end: of a large service a few of the first answer the question.
        for key in chain.from_iterable(find_keys() for find_keys in self._due):
            if key not in went and key not in sure:
                sure.add(key)
                yield key
        self._settle()
        for key, count in self._came.items():
            if key not in sure and count != went.get(key, 0):
                yield key

    def _settle(self) -> None:
        while self._due:
            self.add(self._due.pop()(), sign=1)


class ServiceTally:
    """What one service has, whether or not the service itself was seen yet."""

    __slots__ = ("desired_complete", "desired_running", "revision", "running", "running_on")

    def __init__(self) -> None:
        self.revision = 0
        """Another number whenever its running tasks changed."""
        self.running = 0
        self.running_on = Balance()
        """Running tasks by node id."""
        self.desired_running = 0
        self.desired_complete = 0
        """Tasks that shall become complete and are not."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left to remember."""
        return not (self.running or self.desired_running or self.desired_complete)

    def desired(self, service: Service | None) -> int:
        """Return the tasks the service wants, as `docker service ls` counts them.

        Global services have no number of their own: those tasks count that shall run (swarmkit,
        manager/controlapi/service.go, ListServiceStatuses). Tasks of a service that is gone are
        not wanted.
        """
        if service is None:
            return 0
        match service.mode:
            case ServiceMode.GLOBAL:
                return self.desired_running
            case ServiceMode.GLOBAL_JOB:
                return self.desired_running + self.desired_complete
            case ServiceMode.REPLICATED | ServiceMode.REPLICATED_JOB | ServiceMode.UNKNOWN:
                return service.replicas or 0


class TaskTally:
    """Every count of tasks that a picture shows, kept up by what changes."""

    def __init__(self) -> None:
        self.by_state: Counter[TaskState] = Counter()
        self.running_on_ready = 0
        self.services: defaultdict[str, ServiceTally] = defaultdict(ServiceTally)
        self.touched_nodes: set[str] = set()
        """Nodes whose counts changed since somebody cleared this."""
        self.touched_services: set[str] = set()
        self._carried = Balance()
        self._running = Balance()
        self._ready: set[str] = set()
        self._changes = 0

    @property
    def running(self) -> int:
        """Return the tasks that read running, wherever."""
        return self.by_state[TaskState.RUNNING]

    def carried_by(self, node_ids: Iterable[str]) -> Sequence[int]:
        """Return how many tasks are on each node and wanted there, or still read running."""
        return self._carried.of_each(node_ids)

    def running_on(self, node_id: str) -> int:
        """Return how many tasks read running on a node."""
        return self._running.of(node_id)

    def running_on_each(self, node_ids: Iterable[str]) -> Sequence[int]:
        """Return how many tasks read running on each of these nodes."""
        return self._running.of_each(node_ids)

    def apply(self, transitions: Transitions) -> None:
        """Take tasks that changed into account."""
        counts: defaultdict[Kind, int] = defaultdict(int)
        left: list[str] = []
        taken: list[str] = []
        for (before, after), alike in transitions.items():
            went, came = [*map(_NODE_OF, alike.before)], [*map(_NODE_OF, alike.after)]
            has_stayed = went == came
            if before == after and has_stayed:
                continue  # as of thousands that wait, when the reason reads otherwise
            if before is not None:
                counts[before] -= len(went)
                self._count_running(before, went, sign=-1)
            if after is not None:
                counts[after] += len(came)
                self._count_running(after, came, sign=1)
            was_carried, is_carried = _is_carried(before), _is_carried(after)
            if has_stayed and was_carried and is_carried:
                continue  # as of most that come nearer to running
            left += went if was_carried else ()
            taken += came if is_carried else ()
        for kind, change in counts.items():
            self._count_kind(kind, change)
        self._count_carried(left, sign=-1)
        self._count_carried(taken, sign=1)

    def remember(self) -> Mapping[str, int]:
        """Return how many tasks read running on each node that has any."""
        return self._running.count_all()

    def recall(
        self,
        tasks: Mapping[str, Mapping[str, Task]],
        *,
        ready: Iterable[str],
        running: Mapping[str, int] | None = None,
    ) -> Astray:
        """Begin with these tasks, by service id, while these nodes are ready.

        `running` is what was remembered of them; `None` when they have to be counted. Return those
        by kind that do not just run as they shall: nine in ten do, and the others alone can wait or
        have an error.
        """
        astray: dict[Kind, AstrayTasks] = {}
        for service_id, each in tasks.items():
            astray |= (others := find_astray(service_id, each))
            self._begin(service_id, each, others)
        on_nodes = _count_nodes(tasks, astray) if running is None else running
        assigned = {node_id: count for node_id, count in on_nodes.items() if node_id}
        self._running.add(on_nodes, sign=1)
        self._carried.add(assigned, sign=1)
        self.touched_nodes.update(assigned)
        self._ready = set(ready)
        self.running_on_ready = sum(map(on_nodes.__getitem__, self._ready & on_nodes.keys()))
        for kind, alike in astray.items():
            if kind.state is not _RUNNING and _is_carried(kind):
                self._count_carried(alike.nodes, sign=1)
        return astray

    def _begin(self, service_id: str, tasks: Mapping[str, Task], astray: Astray) -> None:
        """Count a service's tasks in: all but those astray run as they shall."""
        service = self.services[service_id]
        service.running = service.desired_running = len(tasks)
        # By service only for one that fails: of most services nobody will ever ask.
        service.running_on.add_later(partial(_find_nodes, tasks))
        self.touched_services.add(service_id)
        for (_, state, desired), alike in astray.items():
            count = len(alike.nodes)
            if desired is not TaskState.RUNNING:
                service.desired_running -= count
            if desired is TaskState.COMPLETE and state is not TaskState.COMPLETE:
                service.desired_complete += count
            if state is not TaskState.RUNNING:
                self.by_state[state] += count
                service.running -= count
                service.running_on.add(alike.nodes, sign=-1)
        self.by_state[TaskState.RUNNING] += service.running

    def forget(self, service_id: str) -> None:
        """Drop the counts of a service that is gone, unless tasks of it are left."""
        if service_id in self.services and self.services[service_id].is_empty:
            del self.services[service_id]

    def turn(self, node_id: str, *, ready: bool) -> None:
        """Move a node's running tasks between ready and lost, when the node's state changed."""
        if ready is (node_id in self._ready):
            return
        running = self.running_on(node_id)
        if ready:
            self._ready.add(node_id)
            self.running_on_ready += running
        else:
            self._ready.discard(node_id)
            self.running_on_ready -= running

    def _count_kind(self, kind: Kind, change: int) -> None:
        """Count so many tasks in, or out when they are negative, wherever they are."""
        self.by_state[kind.state] += change
        self.touched_services.add(kind.service_id)
        service = self.services[kind.service_id]
        if kind.desired is _RUNNING:
            service.desired_running += change
        elif kind.desired is TaskState.COMPLETE and kind.state is not TaskState.COMPLETE:
            service.desired_complete += change
        if kind.state is _RUNNING:
            service.running += change

    def _count_running(self, kind: Kind, nodes: Sequence[str], *, sign: int) -> None:
        if kind.state is not _RUNNING:
            return
        service = self.services[kind.service_id]
        self._changes += 1
        service.revision = self._changes
        service.running_on.add(nodes, sign=sign)
        self._running.add(nodes, sign=sign)
        self.running_on_ready += sign * sum(map(self._ready.__contains__, nodes))
        self.touched_nodes.update(filter(None, nodes))

    def _count_carried(self, nodes: Sequence[str], *, sign: int) -> None:
        assigned = [*filter(None, nodes)]
        self._carried.add(assigned, sign=sign)
        self.touched_nodes.update(assigned)


def _is_carried(kind: Kind | None) -> bool:
    """Tell whether a node carries tasks of this kind: wanted there, or still running."""
    if kind is None or kind.state is _RUNNING:
        return kind is not None
    return kind.state in _UP_TO_RUNNING and kind.desired in WANTED


def _count_nodes(tasks: Mapping[str, Mapping[str, Task]], astray: Astray) -> Mapping[str, int]:
    """Return how many tasks read running on each node that has any."""
    balance = Balance()
    for each in tasks.values():
        balance.add(_find_nodes(each), sign=1)
    for kind, alike in astray.items():
        if kind.state is not TaskState.RUNNING:
            balance.add(alike.nodes, sign=-1)
    return balance.count_all()


def _find_nodes(tasks: Mapping[str, Task]) -> Iterable[str]:
    """Return the node of each task, found as one comes to it."""
    return tasks.node_ids() if isinstance(tasks, DeferredTasks) else map(_NODE_OF, tasks.values())
