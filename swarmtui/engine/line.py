"""One connection to one engine, over which nothing but GET can leave.

As docker-py's transports, without its `APIClient`, which has a method for everything that changes
something. Three things differ: one connection for every path (docker-py keeps one for each full
URL, and each of them is an ssh process over there), time limits on every step, and a way to hang up
from another thread. docker-py itself is loaded for `ssh://` only, for it loads paramiko; and
requests not at all: urllib3 below it does what is needed here, and reads no environment.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError

from swarmtui.engine.address import Address, split_tcp
from swarmtui.engine.tls import Tls, ssl_context
from swarmtui.ssh.channel import ChannelSocket

if TYPE_CHECKING:
    from swarmtui.engine.ssh_door import SshDoor

# A peer that vanished is noticed within 30 s also by a stream that has nothing to read.
_KEEPALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]


class NotAReadError(Exception):
    """A request that could change something was about to leave: a mistake in this program."""


class HungUpError(ConnectionAbortedError):
    """The connection was closed from this side."""


class Line:
    """The connection to one engine, and all it can do is ask.

    Opened at the first request and again after a drop. For one thread, except `hang_up`.
    """

    def __init__(self, address: Address, *, door: "SshDoor | None") -> None:
        self._door = door
        self._pool = _OneConnection(_opener(address, door))

    def get(
        self,
        target: str,
        *,
        headers: Mapping[str, str],
        connect_s: float,
        read_s: float | None,
    ) -> BaseHTTPResponse:
        """Return the answer once its head is there; redirections and failures stay as they are.

        To be released by its reader, or closed when it was not read to the end.
        """
        return self._pool.urlopen(
            "GET",
            target,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=Timeout(connect=connect_s, read=read_s),
            preload_content=False,
            decode_content=False,
        )

    def hang_up(self) -> None:
        """Close for good, from any thread: what is being read ends with an error."""
        self._pool.hang_up()
        if self._door is not None:
            self._door.close()

    def remark(self) -> str:
        """Return what the far side of an ssh connection wrote to its stderr, if anything."""
        return self._door.last_words() if self._door is not None else ""


class _OneConnection(HTTPConnectionPool):
    """A pool of one, for one thread, that lets nothing but GET without a body leave."""

    def __init__(self, open_connection: Callable[[], HTTPConnection]) -> None:
        super().__init__("engine", maxsize=1)
        self._open_connection = open_connection
        self._current: HTTPConnection | None = None
        self._is_over = False

    def hang_up(self) -> None:
        """End what is being read, from any thread, and open nothing again."""
        self._is_over = True
        if self._current is not None and self._current.sock is not None:
            _end(self._current.sock)

    def urlopen(
        self,
        method: str,
        url: str,
        body: Any = None,  # noqa: ANN401 - urllib3's own
        *args: Any,  # noqa: ANN401 - urllib3's own
        **options: Any,  # noqa: ANN401 - urllib3's own
    ) -> BaseHTTPResponse:
        """Send, or raise `NotAReadError` before anything is connected."""
        if method != "GET" or body:
            raise NotAReadError(f"refused to send {method} {url}")
        return super().urlopen(method, url, body, *args, **options)

    def _new_conn(self) -> HTTPConnection:
        self._current = self._open_connection()
        return self._current

    def _validate_conn(self, conn: Any) -> None:  # noqa: ANN401 - urllib3's own signature
        """Connect here, as urllib3 does for https: errors of connecting are then told apart."""
        if conn.is_closed and not self._is_over:
            try:
                conn.connect()
            except TimeoutError as error:
                raise ConnectTimeoutError(conn, "not connected in time") from error
        if self._is_over:
            raise HungUpError("closed from this side")


class _UnixConnection(HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        """Connect within the time limit."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            sock.connect(self._path)
        except OSError:
            sock.close()
            raise
        self.sock = sock


class _TlsConnection(HTTPConnection):
    """HTTP within TLS, made with a context of our own and nothing from the environment."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, socket_options=_options())
        self._context = context

    def connect(self) -> None:
        """Connect and shake hands within the time limit."""
        super().connect()
        try:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        except OSError:
            self.close()
            raise


def _opener(address: Address, door: "SshDoor | None") -> Callable[[], HTTPConnection]:
    if door is not None:
        return door.connection
    if address.scheme == "unix":
        path = address.url.removeprefix("unix://")
        return lambda: _UnixConnection(path)
    host, port, _ = split_tcp(address.url)
    if address.tls is None:
        return lambda: HTTPConnection(host, port, socket_options=_options())
    return _tls_opener(host, port, address.tls)


def _tls_opener(host: str, port: int, tls: Tls) -> Callable[[], HTTPConnection]:
    # The files are read anew with each connection: certificates get renewed under long watches.
    return lambda: _TlsConnection(host, port, ssl_context(tls))


def _options() -> list[tuple[int, int, int | bytes]]:
    return [*HTTPConnection.default_socket_options, *_KEEPALIVE]


def _end(sock: socket.socket | ChannelSocket) -> None:
    """End a socket that another thread may be reading."""
    if isinstance(sock, ChannelSocket):
        sock.abort()
        return
    # Not the method of SSLSocket, which takes the TLS state away under the reader's feet; and not
    # close, which leaves the reader waiting on a number that may mean another file by then.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
