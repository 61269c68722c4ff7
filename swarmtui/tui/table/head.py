"""The heads of a table's columns: what is sorted by, and where to click to sort."""

from collections.abc import Iterator

from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from swarmtui.tui.meaning import Meaning, Painted, Span
from swarmtui.tui.table.column import Align, Sort
from swarmtui.tui.table.layout import Layout, Placed


class Head(Painted):
    """One line of column heads."""

    DEFAULT_CSS = """
    Head { height: 1; }
    """

    class Chosen(Message):
        """The head of a column was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, sort: Sort) -> None:
        super().__init__()
        self._sort = sort
        self._plan = Layout()

    def show(self, *, sort: Sort, layout: Layout | None = None) -> None:
        """Show heads at other places, or another column as the one sorted by."""
        self._sort = sort
        self._plan = layout or self._plan
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the painted line."""
        del y
        return self.strip_of(head_spans(self._plan, self._sort), width=self.size.width)

    def on_click(self, event: Click) -> None:
        """Tell which column was clicked."""
        column = self._plan.find_column(event.x)
        if column is not None:
            self.post_message(self.Chosen(column.key))


def head_spans(layout: Layout, sort: Sort) -> Iterator[Span]:
    """Go through the spans of the line of heads; the mark stands in the gap behind its column."""
    x = 0
    for place in layout.placed:
        is_sorted = place.column.key == sort.key
        text, start = _head(place, sort.mark if is_sorted else "")
        yield Span(" " * (start - x))
        yield Span(text, Meaning.TITLE if is_sorted else Meaning.DIM)
        x = start + len(text)


def _head(place: Placed, mark: str) -> tuple[str, int]:
    text = place.column.head_for(place.width)
    if place.column.align is Align.RIGHT:
        return text + mark, place.x + place.width - len(text)
    return text + mark, place.x
