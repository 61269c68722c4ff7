"""Make nodes, services and tasks with only what a test cares about spelled out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import NodesSeen, ServicesSeen, TasksSeen
from swarmtui.swarm.stats import (
    ContainerStats,
    MachineSeen,
    StatsSeen,
    TailSeen,
    TailState,
    UnknownKey,
)
from swarmtui.swarm.words import Reachability, Role, TaskState

NOON = datetime(2026, 7, 22, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the moment `seconds` after noon."""
    return NOON + timedelta(seconds=seconds)


def make_node(id_: str = "n1", **fields: Any) -> Node:
    """Return a ready worker."""
    defaults: dict[str, Any] = {
        "hostname": f"host-{id_}",
        "state": "ready",
        "addr": "10.0.0.1",
        "engine_version": "20.10.24",
        "cpus": 1.0,
        "memory_bytes": 512 << 20,
        "created_at": NOON,
        "updated_at": NOON,
    }
    fields = defaults | fields
    fields["state"] = _word(Node, "state", fields["state"])
    return Node(id=id_, **fields)


def make_manager(
    id_: str, *, leader: bool = False, reachability: str = "reachable", **fields: Any
) -> Node:
    """Return a manager, leading or not."""
    status = ManagerStatus(
        leader=leader, reachability=Reachability.parse(reachability), addr="10.0.0.1:2377"
    )
    return make_node(id_, role=Role.MANAGER, manager=status, **fields)


def make_service(id_: str = "s1", **fields: Any) -> Service:
    """Return a replicated service of three."""
    defaults: dict[str, Any] = {
        "name": f"svc-{id_}",
        "replicas": 3,
        "image": "local/busybox:1",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Service(id=id_, **(defaults | fields))


def make_task(
    id_: str = "t1",
    *,
    service: str = "s1",
    state: str = "running",
    desired: str = "running",
    **fields: Any,
) -> Task:
    """Return a running task of service `s1` on node `n1`."""
    defaults: dict[str, Any] = {"slot": 1, "node_id": "n1", "since": NOON}
    return Task(
        id=id_,
        service_id=service,
        state=TaskState.parse(state),
        desired=TaskState.parse(desired),
        **(defaults | fields),
    )


def nodes_seen(nodes: Iterable[Node], *, second: float = 0, **fields: Any) -> NodesSeen:
    """Return an observation of these nodes."""
    return NodesSeen(taken_at=at(second), changed=tuple(nodes), **fields)


def services_seen(services: Iterable[Service], *, second: float = 0, **fields: Any) -> ServicesSeen:
    """Return an observation of these services."""
    return ServicesSeen(taken_at=at(second), changed=tuple(services), **fields)


def tasks_seen(
    tasks: Iterable[Task], *, service: str = "s1", second: float = 0, **fields: Any
) -> TasksSeen:
    """Return an observation of these tasks of one service."""
    return TasksSeen(taken_at=at(second), service_id=service, changed=tuple(tasks), **fields)


def make_machine(name: str = "m1", **fields: Any) -> Machine:
    """Return a machine of an inventory at an address of documentation."""
    return Machine(name=name, **({"addr": "192.0.2.1"} | fields))


def make_stats(container: str = "web", **fields: Any) -> ContainerStats:
    """Return what `docker stats` says of a container; its id is its name."""
    return ContainerStats(container_id=container, container=container, **fields)


def stats_seen(machine: str = "m1", *containers: ContainerStats, second: float = 0) -> StatsSeen:
    """Return an observation of all containers of a machine."""
    return StatsSeen(taken_at=at(second), machine=machine, containers=containers)


def tail_seen(
    machine: str = "m1", state: TailState = TailState.LIVE, *, second: float = 0, text: str = ""
) -> TailSeen:
    """Return an observation of how a tail is doing."""
    return TailSeen(taken_at=at(second), machine=machine, state=state, text=text)


def make_unknown_key(name: str = "m1", **fields: Any) -> UnknownKey:
    """Return a host key that a machine showed and that is not known."""
    defaults: dict[str, Any] = {
        "type": "ssh-ed25519",
        "fingerprint": "SHA256:dgXuL3QnKzq0sG2eVdD5bE0nT4Xf1c9mP8rY6hJ7kWo",
        "asked_as": (name,),
        "file": "/home/me/.ssh/known_hosts",
    }
    return UnknownKey(name=name, **(defaults | fields))


def machine_seen(
    machine: str = "m1", node_id: str = "", *, second: float = 0, **fields: Any
) -> MachineSeen:
    """Return the answer of a machine that was reached."""
    defaults = {"reachable": True}
    return MachineSeen(taken_at=at(second), machine=machine, node_id=node_id, **(defaults | fields))


def _word(owner: type, field: str, value: Any) -> Any:
    return owner.__annotations__[field].parse(value) if isinstance(value, str) else value
