"""Requests and responses, as far as an Engine API that is only read needs them."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

MAX_HEAD_BYTES = 64 * 1024
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_PIECE_BYTES = 128 * 1024


class ApiError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class MalformedRequestError(Exception):
    """What came is not an HTTP request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request without its body; nothing here has a use for one."""

    method: str
    path: str
    query: Mapping[str, str]
    has_body: bool = False
    keeps_alive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer: `body` whole, or `stream` for one that has no end in sight."""

    status: int = 200
    body: Iterable[bytes] = ()
    stream: AsyncGenerator[bytes, None] | None = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def parse_request(head: bytes) -> Request:
    """Read a request's head, up to and with the empty line."""
    try:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = first.split(" ")
        headers = dict(_header(line) for line in lines if line)
        url = urlsplit(target)
    except ValueError as error:
        raise MalformedRequestError(f"not an HTTP request: {error}") from error
    connection = headers.get("connection", "").lower()
    return Request(
        method=method,
        path=unquote(url.path),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        has_body=headers.get("content-length", "0") != "0" or "transfer-encoding" in headers,
        keeps_alive="close" not in connection if version == "HTTP/1.1" else False,
    )


def json_response(document: object, *, status: int = 200) -> Response:
    """Return an object as the engine writes it, with a newline at its end."""
    return Response(status=status, body=(msgspec.json.encode(document) + b"\n",))


def error_response(error: ApiError, *, as_text: bool = False) -> Response:
    """Return an error: JSON, or plain text for clients too old to read that."""
    if as_text:
        text = f"{error.message}\n".encode()
        return Response(status=error.status, body=(text,), content_type=TEXT)
    return json_response({"message": error.message}, status=error.status)


def array_response(objects: Iterable[bytes]) -> Response:
    """Return encoded objects as one array, in pieces that are cheap to send.

    They may be encoded as they are taken: no more of them at once than are sent at once.
    """
    return Response(body=_array(objects))


def head_of(
    response: Response, common: Mapping[str, str], *, length: int | None, keeps_alive: bool
) -> bytes:
    """Write a response's head with the `common` headers; without a `length` the body is chunked."""
    headers = {**common, **response.headers, "Content-Type": response.content_type}
    lines = [
        f"HTTP/1.1 {response.status} {_REASONS[response.status]}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked",
    ]
    if not keeps_alive:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk(piece: bytes) -> bytes:
    """Frame a piece of a chunked body; an empty piece would end it."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


LAST_CHUNK = b"0\r\n\r\n"


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError(f"a header without a colon: {line[:40]!r}")
    return name.strip().lower(), value.strip()


def _array(objects: Iterable[bytes]) -> Iterator[bytes]:
    piece: list[bytes] = []
    length, opening = 0, b"["
    for each in objects:
        # Sent only when one more comes: the last piece closes the array.
        if length >= _PIECE_BYTES:
            yield opening + b",".join(piece)
            piece, length, opening = [], 0, b","
        piece.append(each)
        length += len(each)
    yield opening + b",".join(piece) + b"]\n"
