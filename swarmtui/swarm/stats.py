"""What `docker stats` tells of a container, and what a machine tells of itself over ssh."""

import re
from datetime import datetime
from enum import StrEnum

import msgspec


class ContainerStats(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One line of `docker stats`; `None` where the engine printed `--`."""

    container_id: str
    container: str
    """Name; for a task of a swarm `service.slot.taskid`."""
    cpu_percent: float | None = None
    """Of one core: 250 is two and a half cores."""
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    net_rx_bytes: int | None = None
    net_tx_bytes: int | None = None
    block_read_bytes: int | None = None
    block_write_bytes: int | None = None
    pids: int | None = None


class StatsSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="stats"):
    """All containers of one machine at one moment; at most one a second and machine."""

    taken_at: datetime
    machine: str
    """`Machine.name`."""
    containers: tuple[ContainerStats, ...] = ()


class TailState(StrEnum):
    """How a tail of `docker stats` is doing."""

    QUEUED = "queued"
    """Waits for its turn among the handshakes."""
    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    """Connected, and nothing has come for ten seconds."""
    RETRYING = "retrying"
    """Lost or refused; tried again at `retry_at`."""
    REFUSED = "refused"
    """Not tried again by itself: a host key that is unknown or changed."""
    ENDED = "ended"


class TailSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="tail"):
    """The connection to a machine changed its state."""

    taken_at: datetime
    machine: str
    state: TailState
    text: str = ""
    """Why, in one line for people, with the next step; empty when all is well."""
    retry_at: datetime | None = None


class SwarmState(StrEnum):
    """What an engine says of itself: `Swarm.LocalNodeState` of `docker info`."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"
    LOCKED = "locked"
    ERROR = "error"


class MachineSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="machine"):
    """What one machine of the roll call answered."""

    taken_at: datetime
    machine: str
    reachable: bool
    """Logged in and a docker engine answered."""
    error: str = ""
    """Why not reachable, or what docker complains of; one line for people."""
    docker_version: str = ""
    swarm_state: SwarmState | None = None
    """`None` when the machine was not reached."""
    node_id: str = ""
    is_manager: bool = False
    managers: tuple[str, ...] = ()
    """Addresses of the managers it knows, `host:port`."""
    join_error: str = ""
    """`Swarm.Error`: why it is not in."""
    clock_offset_s: float | None = None
    """How far its clock is ahead of ours; `None` when unknown."""

    @property
    def is_in(self) -> bool:
        """Tell whether it is in a swarm, and not only on the way."""
        return self.swarm_state is SwarmState.ACTIVE and bool(self.node_id)


_TASK_NAME = re.compile(r"(?P<service>.+)\.(?P<slot>[0-9]+|[a-z0-9]{25})\.(?P<task>[a-z0-9]{25})")


def task_id_of(container: str) -> str:
    """Return the id of the task that a container of this name belongs to; empty when to none.

    SwarmKit names them `service.slot.taskid`, or `service.nodeid.taskid` for global services.
    """
    match = _TASK_NAME.fullmatch(container)
    return match["task"] if match else ""


def service_of(container: str) -> str:
    """Return the name of the service that a container of this name belongs to, or nothing."""
    match = _TASK_NAME.fullmatch(container)
    return match["service"] if match else ""
