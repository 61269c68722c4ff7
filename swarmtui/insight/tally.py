"""Count tasks by state, by node and by service, by difference alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter, ne

from swarmtui.swarm.deferred import DeferredTasks
from swarmtui.swarm.entities import Service, Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import TASK_STATES, ServiceMode, TaskState

_UP_TO_RUNNING = frozenset(TASK_STATES[: TASK_STATES.index(TaskState.RUNNING) + 1])
WANTED = _UP_TO_RUNNING | {TaskState.COMPLETE}
"""Desired states of a task that shall live; a job's tasks shall become complete."""

_NODE_OF = attrgetter("node_id")


def is_wanted(task: Task) -> bool:
    """Tell whether the swarm wants this task: others are history, or are being taken down."""
    return task.desired in WANTED


class Balance:
    """How many of each key there are, from those that came and those that went.

    Both are only ever counted up, because then `Counter` loops in C: 0.1 µs a task for what takes
    a loop in Python 1 µs.
    """

    __slots__ = ("_came", "_due", "_went")

    def __init__(self) -> None:
        self._came: Counter[str] = Counter()
        self._went: Counter[str] = Counter()
        self._due: list[tuple[Iterable[str], int]] = []
        """Keys with their signs, to be counted when somebody asks."""

    def add(self, keys: Iterable[str] | Mapping[str, int], *, sign: int) -> None:
        """Count keys, or so many of each, in (`sign` 1) or out (-1)."""
        (self._came if sign > 0 else self._went).update(keys)

    def add_later(self, keys: Iterable[str], *, sign: int) -> None:
        """Count keys when somebody asks, which nobody may; until then they must not change."""
        self._due.append((keys, sign))

    def of(self, key: str) -> int:
        """Return how many there are of a key."""
        if self._due:
            self._settle()
        return self._came.get(key, 0) - self._went.get(key, 0)

    def held(self) -> Iterator[str]:
        """Return the keys of which there is any, to be gone through before anything changes."""
        self._settle()
        went = self._went.get
        return (key for key, count in self._came.items() if count != went(key, 0))

    def count_held(self, *, but: Collection[str]) -> int:
        """Return of how many keys there is any, some keys left aside."""
        self._settle()
        came, went = self._came, self._went.get
        # Compared by C: what never went has `None` there, and that is no count.
        held: int = sum(map(ne, came.values(), map(went, came)))
        return held - sum(1 for key in but if self.of(key))

    def _settle(self) -> None:
        while self._due:
            keys, sign = self._due.pop()
            self.add(keys, sign=sign)


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

    def carried_by(self, node_id: str) -> int:
        """Return how many tasks are on a node and wanted there, or still read running."""
        return self._carried.of(node_id)

    def running_on(self, node_id: str) -> int:
        """Return how many tasks read running on a node."""
        return self._running.of(node_id)

    def apply(self, changes: Sequence[Change[Task]]) -> None:
        """Take tasks that changed into account."""
        self._count([c.before for c in changes if c.before is not None], sign=-1)
        self._count([c.after for c in changes if c.after is not None], sign=1)

    def recall(
        self, tasks: Mapping[str, Mapping[str, Task]], *, ready: Iterable[str]
    ) -> Sequence[Task]:
        """Begin with these tasks, by service id, while these nodes are ready.

        Return those that do not just run as they shall: nine in ten do, and the others alone can
        wait or have an error.
        """
        others: list[Task] = []
        for service_id, each in tasks.items():
            astray = _find_astray(each)
            self._begin(service_id, _find_nodes(each), astray)
            others += astray
        on_nodes = {node_id: self._running.of(node_id) for node_id in self._running.held()}
        self._carried.add(on_nodes, sign=1)
        self.touched_nodes.update(on_nodes)
        self._ready = set(ready)
        self.running_on_ready = sum(on_nodes.get(node_id, 0) for node_id in self._ready)
        self._count(others, sign=1)
        return others

    def _begin(self, service_id: str, nodes: Sequence[str], others: Collection[Task]) -> None:
        """Count a service's tasks in as running as they shall, but for the others among them."""
        service = self.services[service_id]
        service.running = service.desired_running = len(nodes) - len(others)
        self.by_state[TaskState.RUNNING] += service.running
        self.touched_services.add(service_id)
        for keys, sign in ((nodes, 1), ([task.node_id for task in others], -1)):
            self._running.add(keys, sign=sign)
            # By service only for one that fails: of most services nobody will ever ask.
            service.running_on.add_later(keys, sign=sign)

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

    def _count(self, tasks: Iterable[Task], *, sign: int) -> None:
        # Gathered first: most tasks of an answer are alike but for their nodes.
        alike: defaultdict[tuple[str, TaskState, TaskState], list[str]] = defaultdict(list)
        for task in tasks:
            alike[task.service_id, task.state, task.desired].append(task.node_id)
        for (service_id, state, desired), nodes in alike.items():
            change = sign * len(nodes)
            self.by_state[state] += change
            self.touched_services.add(service_id)
            service = self.services[service_id]
            if desired is TaskState.RUNNING:
                service.desired_running += change
            elif desired is TaskState.COMPLETE and state is not TaskState.COMPLETE:
                service.desired_complete += change
            if state is TaskState.RUNNING:
                self._count_running(service, nodes, sign)
            elif state in _UP_TO_RUNNING and desired in WANTED:
                self._count_carried(nodes, sign)

    def _count_running(self, service: ServiceTally, nodes: Sequence[str], sign: int) -> None:
        self._changes += 1
        service.revision = self._changes
        service.running += sign * len(nodes)
        service.running_on.add(nodes, sign=sign)
        self._running.add(nodes, sign=sign)
        self.running_on_ready += sign * sum(map(self._ready.__contains__, nodes))
        self._count_carried(nodes, sign)

    def _count_carried(self, nodes: Sequence[str], sign: int) -> None:
        assigned = [node_id for node_id in nodes if node_id]
        self._carried.add(assigned, sign=sign)
        self.touched_nodes.update(assigned)


def _find_nodes(tasks: Mapping[str, Task]) -> Sequence[str]:
    """Return the node of each task."""
    if isinstance(tasks, DeferredTasks):
        return tasks.node_ids()
    return list(map(_NODE_OF, tasks.values()))


def _find_astray(tasks: Mapping[str, Task]) -> Sequence[Task]:
    """Return the tasks that do not just run as they shall."""
    if isinstance(tasks, DeferredTasks):
        return tasks.find_astray()
    running = TaskState.RUNNING
    return [
        task
        for task in tasks.values()
        if task.state is not running
        or task.desired is not running
        or task.error
        or not task.node_id
    ]
