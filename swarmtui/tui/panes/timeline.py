"""The timeline: nodes ready and tasks running over the last minutes, elections marked."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from swarmtui.insight.picture import Picture, Sample
from swarmtui.tui import charts
from swarmtui.tui.lines import Line, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import PicturePane
from swarmtui.tui.words import count, left, right

LABEL = 9
VALUE = 11
SPANS_MIN = (1, 2, 5, 10, 20, 30, 60, 120, 240, 480)
"""Lengths of time, in minutes, that the timeline grows through as history gathers."""


class Timeline(PicturePane):
    """Two charts and a time axis."""

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the charts for the pane's size."""
        history = self.history(picture)
        return timeline_lines(history, width=self.size.width, height=self.size.height, now=now)

    def history(self, picture: Picture) -> Sequence[Sample]:
        """Return the points to draw: of the whole swarm."""
        return picture.history


def timeline_lines(
    history: Sequence[Sample], *, width: int, height: int, now: datetime
) -> Sequence[Line]:
    """Return two charts, each as many rows high as fit, and the axis below them."""
    room = width - LABEL - VALUE - 2
    if room < 10 or height < 3:
        return []
    if not history:
        return [Line((dim(" no history yet"),))]
    span = span_of(history, now)
    until = charts.end_of_column(now, span / room)
    columns = charts.columns(history, width=room, until=until, span=span)
    rows = max(1, (height - 2) // 2)
    last = history[-1]
    return [
        *_chart("ready", columns, lambda sample: sample.ready, rows, last.ready),
        *_chart("running", columns, lambda sample: sample.running, rows, last.running),
        _axis(columns, room, until, span),
    ]


def span_of(history: Sequence[Sample], now: datetime) -> timedelta:
    """Return the length of time shown: the shortest step that holds all of the history."""
    if not history:
        return timedelta(minutes=SPANS_MIN[0])
    minutes = (now - history[0].at) / timedelta(minutes=1)
    return timedelta(minutes=next((step for step in SPANS_MIN if step >= minutes), SPANS_MIN[-1]))


def _chart(
    name: str,
    columns: Sequence[charts.Column],
    value: Callable[[Sample], int],
    height: int,
    latest: int,
) -> list[Line]:
    values = [None if column.sample is None else value(column.sample) for column in columns]
    scale = charts.scale_of(values)
    drawn = charts.rows(values, height=height, scale=scale)
    lines = []
    for y, row in enumerate(drawn):
        is_top = y == 0
        label = name if is_top else ""
        at_right = count(latest) if is_top else _floor(scale, is_lowest=y == height - 1)
        lines.append(
            Line(
                (
                    dim(f" {left(label, LABEL - 1)}"),
                    *_marked(row, columns),
                    Span(right(at_right, VALUE), Meaning.PLAIN if is_top else Meaning.DIM),
                )
            )
        )
    return lines


def _floor(scale: charts.Scale, *, is_lowest: bool) -> str:
    """Return where the chart starts, when that is not at zero."""
    return f"from {count(int(scale.low))}" if is_lowest and scale.low > 0 else ""


def _marked(row: str, columns: Sequence[charts.Column]) -> list[Span]:
    """Return a row with the election marks in their own meaning, neighbours merged."""
    spans: list[Span] = []
    start = 0
    for place, column in enumerate(columns):
        if column.election:
            spans += [Span(row[start:place], Meaning.CHART), Span(charts.ELECTION, Meaning.ACCENT)]
            start = place + 1
    spans.append(Span(row[start:], Meaning.CHART))
    return [span for span in spans if span.text]


def _axis(columns: Sequence[charts.Column], room: int, until: datetime, span: timedelta) -> Line:
    axis = charts.time_axis(width=room, until=until, span=span)
    return Line((dim(" " * LABEL + axis), *_legend(columns)))


def _legend(columns: Sequence[charts.Column]) -> list[Span]:
    if not any(column.election for column in columns):
        return []
    return [Span("┊", Meaning.ACCENT), dim("election")]
