"""Every count that is kept up by differences equals one made from scratch."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
import pytest

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import NodeLoad, Picture, ServiceLoad
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import NodesSeen, Observation, ServicesSeen, TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import (
    FAILURES,
    PIPELINE,
    TASK_STATES,
    Availability,
    NodeState,
    ServiceMode,
    TaskState,
)
from tests.factories import at, make_node, make_service
from tests.insight.story import place_by_labels

_ALIVE = {*PIPELINE, TaskState.RUNNING}
_WANTED = {*_ALIVE, TaskState.COMPLETE}


class Walk:
    """Random observations of a small swarm whose ids collide often."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.second = 0.0

    def step(self) -> Observation:
        self.second += self.chance.choice([0.2, 1, 3, 20])
        kind = self.chance.choices(["nodes", "services", "tasks"], [3, 1, 6])[0]
        if kind == "nodes":
            return self._nodes()
        return self._services() if kind == "services" else self._tasks()

    def _some(self, things: list[str]) -> list[str]:
        return self.chance.sample(things, self.chance.randint(0, len(things)))

    def _nodes(self) -> NodesSeen:
        ids = [f"n{i}" for i in range(12)]
        changed = self._some(ids)
        return NodesSeen(
            taken_at=at(self.second),
            changed=tuple(self._node(id_) for id_ in changed),
            removed=tuple(id_ for id_ in self._some(ids)[:2] if id_ not in changed),
            whole=self.chance.random() < 0.1,
        )

    def _node(self, id_: str) -> Node:
        return make_node(
            id_,
            hostname=self.chance.choice(["a", "b", "c", ""]),
            state=self.chance.choice(list(NodeState)),
            availability=self.chance.choice(list(Availability)),
            labels={"region": self.chance.choice("xyz")},
            addr=f"10.0.0.{self.chance.choice([id_[1:], 1])}",
            created_at=at(self.second - self.chance.choice([0, 100, 1000])),
            updated_at=at(self.second - self.chance.choice([0, 50, 500])),
        )

    def _services(self) -> ServicesSeen:
        ids = ["s0", "s1", "s2"]
        changed = self._some(ids)
        return ServicesSeen(
            taken_at=at(self.second),
            changed=tuple(self._service(id_) for id_ in changed),
            removed=tuple(id_ for id_ in self._some(ids)[:1] if id_ not in changed),
            whole=self.chance.random() < 0.1,
        )

    def _service(self, id_: str) -> Service:
        mode = self.chance.choice(list(ServiceMode))
        replicas = None if "global" in mode else self.chance.randint(0, 9)
        return make_service(id_, mode=mode, replicas=replicas)

    def _tasks(self) -> TasksSeen:
        service = self.chance.choice(["s0", "s1", "s2", "s3"])
        ids = [f"{service}t{i}" for i in range(20)]
        changed = self._some(ids)
        return TasksSeen(
            taken_at=at(self.second),
            service_id=service,
            changed=tuple(self._task(id_, service) for id_ in changed),
            removed=tuple(id_ for id_ in self._some(ids)[:3] if id_ not in changed),
            whole=self.chance.random() < 0.2,
        )

    def _task(self, id_: str, service: str) -> Task:
        return Task(
            id=id_,
            service_id=service,
            node_id=self.chance.choice(["", *(f"n{i}" for i in range(14))]),
            state=self.chance.choice(TASK_STATES),
            desired=self.chance.choice([TaskState.RUNNING, *TASK_STATES]),
            since=at(self.second - self.chance.choice([-5, 0, 30, 400])),
            error=self.chance.choice(["", "", "boom", "no suitable node (x on 2 nodes)"]),
        )


class Ledger:
    """Failures as they are to be remembered: written down one by one, never counted on."""

    def __init__(self) -> None:
        self.failures: dict[str, tuple[Task, float]] = {}

    def write(self, before: Snapshot, after: Snapshot, second: float) -> None:
        known = {task.id: task for task in before.iterate_tasks()}
        for task in after.iterate_tasks():
            if task.state not in FAILURES or self._is_remembered(task, second):
                continue
            old = known.get(task.id)
            if old is None:
                age = max(0.0, (at(second) - task.since).total_seconds())
                self.failures[task.id] = (task, second - age)
            elif old.state not in FAILURES:
                self.failures[task.id] = (task, second)

    def recent(self, second: float) -> list[Task]:
        return [task for task, when in self.failures.values() if second - when <= 300]

    def _is_remembered(self, task: Task, second: float) -> bool:
        return task.id in self.failures and second - self.failures[task.id][1] <= 300


