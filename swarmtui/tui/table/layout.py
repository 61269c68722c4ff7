"""Decide which columns fit and how wide each is, so that widths only ever grow; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from swarmtui.tui.table.column import Column

GAP = 2
"""Blanks between two columns; the sort mark stands in the first of them."""


class Placed(NamedTuple):
    """A column and the room it has."""

    column: Column[Any, Any]
    x: int
    width: int


class Layout(NamedTuple):
    """The columns that are shown, from the left."""

    width: int = 0
    """Cells of the whole line."""
    placed: tuple[Placed, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the columns shown."""
        return tuple(place.column.key for place in self.placed)

    def find_column(self, x: int) -> Column[Any, Any] | None:
        """Return the column at a cell of the line, its gap included."""
        for column, start, width in self.placed:
            if start <= x < start + width + GAP:
                return column
        return None


def lay_out(
    columns: Sequence[Column[Any, Any]],
    *,
    width: int,
    indent: int,
    wanted: Mapping[str, int],
    before: Layout | None = None,
) -> Layout:
    """Return where the columns stand in a line of `width` cells, of which `indent` are taken.

    `wanted` is how wide the widest cell seen was, by column key. Columns that `before` shows in
    a line of the same width keep at least the width they had there.
    """
    kept = _choose(columns, width - indent)
    widths = _first_widths(kept, before if before and before.width == width else None)
    spare = width - indent - sum(widths.values()) - GAP * (len(kept) - 1)
    spare = _grow(kept, widths, wanted, spare)
    if wanted:
        _grow(kept, widths, {column.key: len(column.head) for column in kept}, spare)
    return Layout(width, _place(kept, widths, width=width, indent=indent))


def _choose(columns: Sequence[Column[Any, Any]], room: int) -> list[Column[Any, Any]]:
    kept = list(columns)
    while sum(column.width + GAP for column in kept) - GAP > room:
        last = max(kept, key=lambda column: column.drop)
        if not last.drop:
            break
        kept.remove(last)
    return kept


def _first_widths(kept: Sequence[Column[Any, Any]], before: Layout | None) -> dict[str, int]:
    widths = {column.key: column.width for column in kept}
    for column, _, width in before.placed if before else ():
        if not column.fills and column.key in widths:
            widths[column.key] = max(width, column.width)
    return widths


def _grow(
    kept: Sequence[Column[Any, Any]],
    widths: dict[str, int],
    wanted: Mapping[str, int],
    spare: int,
) -> int:
    """Widen columns in place, the ones that are dropped last first; return the room left."""
    for column in sorted(kept, key=lambda column: column.drop):
        limit = max(column.grows_to, column.width)
        more = min(wanted.get(column.key, 0), limit) - widths[column.key]
        if not column.fills and (more := min(more, spare)) > 0:
            widths[column.key] += more
            spare -= more
    return spare


def _place(
    kept: Sequence[Column[Any, Any]], widths: Mapping[str, int], *, width: int, indent: int
) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    x = indent
    for column in kept:
        room = width - x if column.fills else min(widths[column.key], width - x)
        if room <= 0:
            break
        placed.append(Placed(column, x, room))
        x += room + GAP
    return tuple(placed)
