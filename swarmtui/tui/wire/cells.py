"""Divide text into the cells it takes on a terminal; pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import split_graphemes

COVERED = ""
"""In the second cell of a wide character."""

_MOVES = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def cells_of(text: str) -> Sequence[str]:
    """Return what stands in each cell of a text; raise `ValueError` for what moves the cursor."""
    if text.isascii() and text.isprintable():
        return text
    return _divide(text)


@lru_cache(maxsize=4096)
def _divide(text: str) -> list[str]:
    if _MOVES.search(text):
        raise ValueError(f"not to be shown in cells: {text[:40]!r}")
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if not width and cells:
            cells[-1] += text[start:end]
        elif width:
            cells += [text[start:end]] + [COVERED] * (width - 1)
    return cells


def are_plain(cells: list[str]) -> bool:
    """Tell whether each cell holds one character of one cell."""
    return set(map(len, cells)) == {1}
