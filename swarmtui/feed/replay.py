"""A recording as a feed: it is played at a speed, paused, and gone through in any direction."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Thread
from time import monotonic, sleep

from swarmtui.feed.orders import Orders
from swarmtui.feed.player import Player, Playing
from swarmtui.feed.status import ReplayStatus
from swarmtui.feed.tempo import Tempo
from swarmtui.insight.picture import Picture
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.stream.interest import Interest

JUST_NOW_S = 1.0
"""Real seconds after a jump within which a jump back means the landmark before that one."""


class Replay:
    """Plays a recording in a thread, a daemon; everything may be called from any other.

    The recording is its own from now on, and is closed when it is stopped.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        clock: Callable[[], float] = monotonic,
        follow: bool = False,
        starts_at: datetime | None = None,
        pace_s: float = 0.25,
        rest: Callable[[float], None] = sleep,
        open_playhead: Callable[[Recording], Playing] = Playhead,
    ) -> None:
        """Take the time to start at, else the begin; and whether to wait for more at the end."""
        self._recording = recording
        self._tempo = Tempo(recording.begins, clock=clock)
        self._orders = Orders()
        self._player = Player(
            recording,
            tempo=self._tempo,
            orders=self._orders,
            clock=clock,
            follows=follow,
            pace_s=pace_s,
            rest=rest,
            open_playhead=open_playhead,
        )
        self._landed: datetime | None = None
        """Where the last jump led."""
        self._thread: Thread | None = None
        self._tempo.place(self._clamp(starts_at or recording.begins), held=True)
        self.seek(self._tempo.now())

    def start(self, deliver: Callable[[Picture], None]) -> None:
        """Begin to play, and to deliver at most one picture every `pace_s` seconds.

        Where the user goes to is shown at once.
        """
        run = self._player.run
        self._thread = Thread(target=run, args=(deliver,), name="replay", daemon=True)
        self._thread.start()

    def want(self, interest: Interest) -> None:
        """Do nothing: all there is was asked for already."""

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Show it from this viewpoint. Returns at once."""
        self._orders.look_as(viewpoint)

    def stop(self) -> None:
        """Stop delivering. Returns at once."""
        self._orders.stop()
        if self._thread is None:
            self._recording.close()

    def wait_until_closed(self, *, timeout_s: float) -> None:
        """Wait until the recording is closed, once stopped."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def now(self) -> datetime:
        """Return the recording's time: the clock of the dashboard."""
        return min(self._tempo.now(), self._player.ends)

    def status(self) -> ReplayStatus:
        """Return where the playing is."""
        player = self._player
        return ReplayStatus(
            name=self._recording.path.name,
            at=self.now(),
            begins=player.begins,
            ends=player.ends,
            speed=self._tempo.speed,
            lags=player.lags,
            is_paused=self._tempo.is_paused,
            is_at_end=player.is_at_end,
            is_following=player.is_following,
            heading_for=self._heading_for,
            landmarks=player.landmarks,
            damage=player.damage,
            error=player.error,
        )

    def density(self, columns: int) -> Sequence[int]:
        """Return how much changed in each of so many equal parts from `begins` to `ends`."""
        return self._player.density(columns)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        self._tempo.pause(paused=not self._tempo.is_paused)
        self._orders.nudge()

    def faster(self) -> None:
        """Take the next higher speed."""
        self._tempo.shift(1)
        self._orders.nudge()

    def slower(self) -> None:
        """Take the next lower speed."""
        self._tempo.shift(-1)
        self._orders.nudge()

    def set_speed(self, speed: float) -> None:
        """Take a speed: seconds of the recording in one."""
        self._tempo.set_speed(speed)
        self._orders.nudge()

    def step(self, *, forward: bool) -> None:
        """Pause, and go to the next change, or to the one before."""
        self._orders.step(forward=forward)

    def seek(self, at: datetime) -> None:
        """Go to a time; to the begin or the end when it lies outside."""
        self._orders.seek(self._clamp(at))

    def jump(self, *, forward: bool) -> None:
        """Go to the next landmark, or to the one before; at the last one nothing moves."""
        here = self._heading_for or self.now()
        times = [landmark.at for landmark in self._player.landmarks]
        if forward:
            found = min((at for at in times if at > here), default=None)
        else:
            here = self._find_origin(here)
            found = max((at for at in times if at < here), default=None)
        if found is not None:
            self._landed = found
            self.seek(found)

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment, beside the file, which itself is never changed."""
        self._orders.note(note, self._clamp(at))

    @property
    def _heading_for(self) -> datetime | None:
        return self._orders.sought or self._player.going

    def _find_origin(self, here: datetime) -> datetime:
        """Return from where to look back: while it plays on, one never stands on a landmark."""
        just_now = timedelta(seconds=JUST_NOW_S * self._tempo.speed)
        if self._landed is not None and timedelta() <= here - self._landed <= just_now:
            return self._landed
        return here

    def _clamp(self, at: datetime) -> datetime:
        return max(self._player.begins, min(at, self._player.ends))
