"""Text by meaning, on a terminal or off it: colours, width, and cutting to fit."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, TextIO

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style

from swarmtui.swarm.text import plain


class Tone(StrEnum):
    """What a piece of printed text means."""

    PLAIN = "plain"
    DIM = "dim"
    """Labels, units, what can be skipped."""
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"
    """The leader."""
    TITLE = "title"


STYLES: Mapping[Tone, Style] = {
    Tone.PLAIN: Style(),
    Tone.DIM: Style(dim=True),
    Tone.OK: Style(color="green"),
    Tone.WARN: Style(color="yellow"),
    Tone.BAD: Style(color="red", bold=True),
    Tone.ACCENT: Style(color="cyan"),
    Tone.TITLE: Style(bold=True),
}
"""Names of the terminal's own colours, which its owner has made readable."""


class Span(NamedTuple):
    """A run of text with one meaning; the text is harmless already (`swarm.text.plain`)."""

    text: str
    tone: Tone = Tone.PLAIN
    glyph: str = ""
    """Stands before the text for eyes; left out where nobody looks, so that columns stay words."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """Where text is printed."""

    width: int | None = None
    """Cells in a line; `None` when nothing is to be cut, because no terminal shows it."""
    height: int | None = None
    styled: bool = False
    """Whether escape sequences may be printed at all."""
    colors: str | None = None
    """Rich's name of the colours there are; `None` with `NO_COLOR`: then only bold and dim."""

    @property
    def is_terminal(self) -> bool:
        """Tell whether somebody looks at it, so that glyphs help and lines must fit."""
        return self.width is not None

    def shown(self, span: Span) -> str:
        """Return the text of a span with its glyph, if glyphs are of use here."""
        if span.glyph and self.is_terminal:
            return f"{span.glyph} {span.text}"
        return span.text

    def paint(self, spans: Iterable[Span]) -> str:
        """Return one line, cut with `…` where it is wider than the paper."""
        pieces = [(self.shown(span), span.tone) for span in spans]
        if self.width is not None:
            pieces = _fitting(pieces, self.width)
        if not self.styled:
            return "".join(text for text, _ in pieces)
        return "".join(self._styled(text, tone) for text, tone in pieces)

    def _styled(self, text: str, tone: Tone) -> str:
        style = STYLES[tone]
        if self.colors is None:
            style = style.without_color
        return style.render(text, color_system=self._system)

    @property
    def _system(self) -> ColorSystem:
        return COLOR_SYSTEMS[self.colors] if self.colors else ColorSystem.STANDARD


def paper_of(stream: TextIO, *, environ: Mapping[str, str]) -> Paper:
    """Return what Rich finds out about `stream`: `NO_COLOR`, `FORCE_COLOR`, `TERM`, `COLUMNS`.

    Forced colours do not make a pipe a terminal: nothing is cut there.
    """
    console = Console(file=stream, _environ=environ)
    seen = stream.isatty()
    colors = None if console.no_color else console.color_system
    return Paper(
        width=console.width if seen else None,
        height=console.height if seen else None,
        styled=console.is_terminal and not console.is_dumb_terminal,
        colors=colors,
    )


def harmless(text: str, tone: Tone = Tone.PLAIN) -> Span:
    """Return a span of text from outside."""
    return Span(plain(text), tone)


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells; what was cut leaves `…`."""
    if cells(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def cells(text: str) -> int:
    """Return how many cells a terminal needs for harmless text."""
    return len(text) if text.isascii() else cell_len(text)


def _fitting(pieces: list[tuple[str, Tone]], width: int) -> list[tuple[str, Tone]]:
    if sum(cells(text) for text, _ in pieces) <= width:
        return pieces
    fitting: list[tuple[str, Tone]] = []
    left = width
    for text, tone in pieces:
        if cells(text) >= left:
            # One cell more than there is, so that the cut shows.
            return [*fitting, (cut(text + "…", left), tone)]
        fitting.append((text, tone))
        left -= cells(text)
    return fitting
