"""What the rows in sight look like: their cells, what of them is fresh, and the columns' room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Generic

from swarmtui.tui.lines import Spans
from swarmtui.tui.table.column import C, Column, R
from swarmtui.tui.table.layout import Layout, lay_out
from swarmtui.tui.table.news import News
from swarmtui.tui.table.painting import INDENT, RowLook, format_row, measure


class Cause(Enum):
    """Why rows are looked at: what of them can differ from the last look."""

    DATA = auto()
    """Everything."""
    TIME = auto()
    """Ages."""
    USER = auto()
    """Only which rows there are, and where the cursor and the marks stand."""


class Sight(Generic[R, C]):
    """The rows on screen, formatted; nothing else of a table ever is."""

    def __init__(self, columns: Sequence[Column[R, C]]) -> None:
        self.layout = Layout()
        self.looks: dict[str, RowLook] = {}
        """How the rows in sight looked last, by id, from the top."""
        self._columns = columns
        self._widest: dict[str, int] = {}
        self._news = News()

    def forget(self) -> None:
        """Take what the next look finds for no news."""
        self.looks = {}
        self._news = News()

    def fit(self, width: int) -> bool:
        """Lay the columns out for a line of this width; tell whether anything moved."""
        layout = lay_out(
            self._columns, width=width, indent=INDENT, wanted=self._widest, before=self.layout
        )
        if layout == self.layout:
            return False
        if layout.keys != self.layout.keys:
            self.looks = {}
        self.layout = layout
        return True

    def look(
        self,
        ids: Sequence[str],
        rows: Mapping[str, R],
        context: C,
        *,
        now: datetime,
        cursor: str,
        active: str,
        marks: frozenset[str],
        cause: Cause,
        is_news: bool,
    ) -> bool:
        """Look at these rows; tell whether the columns moved.

        With `is_news` a cell that differs from the last look is fresh for a while; without, it
        differs because of the clock or because the user did something.
        """
        self._news.fade(now)
        cells = [self._format(row_id, rows[row_id], context, cause) for row_id in ids]
        if moved := self._grow(ids, cells):
            cells = [format_row(self.layout, rows[row_id], context) for row_id in ids]
        if is_news:
            self._compare(ids, cells, now)
        self.looks = {
            row_id: RowLook(
                each,
                fresh=self._news.fresh(row_id),
                is_cursor=row_id == cursor,
                is_active=row_id == active,
                is_marked=row_id in marks,
            )
            for row_id, each in zip(ids, cells, strict=True)
        }
        return moved

    def _format(self, row_id: str, row: R, context: C, cause: Cause) -> tuple[Spans, ...]:
        known = self.looks.get(row_id)
        if known is None or cause is Cause.DATA:
            return format_row(self.layout, row, context)
        if cause is Cause.USER:
            return known.cells
        columns = [place.column for place in self.layout.placed]
        return tuple(
            column.cell(row, context) if column.is_age else cell
            for column, cell in zip(columns, known.cells, strict=True)
        )

    def _grow(self, ids: Sequence[str], cells: Sequence[tuple[Spans, ...]]) -> bool:
        grew = False
        for row_id, each in zip(ids, cells, strict=True):
            known = self.looks.get(row_id)
            if known is None or known.cells != each:
                grew |= measure(each, self.layout, self._widest)
        return grew and self.fit(self.layout.width)

    def _compare(
        self, ids: Sequence[str], cells: Sequence[tuple[Spans, ...]], now: datetime
    ) -> None:
        for row_id, each in zip(ids, cells, strict=True):
            known = self.looks.get(row_id)
            if known is not None and known.cells != each:
                self._news.compare(row_id, known.cells, each, layout=self.layout, now=now)
