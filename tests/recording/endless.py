"""Record what never ends, until killed: `python -m tests.recording.endless FILE`.

Says the time of each observation once the recorder has it. With a number of bytes behind FILE no
file may become larger; it ends when the recorder stops, and says why.
"""

import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from swarmtui.recording.entries import Preface
from swarmtui.swarm.observation import NodesSeen, Observation, TasksSeen
from swarmtui.swarm.stats import StatsSeen
from tests.factories import make_node, make_stats, make_task
from tests.recording.recorded import Recording

EVERY_S = 0.002
SPEED = 20
"""So much faster than real time its own passes: keyframes come every three seconds."""
_BEGAN = datetime.now(UTC)


def now() -> datetime:
    """Return what time it is there."""
    return _BEGAN + SPEED * (datetime.now(UTC) - _BEGAN)


def tell() -> Iterator[Observation]:
    """Yield a swarm that changes all the time, and many tasks of it."""
    nodes = tuple(make_node(f"n{i}") for i in range(200))
    yield NodesSeen(taken_at=now(), changed=nodes, whole=True)
    number = 0
    while True:
        number += 1
        tasks = [make_task(f"t{i}", error=f"error {number}", state="failed") for i in range(40)]
        yield TasksSeen(taken_at=now(), service_id="s1", changed=tuple(tasks))
        yield StatsSeen(taken_at=now(), machine="m1", containers=(make_stats(pids=number),))


def say(line: str) -> None:
    """Say it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Record."""
    path, *limit = sys.argv[1:]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), resource.RLIM_INFINITY))
    recording = Recording(Path(path), preface=Preface(began_at=now(), program="0.1.0"), now=now)
    for seen in tell():
        recording.hurry(seen)
        say(seen.taken_at.isoformat())
        if recording.recorder.status.error:
            say(recording.recorder.status.error)
            return
        sleep(EVERY_S)


if __name__ == "__main__":
    main()
