"""Ask an engine over its unix socket, in a way that its log tells from everybody else's."""

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAB_MARK = "swarmlab=1"
"""Added to the query of each request that the lab itself makes. Engines ignore it, and log it."""


@dataclass(frozen=True)
class Reply:
    """What an engine answered."""

    status: int
    body: Any
    """Decoded when it was JSON, a string otherwise."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("lab", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def get(socket_path: Path, path: str, *, timeout_s: float) -> Reply:
    """Make one GET request.

    OSError (a TimeoutError among them) and http.client.HTTPException mean that the engine did not
    answer.
    """
    connection = _UnixConnection(socket_path, timeout_s)
    try:
        connection.request("GET", mark(path))
        response = connection.getresponse()
        return Reply(response.status, _decode(response, response.read()))
    finally:
        connection.close()


def mark(path: str) -> str:
    """Return a path, with its query if it has one, marked as the lab's own."""
    return f"{path}{'&' if '?' in path else '?'}{LAB_MARK}"


def _decode(response: http.client.HTTPResponse, body: bytes) -> Any:
    if response.getheader("Content-Type", "").startswith("application/json"):
        return json.loads(body)
    return body.decode(errors="replace")
