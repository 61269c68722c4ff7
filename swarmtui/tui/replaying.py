"""Replaying a recording: the keys for it, the scrub bar, and time as the recording has it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from swarmtui.feed.status import ReplayStatus
from swarmtui.insight.moments import WAYS_TO_WRITE, MomentError, parse_moment
from swarmtui.insight.picture import Picture
from swarmtui.tui.asking import AskDialog, ask_note
from swarmtui.tui.feed_port import Replaying
from swarmtui.tui.front import Front
from swarmtui.tui.header import HeaderFacts
from swarmtui.tui.panes.scrub_bar import ScrubBar
from swarmtui.tui.pointing import Mistake
from swarmtui.tui.tails import Tails
from swarmtui.tui.words import age, clock_time

NOTICE_S = 5.0
"""How long something said in passing stays."""
LEAP = timedelta(seconds=10)
LEAP_S = 3.0
"""Pictures further apart than this, at the speed they are played at, were not played through."""


class ReplayScreen(Front):
    """Holds the views of a recording; the time is that of the picture shown.

    Between two pictures the recording's clock runs on, at 1,000× for minutes: ages counted to it
    would tell of data that is old where it is not.
    """

    IS_LIVE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause", id="replay.pause"),
        Binding("left_square_bracket", "slower", "Slower", id="replay.slower"),
        Binding("right_square_bracket", "faster", "Faster", id="replay.faster"),
        Binding("comma", "step(False)", "Step back", id="replay.step_back"),
        Binding("full_stop", "step(True)", "Step", id="replay.step"),
        Binding("N", "jump(False)", "Previous landmark", id="replay.previous"),
        Binding("n", "jump(True)", "Next landmark", id="replay.next"),
        Binding("t", "ask_time", "Time", id="replay.time"),
        Binding("b", "bookmark", "Bookmark", id="replay.bookmark"),
        Binding("equals_sign", "app.compare", "Compare", id="replay.compare"),
    ]

    def __init__(self, replaying: Replaying) -> None:
        super().__init__(id="_default")
        self._replaying = replaying
        self._shown_at: datetime | None = None
        self._mark: datetime | None = None
        self._bar = ScrubBar(replaying.density)
        self._timer: Timer | None = None

    @property
    def bars(self) -> Sequence[Widget]:
        """Return the scrub bar."""
        return (self._bar,)

    def now(self) -> datetime:
        """Return the time of the picture shown; before the first, where the playing begins."""
        return self._shown_at or self._replaying.now()

    @property
    def is_now(self) -> bool:
        """Tell whether the end of a recording that still grows is shown."""
        status = self._replaying.status()
        return status.is_following and status.is_at_end

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the bell only where it may ring."""
        del parameters
        return action != "turn_bell" or self._replaying.status().is_following

    def take(self, picture: Picture) -> bool:
        """Take the newest picture; tell whether it was gone to, not played to."""
        before, self._shown_at = self._shown_at, picture.at
        if before is None:
            return False
        played = timedelta(seconds=self._replaying.status().speed * LEAP_S)
        return picture.at < before or picture.at - before > max(LEAP, played)

    def tick(self) -> None:
        """Show where the playing is."""
        self._bar.show(self._replaying.status(), mark=self._mark)

    def tell(self, facts: HeaderFacts) -> HeaderFacts:
        """Return the facts with what they are a recording of."""
        return replace(facts, replay=self._replaying.status())

    def tails(self, wanted: Tails, picture: Picture) -> Tails:
        """Return those that were tailed when it was recorded."""
        del wanted
        return Tails(frozenset(picture.snapshot.tails) | frozenset(picture.snapshot.stats))

    def mark(self, at: datetime | None) -> None:
        """Show on the bar which time another one will be compared with."""
        self._mark = at
        self.say(f"{clock_time(at)} marked; = compares" if at else "")
        self.tick()

    def say(self, text: str) -> None:
        """Say something in the scrub bar for a few seconds."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(NOTICE_S, lambda: self._bar.say("")) if text else None
        self._bar.say(text)

    def on_scrub_bar_sought(self, event: ScrubBar.Sought) -> None:
        """Go to the time that was clicked."""
        event.stop()
        self._seek(event.at)

    def action_pause(self) -> None:
        """Pause, or go on."""
        self._replaying.toggle_pause()
        self._answer()

    def action_faster(self) -> None:
        """Play faster."""
        self._replaying.faster()
        self._answer()

    def action_slower(self) -> None:
        """Play slower."""
        self._replaying.slower()
        self._answer()

    def action_step(self, forward: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Go to the next change, or to the one before."""
        self._replaying.step(forward=forward)
        self._answer()

    def action_jump(self, forward: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Go to the next election, incident or bookmark, or to the one before."""
        missing = find_nothing(self._replaying.status(), forward=forward)
        if not missing:
            self._replaying.jump(forward=forward)
        self._answer(missing)

    def action_ask_time(self) -> None:
        """Ask where to go."""
        dialog = AskDialog(
            question="Go to",
            example=WAYS_TO_WRITE,
            judge=lambda text: judge_time(text, self._replaying.status()),
        )
        self.app.push_screen(dialog, self._go)

    def action_bookmark(self) -> None:
        """Ask for a note and mark the moment shown."""
        at = self.now()
        self.app.push_screen(ask_note(at), lambda note: self._keep(note, at))

    def _go(self, text: str | None) -> None:
        if text is not None:
            self._seek(find_time(text, self._replaying.status()))

    def _seek(self, at: datetime) -> None:
        self._replaying.seek(at)
        self._answer()

    def _keep(self, note: str | None, at: datetime) -> None:
        if note is not None:
            self._replaying.bookmark(note.strip(), at)
            self._answer(f"bookmark at {clock_time(at)}")

    def _answer(self, said: str = "") -> None:
        """Show at once what a key did; what was said before it no longer matters."""
        self.say(said)
        self.tick()


def find_nothing(status: ReplayStatus, *, forward: bool) -> str:
    """Return what to say when there is nothing to jump to; empty when there is."""
    if not status.landmarks:
        return "no election, incident or bookmark in this recording"
    times = (landmark.at for landmark in status.landmarks)
    if any(at > status.at if forward else at < status.at for at in times):
        return ""
    where = "after" if forward else "before"
    return f"no election, incident or bookmark {where} this"


def find_time(text: str, status: ReplayStatus) -> datetime:
    """Return the time that was written; raise `MomentError`."""
    return parse_moment(text, begins=status.begins, ends=status.ends, near=status.at)


def judge_time(text: str, status: ReplayStatus) -> str | Mistake:
    """Return which time is meant, or what is wrong."""
    try:
        at = find_time(text, status)
    except MomentError as error:
        return Mistake(error.message, error.position, error.length)
    after = age((at - status.begins).total_seconds())
    return f"{at.astimezone():%Y-%m-%d} {clock_time(at)}, {after} after the begin"
