"""Lay spans out in lines: columns, separated parts, left and right; pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from swarmtui.tui import words
from swarmtui.tui.meaning import Meaning, Span

Spans = tuple[Span, ...]


class Line(NamedTuple):
    """One line of a pane."""

    spans: Spans = ()
    ground: Meaning | None = None
    """What lies below the whole line, such as `CURSOR`."""


EMPTY = Line()


def line(*spans: Span) -> Line:
    """Return a line of these spans."""
    return Line(spans)


def dim(text: str) -> Span:
    """Return text that is there to be found, not to be noticed."""
    return Span(text, Meaning.DIM)


def title(text: str) -> Span:
    """Return the name of a pane."""
    return Span(text, Meaning.TITLE)


def width_of(spans: Iterable[Span]) -> int:
    """Return how many cells the spans take."""
    return sum(cell_len(text) for text, _ in spans)


def text_of(lines: Iterable[Line]) -> str:
    """Return what the lines say, without trailing blanks."""
    return "\n".join("".join(text for text, _ in each.spans).rstrip() for each in lines)


def cut(spans: Iterable[Span], width: int) -> Spans:
    """Return the spans in at most `width` cells, with `…` for what is missing."""
    kept: list[Span] = []
    room = width
    for text, meaning in spans:
        taken = cell_len(text)
        if taken > room:
            kept.append(Span(words.fit(text, room), meaning))
            break
        kept.append(Span(text, meaning))
        room -= taken
    return tuple(kept)


def pad(spans: Iterable[Span], width: int) -> Spans:
    """Return the spans in exactly `width` cells."""
    kept = cut(spans, width)
    missing = width - width_of(kept)
    return (*kept, Span(" " * missing)) if missing > 0 else kept


def joined(parts: Sequence[Spans], *, width: int, between: str = " · ") -> Spans:
    """Return the parts one after the other, as many from the first on as fit whole."""
    kept: list[Span] = []
    for part in (part for part in parts if part):
        longer = [*kept, *([dim(between)] if kept else []), *part]
        if kept and width_of(longer) > width:
            break
        kept = longer
    return cut(kept, width)


def spread(at_left: Spans, at_right: Spans, *, width: int) -> Spans:
    """Return the left spans and, when there is room, the right ones at the right edge."""
    room = width - width_of(at_right) - 2
    if room < min(width_of(at_left), width // 3):
        return pad(at_left, width)
    return (*pad(at_left, room), Span("  "), *at_right)
