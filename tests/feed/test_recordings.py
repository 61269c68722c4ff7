"""Recordings that are begun and ended while one watches."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from swarmtui.feed.pictures import Recording
from swarmtui.feed.recordings import Recordings
from swarmtui.feed.status import RecordingState, RecordingStatus
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.recorder import RecorderStatus
from swarmtui.swarm.observation import Observation
from tests.factories import NOON, at
from tests.lab.waiting import wait_for


class Tape:
    """A recorder that keeps nothing but notes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.error = ""
        self.size_bytes = 0
        self.notes: list[tuple[str, datetime]] = []
        self.is_closed = False

    @property
    def status(self) -> RecorderStatus:
        return RecorderStatus(
            path=self.path, began_at=NOON, size_bytes=self.size_bytes, error=self.error
        )

    def see(self, seen: Observation) -> None:
        del seen
        self.size_bytes += 1

    def bookmark(self, note: str, at: datetime) -> None:
        self.notes.append((note, at))

    def close(self) -> None:
        self.size_bytes += 1
        self.is_closed = True


class Watched:
    """A feed that tells whom it is recorded by, and the disk with the recordings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        self.recorder: Recording | None = None
        self.tapes: list[Tape] = []
        self.disk_answers = Event()
        self.disk_answers.set()
        self.refusal = ""
        self.recordings = Recordings(
            self, open_recorder=self._open, folder=folder, now=lambda: self.now
        )

    def record(self, recorder: Recording | None) -> None:
        self.recorder = recorder

    def wait_for(self, state: RecordingState) -> RecordingStatus:
        def look() -> RecordingStatus | None:
            status = self.recordings.status()
            return status if status and status.state is state else None

        found = wait_for(look, within_s=10, what=state.value)
        assert found is not None
        return found

    def _open(self, path: Path) -> Tape:
        assert self.disk_answers.wait(timeout=10)
        if self.refusal:
            raise RecordingError(self.refusal)
        path.touch()
        self.tapes.append(Tape(path))
        return self.tapes[-1]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.disk_answers.set()
    made.recordings.close()


def test_there_is_nothing_to_tell_before_the_first_recording(watched: Watched) -> None:
    assert watched.recordings.status() is None
    watched.recordings.end()
    watched.recordings.bookmark("nothing", at(1))
    assert watched.recordings.status() is None


def test_a_recording_is_named_after_when_it_began(watched: Watched) -> None:
    watched.recordings.begin()
    status = watched.wait_for(RecordingState.RECORDING)
    assert status.is_on
    assert status.path.name == f"swarmtui-{NOON.astimezone():%Y%m%d-%H%M%S}.rec"
    assert (status.path.parent, status.began_at) == (watched.folder, NOON)
    assert watched.recorder is watched.tapes[0]


def test_no_file_is_overwritten(watched: Watched) -> None:
    watched.recordings.begin()
    first = watched.wait_for(RecordingState.RECORDING).path
    watched.recordings.end()
    watched.wait_for(RecordingState.ENDED)
    (watched.folder / f"{first.stem}-2.rec").symlink_to("nowhere")
    watched.recordings.begin()
    assert watched.wait_for(RecordingState.RECORDING).path.name == f"{first.stem}-3.rec"


def test_a_recording_that_ended_tells_how_large_it_became(watched: Watched) -> None:
    watched.recordings.begin()
    watched.wait_for(RecordingState.RECORDING)
    watched.tapes[0].size_bytes = 7
    assert watched.wait_for(RecordingState.RECORDING).size_bytes == 7
    watched.recordings.end()
    status = watched.wait_for(RecordingState.ENDED)
    assert (status.size_bytes, status.is_on, status.error) == (8, False, "")
    assert watched.tapes[0].is_closed
    assert watched.recorder is None


def test_while_one_is_on_no_other_begins(watched: Watched) -> None:
    watched.recordings.begin()
    watched.recordings.begin()
    watched.wait_for(RecordingState.RECORDING)
    watched.recordings.begin()
    watched.recordings.close()
    assert len(watched.tapes) == 1


def test_no_key_waits_for_the_disk(watched: Watched) -> None:
    watched.disk_answers.clear()
    watched.recordings.begin()
    assert watched.wait_for(RecordingState.STARTING).is_on
    watched.recordings.end()
    assert not watched.wait_for(RecordingState.ENDING).is_on
    watched.disk_answers.set()
    watched.recordings.close()
    assert watched.recorder is None
    assert all(tape.is_closed for tape in watched.tapes)


def test_what_cannot_begin_says_why_and_the_next_try_is_free(watched: Watched) -> None:
    watched.refusal = "no permission to write there"
    watched.recordings.begin()
    status = watched.wait_for(RecordingState.FAILED)
    assert (status.error, status.is_on) == ("no permission to write there", False)
    watched.refusal = ""
    watched.recordings.begin()
    assert watched.wait_for(RecordingState.RECORDING).error == ""


def test_one_that_stopped_by_itself_says_why_and_is_let_go(watched: Watched) -> None:
    watched.recordings.begin()
    watched.wait_for(RecordingState.RECORDING)
    watched.tapes[0].error = "the disk is full"
    status = watched.wait_for(RecordingState.FAILED)
    assert (status.error, status.is_on) == ("the disk is full", False)
    watched.now = at(60)
    watched.recordings.begin()
    assert watched.wait_for(RecordingState.RECORDING).began_at == at(60)
    assert watched.tapes[0].is_closed
    assert watched.recorder is watched.tapes[1]


def test_one_that_fails_as_it_ends_says_why(watched: Watched) -> None:
    watched.recordings.begin()
    watched.wait_for(RecordingState.RECORDING)
    tape = watched.tapes[0]
    tape.close = lambda: setattr(tape, "error", "the disk does not answer")  # type: ignore[method-assign]
    watched.recordings.end()
    assert watched.wait_for(RecordingState.FAILED).error == "the disk does not answer"


def test_a_bookmark_is_kept_with_the_time_of_its_key(watched: Watched) -> None:
    watched.recordings.begin()
    watched.wait_for(RecordingState.RECORDING)
    watched.recordings.bookmark("the lights went out", at(12))
    assert watched.tapes[0].notes == [("the lights went out", at(12))]


def test_a_file_named_at_the_start_is_recorded_into_at_once(watched: Watched) -> None:
    path = watched.folder / "evening.rec"
    watched.recordings.open(path)
    status = watched.recordings.status()
    assert status is not None
    assert (status.state, status.path) == (RecordingState.RECORDING, path)
    watched.recordings.close()
    assert watched.wait_for(RecordingState.ENDED).path == path


def test_a_file_that_cannot_be_made_at_the_start_is_an_error(watched: Watched) -> None:
    watched.refusal = "the file is there already"
    with pytest.raises(RecordingError, match="there already"):
        watched.recordings.open(watched.folder / "evening.rec")
    assert watched.recordings.status() is None
