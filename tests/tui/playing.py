"""A recording that is made, and one that is played, which do what a test says and note the rest."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from swarmtui.feed.status import RecordingState, RecordingStatus, ReplayStatus
from swarmtui.recording.entries import Landmark, LandmarkKind
from tests.factories import at

PATH = Path("/home/ann/swarm-2026-07-22.swarm")


def landmark(second: float, kind: str = "election", text: str = "leader mg0 → mg1") -> Landmark:
    """Return something to jump to."""
    return Landmark(at=at(second), kind=LandmarkKind(kind), text=text)


LANDMARKS = (
    landmark(-560, text="leader mg0 → mg1, 12.4 s without a leader"),
    landmark(-300, "bookmark", "launch of web"),
    landmark(-48, "incident", "ap-southeast-1: 64 of 200 nodes down within 30 s"),
)


def recording_status(state: str = "recording", **fields: Any) -> RecordingStatus:
    """Return how a recording goes."""
    defaults: dict[str, Any] = {"path": PATH, "began_at": at(-60), "size_bytes": 12_300_000}
    return RecordingStatus(state=RecordingState(state), **(defaults | fields))


def replay_status(**fields: Any) -> ReplayStatus:
    """Return where a playing is: half an hour of recording, two thirds of it played."""
    defaults: dict[str, Any] = {
        "name": "evening.swarm",
        "at": at(0),
        "begins": at(-1200),
        "ends": at(600),
        "landmarks": LANDMARKS,
    }
    return ReplayStatus(**(defaults | fields))


class FakeRecording:
    """Records nothing, but tells that it does."""

    def __init__(self, status: RecordingStatus | None = None) -> None:
        self.now = status
        self.notes: list[tuple[str, datetime]] = []

    def begin(self) -> None:
        self.now = recording_status()

    def end(self) -> None:
        self.now = recording_status("ended")

    def bookmark(self, note: str, at: datetime) -> None:
        self.notes.append((note, at))

    def status(self) -> RecordingStatus | None:
        return self.now


class FakeReplaying:
    """Plays nothing: it notes what is asked of it, and where it is told to be."""

    def __init__(self, **fields: Any) -> None:
        self.stands = replay_status(**fields)
        self.asked: list[object] = []
        self.looks = 0
        """How often the densities were asked for."""

    def now(self) -> datetime:
        return self.stands.at

    def put(self, **fields: Any) -> None:
        """Be somewhere else."""
        self.stands = msgspec.structs.replace(self.stands, **fields)

    def status(self) -> ReplayStatus:
        return self.stands

    def density(self, columns: int) -> Sequence[int]:
        self.looks += 1
        return [(n * 7) % 23 + (400 if n == columns // 3 else 0) for n in range(columns)]

    def toggle_pause(self) -> None:
        self.put(is_paused=not self.stands.is_paused)

    def faster(self) -> None:
        self.put(speed=self.stands.speed * 2)

    def slower(self) -> None:
        self.put(speed=self.stands.speed / 2)

    def step(self, *, forward: bool) -> None:
        self.asked.append(("step", forward))

    def jump(self, *, forward: bool) -> None:
        self.asked.append(("jump", forward))

    def seek(self, at: datetime) -> None:
        self.asked.append(at)

    def bookmark(self, note: str, at: datetime) -> None:
        self.asked.append((note, at))
