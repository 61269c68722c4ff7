"""Let a recording go on in time while it is served."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from swarmtui.feed.tempo import Tempo
from swarmtui.httpd.journal import Journal
from swarmtui.recording.damage import Damage
from swarmtui.recording.errors import RecordingError
from swarmtui.serving.calendar import tell
from swarmtui.serving.news import iterate_news
from swarmtui.serving.scene import Scene
from swarmtui.swarm.snapshot import Snapshot

_TICK_S = 0.2
_LOOK_FOR_MORE_S = 1.0
_LEAP_S = 1.0
"""How many seconds' worth are played at once at most; what is later than that plays on slower."""
_PORTION = 32
"""Entries taken in before others get their turn: some milliseconds of work."""


class Playing(Protocol):
    """What plays a recording: see `recording.playhead.Playhead`."""

    @property
    def at(self) -> datetime:
        """Return the time up to which the recording was played."""

    @property
    def snapshot(self) -> Snapshot:
        """Return what was known then."""

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        """Play on, so many entries at most; tell whether that time was reached."""


class Growing(Protocol):
    """A recording that may be written while it is played: see `recording.reading.Recording`."""

    @property
    def ends(self) -> datetime:
        """Return the time of the last entry."""

    @property
    def is_ended(self) -> bool:
        """Tell whether nothing more will be written."""

    @property
    def damage(self) -> Sequence[Damage]:
        """Return what is missing."""

    def refresh(self) -> bool:
        """Look for more; tell whether there is some."""


def look(recording: Growing, head: Playing) -> Scene:
    """Return what is shown where the playing stands."""
    at = head.at
    flaws = (damage.text for damage in recording.damage if damage.begins <= at < damage.ends)
    return Scene(at, head.snapshot, flaw=next(flaws, ""))


class Course:
    """A stage on which time passes, up to the end of the recording and on when that grows."""

    def __init__(
        self,
        recording: Growing,
        head: Playing,
        journal: Journal,
        *,
        speed: float,
        clock: Callable[[], float],
    ) -> None:
        self._recording = recording
        self._head = head
        self._journal = journal
        self._clock = clock
        self._tempo = Tempo(head.at, clock=clock)
        self._tempo.set_speed(speed)
        self._scene = look(recording, head)
        self._looks_at_s = clock()

    @property
    def scene(self) -> Scene:
        """Return the scene of now: always of a whole moment, also while the next is played."""
        return self._scene

    @property
    def speed(self) -> float:
        """Return how many seconds pass in one."""
        return self._tempo.speed

    async def run(self, *, complain: Callable[[str], None]) -> None:
        """Play until cancelled; where the recording cannot be read, say so and stay there."""
        self._tempo.place(self._head.at, held=False)
        try:
            while True:
                self.look_for_more()
                await self.catch_up()
                await asyncio.sleep(_TICK_S)
        except RecordingError as error:
            complain(f"{error}; time stands at {tell(self._scene.at)}")

    async def catch_up(self) -> None:
        """Play as far as time has come; events are told on the way."""
        leap = timedelta(seconds=_LEAP_S * self.speed)
        until = min(self._tempo.now(), self._head.at + leap, self._recording.ends)
        if until <= self._head.at:
            return
        while not self._head.advance(until, most=_PORTION):  # noqa: ASYNC110  # moved by this loop
            await asyncio.sleep(0)
        self._show()
        is_at_end = until >= self._recording.ends
        if is_at_end or self._tempo.now() - until > leap:
            self._tempo.place(until, held=is_at_end)

    def look_for_more(self) -> None:
        """See whether the recording has grown, about once a second; then time passes again."""
        if self._recording.is_ended or self._clock() < self._looks_at_s:
            return
        self._looks_at_s = self._clock() + _LOOK_FOR_MORE_S
        if self._recording.refresh() and not self._tempo.passes:
            self._tempo.place(self._head.at, held=False)

    def _show(self) -> None:
        before, self._scene = self._scene, look(self._recording, self._head)
        news = iterate_news(before.snapshot, self._scene.snapshot, at=self._scene.at)
        for happening in news:
            self._journal.tell(happening)
