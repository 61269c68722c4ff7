"""The one place where requests to engines are made, and all it can do is ask."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPResponse, IncompleteRead
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from swarmtui import __version__
from swarmtui.engine.address import Address, split_tcp
from swarmtui.engine.errors import FOREIGN, Asked, ConnectTimedOutError, EngineError, translate
from swarmtui.engine.line import HungUpError, Line
from swarmtui.engine.refusals import explain
from swarmtui.swarm.observation import FailureKind

if TYPE_CHECKING:
    from swarmtui.engine.ssh_door import SshDoor

CONNECT_S = 5.0
READ_S = 30.0
"""An election blocks every request for 12 s, a lost quorum for 20 s: less would be an error."""

CHUNK = 1 << 18
"""Bytes read at a time: small enough that no other thread of the process waits noticeably."""

_LONGEST_REFUSAL = 1 << 16
_HEADERS = {
    "User-Agent": f"swarmtui/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}
_IN_PATHS = "/%:@!$&'()*+,;=~"
# A refusal of TLS may get lost with the connection: with TLS 1.3 a client even takes the handshake
# for done before its certificate is looked at.
_ABOUT_TLS = " Does it speak TLS, and want a client certificate of its CA (--tlscert, --tlskey)?"

Filters = Mapping[str, tuple[str, ...]]
"""Values by name; a text instead of a tuple of texts would be refused by engines."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What one request cost, whether it went well or not."""

    path: str
    """Without the version and the filters: `/nodes`."""
    asked_at: float
    """By the session's clock."""
    took_s: float
    """Spent waiting for the engine, until the last byte; not what the reader did in between."""
    bytes: int
    """Of the body."""
    ok: bool


class Listener:
    """Who wants to know of requests; this one does nothing with it."""

    def asked(self, path: str) -> None:
        """Take note that a request leaves."""

    def received(self, size: int) -> None:
        """Take note that so many bytes of a body came."""

    def answered(self, receipt: Receipt) -> None:
        """Take note of what it cost, also when it failed."""


