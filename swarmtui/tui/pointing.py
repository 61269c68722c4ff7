"""Point at what is wrong in a line that was typed; pure."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from swarmtui.swarm.text import plain
from swarmtui.tui import words
from swarmtui.tui.lines import Line
from swarmtui.tui.meaning import Meaning, Span


class Mistake(NamedTuple):
    """What is wrong with a text, and where; positions count characters of the text."""

    message: str
    position: int = 0
    length: int = 1


def pointing_lines(text: str, mistake: Mistake, *, indent: int, width: int) -> Sequence[Line]:
    """Return marks below the mistake and what is wrong; the text begins at cell `indent`."""
    marked = plain(text[mistake.position : mistake.position + mistake.length])
    before = indent + cell_len(plain(text[: mistake.position]))
    marks = "^" * max(1, cell_len(marked))
    said = words.wrap(plain(mistake.message), max(20, width - 6)) or [""]
    return [
        Line((Span(" " * max(0, before) + marks, Meaning.BAD),)),
        Line((Span("   ✗ ", Meaning.BAD), Span(said[0]))),
        *(Line((Span(f"     {more}"),)) for more in said[1:]),
    ]
