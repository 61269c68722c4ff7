"""A connection that leads through a jump host, for another ssh connection to run over."""

from contextlib import suppress

import paramiko

from swarmtui.ssh.failures import FOREIGN


class Tunnel:
    """As much of a socket as paramiko asks for, over a channel to the other side of a jump host.

    A channel itself raises when it is closed after the connection under it has broken, also in
    threads of paramiko's own, where nobody could catch it.
    """

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    @property
    def _closed(self) -> bool:  # what paramiko asks a socket for
        return self._channel.closed

    def send(self, data: bytes) -> int:
        """Send as much as there is room for, and return how much that was."""
        return self._channel.send(data)

    def recv(self, size: int) -> bytes:
        """Return what came; nothing at the end."""
        return self._channel.recv(size)

    def settimeout(self, seconds: float | None) -> None:
        """Limit each wait."""
        self._channel.settimeout(seconds)

    def close(self) -> None:
        """Close it, whatever has become of the connection."""
        with suppress(*FOREIGN):
            self._channel.close()
