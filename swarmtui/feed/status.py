"""How recording and replaying stand: what a screen tells of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from swarmtui.recording.damage import Damage
    from swarmtui.recording.entries import Landmark


class RecordingState(StrEnum):
    """What a recording is doing."""

    STARTING = "starting"
    RECORDING = "recording"
    ENDING = "ending"
    """What was seen is still on its way to the file."""
    ENDED = "ended"
    """All that was seen is in the file."""
    FAILED = "failed"
    """It could not begin, or stopped by itself: see `error`."""


class RecordingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording of what is watched is doing, or how the last one went."""

    state: RecordingState
    path: Path
    began_at: datetime
    size_bytes: int = 0
    error: str = ""
    """Why it failed, or why the last bookmark was not kept; one line for people."""

    @property
    def is_on(self) -> bool:
        """Tell whether what is seen goes into the file."""
        return self.state in {RecordingState.STARTING, RecordingState.RECORDING}


class ReplayStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a recording the playing is; all times are those of the recording."""

    name: str
    """Name of the file, without its folder."""
    at: datetime
    """The time of the picture delivered last, or a little later: playing goes on between two."""
    begins: datetime
    ends: datetime
    """Grows while the recording is followed."""
    speed: float = 1.0
    """As asked for: from 0.1 to 1000."""
    lags: bool = False
    """It plays as fast as this machine can, which is less than `speed`."""
    is_paused: bool = False
    """Paused by the user: at the end alone it is not."""
    is_at_end: bool = False
    """All there is was played; time stands."""
    is_following: bool = False
    """The file may still grow: at its end more is waited for."""
    heading_for: datetime | None = None
    """The time that is being sought; `None` when nothing is under way."""
    landmarks: Sequence["Landmark"] = ()
    """Elections, incidents and bookmarks in order of time. A new object when one was added."""
    damage: Sequence["Damage"] = ()
    """What is missing in the file, in words."""
    error: str = ""
    """What went wrong last, in one line for people; gone with the next thing that goes well."""
