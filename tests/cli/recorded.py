"""`swarmtui record` as a process, in front of a simulated swarm."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.snapshot import Snapshot
from tests.lab.waiting import wait_for


@contextmanager
def recording(
    file: Path, address: str, *options: str, env: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Run the command until the block ends, at the latest."""
    command = [sys.executable, "-m", "swarmtui", "record", str(file), f"--host={address}", *options]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_last(file: Path) -> Snapshot:
    """Return what was known when the recording ended, or was cut off; nothing when it is none."""
    try:
        with Recording.open(file) as opened:
            head = Playhead(opened)
            head.seek(opened.ends)
            return head.snapshot
    except RecordingError:
        return Snapshot()


def wait_until_recorded(file: Path, is_it: Callable[[Snapshot], bool]) -> Snapshot:
    """Return what the file holds once that is as wanted."""

    def look() -> Snapshot | None:
        snapshot = read_last(file)
        return snapshot if is_it(snapshot) else None

    found = wait_for(look, within_s=30, what="recorded as wanted")
    assert found is not None
    return found
