"""The order names are printed in: as the docker CLI sorts them, `node-2` before `node-10`."""

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"([0-9]+)")

Rank = tuple[str | tuple[int, str], ...]


def natural(name: str) -> Rank:
    """Return what to sort `name` by: runs of digits count as numbers, however long they are."""
    parts: Sequence[str] = _DIGITS.split(name)
    return tuple(_number(part) if i % 2 else part for i, part in enumerate(parts))


def _number(digits: str) -> tuple[int, str]:
    # Not int(): Python refuses more than 4,300 digits, and a hostname may have them.
    significant = digits.lstrip("0")
    return len(significant), significant
