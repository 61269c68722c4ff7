"""What the dashboard needs of whatever feeds it: a collector's pipe, a recording, a test's list.

The app is given a `Feed` and a clock. A live one comes with a `Recording` for the keys `r` and `b`;
a recording comes with a `Replaying`, which is the feed as well, and whose `now` is the clock.
Nothing here raises or blocks: everything returns at once, and `status` tells what came of it, also
of what happens by itself (a full disk, the end of the file). Who looks at it with each picture and
with each tick misses nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from swarmtui.feed.status import RecordingStatus, ReplayStatus
from swarmtui.insight.picture import Picture
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.stream.interest import Interest


class Feed(Protocol):
    """A source of pictures; `feed.pictures.PictureFeed` is one, `feed.replay.Replay` another."""

    def start(self, deliver: Callable[[Picture], None]) -> None:
        """Begin to deliver pictures, at most about four a second, from a thread of its own."""

    def want(self, interest: Interest) -> None:
        """Ask what is on screen first. Must return at once."""

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Make pictures from this viewpoint, live or replayed. Must return at once."""

    def stop(self) -> None:
        """Stop delivering. Must return at once, whatever the source waits for."""


class Recording(Protocol):
    """Records what is watched into files; `feed.recordings.Recordings` is one."""

    def begin(self) -> None:
        """Begin a recording in a new file, whose name is made here; none while one is on."""

    def end(self) -> None:
        """End the recording, if one is on."""

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment, that of the key and not of the note's last letter, if recording."""

    def status(self) -> RecordingStatus | None:
        """Return how the recording stands, or how the last one went; `None` before the first."""


class Replaying(Protocol):
    """Plays a recording; `feed.replay.Replay` is one.

    A picture shows the recording at `picture.at`, whichever way one came there. Two pictures, not
    two looks at the clock, are compared when two moments are.
    """

    def now(self) -> datetime:
        """Return the recording's time: it advances with the speed and stands while paused.

        It goes back, or leaps, only just before the picture of the time it leapt to is delivered.
        """

    def status(self) -> ReplayStatus:
        """Return where the playing is. Cheap: fit for every tick and every key."""

    def density(self, columns: int) -> Sequence[int]:
        """Return how much changed in each of so many equal parts from `begins` to `ends`."""

    def toggle_pause(self) -> None:
        """Pause, or go on."""

    def faster(self) -> None:
        """Take the next higher speed."""

    def slower(self) -> None:
        """Take the next lower speed."""

    def step(self, *, forward: bool) -> None:
        """Pause, and go to the next change, or to the one before."""

    def jump(self, *, forward: bool) -> None:
        """Go to the next landmark, or to the one before; at the last one nothing moves."""

    def seek(self, at: datetime) -> None:
        """Go to a time; to the begin or the end when it lies outside."""

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment, beside the file, which itself is never changed."""
