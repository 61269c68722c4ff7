"""What a piece of text on the screen means; the stylesheet decides what that looks like."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widget import Widget


class Meaning(StrEnum):
    """Meanings; each is a class of its own within `Painted`, styled in its stylesheet."""

    PLAIN = "plain"
    DIM = "dim"
    """Labels, units, what is old."""
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"
    """The leader, keys, what can be pressed."""
    TITLE = "title"
    FRESH = "fresh"
    """A value that changed in the last two seconds."""
    CHART = "chart"
    """Curves and bars of sums, which show a course rather than a state."""
    CURSOR = "cursor"
    """Background of the row under the cursor."""
    MARKED = "marked"
    GLOW = "glow"
    """Something else than it was a few seconds ago, where there is no room for words."""


class Span(NamedTuple):
    """A run of text with one meaning. The text is already harmless (`swarm.text.plain`)."""

    text: str
    meaning: Meaning = Meaning.PLAIN


class Painted(Widget):
    """A widget that draws spans by meaning.

    Meanings are not declared as Textual's component classes: it would style all twelve in every
    pane, twice before the first paint and with each change of a class. Most panes use three.
    """

    DEFAULT_CSS = """
    Painted {
        & > .plain { color: $foreground; }
        & > .dim { color: $text-muted; }
        & > .ok { color: $text-success; }
        & > .warn { color: $text-warning; }
        & > .bad { color: $text-error; text-style: bold; }
        & > .accent { color: $text-accent; }
        & > .title { color: $foreground; text-style: bold; }
        & > .fresh { color: $foreground; text-style: bold; }
        & > .chart { color: $secondary; }
        & > .cursor { background: $block-cursor-blurred-background; }
        & > .marked { color: $text-accent; text-style: bold; }
        & > .glow { background: $accent; color: $background; text-style: bold; }
    }
    """

    _styles: dict[Meaning, Style] | None = None
    _ground: Style | None = None
    _colour_below: Color | None = None

    def notify_style_update(self) -> None:
        """Find the styles in use anew: the theme, a class or the stylesheet changed."""
        super().notify_style_update()
        self._styles = self._ground = self._colour_below = None
        before = self._component_styles
        self._component_styles = {name: self._styles_within(name) for name in before}
        if self._component_styles != before:
            self.refresh()

    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return the styles of meanings, found when they are first asked for."""
        for name in names:
            if name not in self._component_styles:
                self._component_styles[name] = self._styles_within(name)
        return super().get_component_styles(*names)

    def _styles_within(self, name: str) -> RenderStyles:
        # As Textual does it for component classes.
        node = DOMNode(classes=name)
        node._attach(self)  # noqa: SLF001
        self.app.stylesheet.apply(node)
        return node.styles

    @property
    def ground(self) -> Style:
        """Return what lies below every span; kept until the styles change."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def filtered(self, strip: Strip) -> Strip:
        """Let the application turn colours into what the terminal has, or into none.

        For widgets that keep what they painted: Textual does so for those that do not.
        """
        if self._colour_below is None:
            self._colour_below = self.background_colors[1]
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, self._colour_below)
        return strip

    def style_of(self, meaning: Meaning) -> Style:
        """Return the style of a meaning here.

        The background is left open unless the meaning sets one, so that a row under the cursor
        keeps its own below every span. Kept until the styles change: Textual's own cache is
        emptied at every refresh.
        """
        if self._styles is None:
            self._styles = {}
        if meaning not in self._styles:
            self._styles[meaning] = self._find_style(meaning)
        return self._styles[meaning]

    def _find_style(self, meaning: Meaning) -> Style:
        whole = self.get_component_rich_style(meaning)
        own = self.get_component_rich_style(meaning, partial=True)
        if own.bgcolor is not None:
            return whole
        return Style(color=whole.color) + own.without_color

    def strip_of(self, spans: Iterable[Span], *, width: int, base: Style | None = None) -> Strip:
        """Return one line of `width` cells: the spans, cut or filled up, on the base style."""
        ground = base or self.ground
        segments = [Segment(text, ground + self.style_of(meaning)) for text, meaning in spans]
        return Strip(segments).adjust_cell_length(width, ground)
