"""A dialog that is a box of lines: as high as they are, and it scrolls where they have no room."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen

from swarmtui.tui.lines import Line
from swarmtui.tui.panes.pane import Pane

WIDEST = 110
BESIDES = 5
"""Cells that the lines leave free: two at each side of the box, and its bar."""


class LinesDialog(ModalScreen[None]):
    """Lies over a screen and tells what `lines_for` returns, anew for each width."""

    DEFAULT_CSS = f"""
    LinesDialog {{
        align: center middle;
        background: $background 60%;
        & VerticalScroll {{
            width: 90%;
            max-width: {WIDEST};
            height: auto;
            max-height: 90%;
            background: $panel;
            padding: 1 2;
            scrollbar-background: $panel;
            scrollbar-size-vertical: 1;
        }}
        & Pane {{ width: 1fr; background: $panel; }}
    }}
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._pane = Pane(id=f"{id}-lines")
        self._box = VerticalScroll(self._pane, id=f"{id}-box", can_focus=False)

    def compose(self) -> ComposeResult:
        """Put the lines in a box that scrolls."""
        yield self._box

    @property
    def lines(self) -> Sequence[Line]:
        """Return what is said."""
        return self._pane.lines

    def lines_for(self, width: int) -> Sequence[Line]:
        """Return what is to be said, broken to the width."""
        raise NotImplementedError

    def draw(self) -> None:
        """Say it as it is now."""
        lines = self.lines_for(min(self.size.width * 9 // 10, WIDEST) - BESIDES)
        self._pane.styles.height = len(lines)
        self._pane.paint(lines)

    def on_resize(self, event: Resize) -> None:
        """Break the lines to the width."""
        del event
        self.draw()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self._box.scroll_relative(y=lines, animate=False)
