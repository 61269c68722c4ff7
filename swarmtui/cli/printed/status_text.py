"""`status` for eyes: one screen, few lines when all is well, worst first when not."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO, TypeVar

from swarmtui.cli.printed.ages import spell_age
from swarmtui.cli.printed.paper import Paper, Span, Tone, cells, harmless
from swarmtui.cli.printed.service_rows import JOBS, ServiceRow, iterate_services, replicas
from swarmtui.cli.printed.status_lines import Fact, facts
from swarmtui.cli.printed.table import Column, write_table
from swarmtui.cli.printed.verdict import judge
from swarmtui.insight.picture import Group, Health, Picture, Place, Problem, Severity
from swarmtui.swarm.words import TaskState

_HEALTH: Mapping[Health, Span] = {
    Health.HEALTHY: Span("healthy", Tone.OK, "●"),
    Health.DEGRADED: Span("degraded", Tone.WARN, "▲"),
    Health.CRITICAL: Span("critical", Tone.BAD, "✗"),
    Health.UNKNOWN: Span("cannot tell", Tone.WARN, "○"),
}

# Of one width, so that ages stand below each other.
_SEVERITY: Mapping[Severity, Span] = {
    Severity.CRITICAL: Span("critical", Tone.BAD, "✗"),
    Severity.WARNING: Span("warning ", Tone.WARN, "▲"),
    Severity.INFO: Span("info    ", Tone.DIM, "·"),
}

# Of a terminal's lines: the figures take ten, and each of four lists a blank, a head and a rest.
_LISTS = 4
_TAKEN = 10 + _LISTS * 3
_FEWEST = 3
_LABEL = 14
_DOT = Span(" · ", Tone.DIM)

# Groups of nodes nothing is known of; alone they say nothing.
_NOBODY = {Place().region, Place().contributor}

Line = Sequence[Span]
R = TypeVar("R")


def write_status(
    picture: Picture, *, stream: TextIO, paper: Paper, restricted_to: str = ""
) -> None:
    """Write what an operator has to know now.

    On a terminal lists are cut to the worst few; elsewhere they are whole. `restricted_to` is the
    filter the picture was narrowed with, to say so.
    """
    lines = [_headline(picture, restricted_to), *map(_figures, facts(picture))]
    lines += _problems(picture, paper)
    stream.writelines(f"{paper.paint(line)}\n" for line in lines)
    _write_short_services(picture, stream, paper)
    for label, groups in (("region", picture.regions), ("contributor", picture.contributors)):
        _write_groups(label, groups, stream, paper)


def _headline(picture: Picture, restricted_to: str) -> Line:
    manager = picture.snapshot.manager
    name = f"swarm {manager.cluster_id}" if manager else "swarm not known"
    parts = [harmless(name, Tone.TITLE), _HEALTH[judge(picture)]]
    if restricted_to:
        parts.append(harmless(f"nodes, groups and problems only where {restricted_to}"))
    return list(_between([[part] for part in parts]))


def _figures(fact: Fact) -> Line:
    return [_label(fact.label), *_between(fact.pieces)]


def _label(label: str) -> Span:
    return Span(f"{label:<{_LABEL}}", Tone.DIM)


def _between(pieces: Iterable[Line]) -> Iterator[Span]:
    for i, piece in enumerate(pieces):
        if i:
            yield _DOT
        yield from piece


def _problems(picture: Picture, paper: Paper) -> list[Line]:
    if not picture.problems:
        return [[_label("problems"), Span("none")]]
    shown, left = _worst(picture.problems, paper)
    lines: list[Line] = [(), [Span("PROBLEMS", Tone.TITLE)]]
    for problem in shown:
        lines += _problem(problem, picture, paper)
    return [*lines, *_more(left)]


def _problem(problem: Problem, picture: Picture, paper: Paper) -> Iterator[Line]:
    """Go through the lines of one problem: its text is folded, because its end matters too."""
    severity = _SEVERITY[problem.severity]
    age = f"  {spell_age(problem.since, picture.at):>5}  "
    text = harmless(problem.text).text
    head = cells(paper.shown(severity)) + len(age)
    lines = [text] if paper.width is None else textwrap.wrap(text, max(20, paper.width - head))
    yield (severity, Span(age, Tone.DIM), Span(lines[0] if lines else ""))
    for line in lines[1:]:
        yield (Span(" " * head + line),)


def _write_short_services(picture: Picture, stream: TextIO, paper: Paper) -> None:
    rows = list(iterate_services(picture))
    short = [row for row in rows if _is_short(row, picture)]
    if not short:
        words = f"{len(rows):,}, none short of tasks" if rows else "none"
        stream.write(paper.paint([_label("services"), Span(words)]) + "\n")
        return
    short.sort(key=lambda row: row.running - row.desired)
    shown, left = _worst(short, paper)
    _write_list(_SHORT_COLUMNS, shown, left, stream=stream, paper=paper)


def _is_short(row: ServiceRow, picture: Picture) -> bool:
    missing = row.desired - row.running
    if missing > 0 and row.mode in JOBS:
        tasks = picture.snapshot.tasks.get(row.id, {})
        missing -= sum(task.state is TaskState.COMPLETE for task in tasks.values())
    return missing > 0


def _write_groups(label: str, groups: Sequence[Group], stream: TextIO, paper: Paper) -> None:
    if {group.name for group in groups} <= _NOBODY:
        return
    if all(group.health is Health.HEALTHY for group in groups):
        stream.write(paper.paint(_all_well(f"{label}s", groups)) + "\n")
        return
    shown, left = _worst(groups, paper)
    well = bool(left) and all(group.health is Health.HEALTHY for group in left)
    columns = _group_columns(label)
    _write_list(columns, shown, left, stream=stream, paper=paper, all_well=well)


def _all_well(label: str, groups: Sequence[Group]) -> Line:
    pieces = [
        [harmless(group.name), Span(f" {group.ready:,}/{group.machines:,}", Tone.DIM)]
        for group in groups
    ]
    return [_label(label), Span(f"{len(groups):,}, all well: ", Tone.OK), *_between(pieces)]


def _write_list(
    columns: Sequence[Column[R]],
    shown: Sequence[R],
    left: Sequence[R],
    *,
    stream: TextIO,
    paper: Paper,
    all_well: bool = False,
) -> None:
    stream.write("\n")
    write_table(columns, lambda: shown, stream=stream, paper=paper)
    stream.writelines(f"{paper.paint(line)}\n" for line in _more(left, all_well=all_well))


def _worst(things: Sequence[R], paper: Paper) -> tuple[Sequence[R], Sequence[R]]:
    if paper.height is None:
        return things, ()
    limit = max(_FEWEST, (paper.height - _TAKEN) // _LISTS)
    return things[:limit], things[limit:]


def _more(left: Sequence[object], *, all_well: bool = False) -> Iterator[Line]:
    if left:
        yield (Span(f"… {len(left):,} more{', all well' if all_well else ''}", Tone.DIM),)


_SHORT_COLUMNS: Sequence[Column[ServiceRow]] = (
    Column("SERVICE SHORT OF TASKS", lambda row: harmless(row.name), least=16),
    Column("REPLICAS", replicas, right=True),
    Column("FAIL 5M", lambda row: Span(f"{row.failures_5m:,}"), right=True, rank=2),
    Column("UPDATE", lambda row: harmless(row.update_state), least=9, rank=3),
)


def _group_columns(label: str) -> Sequence[Column[Group]]:
    return (
        Column("HEALTH", lambda group: _HEALTH[group.health]),
        Column(label.upper(), lambda group: harmless(group.name), least=14),
        Column("NODES", lambda group: Span(f"{group.nodes:,}"), right=True),
        Column("READY", _share_ready, right=True),
        Column("DOWN", lambda group: _bad_if_any(group.down), right=True, rank=2),
        Column("UNKNOWN", lambda group: _bad_if_any(group.unknown), right=True, rank=2),
        Column("TASKS", lambda group: Span(f"{group.tasks_running:,}"), right=True, rank=4),
        Column("FAIL 5M", lambda group: _bad_if_any(group.failures_5m), right=True, rank=3),
        Column("WHY", lambda group: harmless(group.reason), least=12, rank=1),
    )


def _share_ready(group: Group) -> Span:
    # Rounded down: 1,199 of 1,200 are not 100 %.
    share = group.ready * 100 // group.machines if group.machines else 0
    return Span(f"{group.ready:,} {share:>3} %")


def _bad_if_any(count: int) -> Span:
    return Span(f"{count:,}", Tone.WARN if count else Tone.DIM)
