"""Draw a report's plots as SVG: nodes, tasks, and how many joined and started a minute."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from html import escape
from typing import NamedTuple

from swarmtui.cli.printed.report_axes import Scale, TimeScale, scale_to
from swarmtui.cli.printed.report_clock import Clock
from swarmtui.insight.picture import Election, Sample
from swarmtui.insight.report import Pace, Peak, Report
from swarmtui.insight.wording import seconds_of
from swarmtui.swarm.text import plain

_WIDTH = 960
_LEFT = 64
_RIGHT = 14
_TOP = 24
_BELOW = 22
_LABEL_WIDTH = 110
_MOST_MARKS = 200
_SILENCE = timedelta(seconds=60)
"""Points further apart than that, and than a hundredth of the time, had no data between them."""


class Legend(NamedTuple):
    """A colour and what it means."""

    name: str
    text: str


class Plot(NamedTuple):
    """One drawing with its heading."""

    title: str
    legends: Sequence[Legend]
    svg: str


class _Frame(NamedTuple):
    """The sheet that a plot is drawn on."""

    time: TimeScale
    scale: Scale
    height: float

    @property
    def bottom(self) -> float:
        return self.scale.bottom


def draw_plots(report: Report, clock: Clock) -> Iterator[Plot]:
    """Go through the plots; those of which there is nothing to draw are left out."""
    if len(report.node_course) > 1:
        yield _draw_nodes(report, clock)
    if len(report.task_course) > 1:
        yield _draw_tasks(report, clock)
    if report.joins.total:
        yield _draw_pace("Nodes joined", "joined", report.joins, report, clock)
    if report.starts.total:
        yield _draw_pace("Tasks started", "running", report.starts, report, clock)


def _draw_nodes(report: Report, clock: Clock) -> Plot:
    samples = report.node_course
    frame = _frame(max(s.ready + s.unknown + s.down for s in samples), clock, height=200)
    parts = [
        *_areas(samples, frame, "ready", top=lambda s: s.ready, base=lambda _: 0),
        *_areas(samples, frame, "unknown", top=lambda s: s.ready + s.unknown, base=_ready),
        *_areas(
            samples,
            frame,
            "down",
            top=lambda s: s.ready + s.unknown + s.down,
            base=lambda s: s.ready + s.unknown,
        ),
    ]
    legends = [Legend("ready", "ready"), Legend("unknown", "unknown"), Legend("down", "down")]
    marked = [*legends, *_mark_legends(report)]
    drawn = [*parts, *_missing(report, frame), *_marks(report, frame, labelled=True)]
    return Plot("Nodes", marked, _svg(frame, "Nodes over time, by state", drawn))


def _draw_tasks(report: Report, clock: Clock) -> Plot:
    samples = report.task_course
    most = max(max(s.running, s.desired) for s in samples)
    if report.tasks_peak is not None:
        most = max(most, report.tasks_peak.value)
    frame = _frame(most, clock, height=200)
    parts = [
        *_areas(samples, frame, "running", top=lambda s: s.running, base=lambda _: 0),
        *_lines(samples, frame, "desired", value=lambda s: s.desired),
        *_peak(report.tasks_peak, frame),
    ]
    legends = [Legend("running", "running"), Legend("desired", "wanted"), *_mark_legends(report)]
    drawn = [*parts, *_missing(report, frame), *_marks(report, frame, labelled=False)]
    return Plot("Tasks", legends, _svg(frame, "Tasks running and wanted over time", drawn))


def _draw_pace(title: str, name: str, pace: Pace, report: Report, clock: Clock) -> Plot:
    width_s = pace.bars.width_s
    # Bars shorter than a minute hold too little for one: ten in ten seconds are not sixty.
    unit_s, unit = (60.0, "minute") if width_s >= 60 else (width_s, f"{width_s:.0f} s")
    values = [count * unit_s / width_s for count in pace.bars.counts]
    frame = _frame(max(values), clock, height=110)
    title = f"{title} per {unit}"
    parts = list(_bars(values, width_s, frame, name, unit=unit))
    drawn = [*parts, *_missing(report, frame), *_marks(report, frame, labelled=False)]
    return Plot(title, _mark_legends(report), _svg(frame, title, drawn))


def _frame(most: float, clock: Clock, *, height: float) -> _Frame:
    scale = scale_to(most, bottom=_TOP + height, height=height)
    time = TimeScale(clock, _LEFT, _WIDTH - _LEFT - _RIGHT)
    return _Frame(time, scale, _TOP + height + _BELOW)


def _svg(frame: _Frame, label: str, parts: Iterable[str]) -> str:
    right = _WIDTH - _RIGHT
    grid = [
        f'<path class="grid" d="M{_LEFT} {_n(tick.place)}H{right}"/>'
        f'<text class="tick" x="{_LEFT - 8}" y="{_n(tick.place + 3.5)}" text-anchor="end">'
        f"{tick.label}</text>"
        for tick in frame.scale.ticks()
    ]
    times = [
        f'<path class="axis" d="M{_n(tick.place)} {_n(frame.bottom)}v4"/>'
        f'<text class="tick" x="{_n(tick.place)}" y="{_n(frame.bottom + 17)}" '
        f'text-anchor="middle">{tick.label}</text>'
        for tick in frame.time.ticks()
    ]
    head = (
        f'<svg viewBox="0 0 {_WIDTH} {_n(frame.height)}" role="img" aria-label="{escape(label)}">'
    )
    return "\n".join([head, *grid, *parts, *times, "</svg>"])


def _ready(sample: Sample) -> int:
    return sample.ready


def _areas(
    samples: Sequence[Sample],
    frame: _Frame,
    name: str,
    *,
    top: Callable[[Sample], int],
    base: Callable[[Sample], int],
) -> Iterator[str]:
    for run in _runs(samples, frame):
        if any(top(sample) > base(sample) for sample in run):
            upper = _steps(run, frame, value=top)
            lower = _steps_back(run, frame, value=base)
            yield f'<path class="{name}" d="M{upper}{lower}Z"/>'


def _lines(
    samples: Sequence[Sample], frame: _Frame, name: str, *, value: Callable[[Sample], int]
) -> Iterator[str]:
    for run in _runs(samples, frame):
        yield f'<path class="{name}" d="M{_steps(run, frame, value=value)}"/>'


def _runs(samples: Sequence[Sample], frame: _Frame) -> Iterator[Sequence[Sample]]:
    """Go through the points, row by row, as far as data came without a pause."""
    clock = frame.time.clock
    pause = max(_SILENCE, (clock.ends - clock.begins) / 100)
    begin = 0
    for place in range(1, len(samples)):
        if samples[place].at - samples[place - 1].at > pause:
            yield samples[begin:place]
            begin = place
    yield samples[begin:]


def _steps(run: Sequence[Sample], frame: _Frame, *, value: Callable[[Sample], int]) -> str:
    """Return a way from left to right on which each value stands until the next is known."""
    first, *others = [(_n(frame.time.x(s.at)), _n(frame.scale.y(value(s)))) for s in run]
    return f"{first[0]} {first[1]}" + "".join(f"H{x}V{y}" for x, y in others)


def _steps_back(run: Sequence[Sample], frame: _Frame, *, value: Callable[[Sample], int]) -> str:
    """Return the same way from right to left."""
    *others, last = [(_n(frame.time.x(s.at)), _n(frame.scale.y(value(s)))) for s in run]
    return f"L{last[0]} {last[1]}" + "".join(f"V{y}H{x}" for x, y in reversed(others))


def _bars(
    values: Sequence[float], width_s: float, frame: _Frame, name: str, *, unit: str
) -> Iterator[str]:
    begins = frame.time.clock.begins
    for place, value in enumerate(values):
        if not value:
            continue
        at = begins + timedelta(seconds=place * width_s)
        x, right = frame.time.x(at), frame.time.x(at + timedelta(seconds=width_s))
        y = frame.scale.y(value)
        width = max(0.6, right - x - 0.8)
        title = f"{frame.time.clock.time(at)}: {value:,.0f} per {unit}"
        yield (
            f'<rect class="{name}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" '
            f'height="{_n(frame.bottom - y)}"><title>{title}</title></rect>'
        )


def _peak(peak: Peak | None, frame: _Frame) -> Iterator[str]:
    if peak is None or not peak.value:
        return
    x, y = frame.time.x(peak.at), frame.scale.y(peak.value)
    anchor, shift = ("end", -8) if x > _WIDTH / 2 else ("start", 8)
    yield f'<circle class="peak" cx="{_n(x)}" cy="{_n(y)}" r="3.5"/>'
    yield (
        f'<text class="peak" x="{_n(x + shift)}" y="{_n(y - 6)}" text-anchor="{anchor}">'
        f"{peak.value:,} at {frame.time.clock.time(peak.at)}</text>"
    )


def _missing(report: Report, frame: _Frame) -> Iterator[str]:
    for gap in report.missing[:_MOST_MARKS]:
        x, right = frame.time.x(gap.begins), frame.time.x(gap.ends)
        yield _span("missing", x, right, frame, f"missing: {gap.text}")


def _marks(report: Report, frame: _Frame, *, labelled: bool) -> Iterator[str]:
    taken = float(_LEFT)
    for election in report.elections[-_MOST_MARKS:]:
        x = frame.time.x(election.at)
        title = _describe(election, frame.time.clock)
        began = election.at - timedelta(seconds=election.leaderless_s)
        yield _span("leaderless", frame.time.x(began), x, frame, title)
        yield _line_at("election", x, frame, title)
        if labelled and x >= taken:
            yield _label(election, x)
            taken = x + _LABEL_WIDTH
    for note in report.notes[-_MOST_MARKS:]:
        yield _line_at("bookmark", frame.time.x(note.at), frame, note.text)


def _span(name: str, x: float, right: float, frame: _Frame, title: str) -> str:
    return (
        f'<rect class="{name}" x="{_n(x)}" y="{_TOP}" width="{_n(max(1.0, right - x))}" '
        f'height="{_n(frame.bottom - _TOP)}"><title>{_foreign(title)}</title></rect>'
    )


def _line_at(name: str, x: float, frame: _Frame, title: str) -> str:
    return (
        f'<path class="{name}" d="M{_n(x)} {_TOP - 6}V{_n(frame.bottom)}">'
        f"<title>{_foreign(title)}</title></path>"
    )


def _label(election: Election, x: float) -> str:
    anchor = "end" if x > _WIDTH - _LABEL_WIDTH else "start"
    old, new = election.old_leader, election.new_leader
    text = f"{old[:12]} → {new[:12]}" if old else f"→ {new[:12]}"
    return (
        f'<text class="election" x="{_n(x)}" y="{_TOP - 10}" text-anchor="{anchor}">'
        f"★ {_foreign(text)}</text>"
    )


def _describe(election: Election, clock: Clock) -> str:
    without = seconds_of(election.leaderless_s)
    leaders = f"{election.old_leader} → {election.new_leader}"
    return f"{clock.time(election.at)} election {leaders}, {without} without a leader"


def _mark_legends(report: Report) -> Sequence[Legend]:
    return [
        *([Legend("election", "election")] if report.elections else []),
        *([Legend("bookmark", "bookmark")] if report.notes else []),
        *([Legend("missing", "missing")] if report.missing else []),
    ]


def _foreign(text: str) -> str:
    return escape(plain(text[:300]))


def _n(number: float) -> str:
    """Return a coordinate to a tenth, as short as it can be."""
    return f"{number:.1f}".removesuffix(".0")
