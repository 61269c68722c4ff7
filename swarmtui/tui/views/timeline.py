"""The Timeline screen: everything that happened while watching, newest first."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from swarmtui.insight.picture import Happening, HappeningKind, Picture, Severity
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.text import plain
from swarmtui.tui import words
from swarmtui.tui.happening_files import file_of
from swarmtui.tui.lines import Line, Spans, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ExportAsked, ScreenWanted
from swarmtui.tui.states import severity_glyph
from swarmtui.tui.table.column import Align, Column, Sort
from swarmtui.tui.table.table import RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView

_A_DAY = timedelta(days=1)
_LOUDNESS = {severity: place for place, severity in enumerate(reversed(Severity))}
_SCREENS = {
    HappeningKind.ELECTION: "nodes",
    HappeningKind.MANAGER: "nodes",
    HappeningKind.NODES: "nodes",
    HappeningKind.SERVICE: "services",
    HappeningKind.PROBLEM: "nodes",
}
"""Where the subject of a line is found; the watching itself has no screen."""


def _time(happening: Happening, scene: Scene) -> Spans:
    time = words.clock_time(happening.at)
    if scene.now - happening.at < _A_DAY:
        return (dim(time),)
    return (dim(f"{happening.at.astimezone():%m-%d} {time}"),)


def _text(happening: Happening, _: Scene) -> Spans:
    meaning = Meaning.DIM if happening.severity is Severity.INFO else Meaning.PLAIN
    return (Span(plain(happening.text), meaning),)


def _age(happening: Happening, scene: Scene) -> Spans:
    return (dim(words.standing_since(happening.at, scene.now)),)


HAPPENING_COLUMNS: tuple[Column[Happening, Scene], ...] = (
    Column(
        key="time",
        head="TIME",
        value=lambda happening, _: happening.at.timestamp(),
        cell=_time,
        width=8,
        grows_to=14,
        descends=True,
    ),
    Column(
        key="ago",
        head="AGO",
        value=lambda happening, _: happening.at.timestamp(),
        cell=_age,
        width=5,
        align=Align.RIGHT,
        drop=2,
        is_age=True,
    ),
    Column(
        key="kind",
        head="KIND",
        value=lambda happening, _: happening.kind,
        cell=lambda happening, _: (dim(happening.kind),),
        width=8,
        drop=1,
    ),
    Column(
        key="severity",
        head="!",
        value=lambda happening, _: _LOUDNESS[happening.severity],
        cell=lambda happening, _: (severity_glyph(happening.severity),),
        width=1,
        descends=True,
    ),
    Column(
        key="what",
        head="WHAT",
        value=lambda happening, _: happening.text,
        cell=_text,
        width=30,
        fills=True,
    ),
)


class TimelineView(TableView[Happening]):
    """All that happened; alike things are one line already."""

    TITLE = "Timeline"
    KIND = Kind.HAPPENINGS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "export",
            "Export",
            id="timeline.export",
            tooltip="export the lines that are shown, as text or CSV",
        ),
    ]

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(
            HAPPENING_COLUMNS, sort=Sort("time", descends=True), clock=clock, markable=False
        )
        self._rows: dict[str, Happening] = {}

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the lines that the query means."""
        shown = query.filter_happenings(scene.picture.happenings, scene.picture)
        self._rows = _by_key(shown)
        self.put(self._rows, scene, anew=anew)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many lines there are."""
        return len(picture.happenings)

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the nodes were seen."""
        return picture.snapshot.nodes_at

    def explain_absence(self, picture: Picture) -> list[Line]:
        """Return why there are no lines."""
        if self.is_seen(picture) and not picture.happenings:
            return [Line(), Line((title("   nothing happened while watching"),))]
        return list(super().explain_absence(picture))

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for what the line is about."""
        event.stop()
        happening = self._rows.get(event.row_id)
        if happening is not None and happening.query:
            screen = happening.screen or _SCREENS.get(happening.kind, "")
            self.post_message(ScreenWanted(screen, happening.query))

    def action_export(self) -> None:
        """Ask for the lines that are shown to be written."""
        shown = tuple(self._rows.values())
        if self._picture is not None:
            self.post_message(
                ExportAsked(
                    f"Write {words.plural(len(shown), 'line')} of the timeline to",
                    example="a new file; a name that ends in .csv makes it CSV, else it is text",
                    suggestion=f"timeline-{words.file_time(self._picture.at)}.csv",
                    make=lambda name: file_of(shown, name),
                )
            )


def _by_key(happenings: Iterable[Happening]) -> dict[str, Happening]:
    """Return the lines by what stays the same when one is told better: when, what and about what.

    Several of one moment are counted.
    """
    rows: dict[str, Happening] = {}
    counts: Counter[str] = Counter()
    for happening in happenings:
        base = f"{happening.at.isoformat()} {happening.kind} {happening.query}"
        counts[base] += 1
        rows[f"{base} {counts[base]}"] = happening
    return rows
