"""Keep the ids of rows in order while rows come, go and change; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat
from typing import Any, Generic

from swarmtui.tui.table.arranging import Arranging
from swarmtui.tui.table.column import C, Column, R, Sort

FEW = 10
"""Rows are few that are less than a tenth of all: finding the place of each takes a third of the
time of a pass over all, when 1 % of 100,000 move."""


class Order(Generic[R, C]):
    """Row ids, sorted by one column.

    What sorts equal keeps its order: sorting by one column and then by another sorts by both.
    The sort value of every row is kept, so that a change costs little more than what changed.
    """

    def __init__(self, columns: Sequence[Column[R, C]], sort: Sort) -> None:
        self._columns = {column.key: column for column in columns}
        self._values: dict[str, Any] = {}
        self._new: dict[str, None] = {}
        self._moved: set[str] = set()
        self.ids: list[str] = []
        """From the top; a new list after every change, never changed in place."""
        self.sort = sort
        self.is_settled = True
        """False while rows came or changed that have not been put in their place yet."""

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._values

    @property
    def all_ids(self) -> list[str]:
        """Return the ids in order, and at the end those that wait for their place."""
        return [*self.ids, *self._new]

    def take(
        self,
        rows: Mapping[str, R],
        context: C,
        *,
        changed: Collection[str] | None = None,
    ) -> None:
        """Take new rows; rows that are gone leave at once, the others wait for `settle`.

        `changed` names every row that came, went or differs; `None` looks at all of them.
        """
        if changed is None:
            self._take_all(rows, context)
        else:
            self._take_changed(rows, context, changed)

    def settle(self) -> None:
        """Put every row in its place."""
        if self.is_settled:
            return
        waiting = self._moved | self._new.keys()
        if 0 < len(waiting) * FEW < len(self.ids):
            kept = [row_id for row_id in self.ids if row_id not in self._moved]
            self.ids = self._insert(kept, self._sorted(waiting))
        else:
            self.ids = self._sorted(self.all_ids)
        self._be_settled()

    def find_column(self, sort: Sort) -> Column[R, C]:
        """Return the column that is sorted by."""
        return self._columns[sort.key]

    def accept(self, arranging: Arranging[R, C], context: C) -> None:
        """Take rows that were put in order elsewhere, and what changed of them meanwhile."""
        self.sort = arranging.sort
        self._values, self.ids = arranging.values, arranging.ids
        self._be_settled()
        self.take(arranging.rows, context, changed=arranging.changed)
        self.settle()

    def sort_by(self, sort: Sort, rows: Mapping[str, R], context: C) -> None:
        """Sort anew by another column or the other way."""
        self.sort = sort
        self._values = self._find_values(rows, context)
        self.ids = self._sorted(self.all_ids)
        self._be_settled()

    @property
    def _column(self) -> Column[R, C]:
        return self._columns[self.sort.key]

    def _find_values(self, rows: Mapping[str, R], context: C) -> dict[str, Any]:
        value = self._column.value
        return dict(zip(rows, map(value, rows.values(), repeat(context)), strict=True))

    def _take_all(self, rows: Mapping[str, R], context: C) -> None:
        values = self._find_values(rows, context)
        if values == self._values:
            return
        before, self._values = self._values, values
        self._leave(before.keys() - values.keys())
        self._new.update({row_id: None for row_id in values if row_id not in before})
        self._moved |= {row_id for row_id in self.ids if values[row_id] != before[row_id]}
        self.is_settled = False

    def _take_changed(self, rows: Mapping[str, R], context: C, changed: Collection[str]) -> None:
        value, values = self._column.value, self._values
        gone = {row_id for row_id in changed if row_id not in rows and row_id in values}
        for row_id in gone:
            del values[row_id]
        self._leave(gone)
        for row_id in changed:
            row = rows.get(row_id)
            if row is None:
                continue
            now = value(row, context)
            if row_id not in values:
                self._new[row_id] = None
            elif values[row_id] == now:
                continue
            elif row_id not in self._new:
                self._moved.add(row_id)
            values[row_id] = now
            self.is_settled = False

    @property
    def _reverse(self) -> bool:
        return self.sort.descends is not self._column.is_age

    def _sorted(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=self._values.__getitem__, reverse=self._reverse)

    def _insert(self, ids: Sequence[str], few: Iterable[str]) -> list[str]:
        """Return sorted ids with a few others, sorted too, in between; behind what is equal."""
        values = self._values
        merged: list[str] = []
        start = 0
        for row_id in few:
            value, low, high = values[row_id], start, len(ids)
            while low < high:
                middle = (low + high) // 2
                there = values[ids[middle]]
                if (there < value) if self._reverse else (value < there):
                    high = middle
                else:
                    low = middle + 1
            merged += ids[start:low]
            merged.append(row_id)
            start = low
        merged += ids[start:]
        return merged

    def _be_settled(self) -> None:
        self._new, self._moved, self.is_settled = {}, set(), True

    def _leave(self, gone: AbstractSet[str]) -> None:
        self._moved -= gone
        for row_id in self._new.keys() & gone:
            del self._new[row_id]
        if gone:
            self.ids = [row_id for row_id in self.ids if row_id not in gone]
