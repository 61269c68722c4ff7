"""Simulators as processes of their own, and a plain HTTP client for them."""

import http.client
import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SIMULATE = (sys.executable, "-c", "from swarmtui.cli.simulate import simulate; simulate()")
EPOCH = "2026-11-22T19:00:00Z"


class _Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("engine", timeout=30)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self._path)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        return str(self.json["message"])


@dataclass(frozen=True)
class Engine:
    """A simulator that runs."""

    path: Path
    process: subprocess.Popen[str]

    @property
    def address(self) -> str:
        return f"unix://{self.path}"

    def get(self, target: str, *, method: str = "GET", **query: object) -> Answer:
        """Ask once, on a connection of its own; `filters` are given as an object."""
        encoded = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in query.items()
        }
        connection = _Connection(self.path)
        try:
            connection.request(method, f"{target}?{urlencode(encoded)}" if query else target)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """Return a plain connection."""
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(30)
        plain.connect(str(self.path))
        return plain


@contextmanager
def simulating(folder: Path, *options: str) -> Iterator[Engine]:
    """Run a simulator on a socket in `folder` until the block ends."""
    path = folder / "swarm.sock"
    command = [*SIMULATE, "--listen", f"unix://{path}", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            assert first_line(process) == f"unix://{path}\n"
            yield Engine(path, process)
        finally:
            process.terminate()


def first_line(process: "subprocess.Popen[str]") -> str:
    """Return what a simulator prints once it answers, or fail with what it complains of."""
    assert process.stdout is not None
    assert process.stderr is not None
    ready, _, _ = select.select([process.stdout], [], [], 30)
    assert ready, "the simulator printed nothing for 30 s"
    return process.stdout.readline() or process.stderr.read()
