"""Turn rows into lines of cells and lines of cells into strips, each no more often than needed."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from swarmtui.tui.lines import Spans
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table.column import Align
from swarmtui.tui.table.layout import Layout, Placed

CURSOR = "▸"
MARK = "◆"
INDENT = 3
"""Cells for the cursor's sign, the mark, and a blank."""

NOTHING_FRESH: frozenset[str] = frozenset()
_QUIET = frozenset({Meaning.PLAIN, Meaning.DIM})


class RowLook(NamedTuple):
    """Everything that decides what one row looks like; equal looks paint equally."""

    cells: tuple[Spans, ...]
    """As many as there are columns shown."""
    fresh: frozenset[str] = NOTHING_FRESH
    """Keys of the columns whose value changed a moment ago."""
    is_cursor: bool = False
    is_active: bool = False
    """Keys go to this row."""
    is_marked: bool = False


def format_row(layout: Layout, row: Any, context: Any) -> tuple[Spans, ...]:  # noqa: ANN401 - any row
    """Return the cells of the columns shown."""
    return tuple(place.column.cell(row, context) for place in layout.placed)


def measure(cells: Iterable[Spans], layout: Layout, widest: dict[str, int]) -> bool:
    """Raise `widest` to what these cells take, by column key; tell whether anything grew."""
    grew = False
    for spans, place in zip(cells, layout.placed, strict=True):
        key, width = place.column.key, _width(spans)
        if width > widest.get(key, 0):
            widest[key] = width
            grew = True
    return grew


def row_spans(look: RowLook, layout: Layout) -> Iterable[Span]:
    """Go through the spans of a whole line, from its first cell to its last column."""
    yield Span(CURSOR if look.is_cursor else " ", Meaning.ACCENT)
    yield Span(MARK if look.is_marked else " ", Meaning.MARKED)
    x = 2
    for spans, place in zip(look.cells, layout.placed, strict=True):
        if place.x > x:
            yield Span(" " * (place.x - x))
        is_fresh = place.column.key in look.fresh
        for text, meaning in fit_cell(spans, place):
            yield Span(text, Meaning.FRESH if is_fresh and meaning in _QUIET else meaning)
        x = place.x + place.width


def fit_cell(spans: Spans, place: Placed) -> Spans:
    """Return the spans in exactly the column's width."""
    missing = place.width - _width(spans)
    if missing < 0:
        return _cut(spans, place.width, sign="" if place.column.ends_open else "…")
    if not missing:
        return spans
    blank = Span(" " * missing)
    return (blank, *spans) if place.column.align is Align.RIGHT else (*spans, blank)


def merge(
    spans: Iterable[Span], *, width: int, ground: Style, style_of: Callable[[Meaning], Style]
) -> Strip:
    """Return the spans as a strip of `width` cells with as few segments as can be.

    Blanks show no colour, so they join whatever stands before them.
    """
    segments: list[Segment] = []
    texts: list[str] = []
    current: Meaning | None = None
    for text, meaning in spans:
        if meaning is not current and not text.isspace():
            if current is not None:
                segments.append(Segment("".join(texts), ground + style_of(current)))
                texts.clear()
            current = meaning
        texts.append(text)
    segments.append(Segment("".join(texts), ground + style_of(current or Meaning.PLAIN)))
    return Strip(segments).adjust_cell_length(width, ground)


def _width(spans: Spans) -> int:
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in spans)


def _cut(spans: Spans, width: int, *, sign: str) -> Spans:
    """Return the spans cut to `width` cells, the sign in the last one."""
    kept: list[Span] = []
    room = width - len(sign)
    for text, meaning in spans:
        taken = cell_len(text)
        if taken > room:
            kept.append(Span(set_cell_size(text, room) + sign, meaning))
            break
        kept.append(Span(text, meaning))
        room -= taken
    return tuple(kept)
