"""Small HTTP servers in threads, which answer as they are told to."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """Return the path without version and query."""
        path = urlsplit(self.target).path
        head, _, rest = path[1:].partition("/")
        return f"/{rest}" if head.startswith("v1.") else path

    @property
    def filters(self) -> Any:
        """Return the filters asked for, or `None`."""
        found = parse_qs(urlsplit(self.target).query).get("filters")
        return json.loads(found[0]) if found else None


@dataclass
class Visit:
    """What a script can do with one request: write bytes, wait, or stop."""

    request: Request
    send: Callable[[bytes], None]
    wait: Callable[[], object]
    """Wait until the server is closed."""


Script = Callable[[Visit], bool | None]
"""Answers one request; `True` closes the connection after it."""


@dataclass
class FakeEngine:
    """A server on one listening socket."""

    host: str
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    threads: list[threading.Thread] = field(default_factory=list)
    """One for each connection there ever was."""

    def is_left_alone(self, *, within_s: float) -> bool:
        """Tell whether all connections are closed by then."""
        for thread in self.threads:
            thread.join(timeout=within_s)
        return not any(thread.is_alive() for thread in self.threads)


def answer(
    body: bytes | str | Any,
    *,
    status: int = 200,
    kind: str = "application/json",
    headers: str = "",
) -> Script:
    """Return a script that answers with a body of known length."""
    raw = body.encode() if isinstance(body, str) else body
    if not isinstance(raw, bytes):
        raw = json.dumps(body).encode()

    def script(visit: Visit) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(raw)}\r\n"
        visit.send(f"{head}{headers}\r\n".encode() + raw)

    return script


def in_chunks(parts: list[bytes], *, then_hang: bool = False) -> Script:
    """Return a script that answers with a chunked body."""

    def script(visit: Visit) -> None:
        visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            visit.send(b"%x\r\n%b\r\n" % (len(part), part))
        if then_hang:
            visit.wait()
        visit.send(b"0\r\n\r\n")

    return script


def hang(visit: Visit) -> bool:
    """Never answer."""
    visit.wait()
    return True


def raw(data: bytes) -> Script:
    """Return a script that writes these bytes and closes."""

    def script(visit: Visit) -> bool:
        visit.send(data)
        return True

    return script


def in_turn(*scripts: Script) -> Script:
    """Return a script that answers each request by the next of these."""
    left = list(scripts)

    def script(visit: Visit) -> bool | None:
        return left.pop(0)(visit)

    return script


def manager_answers(**others: Script) -> Script:
    """Return a script of a manager of engine 20.10; more paths by name, `nodes=answer(...)`."""
    swarm = {
        "NodeID": "node1",
        "LocalNodeState": "active",
        "ControlAvailable": True,
        "Cluster": {"ID": "cluster1"},
    }
    known: dict[str, Script] = {
        "/version": answer({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"}),
        "/info": answer({"Name": "mg1", "ServerVersion": "20.10.24", "Swarm": swarm}),
    }
    known.update({f"/{name}": script for name, script in others.items()})
    missing = answer({"message": "page not found"}, status=404)
    return lambda visit: known.get(visit.request.path, missing)(visit)


@contextmanager
def unix_engine(folder: Path, script: Script) -> Iterator[FakeEngine]:
    """Serve on a unix socket."""
    path = folder / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        with _serve(listening, f"unix://{path}", script, None) as engine:
            yield engine


@contextmanager
def tcp_engine(script: Script, *, context: ssl.SSLContext | None = None) -> Iterator[FakeEngine]:
    """Serve on loopback, within TLS when a context is given."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        with _serve(listening, f"tcp://127.0.0.1:{port}", script, context) as engine:
            yield engine


@contextmanager
def _serve(
    listening: socket.socket, host: str, script: Script, context: ssl.SSLContext | None
) -> Iterator[FakeEngine]:
    engine = FakeEngine(host)
    over = threading.Event()
    sockets: list[socket.socket] = []

    def accept() -> None:
        while not over.is_set():
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            engine.connections += 1
            sockets.append(sock)
            thread = threading.Thread(target=_converse, args=(sock, engine, script, over, context))
            engine.threads.append(thread)
            thread.start()

    listening.listen()
    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield engine
    finally:
        over.set()
        for sock in (listening, *sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for thread in engine.threads:
            thread.join()


def _converse(
    sock: socket.socket,
    engine: FakeEngine,
    script: Script,
    over: threading.Event,
    context: ssl.SSLContext | None,
) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.callback(sock.close)
        if context is not None:
            sock = stack.enter_context(context.wrap_socket(sock, server_side=True))
        reader = stack.enter_context(sock.makefile("rb"))
        while (request := _read_request(reader)) is not None:
            engine.requests.append(request)
            visit = Visit(request, sock.sendall, over.wait)
            if script(visit):
                return


def _read_request(reader: Any) -> Request | None:
    line = reader.readline().decode("latin-1").split()
    if not line:
        return None
    if len(line) != 3 or not line[2].startswith("HTTP/"):
        return Request("?", "?", {})  # another protocol: Go's server answers at once, too
    headers: dict[str, str] = {}
    while (header := reader.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    return Request(line[0], line[1], headers)
