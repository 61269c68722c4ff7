"""The thread that plays a recording: it goes where it is told to, else on with the tempo."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from swarmtui.feed.orders import Look, Note, Orders, Seek, Step
from swarmtui.feed.tempo import Tempo
from swarmtui.insight.picture import Picture
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.garbage import made_to_last
from swarmtui.recording.reading import Recording
from swarmtui.swarm.snapshot import Snapshot

LOOK_FOR_MORE_S = 1.0
"""How often a recording that is followed is looked at for more."""

PORTION_S = 0.004
"""How long entries are taken in without a pause: keys are answered in the pauses."""
REST_S = 0.001


class Playing(Protocol):
    """What makes pictures of a recording: see `recording.playhead.Playhead`."""

    @property
    def at(self) -> datetime:
        """Return the time up to which the recording was played."""

    def seek(self, at: datetime) -> None:
        """Go to a time."""

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        """Play on, so many entries at most; tell whether that time was reached."""

    def next_change(self) -> datetime | None:
        """Return when something changes next."""

    def previous_change(self) -> datetime | None:
        """Return when something changed last before now."""

    def picture(self) -> Picture:
        """Return the picture as of `at`."""

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Make pictures from this viewpoint."""


class Player:
    """Plays one recording. `run` is its thread; what it tells of itself may be read from any."""

    def __init__(
        self,
        recording: Recording,
        *,
        tempo: Tempo,
        orders: Orders,
        clock: Callable[[], float],
        follows: bool,
        pace_s: float,
        rest: Callable[[float], None],
        open_playhead: Callable[[Recording], Playing],
    ) -> None:
        self._recording = recording
        self._tempo = tempo
        self._orders = orders
        self._clock = clock
        self._follows = follows
        self._pace_s = pace_s
        self._rest = rest
        self._open_playhead = open_playhead
        self._due_s = self._looks_at_s = clock()
        self._growing = Lock()
        """Held while the recording is looked at for more: what it consists of changes then."""
        self.begins = recording.begins
        self.ends = recording.ends
        self.is_ended = recording.is_ended
        self.landmarks = recording.landmarks
        self.damage = recording.damage
        self.error = ""
        self.lags = False
        self.is_at_end = False
        self.going: datetime | None = None
        """Where it is on its way to by an order."""

    @property
    def is_following(self) -> bool:
        """Tell whether the recording may still grow."""
        return self._follows and not self.is_ended

    def density(self, columns: int) -> Sequence[int]:
        """Return how much changed in each of so many equal parts from begin to end."""
        with self._growing:
            return self._recording.density(columns)

    def run(self, deliver: Callable[[Picture], None]) -> None:
        """Play until stopped, and close the recording then."""
        with self._recording:
            try:
                head = self._open_playhead(self._recording)
            except RecordingError as error:
                self.error = str(error)
                deliver(Picture(at=self._tempo.now(), snapshot=Snapshot()))
                return
            while not self._orders.is_stopped:
                picture = self._turn(head)
                if picture is not None:
                    deliver(picture)

    def _turn(self, head: Playing) -> Picture | None:
        """Wait for what is to be done next, and do it; return what there is to be shown then."""
        order = self._orders.take(timeout_s=self._find_wait())
        try:
            grew = self._look_for_more(head)
            is_news = self._obey(order, head) if order else self._go_on(head) or grew
            return head.picture() if is_news else None
        except RecordingError as error:
            self.error = str(error)
            self._tempo.pause(paused=True)
            self._arrive(head)
            return Picture(at=head.at, snapshot=Snapshot())

    def _find_wait(self) -> float | None:
        """Return in how many seconds something is to be done; `None` when a user has to say so."""
        waits = []
        if not self._tempo.is_paused and not self.is_at_end:
            waits.append(self._due_s - self._clock())
        if self._follows:  # also one that ended: a full file is, and another begins under its name
            waits.append(self._looks_at_s - self._clock())
        return max(0.0, min(waits)) if waits else None

    def _obey(self, order: Seek | Step | Note | Look, head: Playing) -> bool:
        match order:
            case Note(text, at):
                return self._keep(text, at)
            case Look(viewpoint):
                head.look_as(viewpoint)
            case Seek(at):
                self.going = at
                head.seek(at)
            case Step(forward):
                self._tempo.pause(paused=True)
                change = head.next_change() if forward else head.previous_change()
                head.seek(change or (self.ends if forward else self.begins))
        self.error = ""
        self._arrive(head)
        return True

    def _keep(self, text: str, at: datetime) -> bool:
        try:
            self._recording.add_bookmark(text, at)
        except RecordingError as error:
            self.error = str(error)
        else:
            self.error = ""
            self.landmarks = self._recording.landmarks
        return True

    def _go_on(self, head: Playing) -> bool:
        """Play as far as time has come."""
        is_paused = self._tempo.is_paused
        if self.lags:
            pace = timedelta(seconds=0 if is_paused else self._pace_s * self._tempo.speed)
            until = head.at + pace
        else:
            until = self._tempo.now()
        until = min(until, self.ends)
        if until <= head.at or not (is_paused or self._clock() >= self._due_s):
            return False
        with made_to_last():
            is_there = self._advance(head, until)
        if is_there and not self.lags and until < self.ends:
            self._due_s = max(self._due_s + self._pace_s, self._clock())
            return True
        self.lags = not is_there and not self._orders.are_urgent
        self._arrive(head)
        return True

    def _advance(self, head: Playing, until: datetime) -> bool:
        """Play on with pauses; tell whether it got there in time."""
        began_s = rested_s = self._clock()
        while not head.advance(until, most=1):
            now_s = self._clock()
            if self._orders.are_urgent or self._is_late(now_s - began_s):
                return False
            if now_s - rested_s > PORTION_S:
                self._rest(REST_S)
                rested_s = self._clock()
        return True

    def _is_late(self, took_s: float) -> bool:
        """Tell whether to show how far it came: a paused clock stands at the target already."""
        return self.lags if self._tempo.is_paused else took_s > self._pace_s

    def _arrive(self, head: Playing) -> None:
        """Let time go on from where the playing is."""
        self.is_at_end = head.at >= self.ends
        self.lags = self.lags and not self.is_at_end
        self._see_damage()
        self._tempo.place(head.at, held=self.is_at_end or self.lags)
        self.going = None
        self._due_s = self._clock() + (0 if self.lags else self._pace_s)

    def _see_damage(self) -> None:
        """Take note of damage: more of it is found where one comes by."""
        damage = self._recording.damage
        if damage != self.damage:
            self.damage = damage

    def _look_for_more(self, head: Playing) -> bool:
        """Look whether a recording that is followed has grown; tell whether that matters."""
        if not self._follows or self._clock() < self._looks_at_s:
            return False
        self._looks_at_s = self._clock() + LOOK_FOR_MORE_S
        recording = self._recording
        with self._growing:
            if not recording.refresh():
                return False
            self.begins, self.ends = recording.begins, recording.ends
            self.is_ended = recording.is_ended
            self.landmarks, self.damage = recording.landmarks, recording.damage
        if self.is_at_end or head.at < self.begins:  # what was full goes on in a file of its own
            head.seek(head.at)
            self._arrive(head)
        return True
