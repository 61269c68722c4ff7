"""The columns of what differs between two times, and the lines that sum it up; pure."""

from collections.abc import Sequence

from swarmtui.insight.comparison import (
    Alike,
    Change,
    Comparison,
    Difference,
    Figure,
    LeaderChange,
    Subject,
)
from swarmtui.insight.picture import Quorum
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, Spans, cut, dim, joined
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table.column import Column, natural
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.words import age, clock_time, count, left, plural

LABEL = 10
MOST_REGIONS = 3
NOBODY = "none"

_SIGNS = {
    "joined": Span("+", Meaning.OK),
    "created": Span("+", Meaning.OK),
    "gone": Span("−", Meaning.BAD),
    "removed": Span("−", Meaning.WARN),
}
_OTHER = Span("~", Meaning.ACCENT)


def sign_of(change: Change) -> Span:
    """Return the sign of a change: something came, went, or is otherwise."""
    return _SIGNS.get(change.what, _OTHER)


def change_spans(difference: Difference, _: Scene) -> Spans:
    """Return all changes in words, the most telling first."""
    parts: list[Spans] = [
        (Span(plain(change.what)), dim(f" {plain(change.detail)}" if change.detail else ""))
        for change in difference.changes
    ]
    return joined(parts, width=400, between=", ")


def _name(difference: Difference, _: Scene) -> Spans:
    return (sign_of(difference.changes[0]), Span(f" {plain(difference.name)}"))


def _whats(difference: Difference, _: Scene) -> str:
    return ", ".join(change.what for change in difference.changes)


DIFFERENCE_COLUMNS: tuple[Column[Difference, Scene], ...] = (
    Column(
        key="name",
        head="NAME",
        value=lambda difference, _: natural(difference.name),
        cell=_name,
        width=20,
        grows_to=34,
    ),
    Column(
        key="kind",
        head="KIND",
        value=lambda difference, _: difference.subject is Subject.NODE,
        cell=lambda difference, _: (dim(difference.subject),),
        width=7,
        drop=1,
    ),
    Column(
        key="region",
        head="REGION",
        value=lambda difference, _: natural(difference.region),
        cell=lambda difference, _: (Span(plain(difference.region)),),
        width=14,
        grows_to=20,
        drop=2,
    ),
    Column(
        key="contributor",
        head="CONTRIBUTOR",
        value=lambda difference, _: natural(difference.contributor),
        cell=lambda difference, _: (Span(plain(difference.contributor)),),
        width=17,
        grows_to=30,
        drop=3,
    ),
    Column(
        key="change",
        head="CHANGE",
        value=_whats,
        cell=change_spans,
        width=20,
        fills=True,
    ),
)


def sum_lines(comparison: Comparison, *, width: int, most: int) -> Sequence[Line]:
    """Return who led, the figures and equal changes counted, in at most so many lines."""
    lines = [_headed("leader", _leader(comparison.leader), width)]
    lines += _figures(comparison.figures, width=width)
    lines += [_headed("", _unseen(name), width) for name in comparison.unseen]
    groups = comparison.groups
    room = max(1, most - len(lines))
    shown = groups if len(groups) <= room else groups[: room - 1]
    for place, group in enumerate(shown):
        is_first = place == 0 or shown[place - 1].subject is not group.subject
        lines.append(_headed(f"{group.subject}s" if is_first else "", _alike(group), width))
    if len(shown) < len(groups):
        more = sum(group.count for group in groups[len(shown) :])
        lines.append(_headed("", (dim(f"… {plural(more, 'change')} of other kinds"),), width))
    return lines[:most]


def _headed(label: str, spans: Spans, width: int) -> Line:
    return Line(cut((dim(f" {left(label, LABEL)}"), *spans), width - 1))


def _unseen(name: str) -> Spans:
    return (Span(f"{name} had not all been seen at one of the two times", Meaning.WARN),)


def _leader(change: LeaderChange | None) -> Spans:
    if change is None:
        return (dim("the same all the time"),)
    parts: list[Spans] = [_who(change)]
    if change.elections:
        elections = plural(change.elections, "election")
        parts.append((Span(elections), dim(f", {age(change.leaderless_s)} without a leader")))
    if change.quorum_before != change.quorum_after:
        parts.append((dim("quorum "), *_to(_q(change.quorum_before), _q(change.quorum_after))))
    return joined(parts, width=400)


def _who(change: LeaderChange) -> Spans:
    before, after = plain(change.before) or NOBODY, plain(change.after) or NOBODY
    star = Span("★ ", Meaning.ACCENT)
    return (star, Span(after)) if before == after else (star, *_to(before, after))


def _q(quorum: Quorum) -> str:
    return f"{quorum.reachable}/{quorum.managers}"


def _to(before: str, after: str) -> Spans:
    return (Span(before), dim(" → "), Span(after, Meaning.TITLE))


def _figures(figures: Sequence[Figure], *, width: int) -> list[Line]:
    parts: list[Spans] = []
    for figure in figures:
        if figure.before != figure.after:
            both = _to(count(figure.before), count(figure.after))
            parts.append((dim(f"{figure.name} "), *both))
        else:
            parts.append((dim(f"{figure.name} {count(figure.after)}"),))
    lines, row = [], list[Spans]()
    for part in parts:
        longer = joined([*row, part], width=10_000, between="   ")
        if row and sum(len(span.text) for span in longer) > width - LABEL - 3:
            lines.append(row)
            row = []
        row.append(part)
    lines += [row] if row else []
    return [
        _headed("" if place else "figures", joined(row, width=width, between="   "), width)
        for place, row in enumerate(lines)
    ]


def _alike(group: Alike) -> Spans:
    told = [f"{plain(name)} {count(number)}" for name, number in group.regions[:MOST_REGIONS]]
    more = len(group.regions) - MOST_REGIONS
    if more > 0:
        told.append(f"{count(more)} more")
    where = f": {', '.join(told)}" if told else ""
    return (
        Span(f"{count(group.count)} ", Meaning.TITLE),
        Span(plain(group.what)),
        dim(where),
    )


def heading(comparison: Comparison) -> Spans:
    """Return which two times are compared."""
    passed = age((comparison.later - comparison.earlier).total_seconds())
    return (
        Span("COMPARED  ", Meaning.TITLE),
        Span(clock_time(comparison.earlier)),
        dim(" → "),
        Span(clock_time(comparison.later)),
        dim(f", {passed} later"),
    )
