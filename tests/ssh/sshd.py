"""A real sshd of OpenSSH on loopback, that can be broken, and a `docker` behind it."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from swarmtui.swarm.machine import Machine
from tests.lab import processes
from tests.lab.waiting import wait_for
from tests.ssh.frames import line
from tests.ssh.link import Link

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
RUN = Path("/run/sshd")

needs_sshd = pytest.mark.skipif(
    os.geteuid() != 0 or not Path(SSHD).exists(),
    reason="needs root and OpenSSH's sshd (apt install openssh-server)",
)

DOCKER = """#!/bin/sh
case "$1" in
  stats) while echo tick; do sleep 0.1; done;;
  info) echo '{"ID": "m1"}'; echo "WARNING: no swap" >&2;;
  version) head -c 5000000 /dev/zero >&2; echo done; exit 7;;
esac
"""


DOCKER_WITH_STATS = """#!/bin/sh
case "$1" in
  stats) while printf '\\033[2J\\033[H%s\\n' 'LINE'; do sleep 0.5; done;;
  info) echo '{"ServerVersion": "20.10.24", "Swarm": {"LocalNodeState": "inactive"}}';;
esac
""".replace("LINE", line().decode())
"""Of a machine in no swarm, with one container."""


class Sshd:
    """One server, with a host key and a user's key of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        options: Mapping[str, str] | None = None,
        also: Path | None = None,
        place: Link | None = None,
        docker: str = DOCKER,
    ) -> None:
        self.address = place.address if place else "127.0.0.1"
        self._prefix = ["ip", "netns", "exec", place.namespace] if place else []
        self.port = _free_port()
        self.key = folder / "user_key"
        self.host_key = folder / "host_key"
        self._folder = folder
        self._options = dict(options or {})
        self._more = [f"-oHostKey={also}"] if also else []
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)
        make_key(self.key)
        make_key(self.host_key)
        program = folder / "docker"
        program.write_text(docker)
        program.chmod(0o755)

    @property
    def machine(self) -> Machine:
        """Return it as an inventory has it."""
        return Machine(
            name="m1",
            addr=self.address,
            port=self.port,
            user="root",
            key_files=(str(self.key),),
        )

    @property
    def known_hosts_line(self) -> str:
        """Return the line of known_hosts for its current key."""
        kind, key = self.host_key.with_suffix(".pub").read_text().split()[:2]
        return f"[{self.address}]:{self.port} {kind} {key}\n"

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of its current key, as OpenSSH has it."""
        command = ["ssh-keygen", "-lf", str(self.host_key.with_suffix(".pub"))]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[1]

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        return (self._folder / "log").read_text()

    @property
    def connections(self) -> tuple[int, ...]:
        """Return the processes of its connections."""
        return processes.children_of(self._process.pid) if self._process else ()

    def start(self) -> None:
        """Start it and wait until it answers."""
        RUN.mkdir(exist_ok=True)
        options = {
            "Port": str(self.port),
            "ListenAddress": self.address,
            "HostKey": str(self.host_key),
            "AuthorizedKeysFile": str(self.key.with_suffix(".pub")),
            "PidFile": "none",
            "StrictModes": "no",
            "PasswordAuthentication": "no",
            "SetEnv": f"PATH={self._folder}:/usr/bin:/bin HOME={self._folder}",
            "LogLevel": "VERBOSE",
            **self._options,
        }
        command = [*self._prefix, SSHD, "-D", "-e", "-f", "/dev/null"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command + [f"-o{k}={v}" for k, v in options.items()] + self._more,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        wait_for(self._answers, within_s=10, what=f"sshd up: {self.log}")

    def stop(self) -> None:
        """Kill it, with all its connections."""
        if self._process is not None:
            self.drop()
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self, **options: str) -> None:
        """Kill it, and start it anew with other options."""
        self.stop()
        self._options |= options
        self.start()

    def drop(self) -> None:
        """Kill its connections."""
        assert self._process is not None
        for pid in processes.descendants_of(self._process.pid):
            processes.send(pid, signal.SIGKILL)

    def freeze(self) -> None:
        """Make its connections hang."""
        for pid in self.connections:
            processes.send(pid, signal.SIGSTOP)

    def change_key(self) -> None:
        """Give it another host key; it has to be started again."""
        for path in (self.host_key, self.host_key.with_suffix(".pub")):
            path.unlink()
        make_key(self.host_key)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.address, self.port), timeout=2) as connection:
                return connection.recv(8).startswith(b"SSH-2.0")
        except OSError:
            return False


@contextmanager
def sshd(
    folder: Path,
    *,
    also: Path | None = None,
    place: Link | None = None,
    docker: str = DOCKER,
    **options: str,
) -> Iterator[Sshd]:
    """Serve for the block; with one more host key, at the end of a link, with sshd's options."""
    server = Sshd(folder, options=options, also=also, place=place, docker=docker)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make_key(path: Path, *, kind: str = "ed25519", passphrase: str = "") -> None:
    """Make a key and its `.pub`."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    assert isinstance(port, int)
    return port
