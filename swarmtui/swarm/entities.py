"""The three things a swarm is made of: nodes, services and tasks."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from swarmtui.swarm.words import (
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
)


class ManagerStatus(msgspec.Struct, frozen=True, array_like=True):
    """What the leader says of a manager; only managers have one."""

    leader: bool
    reachability: Reachability
    addr: str
    """Raft address, `host:port`."""


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A machine of the swarm, as `GET /nodes` tells it.

    Identified by `id` alone: hostnames repeat, and a machine that joins again gets a new id.
    """

    id: str
    hostname: str = ""
    role: Role = Role.WORKER
    state: NodeState = NodeState.UNKNOWN
    state_word: str = ""
    """The engine's own word where the program does not know it, else empty."""
    message: str = ""
    """Why the state is what it is, for example `heartbeat failure`."""
    availability: Availability = Availability.ACTIVE
    addr: str = ""
    """Address the managers see the node at, without a port; empty when unknown."""
    manager: ManagerStatus | None = None
    engine_version: str = ""
    os: str = ""
    arch: str = ""
    cpus: float = 0.0
    memory_bytes: int = 0
    """Total the node reported, not what is free."""
    labels: Mapping[str, str] = {}
    """Node labels, set with `docker node update`."""
    engine_labels: Mapping[str, str] = {}
    """Engine labels, set where the engine was started."""
    created_at: datetime
    """When the node joined, by the leader's clock."""
    updated_at: datetime
    version: int = 0
    """`Version.Index`; does not move when leadership or reachability change."""

    @property
    def is_leader(self) -> bool:
        """Tell whether this node leads the swarm."""
        return self.manager is not None and self.manager.leader

    @property
    def is_manager(self) -> bool:
        """Tell whether this node takes part in the quorum."""
        return self.role is Role.MANAGER


class Service(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service's spec and the state of its update; environments are never read."""

    id: str
    name: str = ""
    mode: ServiceMode = ServiceMode.REPLICATED
    replicas: int | None = None
    """Tasks wanted; `None` for global services, which want one on each eligible node."""
    image: str = ""
    labels: Mapping[str, str] = {}
    constraints: tuple[str, ...] = ()
    update_state: str = ""
    """`updating`, `paused`, `completed`, `rollback_started`…; empty when never updated."""
    update_message: str = ""
    created_at: datetime
    updated_at: datetime
    version: int = 0


class Task(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One attempt to run one replica on one node.

    `gc=False`: it holds no containers, and 200,000 of them would slow every full collection.
    """

    id: str
    service_id: str
    slot: int = 0
    """Replica number; 0 for tasks of global services, which have none."""
    node_id: str = ""
    """Empty until the scheduler has found a node."""
    state: TaskState
    desired: TaskState
    since: datetime
    """When the state was reached: `Status.Timestamp`, which can come from the node's clock."""
    error: str = ""
    image: str = ""


def task_name(task: Task, service: Service | None) -> str:
    """Return the name the docker CLI prints: `service.slot`, or `service.nodeid` when global."""
    name = service.name if service else task.service_id
    return f"{name}.{task.slot or task.node_id or task.id}"
