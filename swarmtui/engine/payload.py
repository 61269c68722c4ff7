"""What engines send, as far as it is needed: field by field as in the Engine API's JSON.

Environments, join tokens, certificates and plugins are not among the fields, so they are skipped
without being decoded. `gc=False`: nothing here can hold a cycle, and there are many of them.
"""

from datetime import datetime

import msgspec
from msgspec import field


class Payload(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """A JSON object of an engine."""


class Version(Payload, frozen=True):
    """SwarmKit's version of an object."""

    index: int = 0


class ContainerSpec(Payload, frozen=True):
    """Never with `Env`, `Secrets` or the like."""

    image: str = ""


class TaskSpec(Payload, frozen=True):
    """What a task shall run."""

    container_spec: ContainerSpec | None = None


class TaskStatus(Payload, frozen=True):
    """How far a task has come."""

    timestamp: datetime | None = None
    """Decoded here, unlike the times of nodes and services: there are a hundred times as many."""
    state: str = ""
    err: str = ""


class TaskJson(Payload, frozen=True):
    """One task of `GET /tasks`."""

    id: str = field(name="ID")
    version: Version | None = None
    service_id: str = field(default="", name="ServiceID")
    slot: int = 0
    node_id: str = field(default="", name="NodeID")
    status: TaskStatus | None = None
    desired_state: str = ""
    spec: TaskSpec | None = None

    @property
    def index(self) -> int:
        """Return `Version.Index`: it moves with every change that the API shows of a task."""
        return self.version.index if self.version is not None else 0


class NodeSpec(Payload, frozen=True):
    """What the operator wants of a node."""

    labels: dict[str, str] | None = None
    role: str = ""
    availability: str = ""


class Platform(Payload, frozen=True):
    """What a node runs on."""

    architecture: str = ""
    os: str = field(default="", name="OS")


class Resources(Payload, frozen=True):
    """What a node has."""

    nano_cpus: int = field(default=0, name="NanoCPUs")
    memory_bytes: int = 0


class Engine(Payload, frozen=True):
    """The engine of a node."""

    engine_version: str = ""
    labels: dict[str, str] | None = None


class NodeDescription(Payload, frozen=True):
    """What a node says of itself."""

    hostname: str = ""
    platform: Platform | None = None
    resources: Resources | None = None
    engine: Engine | None = None


class NodeStatus(Payload, frozen=True):
    """What the leader says of a node."""

    state: str = ""
    message: str = ""
    addr: str = ""


class ManagerJson(Payload, frozen=True):
    """What the leader says of a manager."""

    leader: bool = False
    reachability: str = ""
    addr: str = ""


class NodeJson(Payload, frozen=True):
    """One node of `GET /nodes`."""

    id: str = field(name="ID")
    version: Version | None = None
    created_at: str = ""
    updated_at: str = ""
    spec: NodeSpec | None = None
    description: NodeDescription | None = None
    status: NodeStatus | None = None
    manager_status: ManagerJson | None = None


class Replicated(Payload, frozen=True):
    """Mode of a service with a wanted count."""

    replicas: int | None = None


class ReplicatedJob(Payload, frozen=True):
    """Mode of a job with a wanted count."""

    max_concurrent: int | None = None
    total_completions: int | None = None


class Anywhere(Payload, frozen=True):
    """Mode of a global service or job: no fields."""


class Mode(Payload, frozen=True):
    """How a service's wanted count is set: one of these."""

    replicated: Replicated | None = None
    everywhere: Anywhere | None = field(default=None, name="Global")
    replicated_job: ReplicatedJob | None = None
    global_job: Anywhere | None = None


class Placement(Payload, frozen=True):
    """Where tasks may go."""

    constraints: list[str] | None = None


class TaskTemplate(Payload, frozen=True):
    """What the tasks of a service shall run."""

    container_spec: ContainerSpec | None = None
    placement: Placement | None = None


class ServiceSpec(Payload, frozen=True):
    """What the operator wants of a service."""

    name: str = ""
    labels: dict[str, str] | None = None
    task_template: TaskTemplate | None = None
    mode: Mode | None = None


class UpdateStatus(Payload, frozen=True):
    """How far an update has come."""

    state: str = ""
    message: str = ""


class ServiceJson(Payload, frozen=True):
    """One service of `GET /services`."""

    id: str = field(name="ID")
    version: Version | None = None
    created_at: str = ""
    updated_at: str = ""
    spec: ServiceSpec | None = None
    update_status: UpdateStatus | None = None


class Peer(Payload, frozen=True):
    """A manager as a node knows it."""

    addr: str = ""


class Cluster(Payload, frozen=True):
    """The swarm; `GET /swarm` would add the join tokens, so it is never asked."""

    id: str = field(default="", name="ID")


class SwarmInfo(Payload, frozen=True):
    """The part of `GET /info` about the swarm."""

    node_id: str = field(default="", name="NodeID")
    local_node_state: str = ""
    control_available: bool = False
    error: str = ""
    remote_managers: list[Peer] | None = None
    cluster: Cluster | None = None


class InfoJson(Payload, frozen=True):
    """`GET /info`."""

    name: str = ""
    server_version: str = ""
    swarm: SwarmInfo | None = None


class VersionJson(Payload, frozen=True):
    """`GET /version`."""

    version: str = ""
    api_version: str = ""
    min_api_version: str = field(default="", name="MinAPIVersion")


class Actor(Payload, frozen=True):
    """What an event is about."""

    id: str = field(default="", name="ID")
    attributes: dict[str, str] | None = None


class EventJson(Payload, frozen=True):
    """One line of `GET /events`."""

    type: str = ""
    action: str = ""
    actor: Actor | None = None
