"""Reach an engine through ssh: one login, and within it `docker system dial-stdio`, no more.

Imported for `ssh://` alone: paramiko takes longer to load than all else of a collector.
"""

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from docker.transport.sshconn import SSHConnection

from swarmtui.engine.line import GetsOnly
from swarmtui.ssh.channel import ChannelSocket
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.login import Door, SshLogin
from swarmtui.swarm.machine import Machine


class SshDoor:
    """One ssh login, made when it is first needed and again after it broke."""

    def __init__(self, url: str, *, home: Path, connect_s: float) -> None:
        self._machine = machine_of(url)
        # Who asks tries again itself, and says so meanwhile.
        self._door = Door(home=home, limits=Limits(connect_s=connect_s, attempts=1))
        self._login: SshLogin | None = None
        self._sock: ChannelSocket | None = None

    def connection(self) -> HTTPConnection:
        """Return a connection, not yet open, to the engine behind the door."""
        return _DialStdio(self)

    def dial(self, *, timeout_s: float) -> ChannelSocket:
        """Return a socket that speaks HTTP with the engine over there, or raise `SshError`."""
        self._sock = None
        if self._login is None or not self._login.is_active:
            self._hang_up()
            self._login = self._door.open(self._machine)
        sock = self._sock = self._login.dial()
        sock.settimeout(timeout_s)
        return sock

    def last_words(self) -> str:
        """Return what the far side wrote to stderr, such as `docker: command not found`."""
        return self._sock.last_words() if self._sock is not None else ""

    def close(self) -> None:
        """End the login for good, from any thread."""
        self._door.close()

    def _hang_up(self) -> None:
        if self._login is not None:
            self._login.close()
            self._login = None


class _DialStdio(GetsOnly, SSHConnection):  # type: ignore[misc] # GETs alone, by http.client
    """docker-py's connection, with a time limit for each step."""

    def __init__(self, door: SshDoor) -> None:
        super().__init__()
        self._door = door

    def connect(self) -> None:
        """Open the channel through the door."""
        self.sock = self._door.dial(timeout_s=self.timeout)  # type: ignore[assignment] # enough of a socket


def machine_of(url: str) -> Machine:
    """Return the machine that an `ssh://` URL means."""
    parts = urlsplit(url)
    return Machine(name=url, addr=parts.hostname or "", port=parts.port, user=parts.username or "")
