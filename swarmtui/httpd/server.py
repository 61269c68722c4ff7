"""Speak HTTP/1.1 on a socket: keep-alive, chunked bodies, streams that end with the client."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from typing import Protocol

from swarmtui.httpd.messages import (
    LAST_CHUNK,
    MAX_HEAD_BYTES,
    ApiError,
    MalformedRequestError,
    Request,
    Response,
    chunk,
    error_response,
    head_of,
    parse_request,
)

_LINGER_S = 1.0
_SMALL_BYTES = 2048
"""Up to this size Go states a body's length; longer ones it sends in chunks."""


class Api(Protocol):
    """Who answers the requests."""

    def headers(self) -> Mapping[str, str]:
        """Return what every answer carries."""

    async def answer(self, request: Request) -> Response:
        """Answer a request; what goes wrong is an answer, too."""


class Server:
    """Serves an API to any number of clients.

    `meet` is called once for each connection, and returns who answers its requests.
    """

    def __init__(self, meet: Callable[[], Api]) -> None:
        self._meet = meet
        self._conversations: set[asyncio.Task[None]] = set()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after another."""
        conversation = asyncio.current_task()
        assert conversation is not None  # noqa: S101  # asyncio runs each connection as a task
        self._conversations.add(conversation)
        try:
            api = self._meet()
            while await _answer_next(api, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        except asyncio.CancelledError:
            pass  # from hang_up; asyncio's streams would report it as an error of ours
        finally:
            self._conversations.discard(conversation)
            writer.close()

    async def hang_up(self) -> None:
        """End all conversations."""
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)


async def _answer_next(
    api: Api, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Answer a request; return whether another may follow."""
    try:
        request = await _read_request(reader)
    except MalformedRequestError as error:
        await _send(writer, error_response(ApiError(400, str(error))), api, None)
        return False
    if request is None:
        return False
    response = await api.answer(request)
    if response.stream is not None:
        writer.write(head_of(response, api.headers(), length=None, keeps_alive=False))
        await _send_stream(reader, writer, response.stream)
        return False
    await _send(writer, response, api, request)
    if request.has_body:
        # What follows on this connection is not a request. To close while the client still
        # writes would take the answer away from it.
        await _linger(reader)
        return False
    return request.keeps_alive


async def _send(
    writer: asyncio.StreamWriter, response: Response, api: Api, request: Request | None
) -> None:
    keeps_alive = request is not None and request.keeps_alive and not request.has_body
    wants_body = request is None or request.method != "HEAD"
    pieces = iter(response.body if wants_body else ())
    first = next(pieces, b"")
    if len(first) <= _SMALL_BYTES:
        whole = first + b"".join(pieces)
        head = head_of(response, api.headers(), length=len(whole), keeps_alive=keeps_alive)
        writer.write(head + whole)
    else:
        writer.write(head_of(response, api.headers(), length=None, keeps_alive=keeps_alive))
        await _send_chunks(writer, first, pieces)
    await writer.drain()


async def _send_stream(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    stream: AsyncGenerator[bytes, None],
) -> None:
    """Send a stream until it ends or the client goes away."""
    sending = asyncio.create_task(_relay(stream, writer))
    gone = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sending.cancel()
        gone.cancel()
        await asyncio.gather(sending, gone, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, `None` when the client has no more."""
    try:
        return parse_request(await reader.readuntil(b"\r\n\r\n"))
    except asyncio.IncompleteReadError as error:
        if not error.partial.strip():
            return None
        raise
    except asyncio.LimitOverrunError as error:
        raise MalformedRequestError(f"a head of more than {MAX_HEAD_BYTES} bytes") from error


async def _linger(reader: asyncio.StreamReader) -> None:
    """Read a body that nobody wants, until the client has had its say or for a second."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while await reader.read(1 << 16):
                pass


async def _send_chunks(writer: asyncio.StreamWriter, first: bytes, rest: Iterable[bytes]) -> None:
    writer.write(chunk(first))
    for piece in rest:
        await writer.drain()
        # Pieces may be made only now, and a client that reads fast never makes `drain` wait.
        await asyncio.sleep(0)
        writer.write(chunk(piece))
    writer.write(LAST_CHUNK)


async def _relay(stream: AsyncGenerator[bytes, None], writer: asyncio.StreamWriter) -> None:
    """Send a stream until it ends."""
    async with contextlib.aclosing(stream) as pieces:
        async for piece in pieces:
            writer.write(chunk(piece))
            await writer.drain()
    writer.write(LAST_CHUNK)
    await writer.drain()
