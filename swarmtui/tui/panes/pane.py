"""Widgets that paint lines of spans and repaint only the lines that changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip

from swarmtui.insight.picture import Picture
from swarmtui.tui.freshness import Freshness
from swarmtui.tui.lines import EMPTY, Line
from swarmtui.tui.meaning import Painted


class Pane(Painted):
    """A widget of lines."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._strips: dict[int, tuple[Line, Strip]] = {}
        """By place, which line was painted there and how it looks."""
        self._width = 0
        """Of these strips."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return what is painted now."""
        return self._lines

    def paint(self, lines: Sequence[Line]) -> None:
        """Show these lines from the top; only those that differ are painted anew."""
        before, width = self._lines, self.size.width
        kept = [_at(before, y) if _at(before, y) == line else line for y, line in enumerate(lines)]
        self._lines = tuple(kept)
        changed = [
            y
            for y in range(max(len(before), len(kept)))
            if _at(before, y) is not _at(self._lines, y)
        ]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def notify_style_update(self) -> None:
        """Forget what was painted in the styles before."""
        self._strips = {}
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Return one painted line."""
        spans, ground = _at(self._lines, y)
        below = self.ground
        if ground is not None:
            below += self.style_of(ground)
        return self.strip_of(spans, width=self.size.width, base=below)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return painted lines, those that are as they were as they were painted.

        Without Textual's own cache of them, which looks for borders, paddings and opacities that
        panes do not have, with each frame and for every pane between any two lines that changed.
        """
        width = self.size.width
        if width != self._width:
            self._strips, self._width = {}, width
        strips = [self._strip(y) for y in crop.line_range]
        if crop.column_span == (0, width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def _strip(self, y: int) -> Strip:
        line = _at(self._lines, y)
        known = self._strips.get(y)
        if known is None or known[0] is not line:
            known = self._strips[y] = (line, self.filtered(self.render_line(y)))
        return known[1]


def _at(lines: tuple[Line, ...], y: int) -> Line:
    return lines[y] if y < len(lines) else EMPTY


class PicturePane(Pane):
    """A pane that is drawn from a picture, its own size and the time."""

    GROWS_OLD: ClassVar[bool] = True
    """Whether time alone changes what it says."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.picture: Picture | None = None
        self.now: datetime | None = None
        self.fresh = Freshness()

    def show(self, picture: Picture, now: datetime) -> None:
        """Show another picture."""
        self.picture, self.now = picture, now
        self.draw()

    def forget(self) -> None:
        """Take the values of the next picture for no news."""
        self.fresh = Freshness()

    def tick(self, now: datetime) -> None:
        """Let the ages grow, if there are any."""
        self.now = now
        if self.GROWS_OLD:
            self.draw()

    def draw(self) -> None:
        """Paint what the picture says now; nothing before there is one."""
        if self.picture is not None and self.now is not None and self.size.height:
            self.paint(self.lines_for(self.picture, self.now))

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the lines for the pane's present size."""
        raise NotImplementedError

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        del event
        self.draw()
        self.refresh()
