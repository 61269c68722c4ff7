"""A proxy between a client and an engine that writes down every request, and can misbehave."""

import contextlib
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.lab.http_requests import CHUNK, RequestHead, split_requests

CONNECT_WITHIN_S = 30


@dataclass(frozen=True)
class ProxiedRequest:
    """One request as it passed by."""

    connection: int
    """Counted from 1 in the order in which the connections were made."""
    head: RequestHead

    @property
    def method(self) -> str:
        """Return the method as sent; it is empty for bytes that are no HTTP request."""
        return self.head.method

    @property
    def path(self) -> str:
        """Return the path as sent, with the version in front and the query behind."""
        return self.head.path


class Traffic:
    """What has passed so far. Written by the threads of the connections, read by tests."""

    def __init__(self) -> None:
        self.connections = 0
        self.bytes_up = 0
        """From the clients to the engine."""
        self.bytes_down = 0
        """From the engine to the clients."""
        self._requests: list[ProxiedRequest] = []
        self._lock = threading.Lock()

    @property
    def requests(self) -> list[ProxiedRequest]:
        """Return all requests in the order of their arrival."""
        return list(self._requests)

    @property
    def methods(self) -> set[str]:
        """Return the methods of all requests."""
        return {request.method for request in self.requests}

    def note(self, request: ProxiedRequest) -> None:
        """Write down a request."""
        self._requests.append(request)

    def count(self, *, up: int = 0, down: int = 0) -> None:
        """Add bytes."""
        with self._lock:
            self.bytes_up += up
            self.bytes_down += down


class Proxy:
    """Listens at one address, passes everything on to another, and keeps count in `traffic`.

    Addresses are `unix:///PATH` and `tcp://HOST:PORT`; with port 0 a free one is chosen, which
    `address` tells.
    """

    def __init__(self, upstream: str, listen: str, *, added_query: str = "") -> None:
        self.upstream = upstream
        self.address = listen
        self.traffic = Traffic()
        self._added_query = added_query
        self._flowing = threading.Event()
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self._connections: list[_Connection] = []

    def __enter__(self) -> Self:
        self.flow()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def flow(self) -> None:
        """Pass on everything, what was held back first."""
        self._listen()
        self._flowing.set()

    def stall(self) -> None:
        """Accept connections and requests, and pass nothing on in either direction."""
        self._listen()
        self._flowing.clear()

    def refuse(self) -> None:
        """Refuse new connections; those that exist go on, until `cut`."""
        self._flowing.set()
        if self._listener and self._acceptor:
            # Closing alone would not wake the thread that accepts.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._acceptor.join()
            self._listener.close()
            self._listener = None

    def cut(self) -> None:
        """Close all connections there are; new ones are welcome."""
        for connection in list(self._connections):
            connection.cut()

    def close(self) -> None:
        """Refuse and cut, for good."""
        self.refuse()
        self.cut()
        for connection in self._connections:
            connection.join()
        where = urlsplit(self.address)
        if where.scheme == "unix":
            Path(where.path).unlink(missing_ok=True)

    def _listen(self) -> None:
        if self._listener:
            return
        self._listener, self.address = _listen_at(self.address)
        self._acceptor = threading.Thread(target=self._accept, args=[self._listener], daemon=True)
        self._acceptor.start()

    def _accept(self, listener: socket.socket) -> None:
        # The error comes from `refuse`, which shuts the listener down.
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.traffic.connections += 1
                connection = _Connection(
                    client,
                    number=self.traffic.connections,
                    upstream=self.upstream,
                    added_query=self._added_query,
                    flowing=self._flowing,
                    traffic=self.traffic,
                )
                self._connections = [*filter(_Connection.is_alive, self._connections), connection]
                connection.start()


class _Connection(threading.Thread):
    """A client's connection and ours to the engine, until both have ended."""

    def __init__(
        self,
        client: socket.socket,
        *,
        number: int,
        upstream: str,
        added_query: str,
        flowing: threading.Event,
        traffic: Traffic,
    ) -> None:
        super().__init__(daemon=True)
        self._number = number
        self._client = client
        self._upstream = upstream
        self._engine: socket.socket | None = None
        self._added_query = added_query
        self._flowing = flowing
        self._traffic = traffic

    def run(self) -> None:
        """Pass bytes on in both directions."""
        with (
            self._client,
            contextlib.suppress(OSError),
            _connect_to(self._upstream) as self._engine,
        ):
            downward = threading.Thread(target=self._pass_down, args=[self._engine], daemon=True)
            downward.start()
            self._pass_up(self._engine)
            downward.join()

    def cut(self) -> None:
        """Shut both ends down; the threads that use them then close them."""
        for end in (self._client, self._engine):
            _shut_down(end, socket.SHUT_RDWR)

    def _pass_up(self, engine: socket.socket) -> None:
        # ValueError: a length or a chunk's size that is no number.
        with self._client.makefile("rb") as stream, contextlib.suppress(OSError, ValueError):
            for part in split_requests(stream):
                data = self._note(part) if isinstance(part, RequestHead) else part
                self._traffic.count(up=len(data))
                self._flowing.wait()
                engine.sendall(data)
        _shut_down(engine, socket.SHUT_WR)

    def _pass_down(self, engine: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := engine.recv(CHUNK):
                self._flowing.wait()
                # Before it leaves: whoever has read it may look at the count at once.
                self._traffic.count(down=len(data))
                self._client.sendall(data)
        _shut_down(self._client, socket.SHUT_WR)

    def _note(self, head: RequestHead) -> bytes:
        self._traffic.note(ProxiedRequest(self._number, head))
        return head.with_query(self._added_query)


def _listen_at(address: str) -> tuple[socket.socket, str]:
    """Return a listening socket, and its address with the port it got."""
    where = urlsplit(address)
    if where.scheme == "unix":
        # A refusing proxy leaves the file in place: nobody listens there is what clients then see.
        Path(where.path).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(where.path)
    else:
        listener = socket.socket(socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((where.hostname, where.port or 0))
        address = "tcp://{}:{}".format(*listener.getsockname())
    listener.listen(128)
    return listener, address


def _connect_to(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "unix":
        engine = socket.socket(socket.AF_UNIX)
        with contextlib.ExitStack() as closing:
            closing.callback(engine.close)
            engine.connect(where.path)
            closing.pop_all()
        return engine
    engine = socket.create_connection((where.hostname, where.port), timeout=CONNECT_WITHIN_S)
    engine.settimeout(None)
    return engine


def _shut_down(end: socket.socket | None, direction: int) -> None:
    if end:
        with contextlib.suppress(OSError):
            end.shutdown(direction)
