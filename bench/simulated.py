"""A simulated swarm in the background, for measuring against."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

EVENT = ("--nodes", "2384", "--tasks", "96287")


@contextlib.contextmanager
def simulated(*options: str) -> Iterator[str]:
    """Run `swarmtui simulate` and give its address; it is gone at the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix://{folder}/engine.sock"
        command = [sys.executable, "-m", "swarmtui", "simulate", "--listen", address, *options]
        # Left, it waits for the process and closes the pipe.
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                if process.stdout is None or process.stdout.readline().strip() != address:
                    raise RuntimeError("the simulator did not come up")
                # Nothing of it would run here, were it real: it takes what the program leaves.
                os.setpriority(os.PRIO_PROCESS, process.pid, 10)
                yield address
            finally:
                process.terminate()


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def time_of_engine(address: str) -> tuple[float, int]:
    """Return the seconds and bytes that nodes, services and all tasks take, read and dropped."""
    began = time.monotonic()
    size = 0
    with contextlib.closing(_Unix(address.removeprefix("unix://"))) as connection:
        services = json.loads(_get(connection, "/v1.41/services"))
        for path in ("/v1.41/nodes", *map(_tasks_of, services)):
            connection.request("GET", path)
            answer = connection.getresponse()
            while piece := answer.read(1 << 18):
                size += len(piece)
    return time.monotonic() - began, size


def _tasks_of(service: dict[str, str]) -> str:
    filters = json.dumps({"service": [service["ID"]]})
    return f"/v1.41/tasks?filters={quote(filters)}"


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def program(*arguments: str) -> Sequence[str]:
    """Return the command line of the program under test."""
    return (str(Path(sys.executable).with_name("swarmtui")), *arguments)