class Answer:
    """A body that is still coming in. Belongs to the `with` block of `Session.get`."""

    def __init__(self, session: "Session", response: HTTPResponse, meter: "_Meter") -> None:
        self._session = session
        self._response = response
        self._meter = meter

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces of `CHUNK` bytes as it arrives, or raise `EngineError`."""
        return self._pieces(self._response.read)

    def trickle(self) -> Iterator[bytes]:
        """Yield what is there without waiting for a whole chunk, as `chunks` otherwise."""
        return self._pieces(self._response.read1)

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.chunks())

    def _pieces(self, read: Callable[[int], bytes]) -> Iterator[bytes]:
        while True:
            with self._session.translating(self._meter):
                piece = _read(read, CHUNK)
                if not piece and self._response.length:
                    raise IncompleteRead(b"", self._response.length)
            if not piece:
                self._meter.is_read = True
                return
            self._meter.bytes += len(piece)
            self._session.listener.received(len(piece))
            yield piece


def _read(read: Callable[[int], bytes], size: int) -> bytes:
    """Read, and take for a broken answer what `http.client` believes: a chunk of negative size."""
    try:
        return read(size)
    except ValueError as error:
        raise IncompleteRead(b"") from error


class _Meter:
    """Measures one request."""

    def __init__(self, path: str, clock: Callable[[], float], read_timeout_s: float | None) -> None:
        self.path = path
        self.bytes = 0
        self.took_s = 0.0
        self.ok = False
        self.is_read = False
        """The end of the body was seen."""
        self.read_timeout_s = read_timeout_s
        self.asked_at = clock()

    def receipt(self) -> Receipt:
        return Receipt(
            path=self.path,
            asked_at=self.asked_at,
            took_s=self.took_s,
            bytes=self.bytes,
            ok=self.ok,
        )


class Session:
    """A connection to one engine that asks one thing after the other.

    For one thread, except `close`. It connects with the first request, and again when the
    connection broke: after an error it can be used as before.
    """

    def __init__(
        self,
        address: Address,
        *,
        listener: Listener | None = None,
        clock: Callable[[], float] = time.monotonic,
        home: Path | None = None,
    ) -> None:
        self.address = address
        self.api_version = ""
        """Put before every path once it is set: `open_manager` negotiates it."""
        self.listener = listener or Listener()
        self._clock = clock
        self._is_closed = False
        self._has_answered = False
        self._line = Line(address, door=_door_to(address, home or Path.home()))
        prefix = split_tcp(address.url)[2] if address.scheme == "tcp" else ""
        self._prefix = quote(prefix, safe=_IN_PATHS)

    @contextmanager
    def get(
        self,
        path: str,
        *,
        filters: Filters | None = None,
        versioned: bool = True,
        read_timeout_s: float | None = READ_S,
    ) -> Iterator[Answer]:
        """Ask for a path and give the body as it comes; raise `EngineError` without one.

        `read_timeout_s` limits each silence, not the whole; `None` waits for ever.
        """
        meter = _Meter(path, self._clock, read_timeout_s)
        self.listener.asked(path)
        response = None
        try:
            response = self._send(meter, filters, versioned=versioned)
            if response.status != HTTPStatus.OK:
                raise self._refused(response, meter)
            yield Answer(self, response, meter)
            meter.ok = True
        finally:
            if response is not None:
                self._line.release(response, is_read=meter.is_read)
            self.listener.answered(meter.receipt())

    def read(self, path: str, *, filters: Filters | None = None, versioned: bool = True) -> bytes:
        """Return the whole body of an answer that is known to be small."""
        with self.get(path, filters=filters, versioned=versioned) as answer:
            return answer.read()

    def close(self) -> None:
        """Close for good, from any thread; a request under way ends with an `EngineError`.

        A connection that is just being opened still takes its time, at most `CONNECT_S`.
        """
        self._is_closed = True
        self._line.hang_up()

    @contextmanager
    def translating(self, meter: _Meter) -> Iterator[None]:
        """Measure what is done within, and turn foreign errors into `EngineError`."""
        began = self._clock()
        try:
            yield
        except FOREIGN as error:
            raise self._explain(error, meter) from error
        finally:
            meter.took_s += self._clock() - began

    def _send(self, meter: _Meter, filters: Filters | None, *, versioned: bool) -> HTTPResponse:
        version = f"/v{self.api_version}" if versioned and self.api_version else ""
        with self.translating(meter):
            response = self._line.get(
                f"{self._prefix}{version}{meter.path}{_encode(filters)}",
                headers=_HEADERS,
                connect_s=CONNECT_S,
                read_s=meter.read_timeout_s,
            )
        self._has_answered = True
        return response

    def _refused(self, response: HTTPResponse, meter: _Meter) -> EngineError:
        with self.translating(meter):
            body = _read(response.read, _LONGEST_REFUSAL)
        meter.is_read = response.isclosed()
        meter.bytes += len(body)
        return explain(response.status, body, host=self.address.url, path=meter.path)

    def _explain(self, error: BaseException, meter: _Meter) -> EngineError:
        host = self.address.url
        if self._is_closed or isinstance(error, HungUpError):
            return EngineError(FailureKind.REFUSED, f"the connection to {host} was closed here")
        remark = self._line.remark()
        if remark:
            return EngineError(
                FailureKind.REFUSED, f"{host}: no way from there to its engine: {remark}"
            )
        asked = Asked(
            host=host,
            what=f"GET {meter.path}",
            timeout_s=CONNECT_S if _is_connecting(error) else meter.read_timeout_s or 0.0,
            remark="" if self._has_answered or not self.address.tls else _ABOUT_TLS,
        )
        return translate(error, asked)


def _door_to(address: Address, home: Path) -> "SshDoor | None":
    if address.scheme != "ssh":
        return None
    # Two thirds of a collector's start, and most engines are not behind ssh.
    from swarmtui.engine.ssh_door import SshDoor  # noqa: PLC0415

    return SshDoor(address.url, home=home, connect_s=CONNECT_S)


def _encode(filters: Filters | None) -> str:
    return "?" + urlencode({"filters": msgspec.json.encode(filters)}) if filters else ""


def _is_connecting(error: BaseException) -> bool:
    return isinstance(error, ConnectTimedOutError)
