"""Choose the column to sort by from a list."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from swarmtui.tui.table.column import Column, Sort


def next_sort(columns: Sequence[Column[Any, Any]], key: str, sort: Sort) -> Sort:
    """Return how to sort when a column is chosen: the other way when it was sorted by already."""
    if key == sort.key:
        return Sort(key, not sort.descends)
    column = next(column for column in columns if column.key == key)
    return Sort(key, column.descends)


class SortPicker(ModalScreen[Sort | None]):
    """A list of all columns, the ones without room included; ends with the sort chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave", id="sort.leave"),
        Binding("s,j", "step(1)", "Next", id="sort.next", show=False),
        Binding("S,k", "step(-1)", "Previous", id="sort.previous", show=False),
    ]

    DEFAULT_CSS = """
    SortPicker {
        align: center middle;
        & > OptionList {
            width: 30;
            height: auto;
            max-height: 80%;
            border: round $foreground 40%;
            border-title-color: $foreground;
            border-subtitle-color: $text-muted;
            background: $background;
            padding: 0 1;
            &:focus { border: round $foreground 40%; }
        }
    }
    """

    def __init__(self, columns: Sequence[Column[Any, Any]], *, sort: Sort) -> None:
        super().__init__()
        self._columns = columns
        self._sort = sort

    def compose(self) -> ComposeResult:
        """List the columns."""
        picker = OptionList(*(self._option(column) for column in self._columns))
        picker.border_title = "sort by"
        picker.border_subtitle = "⏎ again: reverse"
        yield picker

    def on_mount(self) -> None:
        """Begin at the column sorted by."""
        # Inline, because a stylesheet that gives all screens a ground would hide the table.
        self.styles.background = "transparent"
        keys = [column.key for column in self._columns]
        self.query_one(OptionList).highlighted = keys.index(self._sort.key)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the column chosen."""
        event.stop()
        self.dismiss(next_sort(self._columns, str(event.option.id), self._sort))

    def action_leave(self) -> None:
        """End without a choice."""
        self.dismiss(None)

    def action_step(self, places: int) -> None:
        """Go through the list with the key that opened it."""
        picker = self.query_one(OptionList)
        picker.highlighted = ((picker.highlighted or 0) + places) % len(self._columns)

    def _option(self, column: Column[Any, Any]) -> Option:
        mark = self._sort.mark if column.key == self._sort.key else " "
        return Option(Content(f"{mark} {column.head}"), id=column.key)
