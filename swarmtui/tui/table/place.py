"""Keep the cursor on its row, and that row on its line, while rows move; pure."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks at in a table."""

    cursor: str = ""
    """Id of the row under the cursor; empty when there are no rows."""
    index: int = 0
    """Where that row is."""
    top: int = 0
    """Which row is on the first line."""


def hold(
    place: Place,
    *,
    before: Sequence[str],
    after: Sequence[str],
    left: Container[str],
    height: int,
    resting: bool,
) -> Place:
    """Return the place after the ids changed from `before` to `after`.

    `left` tells which ids are still there. A cursor whose row is gone goes to the row below it,
    or above when there is none. A cursor out of sight stays so: then the first line is held.
    Who rests at the top, having touched nothing, stays at the top: rows that come in above push
    nothing out of sight, and a cursor they push out of sight is the first row again.
    """
    if not after:
        return Place()
    cursor = _find_survivor(place.cursor, place.index, before, left)
    if not cursor:
        return Place(after[0])
    index = _find(cursor, after, near=place.index)
    if resting:
        return Place(cursor, index) if index < height else Place(after[0])
    line = place.index - place.top
    if 0 <= line < height:
        return Place(cursor, index, clamp(index - line, len(after), height))
    top = _find_survivor(before[place.top], place.top, before, left)
    return Place(cursor, index, clamp(_find(top, after, near=place.top), len(after), height))


def clamp(top: int, count: int, height: int) -> int:
    """Return the nearest first row that leaves no room empty below the last."""
    return max(0, min(top, count - height))


def reveal(top: int, index: int, height: int) -> int:
    """Return the nearest first row that has the row at `index` in sight."""
    return max(min(top, index), index - max(1, height) + 1)


def _find(row_id: str, ids: Sequence[str], *, near: int) -> int:
    """Return where an id is; rows seldom move, so its old place is tried first."""
    if near < len(ids) and ids[near] == row_id:
        return near
    return ids.index(row_id)


def _find_survivor(row_id: str, index: int, before: Sequence[str], left: Container[str]) -> str:
    if row_id in left:
        return row_id
    around = chain(range(index + 1, len(before)), range(min(index, len(before)) - 1, -1, -1))
    return next((before[i] for i in around if before[i] in left), "")
