"""A screen for one widget, what the widget posts, and a clock that stands still until told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from tests.factories import NOON

M = TypeVar("M", bound=Message)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> datetime:
        """Let time pass; return the time then."""
        self.now += timedelta(seconds=seconds)
        return self.now


class Stage(App[None]):
    """An app with one widget on it."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self._heard: list[Message] = []

    def compose(self) -> ComposeResult:
        """Put the widget on the screen."""
        yield self._widget

    def on_mount(self) -> None:
        """Send keys to the widget."""
        self._widget.focus()

    def hear(self, message: Message) -> None:
        """Take note of a message; it arrives once at every widget it passes."""
        if not any(heard is message for heard in self._heard):
            self._heard.append(message)

    def told(self, kind: type[M]) -> list[M]:
        """Return the messages of one kind, oldest first."""
        return [message for message in self._heard if isinstance(message, kind)]


@asynccontextmanager
async def staged(
    widget: Widget, *, width: int = 80, height: int = 24
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    """Run an app with one widget on it."""
    stage = Stage(widget)
    async with stage.run_test(size=(width, height), message_hook=stage.hear) as pilot:
        await pilot.pause()
        yield stage, pilot


def line(widget: Widget, y: int) -> str:
    """Return what a widget shows on one of its lines, without trailing blanks."""
    return widget.render_line(y).text.rstrip()
