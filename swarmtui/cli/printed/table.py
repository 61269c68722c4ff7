"""Lay rows out in columns that fit the terminal, and write them line by line.

Rich's own Table holds all rows and takes minutes for 100,000; this one goes through them twice.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TextIO, TypeVar

from swarmtui.cli.printed.paper import Paper, Span, Tone, cells, cut

_GAP = "  "
# Off a terminal nothing is cut, but one name of 10,000 characters must not widen every line.
_WIDEST = 64

R = TypeVar("R")


class Column(NamedTuple, Generic[R]):
    """One column: its head, what stands in it, and what may be done to it to make it fit."""

    head: str
    cell: Callable[[R], Span]
    right: bool = False
    least: int | None = None
    """Cells it can be cut down to; `None` when it is never cut."""
    rank: int = 0
    """Columns of the highest rank are dropped first; rank 0 stays."""


class _Placed(NamedTuple):
    column: Column[Any]
    width: int


def write_table(
    columns: Sequence[Column[R]],
    rows: Callable[[], Iterable[R]],
    *,
    stream: TextIO,
    paper: Paper,
) -> None:
    """Write head and rows. `rows` is called twice: to measure, then to write."""
    placed = _place(columns, _measure(columns, rows(), paper), paper.width)
    heads = [Span(column.head, Tone.DIM) for column, _ in placed]
    stream.write(_line(heads, placed, paper))
    stream.writelines(
        _line([column.cell(row) for column, _ in placed], placed, paper) for row in rows()
    )


def _measure(columns: Sequence[Column[R]], rows: Iterable[R], paper: Paper) -> list[int]:
    widths = [cells(column.head) for column in columns]
    for row in rows:
        shown = (cells(paper.shown(column.cell(row))) for column in columns)
        widths = list(map(max, widths, shown))
    return widths


def _place(columns: Sequence[Column[R]], widths: list[int], room: int | None) -> list[_Placed]:
    placed = [_Placed(c, width) for c, width in zip(columns, widths, strict=True)]
    if room is None:
        return [_Placed(c, min(width, _WIDEST)) for c, width in placed]
    while _needed(placed) > room and (dropped := _next_to_drop(placed)) is not None:
        placed.remove(dropped)
    return _shrunk(placed, room)


def _needed(placed: Sequence[_Placed]) -> int:
    return sum(map(_narrowest, placed)) + len(_GAP) * (len(placed) - 1)


def _narrowest(placed: _Placed) -> int:
    column, width = placed
    return width if column.least is None else min(width, max(column.least, cells(column.head)))


def _next_to_drop(placed: Sequence[_Placed]) -> _Placed | None:
    last = max(placed, key=lambda p: p.column.rank)
    return last if last.column.rank > 0 else None


def _shrunk(placed: Sequence[_Placed], room: int) -> list[_Placed]:
    """Cut the widest columns to one width, the greatest with which all fit."""
    room -= len(_GAP) * (len(placed) - 1)
    for widest in range(room, 0, -1):
        fitted = [_Placed(p.column, min(p.width, max(widest, _narrowest(p)))) for p in placed]
        left = room - sum(width for _, width in fitted)
        if left >= 0:
            return _grown(fitted, placed, left)
    return [_Placed(p.column, _narrowest(p)) for p in placed]


def _grown(fitted: list[_Placed], wanted: Sequence[_Placed], left: int) -> list[_Placed]:
    """Give the cells left over to the last columns that were cut."""
    for i in reversed(range(len(fitted))):
        more = min(left, wanted[i].width - fitted[i].width)
        fitted[i] = _Placed(fitted[i].column, fitted[i].width + more)
        left -= more
    return fitted


def _line(spans: Sequence[Span], placed: Sequence[_Placed], paper: Paper) -> str:
    fitted: list[Span] = []
    for span, (column, width) in zip(spans, placed, strict=True):
        text = paper.shown(span)
        if paper.is_terminal:
            text = cut(text, width)
        blanks = " " * (width - cells(text))
        text = blanks + text if column.right else text + blanks
        fitted.append(Span(text + _GAP, span.tone))
    return paper.paint(_without_trail(fitted)) + "\n"


def _without_trail(spans: list[Span]) -> list[Span]:
    while spans and not (text := spans[-1].text.rstrip()):
        spans.pop()
    if spans:
        spans[-1] = spans[-1]._replace(text=text)
    return spans
