"""What tests of logins share: what a home knows, and what becomes of a login."""

from pathlib import Path

import pytest

from swarmtui.ssh.errors import SshError
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.login import Door
from swarmtui.ssh.ports import Running
from swarmtui.swarm.machine import Machine
from tests.ssh.sshd import Sshd

QUICK = Limits(connect_s=0.3, greeting_s=0.5, login_s=0.5, channel_s=0.5, attempts=1)


def know(home: Path, *servers: Sshd) -> None:
    """Make their keys known."""
    text = "".join(server.known_hosts_line for server in servers)
    (home / ".ssh" / "known_hosts").write_text(text)


def configure(home: Path, text: str) -> None:
    (home / ".ssh" / "config").write_text(text)


def failure(door: Door, machine: Machine) -> SshError:
    with pytest.raises(SshError) as caught:
        door.open(machine)
    return caught.value


def read_all(running: Running, *, timeout_s: float = 10) -> bytes:
    return b"".join(iter(lambda: running.read(timeout_s), b""))
