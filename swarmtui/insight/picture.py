"""A snapshot with everything it means, frozen, as it travels to a screen or a printer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.courses import Courses
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Reachability, TaskState


class Severity(StrEnum):
    """How loud a problem is, loudest first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Extent(StrEnum):
    """How much has been seen since the start; it only ever grows."""

    NOTHING = "nothing"
    NODES = "nodes"
    """The nodes and the services, not yet every service's tasks."""
    EVERYTHING = "everything"


class Health(StrEnum):
    """How a group of nodes, or the whole swarm, is doing."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class NodeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes by state and by availability."""

    total: int = 0
    ready: int = 0
    down: int = 0
    unknown: int = 0
    disconnected: int = 0
    drain: int = 0
    pause: int = 0
    ghosts: int = 0
    """Nodes that are down, and whose machine has joined anew since."""


class TaskCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks wanted and had."""

    desired: int = 0
    """Tasks the services want: replicas, or one on each eligible node."""
    running: int = 0
    """Tasks in state running, wherever."""
    running_on_ready: int = 0
    running_on_lost: int = 0
    """Tasks that read running on nodes that are not ready."""
    by_state: Mapping[TaskState, int] = {}
    """Tasks in each state; states nobody is in are left out."""
    counted_at: datetime | None = None
    """When the manager itself counted (its metrics); `None` where the lists were counted here."""
    oldest: Mapping[TaskState, datetime] = {}
    """For each state before running: since when the task that is longest in it is there."""
    rate_per_s: float = 0.0
    """Change of `running` over the last half minute, tasks per second; may be negative."""
    left_s: float | None = None
    """Seconds until all desired tasks run at this rate; `None` when not getting there."""
    failed_5m: int = 0
    rejected_5m: int = 0


class NodeLoad(msgspec.Struct, frozen=True, gc=False):
    """What a node carries."""

    tasks: int = 0
    """Tasks assigned to it that are wanted there or still read running."""
    running: int = 0
    failures_5m: int = 0


class ServiceLoad(msgspec.Struct, frozen=True, gc=False):
    """What a service wants and has."""

    desired: int = 0
    running: int = 0
    failures_5m: int = 0


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a node is and whose it is, each with the reason."""

    region: str = "unplaced"
    region_from: str = ""
    """`node label`, `engine label`, `claims file`, `inventory`, `hostname pattern` or `network`;
    empty if none."""
    contributor: str = "unclaimed"
    contributor_from: str = ""
    mine: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A region or a contributor, with how its nodes are doing."""

    name: str
    nodes: int = 0
    ready: int = 0
    down: int = 0
    unknown: int = 0
    ghosts: int = 0
    """Of those that are down: machines that joined again under a new id."""
    tasks_running: int = 0
    failures_5m: int = 0
    health: Health = Health.UNKNOWN
    reason: str = ""
    """Why the health is not healthy, in words; empty when it is."""
    pledged: int | None = None
    """Nodes promised in the claims file; `None` when nothing was promised."""
    mine: bool = False
    """It is me who promised them, whether or not any has joined."""
    trend: Sequence[int] = ()
    """Ready nodes over the last minutes, oldest first."""

    @property
    def machines(self) -> int:
        """Return the nodes without ghosts: what the ready ones are a share of."""
        return self.nodes - self.ghosts


class ManagerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One manager in the quorum pane."""

    node_id: str
    hostname: str
    addr: str
    leader: bool
    reachability: Reachability


class Quorum(msgspec.Struct, frozen=True, kw_only=True):
    """How many managers there are, answer and are needed."""

    managers: int = 0
    reachable: int = 0
    needed: int = 0
    """Smallest majority: managers // 2 + 1."""

    @property
    def margin(self) -> int:
        """Return how many more managers may be lost; negative when the quorum is lost."""
        return self.reachable - self.needed


class Election(msgspec.Struct, frozen=True, kw_only=True):
    """One change of leader, over."""

    at: datetime
    """When the new leader was first seen."""
    old_leader: str
    """Hostname; empty when it was not known."""
    new_leader: str
    leaderless_s: float
    """Seconds from the first request that hung or failed until the new leader answered."""


class Phase(StrEnum):
    """What the swarm's leadership is doing right now."""

    UNKNOWN = "unknown"
    """Nothing has been seen yet."""
    LED = "led"
    ELECTING = "electing"
    """No leader is known, or an answer hangs so long that it is probably an election."""
    SETTLING = "settling"
    """A new leader is there and nodes return from `unknown` to `ready`."""
    LOST = "lost"
    """The managers answer that there is no leader, or the quorum is gone."""


