"""Recording a live swarm: the keys for it, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from swarmtui.feed.status import RecordingState, RecordingStatus
from swarmtui.insight.picture import Picture
from swarmtui.swarm.text import plain
from swarmtui.tui.feed_port import Recording
from swarmtui.tui.front import Front
from swarmtui.tui.header import HeaderFacts
from swarmtui.tui.lines import EMPTY, Line, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.tails import Tails
from swarmtui.tui.words import clock_time, traffic


class LiveScreen(Front):
    """Holds the views of a live swarm; `r` records it."""

    IS_LIVE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "record", "Record", id="recording.record"),
        Binding("b", "bookmark", "Bookmark", id="recording.bookmark"),
        Binding("escape", "accept_trouble", "Seen", id="recording.seen"),
    ]

    def __init__(self, recording: Recording | None, *, clock: Callable[[], datetime]) -> None:
        super().__init__(id="_default")
        self._recording = recording
        self._clock = clock
        self._status: RecordingStatus | None = None
        self._accepted = ""
        """What went wrong and was seen."""

    def now(self) -> datetime:
        """Return what time it is."""
        return self._clock()

    @property
    def is_now(self) -> bool:
        """Tell that it does."""
        return True

    def take(self, picture: Picture) -> bool:
        """Take the newest picture: time never leaps here."""
        del picture
        return False

    def tick(self) -> None:
        """Look how the recording goes, and say where it is when it begins or ends."""
        before, self._status = self._status, self._recording.status() if self._recording else None
        if self._status is None or _is_same(before, self._status):
            return
        if not self._status.error:
            self._accepted = ""
        if before is None or before.state is not self._status.state:
            self._say_state(self._status)
        self.refresh_bindings()

    def tell(self, facts: HeaderFacts) -> HeaderFacts:
        """Return the facts with how the recording goes, and what went wrong and is not seen yet."""
        return replace(facts, recording=self._status, trouble=self.trouble)

    @property
    def trouble(self) -> str:
        """Return what went wrong with the recording, until the user has seen it."""
        error = self._status.error if self._status else ""
        return error if error != self._accepted else ""

    def tails(self, wanted: Tails, picture: Picture) -> Tails:
        """Return those that the user wants."""
        del picture
        return wanted

    def mark(self, at: datetime | None) -> None:
        """Say which time a later one will be compared with."""
        if at is not None:
            self.say(f"{clock_time(at)} is marked: = compares it with a later time")

    def say(self, text: str) -> None:
        """Say something in a corner for a few seconds."""
        self.app.notify(plain(text), markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what does something now."""
        del parameters
        if action in {"record", "bookmark"}:
            return self._recording is not None
        return action != "accept_trouble" or bool(self.trouble)

    def action_record(self) -> None:
        """Begin to record, or end it."""
        if self._recording is None:
            return
        self.action_accept_trouble()
        if self._is_on:
            self._recording.end()
        else:
            self._recording.begin()
        self.post_message(self.Turned())

    def action_bookmark(self) -> None:
        """Ask for a note and mark this moment; while nothing is recorded, say so."""
        if not self._is_on:
            self.app.push_screen(NothingRecorded(), self._begin)
            return
        from swarmtui.tui.asking import ask_note  # noqa: PLC0415 - not before it is opened

        at = self.now()
        self.app.push_screen(ask_note(at), lambda note: self._keep(note, at))

    def action_accept_trouble(self) -> None:
        """Take note of what went wrong."""
        self._accepted = self._status.error if self._status else ""
        self.post_message(self.Turned())

    @property
    def _is_on(self) -> bool:
        status = self._recording.status() if self._recording else None
        return status is not None and status.is_on

    def _begin(self, wanted: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        if wanted:
            self.action_record()

    def _keep(self, note: str | None, at: datetime) -> None:
        if note is not None and self._recording is not None:
            self._recording.bookmark(note.strip(), at)
            self.say(f"bookmark at {clock_time(at)}")

    def _say_state(self, status: RecordingStatus) -> None:
        if status.state is RecordingState.RECORDING:
            self.say(f"recording into {status.path}")
        elif status.state is RecordingState.ENDED:
            self.say(f"recorded {traffic(status.size_bytes)} into {status.path}")


def _is_same(before: RecordingStatus | None, after: RecordingStatus) -> bool:
    """Tell whether nothing but the size changed."""
    return before is not None and (before.state, before.error) == (after.state, after.error)


class NothingRecorded(ModalScreen[bool]):
    """Says that there is nothing a bookmark could stand in, and offers to begin."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,b", "dismiss(False)", "Close", id="unrecorded.close"),
        Binding("r", "dismiss(True)", "Record", id="unrecorded.record"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="unrecorded.quit", show=False),
    ]

    DEFAULT_CSS = """
    NothingRecorded {
        align: center middle;
        & Pane { width: 58; height: 5; background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="unrecorded")
        self._pane = Pane(id="unrecorded-lines")

    def compose(self) -> ComposeResult:
        """Show the lines."""
        yield self._pane

    def on_mount(self) -> None:
        """Say it."""
        self._pane.paint(
            [
                EMPTY,
                Line((title("  Nothing is recorded, so there is nothing to mark."),)),
                EMPTY,
                Line((Span("  r", Meaning.ACCENT), dim(" begins to record · esc closes"))),
            ]
        )
