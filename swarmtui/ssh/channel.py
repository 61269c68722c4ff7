"""Let HTTP read from a channel within ssh as from a socket."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Only for the types: who asks whether a socket is one of these need not load paramiko.
    import paramiko
    from _typeshed import WriteableBuffer


class ChannelSocket:
    """As much of a socket as `http.client` asks for.

    Paramiko's own file lacks `read1`, without which events would wait for a full buffer.
    """

    def __init__(self, channel: "paramiko.Channel") -> None:
        self._channel = channel
        self._readers = 0
        self._is_closed = False

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self._channel.sendall(data)

    def settimeout(self, seconds: float | None) -> None:
        """Limit each wait for data."""
        self._channel.settimeout(seconds)

    def makefile(self, mode: str = "rb") -> io.BufferedReader:
        """Return a file to read from."""
        del mode
        self._readers += 1
        return io.BufferedReader(_Reader(self._channel, self), 1 << 16)

    def close(self) -> None:
        """Close the channel, as soon as no file reads from it any more: sockets do the same."""
        self._is_closed = True
        self._close_if_unused()

    @property
    def is_open(self) -> bool:
        """Tell whether it still leads to the other side, as far as is known."""
        channel = self._channel
        if channel.closed or channel.eof_received:
            return False
        return channel.get_transport().is_active()

    def last_words(self) -> str:
        """Return what the command wrote to stderr, such as `docker: command not found`."""
        if not self._channel.recv_stderr_ready():
            return ""
        return self._channel.recv_stderr(1000).decode("utf-8", "replace")

    def drop_reader(self) -> None:
        """Take note that a file was closed."""
        self._readers -= 1
        self._close_if_unused()

    def abort(self) -> None:
        """Close the channel now: whoever reads from it comes to the end of it."""
        from swarmtui.ssh.running import end_channel  # noqa: PLC0415 - loads paramiko

        end_channel(self._channel)

    def _close_if_unused(self) -> None:
        if self._is_closed and self._readers <= 0:
            self.abort()


class _Reader(io.RawIOBase):
    def __init__(self, channel: "paramiko.Channel", owner: ChannelSocket) -> None:
        super().__init__()
        self._channel = channel
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._channel.recv(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner.drop_reader()
