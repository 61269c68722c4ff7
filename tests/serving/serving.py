"""Recordings served by a process of its own, and a plain HTTP client for them."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.simulator.engines import Engine

SERVE = (sys.executable, "-c", "from swarmtui.cli.serve import serve; serve()")


@contextmanager
def serving(recording: Path, folder: Path, *options: str) -> Iterator[Engine]:
    """Serve a recording on a socket in `folder` until the block ends."""
    path = folder / "past.sock"
    command = [*SERVE, str(recording), "--listen", f"unix://{path}", *options]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        env={**os.environ, "TZ": "UTC"},
    ) as process:
        try:
            assert first_line(process) == f"unix://{path}\n"
            yield Engine(path, process)
        finally:
            process.terminate()


def first_line(process: "subprocess.Popen[str]") -> str:
    """Return what is printed once it answers, or fail with what it complains of."""
    assert process.stdout is not None
    assert process.stderr is not None
    ready, _, _ = select.select([process.stdout], [], [], 30)
    assert ready, "nothing was printed for 30 s"
    return process.stdout.readline() or process.stderr.read()
