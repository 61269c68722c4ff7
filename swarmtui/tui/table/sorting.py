"""Keep rows in order: at once when they are few, now and then or in slices when they are many."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic

from swarmtui.tui.table.arranging import Arranging
from swarmtui.tui.table.column import C, Column, R, Sort
from swarmtui.tui.table.order import Order

LARGE = 20_000
"""Rows from which on they are many: one pass over them then takes milliseconds."""
SETTLE_EVERY = timedelta(seconds=2)


class Sorting(Generic[R, C]):
    """The rows of a table and the order they are shown in.

    Many rows that change take their place every other second. Many rows that are shown for the
    first time, or sorted by another column, are put in order by calls of `advance`; until the
    last of them what was shown before stays.
    """

    def __init__(self, columns: Sequence[Column[R, C]], sort: Sort) -> None:
        self.rows: Mapping[str, R] = {}
        self.order = Order(columns, sort)
        self._settled_at: datetime | None = None
        self._arranging: Arranging[R, C] | None = None

    @property
    def ids(self) -> Sequence[str]:
        """Return the ids of the rows shown, from the top; another list whenever they move."""
        return self.order.ids

    @property
    def sort(self) -> Sort:
        """Return what rows are sorted by, or will be in a moment."""
        return self._arranging.sort if self._arranging else self.order.sort

    @property
    def arranging(self) -> int:
        """Return how many rows are being put in order; 0 when nothing waits for `advance`."""
        return len(self._arranging.rows) if self._arranging else 0

    def show(
        self,
        rows: Mapping[str, R],
        context: C,
        *,
        now: datetime,
        changed: Collection[str] | None = None,
        anew: bool = False,
    ) -> None:
        """Take rows; see `Body.show`."""
        if len(rows) > LARGE and (anew or self._is_overtaken(rows, changed)):
            self._arrange(rows, context, self.sort)
            return
        if anew or len(rows) <= LARGE:
            changed = None if self._arranging else changed
            self.order.sort, self._arranging = self.sort, None
        if self._arranging is not None:
            self._arranging.changed.update(changed or ())
            if self.rows is not rows:
                return
        self.rows = rows
        self.order.take(rows, context, changed=changed)
        self.settle(now, at_once=anew)

    def forget(self) -> None:
        """Settle whenever it is asked for next: time may have gone back."""
        self._settled_at = None

    def settle(self, now: datetime, *, at_once: bool = False) -> None:
        """Put rows that wait in their place, when it is time."""
        if self.order.is_settled:
            return
        is_due = self._settled_at is None or now - self._settled_at >= SETTLE_EVERY
        if at_once or is_due or len(self.rows) <= LARGE:
            self.order.settle()
            self._settled_at = now

    def sort_by(self, sort: Sort, context: C) -> None:
        """Sort by another column or the other way."""
        rows = self._arranging.rows if self._arranging else self.rows
        if len(rows) > LARGE:
            self._arrange(rows, context, sort)
        else:
            self.order.sort_by(sort, rows, context)

    def advance(self, context: C, *, now: datetime) -> bool:
        """Put one more slice in order; tell whether that was the last, and is shown now."""
        if self._arranging is None or not self._arranging.advance():
            return False
        arranged, self._arranging = self._arranging, None
        self.rows = arranged.rows
        self.order.accept(arranged, context)
        self._settled_at = now
        return True

    def _arrange(self, rows: Mapping[str, R], context: C, sort: Sort) -> None:
        column = self.order.find_column(sort)
        ids = self.order.all_ids if rows is self.rows else rows
        self._arranging = Arranging(rows, context, column, sort, ids=ids)

    def _is_overtaken(self, rows: Mapping[str, R], changed: Collection[str] | None) -> bool:
        """Tell whether other rows, or all of them, are to be looked at than are under way."""
        if self._arranging is None:
            return False
        return self._arranging.rows is not rows or changed is None
