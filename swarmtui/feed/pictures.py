"""Turn a source's observations into pictures, at a pace that a screen can use."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event, Lock, Thread
from typing import Protocol

from swarmtui.feed.source import Source
from swarmtui.insight.picture import Extent, Picture
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.stream.interest import Interest
from swarmtui.swarm.observation import (
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
)


class Analysing(Protocol):
    """What makes pictures of observations: see `insight.analyst.Analyst`."""

    @property
    def extent(self) -> Extent:
        """Return how much was seen at least once: the first look ends with everything."""

    def see(self, seen: Observation) -> None:
        """Take an observation in."""

    def picture(self, now: datetime) -> Picture:
        """Return the picture as of `now`."""

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Make pictures from this viewpoint."""


class Recording(Protocol):
    """What keeps what is seen: see `recording.recorder.Recorder`."""

    def see(self, seen: Observation) -> None:
        """Take an observation that the analyst has taken in. Returns at once, never raises."""


class PictureFeed:
    """Reads a source in one thread, and delivers pictures from another.

    Both are daemons: the program ends without waiting for what they wait for.
    """

    def __init__(
        self,
        source: Source,
        *,
        make_analyst: Callable[[], Analysing],
        now: Callable[[], datetime],
        pace_s: float = 0.25,
        first_pace_s: float = 1.0,
        quiet_pace_s: float = 1.0,
        still_pace_s: float = 2.5,
    ) -> None:
        """Take what makes the analyst at the start: what it imports need not be there before."""
        self._source = source
        self._make_analyst = make_analyst
        self._now = now
        self._pace_s = pace_s
        self._first_pace_s = first_pace_s
        self._quiet_pace_s = quiet_pace_s
        self._still_pace_s = still_pace_s
        self._news = Event()
        self._moved = Event()
        """Set when something was seen that is not as it was."""
        self._renewed = Event()
        """Set when that was, or the nodes were seen: their age is what everything else goes by."""
        self._stopped = Event()
        self._waits = False
        """What was seen last was that a request hangs."""
        self._extent = Extent.NOTHING
        self._widened = Event()
        """Set when more of the swarm is seen than before, and when the end is near."""
        self._recorder: Recording | None = None
        self._viewpoint: Viewpoint | None = None
        """One that the analyst was not told yet."""
        self._lock = Lock()

    def start(self, deliver: Callable[[Picture], None]) -> None:
        """Begin to deliver, at most one picture every `pace_s` seconds, the newest each time.

        While the first look lasts every `first_pace_s`, which leaves it more of the machine; the
        first nodes and the picture that completes it are not waited for. While nothing moves,
        with each look at the nodes, but at most every `quiet_pace_s`, and without one every
        `still_pace_s`: only ages differ.
        """
        analyst = self._make_analyst()
        see = partial(self._see, analyst)
        Thread(target=self._source.run, args=(see,), name="observe", daemon=True).start()
        Thread(target=self._deliver, args=(analyst, deliver), name="deliver", daemon=True).start()

    def want(self, interest: Interest) -> None:
        """Ask what is on screen first. Returns at once."""
        self._source.want(interest)

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Make pictures from this viewpoint. Returns at once."""
        self._viewpoint = viewpoint
        self._moved.set()
        self._renewed.set()
        self._widened.set()
        self._news.set()

    def record(self, recorder: Recording | None) -> None:
        """Let a recorder see everything from now on, in the place of the one before; or nobody.

        It is told in the thread and under the lock in which the analyst is.
        """
        with self._lock:
            self._recorder = recorder

    def stop(self) -> None:
        """Stop delivering. Returns at once."""
        self._stopped.set()
        self._widened.set()
        self._moved.set()
        self._renewed.set()
        self._news.set()
        self._source.close()

    def _see(self, analyst: Analysing, seen: Observation) -> None:
        with self._lock:
            analyst.see(seen)
            if self._recorder is not None:
                self._recorder.see(seen)
            if analyst.extent is not self._extent:
                self._extent = analyst.extent
                self._widened.set()
        is_quiet = self._is_quiet(seen)
        if not is_quiet:
            self._moved.set()
        if not is_quiet or isinstance(seen, NodesSeen):
            self._renewed.set()
        self._news.set()

    def _is_quiet(self, seen: Observation) -> bool:
        """Tell whether an observation only says that all is as it was."""
        match seen:
            case NodesSeen() | ServicesSeen() | TasksSeen():
                return not (seen.changed or seen.removed or seen.whole)
            case Pulse():
                waited, self._waits = self._waits, seen.waiting is not None
                return not (waited or self._waits)
            case _:
                return False

    def _take_viewpoint(self, analyst: Analysing) -> None:
        viewpoint, self._viewpoint = self._viewpoint, None
        if viewpoint is not None:
            analyst.look_as(viewpoint)

    def _deliver(self, analyst: Analysing, deliver: Callable[[Picture], None]) -> None:
        while not self._stopped.is_set():
            self._news.wait()
            self._news.clear()
            if self._stopped.is_set():
                return
            with self._lock:
                self._take_viewpoint(analyst)
                picture, extent = analyst.picture(self._now()), self._extent
                self._widened.clear()
                self._moved.clear()
                self._renewed.clear()
            deliver(picture)
            if extent is Extent.EVERYTHING:
                self._stopped.wait(self._pace_s)
                self._moved.wait(self._quiet_pace_s - self._pace_s)
                self._renewed.wait(self._still_pace_s - self._quiet_pace_s)
            else:
                self._widened.wait(self._first_pace_s)
