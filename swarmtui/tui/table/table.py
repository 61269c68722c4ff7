"""A table: heads, rows, the keys that move, mark and sort, and messages about what was done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Generic, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from swarmtui.tui.lines import Line
from swarmtui.tui.table.body import Body
from swarmtui.tui.table.column import C, Column, R, Sort
from swarmtui.tui.table.head import Head
from swarmtui.tui.table.sort_picker import SortPicker, next_sort


class TableMessage(Message):
    """Something was done in a table."""

    def __init__(self, table: Widget) -> None:
        super().__init__()
        self._table = table

    @property
    def control(self) -> Widget:
        """Return the table, so that `@on` can tell two of them apart."""
        return self._table


class RowOpened(TableMessage):
    """A row was asked for in detail."""

    def __init__(self, table: Widget, row_id: str) -> None:
        super().__init__(table)
        self.row_id = row_id


class RowMarksChanged(TableMessage):
    """Rows were marked or unmarked; these are marked now."""

    def __init__(self, table: Widget, row_ids: frozenset[str]) -> None:
        super().__init__(table)
        self.row_ids = row_ids


class TableSorted(TableMessage):
    """Rows are sorted otherwise, or many new ones are sorted now."""

    def __init__(self, table: Widget, sort: Sort) -> None:
        super().__init__(table)
        self.sort = sort


class Table(Vertical, Generic[R, C]):
    """A table of rows keyed by id."""

    BLANK: ClassVar[bool] = True  # children cover all of it: its own lines need no painting

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="table.open"),
        Binding("space", "mark", "Mark", id="table.mark"),
        Binding("ctrl+a,*", "mark_all", "Mark all", id="table.mark_all", show=False),
        Binding("u", "unmark", "Unmark", id="table.unmark", show=False),
        Binding("s", "sort", "Sort", id="table.sort"),
        Binding("S", "reverse", "Reverse", id="table.reverse", show=False),
        Binding("down,j", "move(1)", "Down", id="table.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="table.up", show=False),
        Binding("pagedown,ctrl+f", "turn(1)", "Page down", id="table.page_down", show=False),
        Binding("pageup,ctrl+b", "turn(-1)", "Page up", id="table.page_up", show=False),
        Binding("home,g", "first", "First", id="table.first", show=False),
        Binding("end,G", "last", "Last", id="table.last", show=False),
    ]

    DEFAULT_CSS = """
    Table { height: 1fr; }
    """

    def __init__(
        self,
        columns: Sequence[Column[R, C]],
        *,
        sort: Sort,
        markable: bool = False,
        shows_cursor_always: bool = True,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._is_markable = markable
        self._head = Head(sort=sort)
        self._body = Body(columns, sort=sort, shows_cursor_always=shows_cursor_always)

    def compose(self) -> ComposeResult:
        """Put the heads above the rows."""
        yield self._head
        yield self._body

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's
        """Send keys to the rows."""
        self._body.focus(scroll_visible)
        return self

    @property
    def body(self) -> Body[R, C]:
        """Return the rows."""
        return self._body

    @property
    def sort(self) -> Sort:
        """Return what rows are sorted by."""
        return self._body.sorting.sort

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return len(self._body.sorting.order)

    @property
    def sort_head(self) -> str:
        """Return the name of the column rows are sorted by, as one says it in a sentence."""
        return next(c.head for c in self._columns if c.key == self.sort.key).lower()

    @property
    def marks(self) -> frozenset[str]:
        """Return the ids of the marked rows, in sight or not, shown or not."""
        return self._body.marks

    @property
    def cursor_id(self) -> str:
        """Return the id of the row under the cursor; empty when there are no rows."""
        return self._body.cursor_id

    def show(
        self,
        rows: Mapping[str, R],
        context: C,
        *,
        now: datetime,
        changed: Collection[str] | None = None,
        anew: bool = False,
        message: Sequence[Line] = (),
    ) -> None:
        """Show rows, or the message when there are none; see `Body.show`."""
        self._body.say(message)
        self._body.show(rows, context, now=now, changed=changed, anew=anew)

    def tick(self, context: C, *, now: datetime) -> None:
        """Let ages grow and fresh values fade; about once a second."""
        self._body.tick(context, now=now)

    def keep_marks(self, known: Collection[str]) -> None:
        """Drop the marks of rows that are gone for good, not merely filtered out."""
        left = frozenset(row_id for row_id in self.marks if row_id in known)
        if left != self.marks:
            self._mark(left)

    def sort_by(self, sort: Sort) -> None:
        """Sort by a column."""
        self._body.sort_by(sort)
        self._head.show(sort=sort)
        self.post_message(TableSorted(self, sort))

    def on_body_laid_out(self, event: Body.LaidOut) -> None:
        """Put the heads where the columns are."""
        event.stop()
        self._head.show(sort=self.sort, layout=event.layout)

    def on_body_arranged(self, event: Body.Arranged) -> None:
        """Tell that many rows are in order now."""
        event.stop()
        self.post_message(TableSorted(self, self.sort))

    def on_body_chosen(self, event: Body.Chosen) -> None:
        """Open the row that was clicked."""
        event.stop()
        self.action_open()

    def on_head_chosen(self, event: Head.Chosen) -> None:
        """Sort by the column that was clicked, the other way when it was sorted by already."""
        event.stop()
        self.sort_by(next_sort(self._columns, event.key, self.sort))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer marking only where marks mean something."""
        del parameters
        return self._is_markable or action not in {"mark", "mark_all", "unmark"}

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.cursor_id:
            self.post_message(RowOpened(self, self.cursor_id))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self.cursor_id:
            self._mark(self.marks ^ {self.cursor_id})

    def action_mark_all(self) -> None:
        """Mark every row that passes the filter."""
        self._mark(self.marks | frozenset(self._body.sorting.ids))

    def action_unmark(self) -> None:
        """Take all marks away."""
        self._mark(frozenset())

    def action_sort(self) -> None:
        """Choose the column to sort by."""
        self.app.push_screen(SortPicker(self._columns, sort=self.sort), self._picked)

    def action_reverse(self) -> None:
        """Sort the other way."""
        self.sort_by(self.sort._replace(descends=not self.sort.descends))

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self._body.move(lines)

    def action_turn(self, pages: int) -> None:
        """Move the cursor by pages."""
        self._body.turn(pages)

    def action_first(self) -> None:
        """Go to the first row."""
        self._body.rest()

    def action_last(self) -> None:
        """Go to the last row."""
        self._body.go_last()

    def _mark(self, marks: frozenset[str]) -> None:
        self._body.mark(marks)
        self.post_message(RowMarksChanged(self, marks))

    def _picked(self, sort: Sort | None) -> None:
        if sort is not None:
            self.sort_by(sort)
