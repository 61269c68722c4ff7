"""Find the times at which something changed, one after the other, without playing to them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime

from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.changes import glimpse
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.opened import Opened


def find_next_change(file: Opened, at: datetime) -> datetime | None:
    """Return when something changed first after `at`; `None` when nothing did any more."""
    for i in range(bisect_right(file.index.ends, at), len(file.index.blocks)):
        found = next((time for time in _changes(file, i) if time > at), None)
        if found is not None:
            return found
    return None


def find_previous_change(file: Opened, at: datetime) -> datetime | None:
    """Return when something changed last before `at`; `None` when nothing had yet."""
    for i in range(bisect_left(file.index.begins, at) - 1, -1, -1):
        found = max((time for time in _changes(file, i) if time < at), default=None)
        if found is not None:
            return found
    return None


def _changes(file: Opened, i: int) -> Iterator[datetime]:
    """Yield the times of a block at which something changed, in order."""
    block = file.index.blocks[i]
    if block.kind is not BlockKind.CHANGES or not block.weight:
        return
    at, ends = file.index.begins[i], file.index.ends[i]
    try:
        for seen in glimpse(file.read(i)):
            at = min(max(at, seen.taken_at), ends)
            if seen.weight:
                yield at
    except RecordingError:
        file.spoil(i)
