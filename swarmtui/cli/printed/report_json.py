"""The object `report --format json` prints: its keys, their order and types are a promise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TextIO

import msgspec

from swarmtui.cli.printed.formats import write_json_object
from swarmtui.insight.picture import HappeningKind, Sample, Severity
from swarmtui.insight.report import BlackHole, GroupLine, Incident, Pace, Peak, Report


class PeakReport(msgspec.Struct, frozen=True):
    """The most there was, and when first."""

    value: int
    at: datetime


class PaceReport(msgspec.Struct, frozen=True):
    """How fast it went; `best_minute` is `None` when nothing happened."""

    total: int
    per_minute: float
    best_minute: PeakReport | None


class NodesReport(msgspec.Struct, frozen=True):
    """Nodes at the end."""

    total: int
    ready: int
    down: int
    unknown: int
    ghosts: int


class ElectionReport(msgspec.Struct, frozen=True):
    """A change of leader; `at` is when the new one was first seen."""

    at: datetime
    old_leader: str
    new_leader: str
    leaderless_s: float


class ProblemReport(msgspec.Struct, frozen=True):
    """A problem at its worst; `until` is `None` when it lasted to the end."""

    severity: Severity
    kind: str
    subject: str
    text: str
    since: datetime
    until: datetime | None
    nodes: Sequence[str]


class GroupReport(msgspec.Struct, frozen=True):
    """A region or a contributor."""

    name: str
    pledged: int | None
    joined: int
    """Nodes that were in it at any time."""
    share: float
    """Of all nodes that were in the swarm at any time, from 0 to 1."""
    ready: int
    """Most at once."""
    tasks_running: int
    """When the swarm ran most."""
    failures: int
    nodes_end: NodesReport


class BlackHoleReport(msgspec.Struct, frozen=True):
    """A node that swallowed tasks."""

    id: str
    hostname: str
    region: str
    contributor: str
    failures: int
    services: Sequence[str]
    since: datetime
    until: datetime


class ErrorReport(msgspec.Struct, frozen=True):
    """Errors of one cause."""

    text: str
    count: int
    state: str
    nodes: int
    services: int
    example: str


class CostReport(msgspec.Struct, frozen=True):
    """What the watching cost; shares are of a manager's time, from 0 to 1."""

    requests: int
    bytes: int
    manager_s: float
    share: float
    measured_s: float
    worst_minute_share: float
    worst_minute_at: datetime | None


class GapReport(msgspec.Struct, frozen=True, rename={"begins": "from", "ends": "to"}):
    """What is missing."""

    begins: datetime
    ends: datetime
    text: str


class NoteReport(msgspec.Struct, frozen=True):
    """A bookmark."""

    at: datetime
    text: str


class HappeningReport(msgspec.Struct, frozen=True):
    """A line of the timeline."""

    at: datetime
    kind: HappeningKind
    severity: Severity
    text: str


class SampleReport(msgspec.Struct, frozen=True):
    """A point of the plots."""

    at: datetime
    ready: int
    down: int
    unknown: int
    running: int
    desired: int


class WholeReport(msgspec.Struct, frozen=True, rename={"begins": "from", "ends": "to"}):
    """What happened in a stretch of time."""

    schema: Literal[1]
    begins: datetime
    ends: datetime
    cluster_id: str
    leader: str
    """At the end; empty when nobody led."""
    managers: int
    nodes_peak: PeakReport | None
    ready_peak: PeakReport | None
    tasks_peak: PeakReport | None
    desired_peak: PeakReport | None
    nodes_end: NodesReport
    joins: PaceReport
    removals: int
    task_starts: PaceReport
    failed: int
    rejected: int
    elections: Sequence[ElectionReport]
    leaderless_s: float
    problems: Sequence[ProblemReport]
    regions: Sequence[GroupReport]
    contributors: Sequence[GroupReport]
    black_holes: Sequence[BlackHoleReport]
    errors: Sequence[ErrorReport]
    cost: CostReport
    missing: Sequence[GapReport]
    bookmarks: Sequence[NoteReport]
    timeline: Sequence[HappeningReport]
    samples: Sequence[SampleReport]


