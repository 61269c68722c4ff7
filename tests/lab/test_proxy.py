"""The recording proxy, without engines."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.lab.proxy import Proxy
from tests.lab.waiting import wait_for


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request line and the length of the body."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self._chunked_body() if "Transfer-Encoding" in self.headers else self._body()
        text = f"{self.requestline} {len(body)}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _chunked_body(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the base class calls these

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""


@contextmanager
def _echo_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield "tcp://{}:{}".format(*server.server_address)
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with _echo_server() as upstream, Proxy(upstream, "tcp://127.0.0.1:0") as proxy:
        yield proxy


def _connect(proxy: Proxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(proxy.address).netloc, timeout=5)


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"") -> str:
    connection.request(method, path, body=body or None)
    return connection.getresponse().read().decode()


def _exchange(proxy: Proxy, sent: bytes, *, until: bytes) -> bytes:
    """Send raw bytes and read until those come back, or the end."""
    where = urlsplit(proxy.address)
    received = b""
    with socket.create_connection((where.hostname, where.port), timeout=5) as connection:
        connection.sendall(sent)
        while until not in received and (part := connection.recv(4096)):
            received += part
    return received


def _seen(proxy: Proxy) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in proxy.traffic.requests]


def test_every_request_of_a_kept_connection_is_recorded(proxy: Proxy) -> None:
    """Method and path are what the client sent; answers pass unchanged."""
    connection = _connect(proxy)
    assert _ask(connection, "GET", "/v1.41/nodes?a=b") == "GET /v1.41/nodes?a=b HTTP/1.1 0"
    assert _ask(connection, "POST", "/swarm/leave", b"x" * 200_000).endswith(" 200000")
    assert _ask(connection, "DELETE", "/nodes/abc") == "DELETE /nodes/abc HTTP/1.1 0"
    connection.close()
    assert _seen(proxy) == [
        ("GET", "/v1.41/nodes?a=b"),
        ("POST", "/swarm/leave"),
        ("DELETE", "/nodes/abc"),
    ]
    assert [request.head.has_body for request in proxy.traffic.requests] == [False, True, False]
    assert proxy.traffic.connections == 1
    assert proxy.traffic.methods == {"GET", "POST", "DELETE"}


def test_pipelined_requests_are_told_apart(proxy: Proxy) -> None:
    """Two requests in one packet are two, and a body is not taken for a request."""
    body = b"DELETE /hidden HTTP/1.1\r\n\r\n"
    head = b"POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    _exchange(proxy, head + body + b"GET /last HTTP/1.1\nHost: x\n\n", until=b"GET /last")
    assert _seen(proxy) == [("POST", "/first"), ("GET", "/last")]


def test_a_chunked_body_ends_where_it_says(proxy: Proxy) -> None:
    """The request behind it is recorded."""
    chunked = (
        b"POST /first HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nGET /\r\n0\r\n\r\n"
    )
    answers = _exchange(proxy, chunked + b"GET /last HTTP/1.1\r\n\r\n", until=b"GET /last")
    assert b"POST /first HTTP/1.1 5" in answers
    assert _seen(proxy) == [("POST", "/first"), ("GET", "/last")]
    assert proxy.traffic.requests[0].head.is_chunked


def test_what_is_no_request_is_recorded_as_such(proxy: Proxy) -> None:
    """Nothing passes unseen."""
    _exchange(proxy, b"\x16\x03\x01 hello\r\n", until=b"400")
    assert [request.method for request in proxy.traffic.requests] == [""]


def test_an_upgrade_is_recorded_as_such(proxy: Proxy) -> None:
    """What follows is raw and is not parsed, so a test has to know."""
    upgrade = b"POST /session HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    _exchange(proxy, upgrade + b"GET /raw HTTP/1.1\r\n\r\n", until=b"GET /raw")
    assert _seen(proxy) == [("POST", "/session")]
    assert proxy.traffic.requests[0].head.is_upgrade


def test_bytes_are_counted_in_both_directions(proxy: Proxy) -> None:
    """Heads count too."""
    connection = _connect(proxy)
    _ask(connection, "POST", "/", b"x" * 1000)
    connection.close()
    assert 1000 < proxy.traffic.bytes_up < 1300
    assert 100 < proxy.traffic.bytes_down < 400


def test_a_stalled_proxy_records_and_answers_later(proxy: Proxy) -> None:
    """The client waits until the proxy flows again."""
    proxy.stall()
    connection = _connect(proxy)
    connection.request("GET", "/held")
    wait_for(lambda: proxy.traffic.requests, within_s=5, what="the request is recorded")
    assert connection.sock
    connection.sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.sock.recv(1, socket.MSG_PEEK)
    connection.sock.settimeout(5)
    proxy.flow()
    assert connection.getresponse().read() == b"GET /held HTTP/1.1 0"
    connection.close()


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_refusing_proxy_can_come_back_at_the_same_address(kind: str, tmp_path: Path) -> None:
    """Clients see nobody listening, as when an engine has ended."""
    listen = {"tcp": "tcp://127.0.0.1:0", "unix": f"unix://{tmp_path}/proxy.sock"}[kind]
    with _echo_server() as upstream, Proxy(upstream, listen) as proxy:
        address = proxy.address
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            _open(address)
        proxy.flow()
        _open(address).close()
        assert proxy.address == address


def test_cutting_ends_the_connections_there_are(proxy: Proxy) -> None:
    """The next connection is served."""
    connection = _connect(proxy)
    _ask(connection, "GET", "/")
    proxy.cut()
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        _ask(connection, "GET", "/")
    connection.close()
    assert _ask(connection, "GET", "/again") == "GET /again HTTP/1.1 0"
    connection.close()


def test_a_query_can_be_added_to_each_request() -> None:
    """So the lab marks its own requests."""
    with (
        _echo_server() as upstream,
        Proxy(upstream, "tcp://127.0.0.1:0", added_query="lab=1") as proxy,
    ):
        connection = _connect(proxy)
        assert _ask(connection, "GET", "/a?b=c") == "GET /a?b=c&lab=1 HTTP/1.1 0"
        assert _ask(connection, "GET", "/a") == "GET /a?lab=1 HTTP/1.1 0"
        connection.close()
        assert _seen(proxy) == [("GET", "/a?b=c"), ("GET", "/a")]


def _open(address: str) -> socket.socket:
    where = urlsplit(address)
    kind = socket.AF_UNIX if where.scheme == "unix" else socket.AF_INET
    connection = socket.socket(kind)
    try:
        connection.connect(where.path if where.scheme == "unix" else (where.hostname, where.port))
    except OSError:
        connection.close()
        raise
    return connection
