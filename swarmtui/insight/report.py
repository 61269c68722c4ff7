"""What happened in a stretch of time: the report that is written as Markdown, HTML or JSON."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.picture import Election, ErrorGroup, Happening, NodeCounts, Sample, Severity


class Peak(msgspec.Struct, frozen=True):
    """The most there was of something, and when first."""

    value: int
    at: datetime


class Bars(msgspec.Struct, frozen=True):
    """How often something happened, in even parts of the time; the last may reach beyond it."""

    width_s: float
    counts: Sequence[int]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast things happened."""

    total: int = 0
    per_minute: float = 0.0
    """Over the whole time."""
    best_minute: Peak | None = None
    """Most within a minute, and when the first of them was; `None` when nothing happened."""
    bars: Bars = Bars(60.0, ())


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A problem from when it arose to when it was over, as it was at its worst."""

    severity: Severity
    kind: str
    subject: str
    text: str
    since: datetime
    until: datetime | None
    """When it was first seen to be over; `None` when it outlasted the report's time."""
    nodes: Sequence[str] = ()
    """Ids of the nodes concerned at its worst."""
    size: int = 0


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a region or a contributor gave."""

    name: str
    pledged: int | None = None
    joined: int = 0
    """Nodes that were in it at any time; one that joined again under a new id counts again."""
    share: float = 0.0
    """Part of all nodes that were in the swarm at any time, from 0 to 1."""
    ready: int = 0
    """Most nodes ready at once."""
    tasks: int = 0
    """Tasks it ran when the swarm ran most."""
    failures: int = 0
    """Tasks that failed or were rejected on its nodes."""
    left: NodeCounts = NodeCounts()
    """Its nodes at the end; availability is not told apart."""


class BlackHole(msgspec.Struct, frozen=True, kw_only=True):
    """A node that swallowed tasks."""

    node_id: str
    hostname: str
    region: str
    contributor: str
    failures: int
    """All tasks that failed or were rejected on it."""
    services: Sequence[str]
    """Names of the services whose tasks it swallowed."""
    since: datetime
    """When it was first found to fail far more than the others."""
    until: datetime
    """When it was last found to."""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What the watching itself cost the managers."""

    requests: int = 0
    bytes: int = 0
    busy_s: float = 0.0
    """Seconds the managers spent on the requests."""
    measured_s: float = 0.0
    """How much of the time these figures cover."""
    most_share: float = 0.0
    """The manager's time spent on the watching in the worst minute, from 0 to 1."""
    most_at: datetime | None = None

    @property
    def share(self) -> float:
        """Return the manager's time spent on the watching, as a fraction from 0 to 1."""
        return min(1.0, self.busy_s / self.measured_s) if self.measured_s > 0 else 0.0


class Gap(msgspec.Struct, frozen=True):
    """What is missing, in words, and of which time."""

    begins: datetime
    ends: datetime
    text: str


class Note(msgspec.Struct, frozen=True):
    """A bookmark somebody set."""

    at: datetime
    text: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What the report was made from."""

    begins: datetime
    ends: datetime
    program: str = ""
    """Version of the program that recorded it."""
    asked: Sequence[str] = ()
    mine: str = ""
    redacted: Sequence[str] = ()
    is_whole: bool = True
    """It was ended, not cut off, and nobody writes it any more."""
    missing: Sequence[Gap] = ()
    notes: Sequence[Note] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is told of a stretch of time."""

    begins: datetime
    ends: datetime
    origin: Origin
    cluster_id: str = ""
    leader: str = ""
    """Hostname of the leader at the end; empty when nobody led or it is not known."""
    managers: int = 0
    """At the end."""
    services: int = 0
    """Most at once."""
    nodes_peak: Peak | None = None
    """Nodes in the list, whatever their state."""
    ready_peak: Peak | None = None
    tasks_peak: Peak | None = None
    """Running tasks."""
    desired_peak: Peak | None = None
    """Tasks wanted."""
    nodes: NodeCounts = NodeCounts()
    """At the end."""
    running: int = 0
    desired: int = 0
    joins: Pace = Pace()
    leaves: int = 0
    """Nodes removed from the list."""
    starts: Pace = Pace()
    """Tasks that began to run."""
    failed: int = 0
    rejected: int = 0
    elections: Sequence[Election] = ()
    """Newest last."""
    leaderless_s: float = 0.0
    """Seconds without a leader, with those that had not ended."""
    incidents: Sequence[Incident] = ()
    """Loudest first, then in the order of time."""
    regions: Sequence[GroupLine] = ()
    """Biggest first."""
    contributors: Sequence[GroupLine] = ()
    black_holes: Sequence[BlackHole] = ()
    """Worst first."""
    errors: Sequence[ErrorGroup] = ()
    """Most frequent first; each task counts once for each error it had."""
    bill: Bill = Bill()
    happenings: Sequence[Happening] = ()
    """The loudest, in the order of time."""
    node_course: Sequence[Sample] = ()
    """How the nodes' states went, thinned out so that every dip and peak is there."""
    task_course: Sequence[Sample] = ()

    @property
    def length(self) -> timedelta:
        """Return how much time it tells of."""
        return self.ends - self.begins

    @property
    def missing(self) -> Sequence[Gap]:
        """Return what is missing of its time."""
        return [
            gap
            for gap in self.origin.missing
            if gap.begins <= self.ends and gap.ends >= self.begins
        ]

    @property
    def notes(self) -> Sequence[Note]:
        """Return the bookmarks within its time."""
        return [note for note in self.origin.notes if self.begins <= note.at <= self.ends]
