"""A screen made of a table: a line that says what is shown, and the table below it."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Generic, NamedTuple, Self

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.text import plain
from swarmtui.tui import lines, words
from swarmtui.tui.lines import Line, Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.rhythm import Rhythm
from swarmtui.tui.table.column import Column, R, Sort
from swarmtui.tui.table.table import Table, TableSorted

Clock = Callable[[], datetime]


class Scene(NamedTuple):
    """What cells are drawn from besides their row."""

    picture: Picture
    now: datetime


class Summary(Pane):
    """One line: what is filtered at the left, how much is shown at the right."""

    DEFAULT_CSS = """
    Summary { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sides: tuple[Spans, Sequence[Spans]] = ((), ())

    def tell(self, at_left: Spans, at_right: Sequence[Spans]) -> None:
        """Show these; of the parts at the right as many as there is room for, the first first."""
        self._sides = (at_left, at_right)
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Fit it to the new width."""
        del event
        self._draw()

    def _draw(self) -> None:
        width = self.size.width - 1
        if width <= 0:
            return
        at_left, parts = self._sides
        room = width - min(lines.width_of(at_left), width // 2) - 3
        at_right = lines.joined(parts, width=room) if room > 0 else ()
        self.paint([Line(lines.spread((Span(" "), *at_left), at_right, width=width))])


class TableView(Vertical, Generic[R]):
    """A screen made of a table of one kind of thing."""

    BLANK: ClassVar[bool] = True  # children cover all of it: its own lines need no painting

    TITLE: ClassVar[str] = ""
    KIND: ClassVar[Kind]

    def __init__(
        self,
        columns: Sequence[Column[R, Scene]],
        *,
        sort: Sort,
        clock: Clock,
        markable: bool,
        id: str = "",  # noqa: A002 - Textual's name for it
    ) -> None:
        """Take the columns; the id is that of the kind of things unless one is given."""
        super().__init__(id=id or str(self.KIND))
        self._clock = clock
        self._summary = Summary()
        self._table = Table(columns, sort=sort, markable=markable, id=f"{self.id}-table")
        self._rhythm = Rhythm()
        self._picture: Picture | None = None
        self._query = EVERYTHING

    def compose(self) -> ComposeResult:
        """Put the summary above the table."""
        yield self._summary
        yield from self.compose_between()
        yield self._table

    def compose_between(self) -> ComposeResult:
        """Put nothing between the summary and the table."""
        yield from ()

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's
        """Send keys to the table."""
        self._table.focus(scroll_visible)
        return self

    @property
    def table(self) -> Table[R, Scene]:
        """Return the table."""
        return self._table

    def show(self, picture: Picture, query: Query) -> None:
        """Show a picture's things that the query means."""
        now = self._clock()
        anew = self._picture is None or query != self._query
        self._picture, self._query = picture, query
        self._rhythm.see(self.seen_at(picture), now=now)
        self.fill(Scene(picture, now), query, anew=anew)
        self._tell(now)

    def forget(self) -> None:
        """Take the next picture for the first one; cursor, marks and sorting stay."""
        self._rhythm.forget()
        self._picture = None

    def tick(self, now: datetime) -> None:
        """Let ages grow; about once a second."""
        if self._picture is not None:
            self._table.tick(Scene(self._picture, now), now=now)
            self._tell(now)

    @abstractmethod
    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table its rows; `anew` when other ones are asked for than before."""

    @abstractmethod
    def count_of_all(self, picture: Picture) -> int:
        """Return how many things there are."""

    @abstractmethod
    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when that was seen; `None` when it has not been, or not all of it."""

    def is_seen(self, picture: Picture) -> bool:
        """Tell whether anything was seen at all."""
        return self.seen_at(picture) is not None

    def put(
        self,
        rows: Mapping[str, R],
        scene: Scene,
        *,
        anew: bool,
        changed: Collection[str] | None = None,
    ) -> None:
        """Show rows, or why there are none."""
        message = () if rows else self.explain_absence(scene.picture)
        self._table.show(rows, scene, now=scene.now, changed=changed, anew=anew, message=message)

    def explain_absence(self, picture: Picture) -> Sequence[Line]:
        """Return why there are no rows: nothing was seen yet, there is nothing, or it is hidden."""
        if not self.is_seen(picture):
            return (Line(), _said("◌ no data yet", "waiting for the first answer of a manager"))
        if not self.count_of_all(picture):
            return (Line(), _said(f"no {self.KIND}", f"the swarm answers and has no {self.KIND}"))
        text = plain(self._query.text)
        misfits = [_said(m.term, m.reason) for m in self._query.misfits(self.KIND)]
        return (Line(), _said(f"nothing matches  {text}", "/ changes the filter"), *misfits)

    def counts(self, picture: Picture) -> Spans:
        """Return how many things are shown, of how many."""
        whole = self.count_of_all(picture)
        shown = self._table.count
        if self._query.is_empty:
            noun = self.KIND.removesuffix("s") if whole == 1 else self.KIND
            return (Span(words.count(whole)), dim(f" {noun}"))
        return (Span(words.count(shown), Meaning.TITLE), dim(f" of {words.count(whole)}"))

    def on_table_sorted(self, event: TableSorted) -> None:
        """Say what is sorted by."""
        event.stop()
        self._tell(self._clock())

    def _tell(self, now: datetime) -> None:
        if self._picture is None:
            return
        at_right = [
            self.counts(self._picture),
            self._marked(),
            self._lateness(self._picture, now),
            (dim(f"sorted by {self._table.sort_head} {self._table.sort.mark}"),),
        ]
        self._summary.tell(self._asked(), at_right)

    def _asked(self) -> Spans:
        if self._query.is_empty:
            return (Span(self.TITLE.upper(), Meaning.TITLE),)
        return (Span("/ ", Meaning.ACCENT), Span(plain(self._query.text)))

    def _marked(self) -> Spans:
        marks = len(self._table.marks)
        return (Span(f"{words.count(marks)} marked", Meaning.MARKED),) if marks else ()

    def _lateness(self, picture: Picture, now: datetime) -> Spans:
        seen_at = self.seen_at(picture)
        if seen_at is None or not self._rhythm.is_old(now):
            return ()
        return (Span(f"{words.age_since(seen_at, now)} old", Meaning.WARN),)


def _said(what: str, why: str) -> Line:
    return Line((Span(f"   {plain(what)}", Meaning.TITLE), dim(f"   {plain(why)}")))