def write_json(report: Report, stream: TextIO) -> None:
    """Write the report as one object."""
    write_json_object(to_json(report), stream)


def to_json(report: Report) -> WholeReport:
    """Return what `report --format json` says."""
    return WholeReport(
        schema=1,
        begins=report.begins,
        ends=report.ends,
        cluster_id=report.cluster_id,
        leader=report.leader,
        managers=report.managers,
        nodes_peak=_peak(report.nodes_peak),
        ready_peak=_peak(report.ready_peak),
        tasks_peak=_peak(report.tasks_peak),
        desired_peak=_peak(report.desired_peak),
        nodes_end=msgspec.convert(report.nodes, NodesReport, from_attributes=True),
        joins=_pace(report.joins),
        removals=report.leaves,
        task_starts=_pace(report.starts),
        failed=report.failed,
        rejected=report.rejected,
        elections=[
            ElectionReport(e.at, e.old_leader, e.new_leader, round(e.leaderless_s, 3))
            for e in report.elections
        ],
        leaderless_s=round(report.leaderless_s, 3),
        problems=list(map(_problem, report.incidents)),
        regions=list(map(_group, report.regions)),
        contributors=list(map(_group, report.contributors)),
        black_holes=list(map(_black_hole, report.black_holes)),
        errors=[
            ErrorReport(e.text, e.count, e.state.value, e.nodes, e.services, e.example)
            for e in report.errors
        ],
        cost=_cost(report),
        missing=[GapReport(gap.begins, gap.ends, gap.text) for gap in report.missing],
        bookmarks=[NoteReport(note.at, note.text) for note in report.notes],
        timeline=[HappeningReport(h.at, h.kind, h.severity, h.text) for h in report.happenings],
        samples=_samples(report),
    )


def _peak(peak: Peak | None) -> PeakReport | None:
    return None if peak is None else PeakReport(peak.value, peak.at)


def _pace(pace: Pace) -> PaceReport:
    return PaceReport(pace.total, round(pace.per_minute, 3), _peak(pace.best_minute))


def _problem(incident: Incident) -> ProblemReport:
    return ProblemReport(
        severity=incident.severity,
        kind=incident.kind,
        subject=incident.subject,
        text=incident.text,
        since=incident.since,
        until=incident.until,
        nodes=incident.nodes,
    )


def _group(group: GroupLine) -> GroupReport:
    return GroupReport(
        name=group.name,
        pledged=group.pledged,
        joined=group.joined,
        share=round(group.share, 6),
        ready=group.ready,
        tasks_running=group.tasks,
        failures=group.failures,
        nodes_end=msgspec.convert(group.left, NodesReport, from_attributes=True),
    )


def _black_hole(hole: BlackHole) -> BlackHoleReport:
    return BlackHoleReport(
        id=hole.node_id,
        hostname=hole.hostname,
        region=hole.region,
        contributor=hole.contributor,
        failures=hole.failures,
        services=hole.services,
        since=hole.since,
        until=hole.until,
    )


def _cost(report: Report) -> CostReport:
    bill = report.bill
    return CostReport(
        requests=bill.requests,
        bytes=bill.bytes,
        manager_s=round(bill.busy_s, 3),
        share=round(bill.share, 6),
        measured_s=round(bill.measured_s, 3),
        worst_minute_share=round(bill.most_share, 6),
        worst_minute_at=bill.most_at,
    )


def _samples(report: Report) -> Sequence[SampleReport]:
    by_time: dict[datetime, Sample] = {s.at: s for s in (*report.node_course, *report.task_course)}
    return [
        SampleReport(s.at, s.ready, s.down, s.unknown, s.running, s.desired)
        for _, s in sorted(by_time.items())
    ]
