"""A channel of an ssh connection, used from the event loop without ever waiting in it."""

import asyncio
import select
from collections.abc import Callable
from contextlib import suppress

from paramiko import Channel, SSHException

_AT_ONCE_BYTES = 32 * 1024
"""No more than this: a socket that is writable takes it whole."""
_PATIENCE_S = 0.02


class CommandChannel:
    """Where a command reads and writes."""

    def __init__(self, channel: Channel, fileno: int) -> None:
        """Take a channel and the file descriptor of its connection's socket."""
        self._channel = channel
        self._writable = select.poll()
        self._writable.register(fileno, select.POLLOUT)
        channel.setblocking(0)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is there."""
        return not self._channel.closed

    async def write(self, data: bytes) -> None:
        """Write all of it to stdout; raise `ConnectionError` when the client has gone."""
        await self._write(data, self._channel.send)

    async def complain(self, text: str) -> None:
        """Write all of it to stderr; raise `ConnectionError` when the client has gone."""
        await self._write(text.encode(), self._channel.send_stderr)

    def end(self, status: int) -> None:
        """End the command."""
        with suppress(OSError, EOFError, SSHException):
            self._channel.send_exit_status(status)
            self._channel.close()

    def on_input(self, take: Callable[[bytes], None]) -> Callable[[], None]:
        """Have `take` called with what comes, and with nothing at its end; return how to stop."""
        loop = asyncio.get_running_loop()
        fileno = self._channel.fileno()

        def read() -> None:
            with suppress(TimeoutError):
                while data := self._channel.recv(_AT_ONCE_BYTES):
                    take(data)
                loop.remove_reader(fileno)
                take(b"")

        loop.add_reader(fileno, read)
        return lambda: _forget(loop, fileno)

    async def _write(self, data: bytes, send: Callable[[bytes], int]) -> None:
        rest = memoryview(data)
        while rest:
            if not self.is_open:
                raise ConnectionError
            if not self._is_ready():
                await asyncio.sleep(_PATIENCE_S)
                continue
            with suppress(TimeoutError):
                rest = rest[self._send(send, bytes(rest[:_AT_ONCE_BYTES])) :]

    def _send(self, send: Callable[[bytes], int], piece: bytes) -> int:
        try:
            return send(piece)
        except TimeoutError:
            raise  # the client's window is full
        except (OSError, EOFError, SSHException) as error:
            raise ConnectionError from error

    def _is_ready(self) -> bool:
        return self._channel.send_ready() and bool(self._writable.poll(0))


def _forget(loop: asyncio.AbstractEventLoop, fileno: int) -> None:
    with suppress(OSError, ValueError):
        loop.remove_reader(fileno)
