"""What a watcher saw and when: the only thing that ever changes the picture of a swarm."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen
from swarmtui.swarm.words import NodeState, TaskState


class FailureKind(StrEnum):
    """Why a manager gave no answer, in the order of how much is still known."""

    REFUSED = "refused"
    """Nobody listens, or the connection broke."""
    TIMED_OUT = "timed out"
    NO_LEADER = "no leader"
    """The manager answers, but the swarm has no quorum or no leader."""
    NOT_MANAGER = "not a manager"
    NOT_IN_SWARM = "not in a swarm"
    LOCKED = "locked"
    OTHER_SWARM = "other swarm"
    """The manager belongs to another cluster than the one watched."""
    VERSION = "version"
    """The engine refused every API version spoken here."""
    DENIED = "denied"
    """Permission on the socket, TLS or SSH keys refused."""
    OVERLOADED = "overloaded"
    """The manager gave up on a list that is too large for what it can do now."""
    GONE = "gone"
    """What was asked about was removed meanwhile, such as a service."""
    BROKEN = "broken"
    """An answer that does not parse, or an error of the engine itself."""


class ManagerSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="manager"):
    """A manager was connected to and says which swarm it belongs to."""

    taken_at: datetime
    host: str
    """The address asked, as given: `unix:///var/run/docker.sock`, `tcp://10.0.0.7:2376`."""
    cluster_id: str
    node_id: str
    api_version: str
    engine_version: str


class NodesSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="nodes"):
    """One answer of `GET /nodes`, as what changed since the answer before."""

    taken_at: datetime
    changed: tuple[Node, ...] = ()
    """Nodes that are new or differ from what was seen before."""
    removed: tuple[str, ...] = ()
    whole: bool = False
    """All nodes are in `changed`: what was known before and is not among them is gone."""
    asked_at: datetime | None = None
    """When the request was sent, where that is known: an answer can hang through an election."""


class ServicesSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="services"):
    """One answer of `GET /services`, as what changed since the answer before."""

    taken_at: datetime
    changed: tuple[Service, ...] = ()
    removed: tuple[str, ...] = ()
    whole: bool = False
    """All services are in `changed`."""


class TasksSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="tasks"):
    """Tasks of one service, as what changed; a large answer comes as several of these.

    Only with the last one (`complete`) is the service's whole task list as old as `taken_at`.
    """

    taken_at: datetime
    service_id: str
    changed: tuple[Task, ...] = ()
    removed: tuple[str, ...] = ()
    whole: bool = False
    """The list begins anew: tasks known before are forgotten unless they come again."""
    complete: bool = True


class EventSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="event"):
    """An engine event: a hint that something moved, never the truth about it."""

    taken_at: datetime
    type: str
    action: str
    actor_id: str
    name: str = ""
    detail: str = ""
    """What moved, as `state ready → down`; empty when the engine does not say."""


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A request that hangs."""

    what: str
    """The path asked, for example `/nodes`."""
    since: datetime


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """What the watching costs the manager, over the last minute."""

    requests: int = 0
    bytes: int = 0
    busy_s: float = 0.0
    """Seconds the manager spent on the requests."""
    over_s: float = 60.0
    """Length of the time measured, in seconds: less than 60 at the start."""

    @property
    def share(self) -> float:
        """Return the manager's time spent on the watching, as a fraction from 0 to 1."""
        return min(1.0, self.busy_s / self.over_s) if self.over_s > 0 else 0.0


class Pulse(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="pulse"):
    """The watcher is alive: what it waits for, and what it costs. About one a second."""

    taken_at: datetime
    waiting: Waiting | None = None
    cost: Cost = Cost()


class CountsSeen(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="counts"):
    """What a manager itself counts, from its metrics: as of now, of everything, and of nobody."""

    taken_at: datetime
    nodes: Mapping[NodeState, int] = {}
    tasks: Mapping[TaskState, int] = {}
    cluster_id: str = ""
    error: str = ""
    """Why there are no counts, in one line for people; empty when there are."""


class ManagerLost(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="lost"):
    """A manager gave no usable answer."""

    taken_at: datetime
    host: str
    kind: FailureKind
    text: str
    """One line for people: what happened to what, and what to do next."""
    next_host: str = ""
    """The manager asked next; empty when there is no other."""
    asked_at: datetime | None = None
    """When the request that failed was sent."""


class WatcherLost(msgspec.Struct, frozen=True, kw_only=True, tag_field="seen", tag="watcher-lost"):
    """The watching process itself ended, and is started again after `retry_s` seconds."""

    taken_at: datetime
    text: str
    retry_s: float


Observation = (
    ManagerSeen
    | NodesSeen
    | ServicesSeen
    | TasksSeen
    | EventSeen
    | Pulse
    | CountsSeen
    | ManagerLost
    | WatcherLost
    | StatsSeen
    | TailSeen
    | MachineSeen
)
"""Everything that can be seen of a swarm and its machines, each with the time it was seen at."""
