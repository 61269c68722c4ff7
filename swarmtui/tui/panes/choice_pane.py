"""A pane of things to choose from: a cursor that stays on its thing, Enter and the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Focus
from textual.message import Message

from swarmtui.insight.picture import Picture
from swarmtui.tui.lines import Line, Spans
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import PicturePane


@dataclass(frozen=True)
class Choice:
    """One thing in the pane."""

    key: str
    """What it is, whatever place it has."""
    spans: Spans


class ChoicePane(PicturePane, can_focus=True):
    """Head lines, then one line a choice, as many as fit around the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", id="choice.up", show=False),
        Binding("down,j", "move(1)", "down", id="choice.down", show=False),
        Binding("home", "move(-100000)", "first", id="choice.first", show=False),
        Binding("end", "move(100000)", "last", id="choice.last", show=False),
        Binding("enter", "open", "open", id="choice.open", key_display="⏎"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._choices: Sequence[Choice] = ()
        self._key = ""
        self._top = 0

    def heads(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the lines above the choices."""
        raise NotImplementedError

    def choices(self, picture: Picture, now: datetime) -> Sequence[Choice]:
        """Return all there is to choose from, in order."""
        raise NotImplementedError

    def rest(self, hidden: Sequence[Choice]) -> Spans:
        """Return what to say of the choices that do not fit."""
        return (Span(f"   … {len(hidden):,} more", Meaning.DIM),)

    def message_for(self, key: str, picture: Picture) -> Message | None:
        """Return what to post when the choice with this key is opened."""
        raise NotImplementedError

    @property
    def cursor(self) -> int:
        """Return the place of the cursor: of the thing it stood on, or the first."""
        return next((i for i, choice in enumerate(self._choices) if choice.key == self._key), 0)

    @property
    def key_at_cursor(self) -> str:
        """Return what the cursor stands on; empty for nothing."""
        return self._choices[self.cursor].key if self._choices else ""

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the heads and the choices that fit."""
        heads = self.heads(picture, now)
        self._heads = len(heads)
        self._choices = self.choices(picture, now)
        room = self.size.height - len(heads)
        if len(self._choices) <= room:
            self._top = 0
            return [*heads, *self._rows(len(self._choices))]
        shown = max(1, room - self.gap - 1)
        self._top = max(min(self._top, self.cursor), self.cursor - shown + 1)
        hidden = [*self._choices[: self._top], *self._choices[self._top + shown :]]
        return [*heads, *self._rows(shown), Line(self.rest(hidden))]

    gap = 0
    """Blank lines kept below, unless all choices fit without."""
    _heads = 0

    def _rows(self, shown: int) -> list[Line]:
        cursor = self.cursor if self.has_focus else -1
        return [
            Line(choice.spans, Meaning.CURSOR if place == cursor else None)
            for place, choice in enumerate(
                self._choices[self._top : self._top + shown], start=self._top
            )
        ]

    def action_move(self, by: int) -> None:
        """Move the cursor, staying within the choices."""
        if self._choices:
            place = max(0, min(len(self._choices) - 1, self.cursor + by))
            self._key = self._choices[place].key
            self.draw()

    def action_open(self) -> None:
        """Open what is under the cursor."""
        if self._choices and self.picture is not None:
            message = self.message_for(self._choices[self.cursor].key, self.picture)
            if message is not None:
                self.post_message(message)

    def on_click(self, event: Click) -> None:
        """Move the cursor where the mouse clicked, and open it."""
        place = event.y - self._heads + self._top
        if event.y >= self._heads and place < len(self._choices):
            self._key = self._choices[place].key
            self.draw()
            self.action_open()

    def on_focus(self, event: Focus) -> None:
        """Show the cursor."""
        del event
        self.draw()

    def on_blur(self, event: Blur) -> None:
        """Hide the cursor."""
        del event
        self.draw()
