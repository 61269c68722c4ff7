"""A table that draws only the rows in sight, however many there are."""

from swarmtui.tui.table.column import Align, Column, Sort, natural
from swarmtui.tui.table.table import RowMarksChanged, RowOpened, Table, TableSorted

__all__ = [
    "Align",
    "Column",
    "RowMarksChanged",
    "RowOpened",
    "Sort",
    "Table",
    "TableSorted",
    "natural",
]