class Dates:
    """Since when tasks wait, as lists tell: not much sooner than they were not there, nor later."""

    def __init__(self) -> None:
        self.since: dict[str, datetime] = {}

    def write(self, before: Snapshot, after: Snapshot, seen: Observation) -> None:
        known = {task.id: task for task in before.iterate_tasks()}
        waiting = [t for t in after.iterate_tasks() if t.state in PIPELINE and t.desired in _WANTED]
        self.since = {
            task.id: self._date(known.get(task.id), task, before, seen) for task in waiting
        }

    def _date(self, old: Task | None, task: Task, before: Snapshot, seen: Observation) -> datetime:
        believed = self.since.get(task.id)
        if old is not None and old.state is task.state:
            is_moved = believed is not None and believed != old.since
            if believed is not None and (is_moved or old == task):
                return believed
            return self._no_later(task, seen.taken_at)
        looked_at = before.tasks_at.get(task.service_id)
        if looked_at is not None and (looked_at - task.since).total_seconds() > 30:
            return looked_at
        return self._no_later(task, seen.taken_at)

    def _no_later(self, task: Task, at: datetime) -> datetime:
        return at if (task.since - at).total_seconds() > 30 else task.since


@pytest.mark.parametrize("seed", range(30))
def test_counts_of_a_random_walk_equal_counts_from_scratch(seed: int) -> None:
    walk, analyst = Walk(seed), Analyst(place=place_by_labels)
    ledger, dates = Ledger(), Dates()
    snapshot = Snapshot()
    for number in range(60):
        seen = walk.step()
        before, snapshot = snapshot, fold(snapshot, seen).snapshot
        ledger.write(before, snapshot, walk.second)
        dates.write(before, snapshot, seen)
        analyst.see(seen)
        if number % 3 == 0:
            picture = analyst.picture(at(walk.second))
            assert picture.snapshot == snapshot
            check_nodes(picture)
            check_groups(picture)
            check_tasks(picture, dates.since)
            check_loads(picture, ledger.recent(walk.second))
            check_errors(picture)


def check_nodes(picture: Picture) -> None:
    nodes = picture.snapshot.nodes.values()
    states = Counter(node.state for node in nodes)
    counts = picture.nodes
    assert counts.total == len(nodes)
    assert (counts.ready, counts.down) == (states[NodeState.READY], states[NodeState.DOWN])
    assert counts.unknown == states[NodeState.UNKNOWN]
    assert counts.disconnected == states[NodeState.DISCONNECTED]
    assert counts.drain == sum(n.availability is Availability.DRAIN for n in nodes)
    assert counts.pause == sum(n.availability is Availability.PAUSE for n in nodes)
    assert counts.ghosts == sum(is_ghost(node, nodes) for node in nodes)
    ids = picture.snapshot.nodes.keys()
    assert picture.places.keys() == picture.states_since.keys() == ids


def is_ghost(node: Node, nodes: Iterable[Node]) -> bool:
    """Tell whether the only live node of its hostname or address, or the last, joined since."""
    if node.state is not NodeState.DOWN:
        return False
    for name in ("hostname", "addr"):
        alike = [n for n in nodes if getattr(n, name) and getattr(n, name) == getattr(node, name)]
        live = [n for n in alike if n.state is not NodeState.DOWN]
        if len(live) > 1 or not alike:
            continue
        newest = max(live or alike, key=lambda n: (n.created_at, n.id))
        if newest is not node and newest.created_at >= node.updated_at - timedelta(minutes=1):
            return True
    return False


def check_groups(picture: Picture) -> None:
    nodes = picture.snapshot.nodes
    sizes = Counter(picture.places[id_].region for id_ in nodes)
    assert {group.name: group.nodes for group in picture.regions} == sizes
    for group in picture.regions:
        members = [n for n in nodes.values() if picture.places[n.id].region == group.name]
        loads = [picture.loads.get(node.id, NodeLoad()) for node in members]
        assert group.ready == sum(n.state is NodeState.READY for n in members)
        assert group.down == sum(n.state is NodeState.DOWN for n in members)
        assert group.unknown == sum(n.state is NodeState.UNKNOWN for n in members)
        assert group.tasks_running == sum(load.running for load in loads)
        assert group.failures_5m == sum(load.failures_5m for load in loads)
    for group in picture.contributors:
        assert (group.name, group.nodes) == ("unclaimed", len(nodes))


