"""What a login to a machine offers; `login` has it, and a fake in the tests."""

from typing import Protocol

from swarmtui.ssh.commands import Command
from swarmtui.swarm.machine import Machine


class Running(Protocol):
    """A command that runs on a machine. Every call raises `SshError` when the connection breaks."""

    def read(self, timeout_s: float) -> bytes:
        """Return what came on stdout next, `b""` at its end; raise `TimeoutError`.

        Whatever comes on stderr meanwhile is taken in too, or a command that complains a lot would
        stand still.
        """

    @property
    def complaint(self) -> str:
        """Return the end of what came on stderr, harmless, on one line."""

    def wait(self, timeout_s: float) -> int:
        """Return the exit status once the command has ended; raise `TimeoutError`."""

    def close(self) -> None:
        """End the command, from any thread."""


class Login(Protocol):
    """A connection to one machine, logged in."""

    def run(self, command: Command) -> Running:
        """Start a command; raise `SshError`."""

    def close(self) -> None:
        """End the connection and everything that runs over it, from any thread."""


class Door(Protocol):
    """Where logins come from."""

    def open(self, machine: Machine) -> Login:
        """Log in, within the limits on handshakes; raise `SshError`."""
