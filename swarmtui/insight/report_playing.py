"""Play a stretch of time for a report: change by change, with a picture now and then."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from swarmtui.insight.picture import Picture
from swarmtui.insight.report_account import Account
from swarmtui.swarm.snapshot import Snapshot

_PICTURES = 500
_LEAST_STEP = timedelta(seconds=1)
_LONGEST_STEP = timedelta(seconds=120)
"""A black hole is named for five minutes, the points of a history reach back a quarter of an hour:
with this nothing of that is missed."""
_COARSE = timedelta(seconds=5)
_AFTER = (timedelta(seconds=1), timedelta(seconds=31))
"""A wave of lost nodes begins with its moment and takes half a minute."""
_MOST_MOMENTS = 300


class Evening(Protocol):
    """A swarm's past that can be played: see `recording.playhead.Playhead`."""

    @property
    def snapshot(self) -> Snapshot:
        """Return everything known as of now."""

    def seek(self, at: datetime) -> None:
        """Go to that time."""

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        """See at most so many entries up to that time, and tell whether it got there."""

    def picture(self) -> Picture:
        """Return the picture as of now."""


def choose_times(
    begins: datetime, ends: datetime, moments: Iterable[datetime] = ()
) -> Sequence[datetime]:
    """Return when to take pictures: evenly, and where these are far apart at `moments` as well."""
    step = min(max((ends - begins) / _PICTURES, _LEAST_STEP), _LONGEST_STEP)
    times = {begins + number * step for number in range(int((ends - begins) / step) + 1)} | {ends}
    if step > _COARSE:
        inside = sorted({at for at in moments if begins <= at <= ends})
        chosen = inside[:: 1 + len(inside) // _MOST_MOMENTS]
        times |= {min(at + later, ends) for at in chosen for later in _AFTER}
    return sorted(times)


def play(evening: Evening, account: Account, times: Iterable[datetime]) -> Iterator[datetime]:
    """Show an account everything up to the last of the times; yield each when it is reached."""
    for at in times:
        arrived = False
        while not arrived:
            before = evening.snapshot
            arrived = evening.advance(at, most=1)
            account.see(before, evening.snapshot)
        account.look(evening.picture())
        yield at
