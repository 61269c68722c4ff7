"""One connection to one engine, over which nothing but GET can leave.

As docker-py's transports, without its `APIClient`, which has a method for everything that changes
something. Three things differ: one connection for every path (docker-py keeps one for each full
URL, and each of them is an ssh process over there), time limits on every step, and a way to hang up
from another thread. docker-py itself is loaded for `ssh://` only, for it loads paramiko; and
requests and urllib3 below it not at all: the standard library does what is needed here, is there in
a quarter of the time, and reads no environment.
"""

import contextlib
import select
import socket
import ssl
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPResponse, InvalidURL
from threading import Lock
from typing import TYPE_CHECKING, Any

from swarmtui.engine.address import Address, split_tcp
from swarmtui.engine.errors import ConnectTimedOutError
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
        self._open = _opener(address, door)
        self._connection: HTTPConnection | None = None
        self._sock: socket.socket | ChannelSocket | None = None
        """The one opened last: an answer may still be read from it when its connection is gone."""
        self._lock = Lock()
        self._is_asking = False
        """From the beginning of a question to the end of its answer."""
        self._is_over = False

    def get(
        self,
        target: str,
        *,
        headers: Mapping[str, str],
        connect_s: float,
        read_s: float | None,
    ) -> HTTPResponse:
        """Return the answer once its head is there; redirections and failures stay as they are.

        To be given to `release` afterwards, read to its end or not.
        """
        if not target.startswith("/"):
            raise InvalidURL(f"not a path: {target}")
        self._begin()
        try:
            connection = self._connected(connect_s)
            connection.sock.settimeout(read_s)
            connection.request("GET", target, headers=dict(headers))
            return connection.getresponse()
        except BaseException:  # whatever it was, it goes on; half an answer may be on its way
            self._finish(is_usable=False)
            raise

    def release(self, answer: HTTPResponse, *, is_read: bool) -> None:
        """Take an answer back; without its end the connection is of no use any more."""
        answer.close()
        self._finish(is_usable=is_read)

    def hang_up(self) -> None:
        """Close for good, from any thread: what is being read ends with an error."""
        with self._lock:
            self._is_over = True
            if not self._is_asking:
                self._drop()
            elif self._sock is not None:
                _end(self._sock)
        if self._door is not None:
            self._door.close()

    def remark(self) -> str:
        """Return what the far side of an ssh connection wrote to its stderr, if anything."""
        return self._door.last_words() if self._door is not None else ""

    def _begin(self) -> None:
        with self._lock:
            if self._is_over:
                raise HungUpError("closed from this side")
            self._is_asking = True

    def _finish(self, *, is_usable: bool) -> None:
        with self._lock:
            self._is_asking = False
            if self._is_over or not is_usable:
                self._drop()

    def _connected(self, connect_s: float) -> HTTPConnection:
        """Return the connection, made anew when there is none or the engine ended it."""
        connection = self._connection
        if connection is not None and connection.sock is not None and _is_up(connection.sock):
            return connection
        self._drop()
        connection = self._connection = self._open()
        connection.timeout = connect_s
        try:
            connection.connect()
        except TimeoutError as error:
            raise ConnectTimedOutError("not connected in time") from error
        self._sock = connection.sock
        if self._is_over:
            raise HungUpError("closed from this side")
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()


class GetsOnly(HTTPConnection):
    """HTTP that lets nothing but GET without a body leave."""

    # By name: beside docker-py's connection it would be urllib3's, whose bodies pass by the guard.
    request = HTTPConnection.request
    getresponse = HTTPConnection.getresponse

    def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> None:  # noqa: ANN401 - http.client's own
        """Begin a request, or raise `NotAReadError` before anything is connected."""
        if method != "GET":
            raise NotAReadError(f"refused to send {method} {url}")
        super().putrequest(method, url, *args, **options)

    def endheaders(self, message_body: Any = None, **options: Any) -> None:  # noqa: ANN401 - http.client's own
        """Send a request, or raise `NotAReadError` before anything is connected."""
        if message_body:
            raise NotAReadError("refused to send a body")
        super().endheaders(message_body, **options)


class _UnixConnection(GetsOnly):
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


class _TcpConnection(GetsOnly):
    """HTTP over a socket that notices when the other side is gone."""

    def connect(self) -> None:
        """Connect within the time limit."""
        super().connect()
        for option in _KEEPALIVE:
            self.sock.setsockopt(*option)


class _TlsConnection(_TcpConnection):
    """HTTP within TLS, made with a context of our own and nothing from the environment."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port)
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
        return lambda: _TcpConnection(host, port)
    return _tls_opener(host, port, address.tls)


def _tls_opener(host: str, port: int, tls: Tls) -> Callable[[], HTTPConnection]:
    # The files are read anew with each connection: certificates get renewed under long watches.
    return lambda: _TlsConnection(host, port, ssl_context(tls))


def _is_up(sock: socket.socket | ChannelSocket) -> bool:
    """Tell whether a connection still stands on which nothing was asked.

    Engines say nothing unasked: what there is to read then is the end.
    """
    if isinstance(sock, ChannelSocket):
        return sock.is_open
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)


def _end(sock: socket.socket | ChannelSocket) -> None:
    """End a socket that another thread may be reading."""
    if isinstance(sock, ChannelSocket):
        sock.abort()
        return
    # Not the method of SSLSocket, which takes the TLS state away under the reader's feet; and not
    # close, which leaves the reader waiting on a number that may mean another file by then.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
