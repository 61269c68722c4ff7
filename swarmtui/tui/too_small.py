"""Say politely that the terminal is too small."""

from textual.events import Resize

from swarmtui.tui.lines import Line
from swarmtui.tui.meaning import Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.words import wrap

LEAST_WIDTH, LEAST_HEIGHT = 60, 16


class TooSmall(Pane):
    """Covers everything while there is no room for it."""

    def on_resize(self, event: Resize) -> None:
        """Say how much is missing."""
        width, height = event.size
        text = (
            f"{width}×{height} is a little small for swarmtui:"
            f" please make it {LEAST_WIDTH}×{LEAST_HEIGHT} or more. q quits."
        )
        self.paint([Line((Span(text_line),)) for text_line in wrap(text, max(1, width))])
        self.refresh()
