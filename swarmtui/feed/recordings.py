"""Record what a dashboard watches, into one file after the other, whenever the user wants."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from swarmtui.feed.pictures import Recording
from swarmtui.feed.status import RecordingState, RecordingStatus
from swarmtui.recording.errors import RecordingError

if TYPE_CHECKING:
    from swarmtui.recording.recorder import RecorderStatus

SUFFIX = ".rec"
PATIENCE_S = 10.0
"""How long the end of the program waits for a disk."""


class Keeping(Recording, Protocol):
    """What keeps what is seen in one file: see `recording.recorder.Recorder`."""

    @property
    def status(self) -> "RecorderStatus":
        """Return how it is doing."""

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment. Returns at once."""

    def close(self) -> None:
        """Write what is left; bounded in time."""


class Recorded(Protocol):
    """What is recorded: see `feed.pictures.PictureFeed`."""

    def record(self, recorder: Recording | None) -> None:
        """Let a recorder see everything from now on, or nobody."""


class Recordings:
    """Begins and ends recordings, in a thread that waits for disks so that nobody else does.

    Everything but `open` and `close` returns at once.
    """

    def __init__(
        self,
        feed: Recorded,
        *,
        open_recorder: Callable[[Path], Keeping],
        folder: Path,
        now: Callable[[], datetime],
    ) -> None:
        """Take where new files go, and what opens a recorder or raises `RecordingError`."""
        self._feed = feed
        self._open_recorder = open_recorder
        self._folder = folder
        self._now = now
        self._work = SimpleQueue[Callable[[], None] | None]()
        self._thread: Thread | None = None
        self._recorder: Keeping | None = None
        self._status: RecordingStatus | None = None
        """Without what only the recorder can tell."""

    def open(self, path: Path) -> None:
        """Begin a recording in this file, before anything else; raise `RecordingError`."""
        self._recorder = self._open_recorder(path)
        self._feed.record(self._recorder)
        self._status = RecordingStatus(
            state=RecordingState.RECORDING, path=path, began_at=self._now()
        )

    def begin(self) -> None:
        """Begin a recording in a new file, whose name tells when; none while one is on."""
        status, at = self.status(), self._now()
        if status is None or not status.is_on:
            path = next(_iterate_names(self._folder, at))
            self._status = RecordingStatus(state=RecordingState.STARTING, path=path, began_at=at)
            self._do(self._begin)

    def end(self) -> None:
        """End the recording, if one is on."""
        status = self.status()
        if status is not None and status.is_on:
            self._status = replace(status, state=RecordingState.ENDING)
            self._do(self._end)

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment, if recording."""
        if self._recorder is not None:
            self._recorder.bookmark(note, at)

    def status(self) -> RecordingStatus | None:
        """Return how the recording stands, or how the last one went; `None` before the first."""
        status, recorder = self._status, self._recorder
        if status is None or recorder is None or status.state is RecordingState.STARTING:
            return status
        told = recorder.status
        state = RecordingState.FAILED if told.error else status.state
        return replace(status, state=state, size_bytes=told.size_bytes, error=told.error)

    def close(self) -> None:
        """End the recording, if one is on, and wait until it is in the file; but not for ever."""
        self.end()
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(PATIENCE_S)

    def _do(self, work: Callable[[], None]) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="recordings", daemon=True)
            self._thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    def _begin(self) -> None:
        self._let_go()  # one that stopped by itself
        status = self._status
        if status is None or status.state is not RecordingState.STARTING:
            return
        path = next(p for p in _iterate_names(self._folder, status.began_at) if _is_free(p))
        status = replace(status, path=path)
        try:
            self._recorder = self._open_recorder(path)
        except RecordingError as error:
            self._status = replace(status, state=RecordingState.FAILED, error=str(error))
        else:
            self._feed.record(self._recorder)
            self._status = replace(status, state=RecordingState.RECORDING)

    def _end(self) -> None:
        status, told = self._status, self._let_go()
        if status is None or told is None:
            self._status = None  # ended before it had begun
            return
        state = RecordingState.FAILED if told.error else RecordingState.ENDED
        self._status = replace(status, state=state, size_bytes=told.size_bytes, error=told.error)

    def _let_go(self) -> "RecorderStatus | None":
        """End the recorder there is, if any, and return how it went."""
        recorder = self._recorder
        if recorder is None:
            return None
        self._feed.record(None)
        recorder.close()
        self._recorder = None
        return recorder.status


def _iterate_names(folder: Path, at: datetime) -> Iterator[Path]:
    """Yield names for a new file that tell when it began, by the clock where the user sits."""
    name = f"swarmtui-{at.astimezone():%Y%m%d-%H%M%S}"
    yield folder / f"{name}{SUFFIX}"
    for number in count(2):
        yield folder / f"{name}-{number}{SUFFIX}"


def _is_free(path: Path) -> bool:
    return not os.path.lexists(path)
