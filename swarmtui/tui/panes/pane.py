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

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return what is painted now."""
        return self._lines

    def paint(self, lines: Sequence[Line]) -> None:
        """Show these lines from the top; only those that differ are painted anew."""
        before, self._lines = self._lines, tuple(lines)
        for y in range(max(len(before), len(self._lines))):
            if _at(before, y) != _at(self._lines, y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return one painted line."""
        spans, ground = _at(self._lines, y)
        below = self.rich_style
        if ground is not None:
            below += self.style_of(ground)
        return self.strip_of(spans, width=self.size.width, base=below)


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
