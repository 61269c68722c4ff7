"""Where an API is served: a unix socket, or a port that only this machine reaches."""

import asyncio
import ipaddress
import os
import signal
import socket
import stat
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from swarmtui.httpd.messages import MAX_HEAD_BYTES
from swarmtui.httpd.server import Server


class UnusableAddressError(Exception):
    """An address that cannot, or must not, be listened on."""


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A unix socket."""

    path: Path

    def __str__(self) -> str:
        return f"unix://{self.path}"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A port on loopback; 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return (
            f"tcp://[{self.host}]:{self.port}"
            if ":" in self.host
            else (f"tcp://{self.host}:{self.port}")
        )


Address = UnixAddress | TcpAddress


def parse_address(text: str) -> Address:
    """Read `unix:///PATH` or `tcp://127.0.0.1:PORT`."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme == "unix" and rest:
        return UnixAddress(Path(rest))
    if separator and scheme == "tcp":
        return _parse_tcp(text)
    raise UnusableAddressError(f"{text!r} is neither unix:///PATH nor tcp://127.0.0.1:PORT")


def _parse_tcp(text: str) -> TcpAddress:
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError as error:
        raise UnusableAddressError(f"{text!r}: {error}") from error
    if port is None:
        raise UnusableAddressError(f"{text!r} has no port; 0 takes any free one")
    if not _is_loopback(host):
        raise UnusableAddressError(
            f"{text!r} could be reached from other machines; listen on tcp://127.0.0.1:{port}"
        )
    return TcpAddress("127.0.0.1" if host == "localhost" else host, port)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def serve(
    server: Server,
    address: Address,
    *,
    announce: Callable[[str], None],
    parent: TextIO | None,
    meanwhile: Callable[[], Coroutine[None, None, None]] | None = None,
    beside: AbstractAsyncContextManager[None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM or, if there is one, until `parent` is closed.

    `announce` is called with the address once it answers. `meanwhile` is run
    from then on; when that fails, so does this. What is served `beside` the
    API is served from before that until after the end.
    """
    stop = asyncio.Event()
    _stop_on_signals(stop)
    async with beside or nullcontext():
        await _serve(server, address, stop, announce=announce, meanwhile=meanwhile, parent=parent)


async def _serve(
    server: Server,
    address: Address,
    stop: asyncio.Event,
    *,
    announce: Callable[[str], None],
    meanwhile: Callable[[], Coroutine[None, None, None]] | None,
    parent: TextIO | None,
) -> None:
    listener, bound = await _listen(server, address)
    work = asyncio.create_task(_work(meanwhile, stop))
    try:
        if parent is not None:
            _stop_at_end_of(parent, stop)
        announce(str(bound))
        await stop.wait()
    finally:
        listener.close()
        work.cancel()
        await server.hang_up()
        _remove(bound)
        with suppress(asyncio.CancelledError):
            await work


async def _work(
    meanwhile: Callable[[], Coroutine[None, None, None]] | None, stop: asyncio.Event
) -> None:
    try:
        if meanwhile is not None:
            await meanwhile()
    except Exception:  # whatever it was, it is raised where serving ends, which is now
        stop.set()
        raise


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


def _stop_at_end_of(parent: TextIO, stop: asyncio.Event) -> None:
    """Watch a pipe that a parent keeps open: it ends when the parent does, however that dies."""

    def read() -> None:
        if not os.read(parent.fileno(), 4096):
            loop.remove_reader(parent.fileno())
            stop.set()

    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(parent.fileno(), read)
    except (OSError, ValueError) as error:
        raise UnusableAddressError(f"the standard input cannot be watched: {error}") from error


async def _listen(server: Server, address: Address) -> tuple[asyncio.Server, Address]:
    try:
        if isinstance(address, UnixAddress):
            return await _listen_unix(server, address), address
        listener = await asyncio.start_server(
            server.converse, address.host, address.port, limit=MAX_HEAD_BYTES
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnusableAddressError(f"cannot listen on {address}: {reason}") from error
    return listener, TcpAddress(address.host, listener.sockets[0].getsockname()[1])


async def _listen_unix(server: Server, address: UnixAddress) -> asyncio.Server:
    path = address.path
    if path.exists():
        if not _is_abandoned(path):
            raise UnusableAddressError(f"{path} exists already, and is not a socket left behind")
        path.unlink()
    bound = _bind(path)
    try:
        return await asyncio.start_unix_server(server.converse, sock=bound, limit=MAX_HEAD_BYTES)
    except BaseException:  # whatever it was, it goes on; only the socket must not stay open
        bound.close()
        raise


def _bind(path: Path) -> socket.socket:
    """Make a socket that its owner alone can talk to, from the first moment on."""
    bound = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    try:
        bound.bind(str(path))
    except BaseException:  # as above
        bound.close()
        raise
    finally:
        os.umask(mask)
    return bound


def _is_abandoned(path: Path) -> bool:
    """Whether a socket is there on which nobody listens."""
    if not stat.S_ISSOCK(path.stat().st_mode):
        return False
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            return True
    return False


def _remove(address: Address) -> None:
    if isinstance(address, UnixAddress):
        address.path.unlink(missing_ok=True)
