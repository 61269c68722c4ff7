"""A dialog of one line: asks for a text, says what it would mean, points at what is wrong."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from swarmtui.tui.lines import Line, dim, title
from swarmtui.tui.meaning import Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.pointing import Mistake, pointing_lines
from swarmtui.tui.words import clock_time

INDENT = 3
"""Cells before the text that is typed."""
BELOW = 4
"""Lines below it."""
LONGEST_NOTE = 200
"""Characters of a bookmark's note."""

Judge = Callable[[str], str | Mistake]
"""Returns what a text would mean, in words, or what is wrong with it."""


class AskDialog(ModalScreen[str | None]):
    """Lies over a screen; its result is a text the judge had nothing against, or `None`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="ask.close"),
        Binding("ctrl+c", "app.quit", "Quit", id="ask.quit", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    AskDialog {
        align: center bottom;
        & #ask-box {
            width: 100%;
            height: auto;
            background: $panel;
            padding: 1 0;
            margin-bottom: 3;
        }
        & Pane { background: $panel; }
        & #ask-title { height: 1; }
        & Horizontal { height: 1; }
        & Static { width: 3; color: $text-accent; background: $panel; }
        & Input { width: 1fr; background: $panel; }
        & Input:focus { background: $panel; }
    }
    """

    def __init__(self, *, question: str, example: str, judge: Judge, text: str = "") -> None:
        """Ask; the example stands below the line until something is typed, `text` is there yet."""
        super().__init__(id="ask")
        self._question = question
        self._example = example
        self._judge = judge
        self._title = Pane(id="ask-title")
        self._input = Input(text, compact=True, select_on_focus=False)
        self._below = Pane(id="ask-below")

    def compose(self) -> ComposeResult:
        """Put the question, the line and what is said of it one below the other."""
        self._below.styles.height = BELOW
        yield Vertical(
            self._title, Horizontal(Static(" ›"), self._input), self._below, id="ask-box"
        )

    def on_mount(self) -> None:
        """Say what is asked for."""
        self._title.paint([Line((title(f" {self._question}"), dim("   ⏎ takes it · esc closes")))])
        self._tell()
        self._input.focus()

    @property
    def said(self) -> Sequence[Line]:
        """Return what stands below the line."""
        return self._below.lines

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it means so far; a text half typed is no mistake yet."""
        event.stop()
        self._tell()

    def _tell(self) -> None:
        text = self._input.value
        judged = self._judge(text) if text.strip() else self._example
        self._below.paint([_said(self._example if isinstance(judged, Mistake) else judged)])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or point at what is wrong."""
        event.stop()
        judged = self._judge(event.value)
        if not isinstance(judged, Mistake):
            self.dismiss(event.value)
            return
        indent = INDENT - self._input.scroll_offset.x
        width = self._below.size.width
        self._below.paint(pointing_lines(event.value, judged, indent=indent, width=width))


def ask_note(at: datetime) -> AskDialog:
    """Return the dialog that asks what a bookmark shall say."""
    return AskDialog(
        question=f"Bookmark at {clock_time(at)}",
        example="a note, such as: the rack in Lyon lost power",
        judge=_judge_note,
    )


def _judge_note(text: str) -> str | Mistake:
    if len(text) > LONGEST_NOTE:
        more = len(text) - LONGEST_NOTE
        return Mistake(f"{more} characters too long", position=LONGEST_NOTE, length=more)
    return "one line, kept with the recording"


def _said(text: str) -> Line:
    return Line((Span("   "), dim(text)))
