"""Recordings for tests, made by a real recorder, and somebody who watches them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from swarmtui.feed.replay import Replay
from swarmtui.feed.status import ReplayStatus
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture, Place
from swarmtui.recording.entries import Preface
from swarmtui.recording.reading import Recording
from swarmtui.recording.recorder import Recorder
from swarmtui.swarm.entities import Node
from swarmtui.swarm.observation import Observation
from tests.factories import NOON, at, make_manager, make_node, nodes_seen
from tests.lab.waiting import wait_for


class Taped:
    """An analyst and a recorder beside it."""

    def __init__(
        self,
        path: Path,
        *,
        place: Callable[[Node], Place] = lambda _: Place(),
        begins: datetime = NOON,
    ) -> None:
        self._analyst = Analyst(place=place)
        self._at = begins
        preface = Preface(began_at=begins, program="test", asked=("unix:///test.sock",))
        self._recorder = Recorder(
            path, preface=preface, analyst=self._analyst, now=lambda: self._at
        )

    def see(self, *observations: Observation) -> None:
        """Record these."""
        for seen in observations:
            self._at = seen.taken_at
            self._analyst.see(seen)
            self._recorder.see(seen)

    def close(self) -> None:
        """End the recording."""
        self._recorder.close()
        assert not self._recorder.status.error


def event() -> Iterator[Observation]:
    """Yield ten minutes in which a node joins every ten seconds, and the leader changes at five."""
    managers = [make_manager(f"m{n}", hostname=f"mg{n}", leader=n == 0) for n in range(3)]
    yield nodes_seen(managers, whole=True)
    for second in range(10, 601, 10):
        changed = [make_node(f"n{second}")]
        if second == 300:
            changed += [make_manager(f"m{n}", hostname=f"mg{n}", leader=n == 1) for n in range(2)]
        yield nodes_seen(changed, second=second)


def make_recording(
    path: Path,
    observations: Iterable[Observation] | None = None,
    *,
    place: Callable[[Node], Place] = lambda _: Place(),
) -> Path:
    """Return a recording of these observations, or of the event."""
    taped = Taped(path, place=place)
    taped.see(*(event() if observations is None else observations))
    taped.close()
    return path


class Seconds:
    """The real clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Viewer:
    """Watches a recording, and lets real time pass by hand."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.real = Seconds()
        self.pictures = Queue[Picture]()
        self.replay = Replay(
            Recording.open(path), clock=self.real, rest=lambda _: None, **{"pace_s": 0.01} | options
        )
        self.replay.start(self.pictures.put)

    @property
    def status(self) -> ReplayStatus:
        """Return where the playing is."""
        return self.replay.status()

    def see(self, is_it: Callable[[Picture], bool] = lambda _: True) -> Picture:
        """Return the next picture that is as wanted."""
        while not is_it(picture := self.pictures.get(timeout=10)):
            pass
        return picture

    def see_at(self, moment: datetime) -> Picture:
        """Return the picture of a moment."""
        return self.see(lambda picture: picture.at == moment)

    def wait_for(self, is_it: Callable[[ReplayStatus], bool], what: str) -> ReplayStatus:
        """Return the status once it is as wanted."""

        def look() -> ReplayStatus | None:
            status = self.status
            return status if is_it(status) else None

        found = wait_for(look, within_s=10, what=what)
        assert found is not None
        return found

    def let_pass(self, is_it: Callable[[ReplayStatus], bool], what: str) -> ReplayStatus:
        """Let time pass until the status is as wanted, and return it."""

        def look_later(status: ReplayStatus) -> bool:
            self.real.now += 1.0
            return is_it(status)

        return self.wait_for(look_later, what)

    def see_later(self, moment: datetime) -> Picture:
        """Let time pass until the picture of a moment comes, and return it."""

        def look_later() -> Picture | None:
            self.real.now += 1.0
            with suppress(Empty):
                while (picture := self.pictures.get_nowait()).at != moment:
                    pass
                return picture
            return None

        found = wait_for(look_later, within_s=10, what=f"the picture at {moment}")
        assert found is not None
        return found

    def pause_at(self, seconds: float) -> Picture:
        """Go to a time after noon, and stand there."""
        self.see()
        if not self.status.is_paused:
            self.replay.toggle_pause()
        self.replay.seek(at(seconds))
        return self.see_at(at(seconds))


@contextmanager
def viewing(path: Path, **options: Any) -> Iterator[Viewer]:
    """Watch a recording, and leave no thread behind."""
    viewer = Viewer(path, **options)
    try:
        yield viewer
    finally:
        viewer.replay.stop()
        viewer.replay.wait_until_closed(timeout_s=10)
