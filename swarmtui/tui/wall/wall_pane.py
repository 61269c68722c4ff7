"""Paint the wall: only the rows on screen, with a cursor that stays on its node."""

from collections.abc import Mapping, Sequence
from itertools import groupby, starmap, zip_longest
from operator import attrgetter
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Focus, Leave, MouseMove
from textual.message import Message

from swarmtui.swarm.entities import Node
from swarmtui.tui.lines import Line
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import NodeOpened
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.wall.arrangement import Arrangement, Row
from swarmtui.tui.wall.shades import READY, Shading, merge
from swarmtui.tui.words import left

_TEXT, _MEANING = attrgetter("text"), attrgetter("meaning")


class NodePointedAt(Message):
    """The cursor or the mouse came to another node, or left all of them."""


class BankClicked(Message):
    """The name of a region or a contributor was clicked."""

    def __init__(self, node_id: str) -> None:
        super().__init__()
        self.node_id = node_id
        """One of its nodes."""


class WallPane(Pane, can_focus=True):
    """Rows of cells."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(0, -1)", "up", id="wall.up", show=False),
        Binding("down,j", "move(0, 1)", "down", id="wall.down", show=False),
        Binding("left,h", "move(-1, 0)", "left", id="wall.left", show=False),
        Binding("right,l", "move(1, 0)", "right", id="wall.right", show=False),
        Binding("pageup", "page(-1)", "page up", id="wall.page_up", show=False),
        Binding("pagedown", "page(1)", "page down", id="wall.page_down", show=False),
        Binding("home", "move(-1000000, 0)", "first", id="wall.first", show=False),
        Binding("end", "move(1000000, 0)", "last", id="wall.last", show=False),
        Binding("enter", "open", "open", id="wall.open", key_display="⏎"),
    ]

    def __init__(self) -> None:
        super().__init__(id="wall-cells")
        self._bricks = Arrangement((), width=0, height=0)
        self._by_id: Mapping[str, Node] = {}
        self._shading: Shading | None = None
        self._glowing: frozenset[str] = frozenset()
        self._lines_of: dict[int, Line] = {}
        """Rows as drawn without the cursor, by their number."""
        self._top = 0
        self._hovered = ""
        self.cursor_id = ""

    @property
    def pointed_at(self) -> str:
        """Return the node under the mouse, or else under the cursor; empty for none."""
        return self._hovered or self.cursor_id

    @property
    def holds_two(self) -> bool:
        """Tell whether each cell holds two nodes."""
        return self._bricks.per_cell > 1

    def lay_out(self, arrangement: Arrangement) -> None:
        """Put the nodes elsewhere."""
        self._bricks = arrangement
        self._lines_of.clear()
        self._hovered = ""
        if arrangement.find(self.cursor_id) is None:
            self.cursor_id = arrangement.rows[0].node_ids[0] if arrangement.rows else ""

    def show(self, nodes: Mapping[str, Node], shading: Shading, *, glowing: frozenset[str]) -> None:
        """Draw these nodes this way; those that glow changed a moment ago."""
        drawn = (self._by_id, self._shading, self._glowing)
        if not (nodes is drawn[0] and shading is drawn[1] and glowing == drawn[2]):
            self._lines_of.clear()
        self._by_id, self._shading, self._glowing = nodes, shading, glowing
        self.draw()

    def draw(self) -> None:
        """Paint the rows around the cursor."""
        if self._shading is None or not self.size.height:
            return
        self._follow_cursor()
        end = min(len(self._bricks.rows), self._top + self.size.height)
        self.paint([self._line(y) for y in range(self._top, end)])

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor, by nodes along the rows and by rows down."""
        self._go(self._bricks.beside(self.cursor_id, across=across, down=down))

    def action_page(self, by: int) -> None:
        """Move the cursor by what is on screen."""
        down = by * max(1, self.size.height - 1)
        self._go(self._bricks.beside(self.cursor_id, down=down))

    def action_open(self) -> None:
        """Ask for the node under the cursor."""
        if self.cursor_id:
            self.post_message(NodeOpened(self.cursor_id))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Name the node under the mouse."""
        self._hover(self._bricks.at(event.x, event.y + self._top))

    def on_leave(self, event: Leave) -> None:
        """Name the node under the cursor again."""
        del event
        self._hover("")

    def on_click(self, event: Click) -> None:
        """Open the node that was clicked, or the bank."""
        y = event.y + self._top
        if event.x < self._bricks.label and y < len(self._bricks.rows):
            self.post_message(BankClicked(self._bricks.rows[y].node_ids[0]))
            return
        node_id = self._bricks.at(event.x, y)
        if node_id:
            self._go(node_id)
            self.action_open()

    def on_focus(self, event: Focus) -> None:
        """Show the cursor."""
        del event
        self.draw()

    def on_blur(self, event: Blur) -> None:
        """Hide the cursor."""
        del event
        self.draw()

    def _go(self, node_id: str) -> None:
        self.cursor_id, self._hovered = node_id, ""
        self.draw()
        self.post_message(NodePointedAt())

    def _hover(self, node_id: str) -> None:
        if node_id != self._hovered:
            self._hovered = node_id
            self.post_message(NodePointedAt())

    def _follow_cursor(self) -> None:
        """Scroll no further than it takes to have the cursor, and no blank rows, on screen."""
        height = self.size.height
        found = self._bricks.find(self.cursor_id)
        if found is not None:
            y, _ = found
            self._top = max(min(self._top, y), y - height + 1)
        self._top = max(0, min(self._top, len(self._bricks.rows) - height))

    def _line(self, y: int) -> Line:
        """Return a row as it is drawn now; one without the cursor only when it may have changed."""
        row = self._bricks.rows[y]
        cursor = self._place_in(y)
        if y == self._top and not row.is_first:
            row = row._replace(is_first=True)  # its own first row is out of sight
        elif cursor is None:
            if y not in self._lines_of:
                self._lines_of[y] = self._draw_row(row, self._cells(row))
            return self._lines_of[y]
        cells = self._cells(row)
        if cursor is not None:
            cells[cursor] = _on_ground(cells[cursor], Meaning.CURSOR)
        return self._draw_row(row, cells)

    def _place_in(self, y: int) -> int | None:
        """Return the cell of the cursor in a row, or `None`."""
        found = self._bricks.find(self.cursor_id) if self.has_focus else None
        return found[1] // self._bricks.per_cell if found is not None and found[0] == y else None

    def _draw_row(self, row: Row, cells: Sequence[Span]) -> Line:
        """Return a row with neighbours of one meaning in one span."""
        name = f" {row.name}" if row.is_first else ""
        label = Span(left(name, self._bricks.label), Meaning.DIM)
        runs = (
            Span("".join(map(_TEXT, run)), meaning) for meaning, run in groupby(cells, _MEANING)
        )
        return Line((label, *runs))

    def _cells(self, row: Row) -> list[Span]:
        """Return the spans of a row, each of one cell."""
        if self._shading is None:
            return []
        shades = list(map(self._shading, map(self._by_id.__getitem__, row.node_ids)))
        step = self._bricks.per_cell
        if step == 1:
            cells = [Span(shade.glyph, shade.meaning) for shade in shades]
        else:
            cells = list(starmap(merge, zip_longest(shades[::2], shades[1::2])))
        for node_id in self._glowing & set(row.node_ids) if self._glowing else ():
            place = row.node_ids.index(node_id) // step
            cells[place] = _on_ground(cells[place], Meaning.GLOW)
        return cells


def _on_ground(cell: Span, ground: Meaning) -> Span:
    """Return a cell on a ground of its own, which a full block would hide."""
    return Span(cell.text if cell.text not in "█▀" else READY.glyph, ground)
