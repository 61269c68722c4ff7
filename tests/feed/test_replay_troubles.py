"""A recording as a feed where it cannot be played, or not as fast as it should."""

from datetime import datetime
from pathlib import Path

import pytest

from swarmtui.insight.picture import Picture
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from tests.factories import at
from tests.feed.tapes import Viewer, make_recording, viewing


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recording(tmp_path_factory.mktemp("tapes") / "event.rec")


def nodes_of(picture: Picture) -> int:
    return len(picture.snapshot.nodes)


class Faulty(Playhead):
    """Cannot go to the fifth minute."""

    def seek(self, at_: datetime) -> None:
        if at_ == at(300):
            raise RecordingError("the fifth minute is damaged")
        super().seek(at_)


def test_what_goes_wrong_is_said_and_playing_pauses(tape: Path) -> None:
    with viewing(tape, open_playhead=Faulty) as viewer:
        viewer.see()
        viewer.replay.seek(at(300))
        viewer.see()
        status = viewer.status
        assert (status.error, status.is_paused) == ("the fifth minute is damaged", True)
        assert status.heading_for is None
        viewer.replay.seek(at(200))
        assert nodes_of(viewer.see_at(at(200))) == 23
        assert viewer.status.error == ""


def test_what_cannot_be_played_at_all_is_said(tape: Path) -> None:
    def refuse(_: Recording) -> Playhead:
        raise RecordingError("no keyframe is whole")

    with viewing(tape, open_playhead=refuse) as viewer:
        assert nodes_of(viewer.see()) == 0
        assert viewer.status.error == "no keyframe is whole"


class Slow(Playhead):
    """Needs a second for each entry."""

    viewer: Viewer | None = None

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        is_there = super().advance(until, most=1 if most is not None else None)
        if most is not None and self.viewer is not None:
            self.viewer.real.now += 1.0
        return is_there


def make_slow(recording: Recording) -> Slow:
    return Slow(recording)


def test_what_is_too_slow_for_the_speed_says_so_and_still_shows_pictures(tape: Path) -> None:
    with viewing(tape, open_playhead=make_slow, pace_s=0.1) as viewer:
        Slow.viewer = viewer
        viewer.see()
        viewer.replay.set_speed(1000)
        viewer.real.now += 0.3
        times = [viewer.see().at for _ in range(5)]
        assert times == sorted(set(times))
        assert times[-1] < at(300)
        assert viewer.status.lags
        viewer.replay.toggle_pause()
        here = viewer.wait_for(lambda status: status.is_paused, "the pause").at
        assert nodes_of(viewer.see(lambda picture: picture.at >= here)) > 3


def test_an_order_is_obeyed_in_the_midst_of_what_takes_long(tape: Path) -> None:
    with viewing(tape, open_playhead=make_slow) as viewer:
        Slow.viewer = None
        viewer.see()
        Slow.viewer = viewer
        viewer.replay.set_speed(1000)
        viewer.real.now += 0.6
        viewer.replay.seek(at(42))
        assert nodes_of(viewer.see_at(at(42))) == 7
