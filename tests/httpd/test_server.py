"""Serving connections, whoever answers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Self

import pytest

from swarmtui.httpd.listening import UnixAddress, serve
from swarmtui.httpd.messages import Request, Response, array_response
from swarmtui.httpd.server import Api, Server


class Numbered:
    """Answers every request with the number of its connection, or with a list."""

    def __init__(self, number: int, objects: Callable[[], Iterator[bytes]]) -> None:
        self._number = number
        self._objects = objects

    def headers(self) -> Mapping[str, str]:
        return {"Server": "test"}

    async def answer(self, request: Request) -> Response:
        if request.path == "/list":
            return array_response(self._objects())
        return Response(body=(str(self._number).encode(),))


def meeting(objects: Callable[[], Iterator[bytes]] = lambda: iter(())) -> Callable[[], Api]:
    numbers = count()
    return lambda: Numbered(next(numbers), objects)


class Client:
    """One connection to a server."""

    def __init__(self, server: Server) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._server = server

    async def __aenter__(self) -> Self:
        served = await asyncio.open_connection(sock=self._theirs)
        self._serving = asyncio.create_task(self._server.converse(*served))
        self.reader, self.writer = await asyncio.open_connection(sock=self._ours)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        await self._serving

    async def ask(self, path: str) -> bytes:
        self.writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b"Transfer-Encoding: chunked" in head:
            return b"".join([chunk async for chunk in self._chunks()])
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        return await self.reader.readexactly(length)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int(await self.reader.readline(), 16):
            yield await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)


async def test_each_connection_is_met_once() -> None:
    server = Server(meeting())
    async with Client(server) as first, Client(server) as second:
        assert [await first.ask("/"), await second.ask("/")] == [b"0", b"1"]
        assert [await first.ask("/"), await second.ask("/")] == [b"0", b"1"]


@pytest.mark.parametrize("number", [0, 1, 2, 5000])
async def test_a_list_arrives_whole_however_long_it_is(number: int) -> None:
    objects = [b'{"ID":"%d","x":"%s"}' % (i, b"x" * 100) for i in range(number)]
    async with Client(Server(meeting(lambda: iter(objects)))) as client:
        assert await client.ask("/list") == b"[" + b",".join(objects) + b"]\n"


async def test_a_long_list_is_made_while_it_is_sent_and_lets_others_be_answered() -> None:
    made = 0

    def make() -> Iterator[bytes]:
        nonlocal made
        for _ in range(20_000):
            made += 1
            yield b"x" * 1000

    server = Server(meeting(make))
    async with Client(server) as slow, Client(server) as quick:
        slow.writer.write(b"GET /list HTTP/1.1\r\n\r\n")
        await slow.reader.readuntil(b"\r\n\r\n")
        assert await quick.ask("/") == b"1"
        assert made < 20_000
        slow.writer.write_eof()


async def test_it_serves_on_a_socket_of_the_owner_alone_and_ends_when_its_work_fails(
    tmp_path: Path,
) -> None:
    path = tmp_path / "engine.sock"
    modes = []

    async def fail() -> None:
        modes.append(path.stat().st_mode & 0o777)
        raise RuntimeError("the work failed")

    serving = serve(
        Server(meeting()),
        UnixAddress(path),
        announce=lambda _: None,
        parent=None,
        meanwhile=fail,
    )
    with pytest.raises(RuntimeError, match="the work failed"):
        await serving
    assert modes == [0o600]
    assert not path.exists()
