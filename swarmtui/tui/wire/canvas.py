"""Know what the terminal shows and what it should show, and say the difference; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from operator import is_not, ne, or_

from swarmtui.tui.wire.cells import COVERED, are_plain, cells_of
from swarmtui.tui.wire.look import UNSET, Look, are_alike_on_blanks, turn

GAP = 5
"""Equal cells between two differences that are sent again: to pass them by takes as many bytes."""


@dataclass(slots=True)
class Row:
    """One line of cells: what stands in each, and how it looks."""

    cells: list[str]
    looks: list[Look]
    is_plain: bool = True

    def draw(self, x: int, cells: list[str], looks: list[Look]) -> None:
        """Put cells at `x` and behind it, as far as there is room."""
        end = min(x + len(cells), len(self.cells))
        if x < end:
            if end - x < len(cells) and cells[end - x] == COVERED:
                cells[end - x - 1] = " "
            self._clear_halves(x, end)
            self.cells[x:end] = cells[: end - x]
            self.looks[x:end] = looks[: end - x]

    def copy(self) -> "Row":
        """Return a row that stays as this one is now."""
        return Row(self.cells.copy(), self.looks.copy(), self.is_plain)

    def _clear_halves(self, start: int, end: int) -> None:
        """Leave no half of a wide character beside cells that are drawn over."""
        if self.cells[start] == COVERED and start:
            self.cells[start - 1] = " "
        if end < len(self.cells) and self.cells[end] == COVERED:
            self.cells[end] = " "


class Canvas:
    """A screen of cells, and what a terminal shows of it so far."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._rows = [Row([" "] * width, [UNSET] * width) for _ in range(height)]
        self._shown: list[Row | None] = [None] * height
        self._touched: set[int] = set()

    def draw(self, x: int, y: int, spans: Iterable[tuple[str, Look]]) -> None:
        """Draw a part of a line from column `x` on; a wide character that ends it is whole."""
        cells: list[str] = []
        looks: list[Look] = []
        for text, look in spans:
            cells += cells_of(text)
            looks += [look] * (len(cells) - len(looks))
        if 0 <= y < self.size[1]:
            self._rows[y].draw(x, cells, looks)
            self._touched.add(y)

    def forget(self) -> None:
        """Take nothing for shown: the terminal was cleared, or written to by others."""
        self._shown = [None] * self.size[1]
        self._touched = set(range(self.size[1]))

    def difference(self) -> str:
        """Return what makes the terminal show what was drawn, and take that for shown.

        It begins and ends in the terminal's own colours; where the cursor is left is not said.
        """
        pen = Pen()
        for y in sorted(self._touched):
            self._send(y, pen)
        self._touched.clear()
        pen.take(UNSET)
        return "".join(pen.sent)

    def _send(self, y: int, pen: "Pen") -> None:
        row, shown = self._rows[y], self._shown[y]
        if shown is not None and shown.cells == row.cells and shown.looks == row.looks:
            return
        row.is_plain = are_plain(row.cells)
        for start, end in _runs(row, shown):
            pen.go(start, y)
            pen.write(row, start, end)
        self._shown[y] = row.copy()


class Pen:
    """Where a terminal writes next and how, and what it was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._look = UNSET
        self._at = (-1, -1)

    def go(self, x: int, y: int) -> None:
        """Move to a cell, on its line by the shorter step."""
        was_x, was_y = self._at
        self.sent.append(f"\x1b[{x - was_x}C" if was_y == y else f"\x1b[{y + 1};{x + 1}H")
        self._at = (x, y)

    def take(self, look: Look) -> None:
        """Draw otherwise from now on."""
        if look is not self._look:
            self.sent.append(turn(self._look, look))
            self._look = look

    def write(self, row: Row, start: int, end: int) -> None:
        """Write cells of a row."""
        cells, looks = row.cells, row.looks
        while start < end:
            look, stop = looks[start], start + 1
            while stop < end and looks[stop] is look:
                stop += 1
            text = "".join(cells[start:stop])
            if text.strip(" ") or not are_alike_on_blanks(look, self._look):
                self.take(look)
            self.sent.append(text)
            start = stop
        # Terminals do not agree on how far characters of several parts take them.
        self._at = (end, self._at[1]) if len(cells[end - 1]) == 1 else (-1, -1)


def _runs(row: Row, shown: Row | None) -> Iterator[tuple[int, int]]:
    """Go through the parts of a line to be sent.

    Terminals do not agree on how wide everything is: a line with anything but plain characters,
    now or before, is sent whole.
    """
    if shown is None or not (row.is_plain and shown.is_plain):
        yield from pairwise([0, *_ends(row.cells), len(row.cells)])
        return
    start = end = -1
    for x in _differing(row, shown):
        if start >= 0 and not _is_bridged(row, end, x):
            yield start, end
            start = x
        start, end = (start if start >= 0 else x), x + 1
    if start >= 0:
        yield start, end


def _ends(cells: Sequence[str]) -> Iterator[int]:
    """Go through the columns behind characters of several parts."""
    of_parts = False
    for x, cell in enumerate(cells):
        if cell == COVERED:
            continue
        if of_parts:
            yield x
        of_parts = len(cell) > 1


def _differing(row: Row, shown: Row) -> Iterator[int]:
    differ = map(or_, map(ne, row.cells, shown.cells), map(is_not, row.looks, shown.looks))
    for x in compress(range(len(row.cells)), differ):
        is_blank = row.cells[x] == " " == shown.cells[x]
        if not (is_blank and are_alike_on_blanks(row.looks[x], shown.looks[x])):
            yield x


def _is_bridged(row: Row, start: int, end: int) -> bool:
    """Tell whether to send what is equal between two differences rather than to pass it by."""
    if end - start > GAP:
        return False
    return row.looks[start:end].count(row.looks[start - 1]) == end - start