class Leadership(msgspec.Struct, frozen=True, kw_only=True):
    """Who leads, since when, and how often that changed."""

    phase: Phase = Phase.UNKNOWN
    since: datetime | None = None
    """Since when this phase lasts."""
    leader_id: str = ""
    leader: str = ""
    """Hostname of the leader, or of the last one while there is none."""
    leading_since: datetime | None = None
    """When the leader was first seen leading."""
    tenure_is_exact: bool = False
    """False when the leader led already at the first look: the tenure is then at least this."""
    elections: Sequence[Election] = ()
    """Newest last."""
    leaderless_s: float = 0.0
    """Seconds without a leader in all, the elections that are over."""
    settling: int = 0
    """Nodes still unknown after the election, expected back."""
    managers: Sequence[ManagerLine] = ()
    quorum: Quorum = Quorum()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something an operator wants to know of, ranked by severity and then by size."""

    severity: Severity
    kind: str
    """`no_leader`, `quorum`, `region_down`, `nodes_down`, `black_hole`, `unplaceable`, …"""
    subject: str
    """What it is about: a region, a service, a node."""
    text: str
    since: datetime
    nodes: Sequence[str] = ()
    """Ids of the nodes concerned."""
    query: str = ""
    """Filter that shows what is meant on the screen in question."""
    screen: str = "nodes"
    """`nodes`, `services` or `tasks`: where Enter leads."""
    size: int = 0
    """How many nodes or tasks are concerned; what is bigger ranks higher."""
    evidence: Sequence[str] = ()
    """What it is concluded from, a line each, for whoever asks; the text says it in short."""
    command: str = ""
    """A command for a shell that helps, to copy, never run by this program; empty for none."""

    @property
    def identity(self) -> tuple[str, str]:
        """Return what stays the same of a problem for as long as it lasts."""
        return self.kind, self.subject


class HappeningKind(StrEnum):
    """What sort of thing happened."""

    ELECTION = "election"
    MANAGER = "manager"
    NODES = "nodes"
    SERVICE = "service"
    PROBLEM = "problem"
    """One that began or is over, where no other line says so."""
    WATCH = "watch"


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline, from differences between snapshots and from failures."""

    at: datetime
    kind: HappeningKind
    severity: Severity
    text: str
    query: str = ""
    screen: str = ""
    """Where the query leads, if that is not where its kind does."""


class ErrorGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks in one state that name the same error."""

    text: str
    """The error with its counts and ids taken out, so that equal causes group."""
    state: TaskState
    count: int
    nodes: int
    """How many different nodes."""
    services: int
    example: str
    """One error as it came."""


class Sample(msgspec.Struct, frozen=True):
    """One point of the history."""

    at: datetime
    ready: int
    down: int
    unknown: int
    running: int
    desired: int
    election: bool = False
    """A new leader was seen between the point before and this one."""
    tasks: Mapping[TaskState, int] = {}
    """Tasks in each state; states nobody was in are left out."""


class Stay(msgspec.Struct, frozen=True, gc=False):
    """How long a node was in a state."""

    state: str
    since: datetime


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a screen shows."""

    at: datetime
    """The time it was made for: ages are counted from here on."""
    snapshot: Snapshot
    health: Health = Health.UNKNOWN
    nodes: NodeCounts = NodeCounts()
    tasks: TaskCounts = TaskCounts()
    loads: Mapping[str, NodeLoad] = {}
    """By node id; nodes that carry nothing and failed nothing may be missing."""
    service_loads: Mapping[str, ServiceLoad] = {}
    places: Mapping[str, Place] = {}
    """By node id, for every node."""
    states_since: Mapping[str, datetime] = {}
    """Since when each node is in its state, by node id."""
    regions: Sequence[Group] = ()
    """Worst first, then by size."""
    contributors: Sequence[Group] = ()
    region_courses: Courses = Courses()
    contributor_courses: Courses = Courses()
    leadership: Leadership = Leadership()
    problems: Sequence[Problem] = ()
    """Loudest first."""
    happenings: Sequence[Happening] = ()
    """Newest last, bounded."""
    errors: Sequence[ErrorGroup] = ()
    """Most frequent first."""
    history: Sequence[Sample] = ()
    """Oldest first, bounded, evenly spaced in time as far as data allows."""
    trails: Mapping[str, Sequence[Stay]] = {}
    """States a node went through while watched, oldest first, only for nodes that changed."""
    failures: Mapping[str, Mapping[str, int]] = {}
    """Failures of the last five minutes by node id, then by service id."""
    containers: Sequence[ContainerRow] = ()
    """Of all machines that are tailed."""
    machines: Mapping[str, MachineRow] = {}
    """By the machine's name: the whole inventory, and every node that is tailed."""
    machine_of: Mapping[str, str] = {}
    """The machine's name by node id, for nodes whose machine is known."""
