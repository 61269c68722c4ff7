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


class UnknownKey(msgspec.Struct, frozen=True, kw_only=True):
    """A host key that is in no known_hosts, as it was shown on the way to a machine."""

    type: str
    fingerprint: str
    """As ssh prints it, `SHA256:…`."""
    asked_as: tuple[str, ...]
    """With these arguments `swarmtui trust` asks whoever showed it: the machine or a jump host."""
    name: str
    """The name that known_hosts would have it under."""
    file: str
    """The known_hosts it would be added to; empty where ~/.ssh/config names none."""
    is_hashed: bool = False
    """The name would be written hashed."""
    has_authority: bool = False
    """A certificate authority is to vouch for it, which is not spoken here."""


class TrustWish(msgspec.Struct, frozen=True, kw_only=True):
    """The user has compared a host key that was shown, and said yes to it."""

    machine: str
    """`Machine.name`; the key may be that of a jump host on the way there."""
    key: UnknownKey
    """As the user saw it: nothing else is meant, nor any other place to write it to."""
    asked_at: datetime
    """Tells it from a wish for the same key that came to nothing before."""


class TrustOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a wish."""

    wish: TrustWish
    file: str = ""
    """The known_hosts that has the key now; empty when it was not written."""
    text: str = ""
    """Why it was not, in one line for people."""

    @property
    def is_trusted(self) -> bool:
        """Tell whether the key is known from now on."""
        return bool(self.file)


class TailSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="tail"):
    """The connection to a machine changed its state."""

    taken_at: datetime
    machine: str
    state: TailState
    text: str = ""
    """Why, in one line for people, with the next step; empty when all is well."""
    retry_at: datetime | None = None
    unknown_key: UnknownKey | None = None
    """The key for which it is refused; a changed key is none that could be accepted."""


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
    unknown_key: UnknownKey | None = None
    """The key for which it was left alone."""
    trust: TrustOutcome | None = None
    """What came of the wish to trust its key, when that is why it was asked."""

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
