"""The filter bar: filters while one types, completes, and points at what is wrong."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Click, DescendantBlur
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from swarmtui.insight.completion import Candidate, Completion, complete
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.insight.query_syntax import QueryError
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import FilterChanged, FilterDismissed
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.pointing import Mistake, pointing_lines

MANY = 20_000
"""Things from which on a pause in the typing is waited for before they are filtered."""
PAUSE_S = 0.15
FIELD_PAUSE_S = 0.6
"""How long a word that may become the name of a field is not taken for what to look for."""
MOST_REMEMBERED = 50
INDENT = 3
"""Cells before the text that is typed."""

GRAMMAR = 'field:value   field~regex   field>number   -excluded   "with blanks"   word'
OPERATORS = (":", ">", "<", "~")
NO_COMPLETION = Completion(0, 0, ())


class FilterInput(Input):
    """The line one types in."""

    class RightOfEnd(Message):
        """The cursor was moved beyond the end of the text."""

    def action_cursor_right(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual's
        """Move right; at the end, take the completion."""
        if self.cursor_at_end and not select:
            self.post_message(self.RightOfEnd())
        else:
            super().action_cursor_right(select)


class Hints(Pane):
    """What stands below the line: candidates, or what is wrong."""

    DEFAULT_CSS = """
    Hints { height: 5; }
    """

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def on_click(self, event: Click) -> None:
        """Tell which line was clicked."""
        self.post_message(self.Chosen(event.y))


class FilterBar(Vertical):
    """A bar that is there while a filter is being typed.

    Enter leaves it and keeps the filter. Escape leaves it too: with a text that was changed it
    keeps the filter, with an empty one or one left alone it takes the filter away.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="filter.leave"),
        Binding("tab", "accept", "Complete", id="filter.accept"),
        Binding("ctrl+n", "pick(1)", "Next", id="filter.next", show=False),
        Binding("ctrl+p,shift+tab", "pick(-1)", "Previous", id="filter.previous", show=False),
        Binding("up", "recall(-1)", "Earlier", id="filter.earlier", show=False),
        Binding("down", "recall(1)", "Later", id="filter.later", show=False),
    ]

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        display: none;
        background: $panel;
        &.-open { display: block; }
        & > Horizontal { height: 1; }
        & Static { width: 3; color: $text-accent; }
        & FilterInput { width: 1fr; background: $panel; }
        & FilterInput:focus { background: $panel; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._input = FilterInput(compact=True, select_on_focus=False)
        self._hints = Hints()
        self._picture: Picture | None = None
        self._kind = Kind.NODES
        self._opened_with = ""
        self._told = ""
        self._completion = NO_COMPLETION
        self._picked = 0
        self._history: list[str] = []
        self._recalled = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the line above the hints."""
        yield Horizontal(Static(" /"), self._input)
        yield self._hints

    @property
    def is_open(self) -> bool:
        """Tell whether a filter is being typed."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """Return what stands in the line, whether or not it is a filter."""
        return self._input.value

    @property
    def candidates(self) -> Sequence[Candidate]:
        """Return how the word being typed could go on."""
        return self._completion.candidates

    @property
    def hints(self) -> Sequence[Line]:
        """Return what is said below the line."""
        return self._hints.lines

    def open(self, text: str, *, kind: Kind, picture: Picture | None) -> None:
        """Begin with the filter that stands; `kind` is what the screen shows."""
        self._kind, self._picture = kind, picture
        self._opened_with = self._told = text
        self._recalled = len(self._history)
        self.add_class("-open")
        self._hints.styles.height = 5 if self.app.size.height >= 30 else 3
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self._input.focus()
        self._hint()

    def show(self, picture: Picture) -> None:
        """Complete from this picture from now on."""
        self._picture = picture

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter by what was typed so far, and say how it could go on."""
        event.stop()
        self._picked = 0
        self._hint()
        self._stop_waiting()
        pause_s = self._pause_s()
        if pause_s:
            self._timer = self.set_timer(pause_s, self._tell)
        else:
            self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave and keep the filter, unless it is wrong."""
        event.stop()
        error = self._find_error()
        if error is None:
            self._leave()
        else:
            self._hints.paint(self._wrong(error))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Leave when the keys went elsewhere by a click; not when the whole terminal lost them."""
        del event
        focused = self.screen.focused
        if self.is_open and focused is not None and self not in focused.ancestors:
            self._leave()

    def on_filter_input_right_of_end(self, event: FilterInput.RightOfEnd) -> None:
        """Take the completion."""
        event.stop()
        self.action_accept()

    def on_hints_chosen(self, event: Hints.Chosen) -> None:
        """Take the candidate that was clicked."""
        event.stop()
        shown = self._shown()
        if event.index < len(shown):
            self._picked = self._first_shown() + event.index
            self.action_accept()
        self._input.focus()

    def action_accept(self) -> None:
        """Write the candidate picked."""
        start, end, candidates = self._completion
        if not candidates:
            return
        text, chosen = self._input.value, candidates[self._picked].text
        # A finished word is followed by a blank; a field waits for its value.
        after = text[end:] or ("" if chosen.endswith(OPERATORS) else " ")
        self._input.value = f"{text[:start]}{chosen}{after}"
        at_blank = after.startswith(" ")
        self._input.cursor_position = start + len(chosen) + at_blank

    def action_pick(self, places: int) -> None:
        """Pick another candidate."""
        if self.candidates:
            self._picked = (self._picked + places) % len(self.candidates)
            self._paint_hints()

    def action_recall(self, places: int) -> None:
        """Write an earlier filter, or a later one."""
        wanted = self._recalled + places
        if not 0 <= wanted <= len(self._history):
            return
        self._recalled = wanted
        is_past = wanted < len(self._history)
        self._input.value = self._history[wanted] if is_past else self._opened_with
        self._input.cursor_position = len(self._input.value)

    def action_leave(self) -> None:
        """Leave; an empty filter, or one left alone, is taken away."""
        text = self._input.value.strip()
        if not text or text == self._opened_with.strip():
            with self.prevent(Input.Changed):
                self._input.value = ""
        self._leave()

    def _leave(self) -> None:
        self._stop_waiting()
        self._tell()
        self._remember(self._told)
        self.remove_class("-open")
        self.post_message(FilterDismissed())

    def _tell(self) -> None:
        """Tell the filter if it is one, and another one than told last."""
        text = self._input.value.strip()
        if text != self._told and self._find_error() is None:
            self._told = text
            self.post_message(FilterChanged(text))

    def _remember(self, text: str) -> None:
        if text:
            kept = [each for each in self._history if each != text]
            self._history = [*kept, text][-MOST_REMEMBERED:]

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _pause_s(self) -> float:
        """Return how long to wait for more to be typed before it is taken for a filter."""
        start, end, candidates = self._completion
        if end > start and any(candidate.text.endswith(OPERATORS) for candidate in candidates):
            return FIELD_PAUSE_S
        if self._picture is None or self._kind is not Kind.TASKS:
            return 0
        tasks = sum(len(tasks) for tasks in self._picture.snapshot.tasks.values())
        return PAUSE_S if tasks > MANY else 0

    def _find_error(self) -> QueryError | None:
        try:
            parse_query(self._input.value)
        except QueryError as error:
            return error
        return None

    def _hint(self) -> None:
        """Find out how the text could go on; a word half typed is no mistake yet."""
        self._completion = NO_COMPLETION
        if self._picture is not None:
            self._completion = complete(
                self._input.value, self._input.cursor_position, self._picture, self._kind
            )
        self._paint_hints()

    def _paint_hints(self) -> None:
        error = self._find_error()
        if self.candidates:
            self._hints.paint(self._listed())
        elif error is not None:
            self._hints.paint(self._wrong(error))
        else:
            self._hints.paint(self._explained())

    def _first_shown(self) -> int:
        room = self._room()
        return max(0, min(self._picked - room + 1, len(self.candidates) - room))

    def _shown(self) -> Sequence[Candidate]:
        first = self._first_shown()
        return self.candidates[first : first + self._room()]

    def _room(self) -> int:
        height = self._hints.styles.height
        return int(height.value) if height is not None else 1

    def _listed(self) -> list[Line]:
        picked = self.candidates[self._picked]
        width = max(cell_len(plain(candidate.text)) for candidate in self._shown())
        return [
            _candidate_line(candidate, width=width, is_picked=candidate is picked)
            for candidate in self._shown()
        ]

    def _explained(self) -> list[Line]:
        misfits = parse_query(self._input.value).misfits(self._kind)
        if misfits:
            return [
                Line((Span(f"   {misfit.term}  ", Meaning.WARN), dim(plain(misfit.reason))))
                for misfit in misfits
            ]
        return [Line((dim(f"   {GRAMMAR}"),))]

    def _wrong(self, error: QueryError) -> Sequence[Line]:
        mistake = Mistake(error.message, error.position, error.length)
        indent = INDENT - self._input.scroll_offset.x
        return pointing_lines(
            self._input.value, mistake, indent=indent, width=self._hints.size.width
        )


def _candidate_line(candidate: Candidate, *, width: int, is_picked: bool) -> Line:
    text = plain(candidate.text)
    blanks = " " * (width - cell_len(text) + 3)
    note = dim(f"{blanks}{plain(candidate.note)}")
    if not is_picked:
        return Line((Span(f"   {text}"), note))
    key = Span("   ⇥", Meaning.ACCENT)
    return Line((Span(f" ▸ {text}", Meaning.ACCENT), note, key), ground=Meaning.CURSOR)
