"""Lay a report out as headings, figures and tables, for whoever writes them in some markup."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import humanize

from swarmtui import __version__
from swarmtui.cli.printed.paper import Tone
from swarmtui.cli.printed.report_clock import Clock, spell_length
from swarmtui.insight.picture import ErrorGroup, Happening, Severity
from swarmtui.insight.report import BlackHole, GroupLine, Incident, Peak, Report
from swarmtui.insight.wording import count_of, seconds_of


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    foreign: bool = False
    """The text, or a part of it, is from outside: hostile until it is escaped."""
    tone: Tone = Tone.PLAIN
    share: float | None = None
    """What a bar may show beside the text, from 0 to 1."""


class Column(NamedTuple):
    """The head of a column."""

    head: str
    right: bool = False


class Figure(NamedTuple):
    """A number everybody asks for."""

    value: str
    label: str
    details: Sequence[str] = ()
    tone: Tone = Tone.PLAIN


class Section(NamedTuple):
    """A heading and a table, or a sentence where there is nothing to list."""

    title: str
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()
    empty: str = "None."
    lead: str = ""
    is_detail: bool = False
    """It may be folded away, to be opened by who wants it."""


class Document(NamedTuple):
    """A report without any markup."""

    title: Sequence[Cell]
    intro: Sequence[Sequence[Cell]]
    """Sentences, each of several pieces."""
    figures: Sequence[Figure]
    sections: Sequence[Section]
    footer: Sequence[Cell]


_MARKS = {
    Severity.CRITICAL: Cell("✗ critical", tone=Tone.BAD),
    Severity.WARNING: Cell("▲ warning", tone=Tone.WARN),
    Severity.INFO: Cell("· info", tone=Tone.DIM),
}
_NONE = Cell("–", tone=Tone.DIM)


def lay_out(report: Report, clock: Clock) -> Document:
    """Return the report as a document, most important things first."""
    swarm = Cell(report.cluster_id, foreign=True) if report.cluster_id else Cell("not known")
    return Document(
        title=[Cell("Swarm "), swarm],
        intro=list(_introduce(report, clock)),
        figures=list(_figures(report, clock)),
        sections=[
            *_missing(report, clock),
            _elections(report, clock),
            _incidents(report, clock),
            _groups("Regions", "REGION", report.regions),
            _groups("Contributors", "CONTRIBUTOR", report.contributors, mine=report.origin.mine),
            _black_holes(report.black_holes, clock),
            _errors(report.errors),
            *_notes(report, clock),
            _happenings(report.happenings, clock),
            _cost(report, clock),
        ],
        footer=_tell_versions(report.origin.program),
    )


def _tell_versions(recorder: str) -> Sequence[Cell]:
    pieces = [Cell(f"Made by swarmtui {__version__} from a recording")]
    if recorder and recorder != __version__:
        pieces += [Cell(" made by "), Cell(recorder, foreign=True)]
    return [*pieces, Cell(".")]


def _introduce(report: Report, clock: Clock) -> Iterator[Sequence[Cell]]:
    length = spell_length(report.length)
    yield [Cell(f"{clock.span()} ({clock.zone_name()}), {length}.")]
    origin = report.origin
    if (report.begins, report.ends) != (origin.begins, origin.ends):
        whole = Clock(origin.begins, origin.ends, clock.zone).span()
        yield [Cell(f"A part of a recording of {whole}.")]
    if origin.asked:
        pieces = [Cell("Seen through ")]
        for place, host in enumerate(origin.asked):
            pieces += (
                [Cell(", "), Cell(host, foreign=True)] if place else [Cell(host, foreign=True)]
            )
        yield [*pieces, Cell(".")]
    if not origin.is_whole:
        yield [Cell("The recording has no end: it was cut off, or is still written.")]
    if origin.redacted:
        yield [Cell(f"Replaced by others throughout: {', '.join(origin.redacted)}.")]


def _figures(report: Report, clock: Clock) -> Iterator[Figure]:
    ready = f"{_most(report.ready_peak)} ready at most"
    left = f"{report.nodes.total:,} at the end"
    yield _peak(report.nodes_peak, "nodes at most", [ready, left], clock)
    wanted = f"{_most(report.desired_peak)} wanted at most"
    yield _peak(report.tasks_peak, "tasks running at most", [wanted], clock)
    joins, starts = report.joins, report.starts
    details = [f"{joins.total:,} in all"]
    if report.leaves:
        details.append(f"{report.leaves:,} removed")
    yield _peak(joins.best_minute, "nodes joined in the best minute", details, clock)
    total = f"{starts.total:,} in all"
    yield _peak(starts.best_minute, "tasks started in the best minute", [total], clock)
    yield _leadership(report)
    loud = [i for i in report.incidents if i.severity is not Severity.INFO]
    critical = sum(i.severity is Severity.CRITICAL for i in loud)
    tone = Tone.BAD if critical else Tone.PLAIN
    label = "incident" if len(loud) == 1 else "incidents"
    yield Figure(f"{len(loud):,}", label, [f"{critical:,} critical"], tone)
    details = [f"{report.failed:,} failed", f"{report.rejected:,} rejected"]
    failures = report.failed + report.rejected
    yield Figure(f"{failures:,}", "failure" if failures == 1 else "failures", details)
    bill = report.bill
    details = [count_of(bill.requests, "request"), _bytes(bill.bytes)]
    yield Figure(_percent(bill.share), "of a manager's time for watching", details)


def _leadership(report: Report) -> Figure:
    elections = len(report.elections)
    details = [f"{seconds_of(report.leaderless_s)} without a leader"] if report.leaderless_s else []
    details.append(count_of(report.managers, "manager"))
    tone = Tone.WARN if report.leaderless_s else Tone.PLAIN
    return Figure(f"{elections:,}", "election" if elections == 1 else "elections", details, tone)


def _peak(peak: Peak | None, label: str, details: Sequence[str], clock: Clock) -> Figure:
    if peak is None:
        return Figure("–", label, details)
    return Figure(f"{peak.value:,}", label, [f"at {clock.time(peak.at)}", *details])


def _missing(report: Report, clock: Clock) -> Iterator[Section]:
    if report.missing:
        rows = [
            [Cell(clock.time(gap.begins)), Cell(clock.time(gap.ends)), Cell(gap.text, foreign=True)]
            for gap in report.missing
        ]
        columns = [Column("FROM"), Column("TO"), Column("WHAT")]
        yield Section("What is missing", columns, rows)


def _elections(report: Report, clock: Clock) -> Section:
    rows = [
        [
            Cell(clock.time(election.at)),
            Cell(election.old_leader, foreign=True) if election.old_leader else _NONE,
            Cell(election.new_leader, foreign=True),
            Cell(seconds_of(election.leaderless_s), tone=Tone.WARN),
        ]
        for election in report.elections
    ]
    columns = [Column("SEEN AT"), Column("OLD LEADER"), Column("NEW LEADER")]
    columns.append(Column("WITHOUT A LEADER", right=True))
    return Section("Elections", columns, rows)


def _incidents(report: Report, clock: Clock) -> Section:
    columns = [Column("SEVERITY"), Column("SINCE"), Column("LASTED", right=True), Column("WHAT")]
    rows = [_incident(incident, report, clock) for incident in report.incidents]
    return Section("Incidents", columns, rows)


def _incident(incident: Incident, report: Report, clock: Clock) -> Sequence[Cell]:
    if incident.until is None:
        lasted = Cell("to the end", tone=Tone.WARN)
    else:
        lasted = Cell(spell_length(incident.until - incident.since))
    before = "before" if incident.since < report.begins else clock.time(incident.since)
    text = Cell(incident.text, foreign=True)
    return [_MARKS[incident.severity], Cell(before), lasted, text]


def _groups(title: str, head: str, groups: Sequence[GroupLine], *, mine: str = "") -> Section:
    has_pledges = any(group.pledged is not None for group in groups)
    columns = [Column(head), *([Column("PLEDGED", right=True)] if has_pledges else [])]
    heads = ("JOINED", "SHARE", "READY AT MOST", "TASKS AT PEAK", "FAILURES", "READY AT END")
    columns += [Column(each, right=True) for each in heads]
    rows = [
        _group(
            group,
            has_pledges=has_pledges,
            tone=Tone.ACCENT if mine and group.name.casefold() == mine.casefold() else Tone.PLAIN,
        )
        for group in groups
    ]
    return Section(title, columns, rows)


def _group(group: GroupLine, *, has_pledges: bool, tone: Tone) -> Sequence[Cell]:
    pledged = _NONE if group.pledged is None else Cell(f"{group.pledged:,}")
    left, machines = group.left, group.left.total - group.left.ghosts
    end = Cell(
        f"{left.ready:,} of {machines:,}", tone=Tone.WARN if left.ready < machines else Tone.PLAIN
    )
    return [
        Cell(group.name, foreign=True, tone=tone),
        *([pledged] if has_pledges else []),
        Cell(f"{group.joined:,}"),
        Cell(_percent(group.share), share=group.share),
        Cell(f"{group.ready:,}"),
        Cell(f"{group.tasks:,}"),
        Cell(f"{group.failures:,}", tone=Tone.WARN if group.failures else Tone.DIM),
        end if machines else _NONE,
    ]


def _black_holes(holes: Sequence[BlackHole], clock: Clock) -> Section:
    heads = ("NODE", "ID", "REGION", "CONTRIBUTOR", "SERVICES")
    columns = [
        *map(Column, heads),
        Column("SINCE"),
        Column("UNTIL"),
        Column("FAILURES", right=True),
    ]
    rows = [
        [
            Cell(hole.hostname, foreign=True),
            Cell(hole.node_id[:12], foreign=True),
            Cell(hole.region, foreign=True),
            Cell(hole.contributor, foreign=True),
            Cell(", ".join(hole.services), foreign=True) if hole.services else _NONE,
            Cell(clock.time(hole.since)),
            Cell(clock.time(hole.until)),
            Cell(f"{hole.failures:,}", tone=Tone.BAD),
        ]
        for hole in holes
    ]
    lead = "Nodes that failed far more tasks than the others that ran the same service."
    return Section("Black holes", columns, rows, lead=lead if rows else "")


def _errors(errors: Sequence[ErrorGroup]) -> Section:
    right = [Column(head, right=True) for head in ("TASKS", "NODES", "SERVICES")]
    rows = [
        [
            Cell(f"{error.count:,}"),
            Cell(f"{error.nodes:,}"),
            Cell(f"{error.services:,}"),
            Cell(error.state.value),
            Cell(error.text, foreign=True),
        ]
        for error in errors
    ]
    return Section("Errors", [*right, Column("STATE"), Column("ERROR")], rows)


def _notes(report: Report, clock: Clock) -> Iterator[Section]:
    if report.notes:
        rows = [[Cell(clock.time(n.at)), Cell(n.text, foreign=True)] for n in report.notes]
        yield Section("Bookmarks", [Column("AT"), Column("NOTE")], rows)


def _happenings(happenings: Iterable[Happening], clock: Clock) -> Section:
    rows = [
        [Cell(clock.time(line.at)), _MARKS[line.severity], Cell(line.text, foreign=True)]
        for line in happenings
    ]
    columns = [Column("AT"), Column("SEVERITY"), Column("WHAT")]
    return Section("What happened", columns, rows, is_detail=True)


def _cost(report: Report, clock: Clock) -> Section:
    bill = report.bill
    if not bill.measured_s:
        return Section("What the watching cost", empty="Not measured.")
    rows = [
        [Cell("Requests"), Cell(f"{bill.requests:,}")],
        [Cell("Bytes"), Cell(_bytes(bill.bytes))],
        [Cell("Manager's time"), Cell(f"{bill.busy_s:,.1f} s")],
        [Cell("Share of a manager's time"), Cell(_percent(bill.share))],
    ]
    if bill.most_at is not None:
        worst = f"{_percent(bill.most_share)}, the minute before {clock.time(bill.most_at)}"
        rows.append([Cell("Worst minute"), Cell(worst)])
    return Section("What the watching cost", [Column("WHAT"), Column("HOW MUCH", right=True)], rows)


def _most(peak: Peak | None) -> str:
    return "–" if peak is None else f"{peak.value:,}"


def _percent(share: float) -> str:
    percent = share * 100
    if 0 < percent < 10:
        return f"{percent:.1f} %" if percent >= 0.05 else "< 0.1 %"
    return f"{percent:.0f} %"


def _bytes(count: int) -> str:
    return humanize.naturalsize(count, format="%.1f").replace(" Bytes", " bytes")
