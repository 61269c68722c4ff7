"""Random swarms and what befalls them, small enough that everything meets everything."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from random import Random
from typing import TypeVar

import msgspec
from hypothesis import strategies as st

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    FailureKind,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, TailState
from swarmtui.swarm.words import (
    PIPELINE,
    TASK_STATES,
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
)
from tests.factories import (
    at,
    make_machine,
    make_node,
    make_service,
    make_stats,
)

T = TypeVar("T")

MACHINES = (
    make_machine("m1", addr="10.0.0.1", region="bkk", contributor="NIPA"),
    make_machine("m2", addr="10.0.0.2", region="chiang-mai"),
    make_machine("m3", addr="10.0.0.3", node_id="n3", contributor="NIPA"),
    make_machine("m4", addr="10.0.0.4"),
)
MANAGERS = ("mg0", "mg1", "mg2")
NODES = (*MANAGERS, *(f"n{i}" for i in range(14)))
SERVICES = ("s0", "s1", "s2", "s3")
ERRORS = (
    "",
    "task: non-zero exit (137)",
    "task: non-zero exit (1)",
    "no suitable node (insufficient resources on 3 nodes)",
    "no suitable node (insufficient resources on 4 nodes)",
    "dial tcp 10.0.0.7:2377: i/o timeout",
)


def make_analyst() -> Analyst:
    """Return an analyst who knows nothing but the inventory."""
    attribution = Attribution(Rules(machines=MACHINES, mine="nipa"))
    return Analyst(
        place=attribution.place,
        pledges={"NIPA": 3, "nobody": 1},
        machines=MACHINES,
        place_machine=attribution.place_machine,
        is_mine=attribution.is_mine,
        hear=attribution.hear,
    )


def reorder(snapshot: Snapshot, chance: Random) -> Snapshot:
    """Return the same snapshot, with its mappings in another order."""

    def shuffle(mapping: dict[str, T]) -> dict[str, T]:
        return dict(chance.sample(list(mapping.items()), len(mapping)))

    fields = {
        name: shuffle(value)
        for name, value in msgspec.structs.asdict(snapshot).items()
        if isinstance(value, dict)
    }
    fields["tasks"] = {service: shuffle(tasks) for service, tasks in fields["tasks"].items()}
    return msgspec.structs.replace(snapshot, **fields)


def stories(*, most: int = 40) -> st.SearchStrategy[list[Observation]]:
    """Return strategies for a swarm's evening, most of them from a whole first look on."""
    steps = st.lists(st.tuples(st.integers(0, 2**32), _GAPS), min_size=2, max_size=most)
    return st.builds(tell, steps, whole=st.sampled_from([True, True, False]))


_GAPS = st.sampled_from([0.0, 0.2, 1.0, 1.0, 3.0, 7.0, 20.0, 61.0, 301.0])


def long_story(length: int) -> list[Observation]:
    """Return an evening, always the same, so long that what seldom happens happens in it."""
    chance = Random(1)
    gaps = (0.0, 0.2, 1.0, 3.0, 7.0, 20.0)
    return tell([(chance.getrandbits(32), chance.choice(gaps)) for _ in range(length)], whole=True)


def tell(steps: Sequence[tuple[int, float]], *, whole: bool) -> list[Observation]:
    """Return what the seeds make happen, each so many seconds after the one before."""
    second = 0.0
    told = list(_Chance(steps[0][0], second).look()) if whole else []
    for seed, gap in steps:
        second += gap
        told.append(_Chance(seed, second).observe())
    return told