def check_tasks(picture: Picture, since: Mapping[str, datetime]) -> None:
    tasks = list(picture.snapshot.iterate_tasks())
    nodes = picture.snapshot.nodes
    ready = {id_ for id_, node in nodes.items() if node.state is NodeState.READY}
    running = [task for task in tasks if task.state is TaskState.RUNNING]
    counts = picture.tasks
    assert counts.by_state == Counter(task.state for task in tasks)
    assert counts.running == len(running)
    assert counts.running_on_ready == sum(task.node_id in ready for task in running)
    assert counts.running_on_lost == counts.running - counts.running_on_ready
    waiting = [task for task in tasks if task.id in since]
    assert counts.oldest == {
        state: min(since[task.id] for task in waiting if task.state is state)
        for state in {task.state for task in waiting}
    }
    assert counts.desired == sum(load.desired for load in picture.service_loads.values())


def check_loads(picture: Picture, failures: list[Task]) -> None:
    snapshot = picture.snapshot
    tasks = list(snapshot.iterate_tasks())
    for node_id in {t.node_id for t in tasks} | snapshot.nodes.keys():
        mine = [task for task in tasks if task.node_id == node_id and node_id]
        wanted = [t for t in mine if t.desired in _WANTED and t.state in _ALIVE]
        running = [task for task in mine if task.state is TaskState.RUNNING]
        failed = [task for task in failures if task.node_id == node_id and node_id]
        load = NodeLoad(len({t.id for t in [*wanted, *running]}), len(running), len(failed))
        assert picture.loads.get(node_id, NodeLoad()) == load
        assert picture.failures.get(node_id, {}) == Counter(t.service_id for t in failed)
    for service_id in snapshot.services.keys() | snapshot.tasks.keys():
        mine = list(snapshot.tasks.get(service_id, {}).values())
        expected = ServiceLoad(
            want(snapshot.services.get(service_id), mine),
            sum(task.state is TaskState.RUNNING for task in mine),
            sum(task.service_id == service_id for task in failures),
        )
        assert picture.service_loads.get(service_id, ServiceLoad()) == expected
    assert picture.tasks.failed_5m == sum(t.state is TaskState.FAILED for t in failures)
    assert picture.tasks.rejected_5m == sum(t.state is TaskState.REJECTED for t in failures)


def want(service: Service | None, tasks: list[Task]) -> int:
    if service is None:
        return 0
    running = sum(task.desired is TaskState.RUNNING for task in tasks)
    if service.mode is ServiceMode.GLOBAL:
        return running
    if service.mode is ServiceMode.GLOBAL_JOB:
        return running + sum(
            t.desired is TaskState.COMPLETE and t.state is not TaskState.COMPLETE for t in tasks
        )
    return service.replicas or 0


def check_errors(picture: Picture) -> None:
    ended = {TaskState.SHUTDOWN, TaskState.COMPLETE, TaskState.REMOVE}
    wrong = [
        task
        for task in picture.snapshot.iterate_tasks()
        if task.error
        and task.state not in ended
        and (task.state not in PIPELINE or task.desired in _WANTED)
    ]
    expected = Counter((task.state, task.error[:4]) for task in wrong)
    assert {(g.state, g.text[:4]): g.count for g in picture.errors} == expected
    for group in picture.errors:
        mine = [t for t in wrong if (t.state, t.error[:4]) == (group.state, group.text[:4])]
        assert group.nodes == len({t.node_id for t in mine if t.node_id})
        assert group.services == len({t.service_id for t in mine})
        assert group.example in {t.error for t in mine}


def test_a_picture_that_was_handed_out_never_changes() -> None:
    walk, analyst = Walk(7), Analyst(place=place_by_labels)
    kept = []
    for _ in range(40):
        analyst.see(walk.step())
        picture = analyst.picture(at(walk.second))
        kept.append((picture, msgspec.json.encode(picture)))
    assert all(msgspec.json.encode(picture) == as_it_was for picture, as_it_was in kept)


def test_asking_again_later_forgets_old_failures() -> None:
    walk, analyst = Walk(3), Analyst(place=place_by_labels)
    for _ in range(40):
        analyst.see(walk.step())
    later = at(walk.second) + timedelta(minutes=6)
    picture = analyst.picture(later)
    assert picture.failures == {}
    assert picture.tasks.failed_5m == picture.tasks.rejected_5m == 0
    assert all(load.failures_5m == 0 for load in picture.loads.values())
    assert all(group.failures_5m == 0 for group in picture.regions)
