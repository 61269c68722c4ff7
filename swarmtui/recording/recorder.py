"""Record what an analyst is told, into a file, while it is being told."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import msgspec

from swarmtui.recording.discretion import Discretion
from swarmtui.recording.entries import Landmark, LandmarkKind, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.intake import Intake, Remembering, size_of
from swarmtui.recording.redaction import Redaction
from swarmtui.recording.scribe import Item, Scribe
from swarmtui.recording.segments import Seen, State
from swarmtui.recording.specs import Labels
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.text import plain

MOST_WAITING = 400_000
"""Things that may wait to be written: 200,000 tasks at once, and as much again."""
WRITE_EVERY_S = 1.0
PATIENCE_S = 5.0
"""How long the end of a recording waits for a disk that hangs."""

_WORK_S, _REST_S = 0.002, 0.001
"""So long it works at a time, and then leaves the interpreter to others: keys want answers."""
_LONGEST_NOTE = 500


class RecorderStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is doing."""

    path: Path
    began_at: datetime
    size_bytes: int
    """What it takes on disk, the older file included where there is one."""
    error: str = ""
    """Why it stopped, in one line with the next step; empty while it records, and at its end."""


class Recorder:
    """Records from the first observation on until it is closed, or cannot go on.

    What was seen is written once a second, by a thread of its own, and is safe then: a crash loses
    what was seen since. Where the disk is full or too slow, or the file gone, the recording stops
    and `status` says why: who only watches is never disturbed.
    """

    def __init__(
        self,
        path: Path,
        *,
        preface: Preface,
        analyst: Remembering,
        now: Callable[[], datetime],
        redaction: Redaction | None = None,
        with_specs: bool = False,
        kept_labels: Collection[str] = (),
        max_bytes: int | None = None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """Make the file, for its owner alone; raise `RecordingError` when it cannot be made.

        Without `with_specs` no labels are recorded but those that say region and contributor, whose
        keys `kept_labels` are. `max_bytes` is the most on disk: with half of it FILE becomes
        FILE.1, in the place of the one before, and FILE begins anew, a recording by itself.
        """
        redaction = redaction or Redaction()
        self._path = path
        self._began_at = preface.began_at
        self._now = now
        self._intake = Intake(analyst)
        self._most_waiting = most_waiting
        self._queue: deque[Item] = deque()
        self._put = self._taken = 0
        """Things put into the queue so far, by one thread, and taken out of it, by another."""
        self._keyframes_put = self._keyframes_taken = 0
        self._error = ""
        self._closing = Event()
        self._wake = Event()
        self._rested_at = monotonic()
        self._scribe = Scribe(
            path,
            preface=msgspec.structs.replace(
                preface, redacted=redaction.kinds, with_specs=with_specs
            ),
            discretion=Discretion(
                redaction, labels=Labels(with_specs=with_specs, kept=kept_labels)
            ),
            max_bytes=max_bytes,
            rest=self._rest,
        )
        self._thread = Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RecorderStatus:
        """Return how it is doing."""
        return RecorderStatus(
            path=self._path,
            began_at=self._began_at,
            size_bytes=self._scribe.size_bytes,
            error=self._error,
        )

    def see(self, seen: Observation) -> None:
        """Record an observation, once the analyst has seen it, in the analyst's thread.

        Returns at once, whatever the disk does; never raises.
        """
        if self._error or self._closing.is_set():
            return
        if self._put - self._taken + size_of(seen) > self._most_waiting:
            self._stop("the disk is slower than the swarm changes; record to a faster one")
            return
        for item in self._intake.take(
            seen,
            wants_keyframe=self._scribe.is_nearly_full,
            can_keyframe=self._keyframes_put == self._keyframes_taken,
        ):
            self._put += _size_of(item)
            self._keyframes_put += isinstance(item, State)
            self._queue.append(item)
            if isinstance(item, State):
                self._wake.set()

    def bookmark(self, note: str, at: datetime) -> None:
        """Mark a moment, from any thread. Returns at once."""
        text = plain(note).strip()[:_LONGEST_NOTE]
        mark = Landmark(at=at.astimezone(UTC), kind=LandmarkKind.BOOKMARK, text=text)
        self._queue.append(mark)

    def close(self) -> None:
        """Write what is left, and that it ended; a disk that hangs is not waited for long."""
        self._closing.set()
        self._wake.set()
        self._thread.join(PATIENCE_S)
        if self._thread.is_alive():
            self._stop("the disk does not answer; the end of the recording may be missing")

    def _stop(self, reason: str) -> None:
        self._error = self._error or f"{plain(str(self._path))}: {reason}"
        self._wake.set()

    def _run(self) -> None:
        try:
            self._write_on()
        except RecordingError as error:
            self._error = self._error or str(error)
        except Exception as error:  # noqa: BLE001 - a defect here is said, and ends no dashboard
            self._stop(f"the recorder failed ({plain(repr(error))}); record to a new file")
        finally:
            self._scribe.close()
            self._queue.clear()

    def _write_on(self) -> None:
        """Write once a second, and whenever a keyframe is due, until there is no more."""
        due = monotonic() + WRITE_EVERY_S
        while not self._error:
            self._wake.wait(max(0.0, due - monotonic()))
            self._wake.clear()
            due = monotonic() + WRITE_EVERY_S
            is_last = self._closing.is_set()
            self._scribe.write(self._drain())
            if is_last:
                self._scribe.end(self._now())
                return

    def _drain(self) -> Iterator[Item]:
        """Yield what is in the queue now."""
        for _ in range(len(self._queue)):
            item = self._queue.popleft()
            yield item
            self._taken += _size_of(item)
            self._keyframes_taken += isinstance(item, State)

    def _rest(self) -> None:
        """Let others have the interpreter, now and then; at the end nobody waits for them."""
        if monotonic() - self._rested_at > _WORK_S:
            if not self._closing.is_set():
                sleep(_REST_S)
            self._rested_at = monotonic()


def _size_of(item: Item) -> int:
    return size_of(item.seen) if isinstance(item, Seen) else 0