class _Chance:
    """What may be seen at one second; a seed says what is."""

    def __init__(self, seed: int, second: float) -> None:
        self._random = Random(seed)
        self._second = second
        self._at = at(second)

    def look(self) -> Iterator[Observation]:
        """Go through a first look, whole."""
        yield self._manager()
        yield self._nodes()
        yield ServicesSeen(taken_at=self._at, changed=tuple(map(self._service, SERVICES)))
        for service in SERVICES:
            yield self._list(service, whole=True, complete=True)

    def observe(self) -> Observation:
        """Return anything."""
        kinds: dict[Callable[[], Observation], int] = {
            self._nodes: 3,
            self._turn: 6,
            self._lead: 4,
            self._services: 3,
            self._tasks: 7,
            self._fail: 5,
            self._counts: 3,
            self._manager: 1,
            self._lost: 3,
            self._watcher: 1,
            self._pulse: 2,
            self._stats: 2,
            self._tail: 2,
            self._machine: 3,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0]()

    def _some(self, things: Sequence[T], *, share: float | None = None) -> list[T]:
        share = self._random.random() if share is None else share
        return [thing for thing in things if self._random.random() < share]

    def _earlier(self) -> datetime:
        return at(self._second - self._random.choice([-5, 0, 1, 30, 298, 400]))

    def _node(self, id_: str, *, state: NodeState, leads: bool = False) -> Node:
        is_manager = id_ in MANAGERS
        reachability = self._random.choices(list(Reachability), [8, 1, 1])[0]
        addr = f"10.0.0.{self._random.choice([int(id_[-1]), 1])}"
        return make_node(
            id_,
            role=Role.MANAGER if is_manager else Role.WORKER,
            manager=ManagerStatus(leads, reachability, f"{addr}:2377") if is_manager else None,
            hostname=self._random.choice([id_, id_, "same", ""]),
            state=state,
            message=self._random.choice(["", "heartbeat failure"]),
            availability=self._random.choices(list(Availability), [8, 1, 1, 1])[0],
            labels={"region": "x"} if self._random.random() < 0.3 else {},
            addr=addr,
            engine_version=self._random.choice(["20.10.24", "20.10.24", "24.0.7", "dev", ""]),
            created_at=self._earlier(),
            updated_at=self._earlier(),
        )

    def _see(self, nodes: Sequence[Node], **fields: object) -> NodesSeen:
        asked = at(self._second - self._random.choice([0.1, 5])) if self._flip() else None
        return NodesSeen(taken_at=self._at, changed=tuple(nodes), asked_at=asked, **fields)  # type: ignore[arg-type]

    def _flip(self, share: float = 0.5) -> bool:
        return self._random.random() < share

    def _nodes(self) -> NodesSeen:
        states = self._random.choices(list(NodeState), [8, 2, 1, 2], k=len(NODES))
        leader = self._random.choice(MANAGERS)
        nodes = [
            self._node(id_, state=state, leads=id_ == leader)
            for id_, state in zip(NODES, states, strict=True)
        ]
        removed = tuple(self._some(NODES, share=0.1))
        return self._see(self._some(nodes), removed=removed, whole=self._flip(0.2))

    def _turn(self) -> NodesSeen:
        """Have nodes go the same way, as they do when a region is lost or a leader."""
        state = self._random.choices(list(NodeState), [3, 2, 1, 3])[0]
        leader = self._random.choice(MANAGERS)
        return self._see([self._node(i, state=state, leads=i == leader) for i in self._some(NODES)])

    def _lead(self) -> NodesSeen:
        leader = self._random.choice([*MANAGERS, *MANAGERS, ""])
        ready = NodeState.READY
        return self._see([self._node(i, state=ready, leads=i == leader) for i in MANAGERS])

    def _services(self) -> ServicesSeen:
        return ServicesSeen(
            taken_at=self._at,
            changed=tuple(self._service(id_) for id_ in self._some(SERVICES, share=0.8)),
            removed=tuple(self._some(SERVICES, share=0.1)),
            whole=self._flip(0.2),
        )

    def _service(self, id_: str) -> Service:
        mode = self._random.choices(list(ServiceMode), [9, 3, 1, 1, 1])[0]
        return make_service(
            id_,
            name=self._random.choice([id_, id_, "same"]),
            mode=mode,
            replicas=None if "global" in mode else self._random.choice([0, 3, 30]),
            image=self._random.choice(["a:1", "a:2"]),
            update_state=self._random.choice(["", "", "updating", "paused", "rollback_completed"]),
            update_message=self._random.choice(["", "task x failed"]),
            updated_at=self._earlier(),
        )

    def _task(self, id_: str, service: str, states: Sequence[TaskState], node: str = "") -> Task:
        state = self._random.choice(states)
        return Task(
            id=id_,
            service_id=service,
            node_id=node or self._random.choice(["", "gone", *NODES]),
            state=state,
            desired=self._random.choice([TaskState.RUNNING, TaskState.RUNNING, *TASK_STATES]),
            since=self._earlier(),
            error=self._random.choice(ERRORS),
        )

    def _tasks(self) -> TasksSeen:
        service = self._random.choice(SERVICES)
        return self._list(service, whole=self._flip(0.3), complete=self._flip(0.7))

    def _list(self, service: str, *, whole: bool, complete: bool) -> TasksSeen:
        states = (*PIPELINE, *([TaskState.RUNNING] * 9), TaskState.FAILED, TaskState.COMPLETE)
        ids = [f"{service}t{i}" for i in range(30)]
        return TasksSeen(
            taken_at=self._at,
            service_id=service,
            changed=tuple(self._task(id_, service, states) for id_ in self._some(ids)),
            removed=tuple(self._some(ids, share=0.1)),
            whole=whole,
            complete=complete,
        )

    def _fail(self) -> TasksSeen:
        """Have many tasks of a service fail, most of them on one node."""
        service, hole = self._random.choice(SERVICES), self._random.choice(NODES)
        ids = [f"{service}t{i}" for i in range(30)]
        failed = [TaskState.FAILED, TaskState.REJECTED]
        tasks = [
            self._task(id_, service, failed, hole if self._flip(0.7) else "")
            for id_ in self._some(ids)
        ]
        return TasksSeen(taken_at=self._at, service_id=service, changed=tuple(tasks))

    def _counts(self) -> CountsSeen:
        return CountsSeen(
            taken_at=self._at,
            nodes={NodeState.READY: self._random.choice([40, 40, 40, 3])},
            tasks={TaskState.RUNNING: self._random.choice([400, 400, 400, 9])},
            cluster_id=self._random.choice([*["c1"] * 9, "c2"]),
            error=self._random.choice([*[""] * 9, "no metrics"]),
        )

    def _manager(self) -> ManagerSeen:
        node_id = self._random.choice(MANAGERS)
        return ManagerSeen(
            taken_at=self._at,
            host=f"tcp://{node_id}",
            cluster_id="c1",
            node_id=node_id,
            api_version="1.41",
            engine_version="20.10.24",
        )

    def _lost(self) -> ManagerLost:
        host = f"tcp://{self._random.choice(MANAGERS)}"
        return ManagerLost(
            taken_at=self._at,
            host=host,
            kind=self._random.choice(list(FailureKind)),
            text=f"no answer from {host}",
            next_host=self._random.choice(["", "tcp://mg2"]),
            asked_at=at(self._second - 3) if self._flip() else None,
        )

    def _watcher(self) -> WatcherLost:
        return WatcherLost(taken_at=self._at, text="the watcher ended", retry_s=1.0)

    def _pulse(self) -> Pulse | EventSeen:
        if self._flip(0.2):
            return EventSeen(taken_at=self._at, type="node", action="update", actor_id="n1")
        waiting = Waiting(self._random.choice(["/nodes", "/tasks"]), at(self._second - 5))
        return Pulse(taken_at=self._at, waiting=waiting if self._flip() else None)

    def _name(self) -> str:
        return self._random.choice([*(machine.name for machine in MACHINES), "n1", "n2", "stray"])

    def _stats(self) -> StatsSeen:
        containers = tuple(
            make_stats(f"web.{i}.{'t' * 25}", cpu_percent=float(i), memory_bytes=i)
            for i in self._some(range(3))
        )
        return StatsSeen(taken_at=self._at, machine=self._name(), containers=containers)

    def _tail(self) -> TailSeen:
        state = self._random.choice(list(TailState))
        return TailSeen(taken_at=self._at, machine=self._name(), state=state)

    def _machine(self) -> MachineSeen:
        is_reached = self._flip(0.7)
        return MachineSeen(
            taken_at=self._at,
            machine=self._name(),
            reachable=is_reached,
            node_id=self._random.choice(["", "n1", "n2", "n3", "elsewhere"]) if is_reached else "",
            clock_offset_s=self._find_offset() if is_reached else None,
        )

    def _find_offset(self) -> float | None:
        """Return how far a clock is off; no two are off by the very same time."""
        off_s = self._random.choice([None, 0.1, 0.2, 30, -90])
        return None if off_s is None else off_s + self._random.random() / 1000
