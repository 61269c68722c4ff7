"""An sshd on one machine of the lab, whose sessions find the engine there."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path

from tests.lab import processes
from tests.lab.engine import Engine
from tests.lab.machine import SYSTEM_PATH, Program
from tests.lab.waiting import wait_for

PORT = 22


VISITOR = "visitor"
"""A user whom docker does not know."""


class SshServer:
    """`ssh root@HOST` with the right key lands where `docker` talks to this machine's engine.

    Without `docker` it lands where there is none; as the visitor, where docker lets nobody in.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        *,
        docker: Path | None,
        port: int = PORT,
        user: str = "root",
    ) -> None:
        folder.mkdir()
        self.user = user
        self.port = port
        self.host = engine.address
        self.key_path = folder / "id_ed25519"
        self.wrong_key_path = folder / "id_wrong"
        """A key that the server does not know."""
        self.known_hosts_path = folder / "known_hosts"
        self._host_key = folder / "host_key"
        self._engine = engine
        self._folder = folder
        self._path = f"{docker.parent}:{SYSTEM_PATH}" if docker else "/nowhere"
        self._program: Program | None = None
        for path in (self.key_path, self.wrong_key_path, self._host_key):
            _make_key(path)
        self.known_hosts_path.write_text(f"{self.known_hosts_line}\n")

    @property
    def url(self) -> str:
        """Return the address as the docker CLI's -H takes it."""
        port = "" if self.port == PORT else f":{self.port}"
        return f"ssh://{self.user}@{self.host}{port}"

    @property
    def known_hosts_line(self) -> str:
        """Return the line that makes the server known."""
        kind, key = self._host_key.with_suffix(".pub").read_text().split()[:2]
        host = self.host if self.port == PORT else f"[{self.host}]:{self.port}"
        return f"{host} {kind} {key}"

    @property
    def client_options(self) -> list[str]:
        """Return the options with which the real ssh client trusts and enters the server."""
        return [
            "-F",
            "/dev/null",
            f"-oIdentityFile={self.key_path}",
            "-oIdentitiesOnly=yes",
            f"-oUserKnownHostsFile={self.known_hosts_path}",
            "-oStrictHostKeyChecking=yes",
            "-oBatchMode=yes",
        ]

    def start(self) -> None:
        """Start the server unless it is running, and wait until it answers."""
        if self.is_running():
            return
        machine = self._engine.machine
        # sshd wants this folder; each machine has a /run of its own.
        machine.run("mkdir", "-p", "-m", "0755", "/run/sshd")
        if self.user != "root":
            self._make_user()
        self._program = machine.start(*self._command(), log=self._folder / "sshd.log")
        wait_for(self._answers, within_s=10, what=f"sshd on {self._engine.name} answers")

    def stop(self) -> None:
        """Kill the server with all its sessions: new connections are refused."""
        if self._program and self._program.is_running():
            sessions = processes.descendants_of(self._program.pid)
            self._program.kill()
            _kill(sessions)

    def drop_connections(self) -> None:
        """Kill all sessions; new connections are welcome."""
        if self._program and self._program.is_running():
            _kill(processes.descendants_of(self._program.pid))

    def is_running(self) -> bool:
        """Tell whether the server has not ended."""
        return self._program is not None and self._program.is_running()

    def _make_user(self) -> None:
        """Give the machine, and no other, a user who can log in and nothing else."""
        passwd = self._folder / "passwd"
        own = Path("/etc/passwd").read_text()
        passwd.write_text(f"{own}{self.user}:x:4242:4242::/tmp:/bin/sh\n")
        machine = self._engine.machine
        machine.run("mount", "--bind", str(passwd), "/etc/passwd")
        # sshd reads the keys as that user, who cannot look into the lab's folder.
        machine.run("cp", str(self.key_path.with_suffix(".pub")), "/run/visitors_keys")
        machine.run("chmod", "0644", "/run/visitors_keys")

    def _command(self) -> list[str]:
        options = {
            "Port": str(self.port),
            "ListenAddress": self.host,
            "HostKey": str(self._host_key),
            "AuthorizedKeysFile": self._authorized_keys,
            "PasswordAuthentication": "no",
            "PidFile": "none",
            # The lab's files may be below /tmp, which everybody may write to.
            "StrictModes": "no",
            # A home of its own: the shell would run what this machine's user has in .bashrc.
            "SetEnv": f"DOCKER_HOST={self._engine.url} PATH={self._path} HOME={self._folder}",
        }
        sshd = shutil.which("sshd") or "/usr/sbin/sshd"
        return [sshd, "-D", "-e", "-f", "/dev/null"] + [
            f"-o{key}={value}" for key, value in options.items()
        ]

    @property
    def _authorized_keys(self) -> str:
        if self.user != "root":
            return "/run/visitors_keys"
        return str(self.key_path.with_suffix(".pub"))

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=2) as connection:
                return connection.recv(8).startswith(b"SSH-2.0")
        except OSError:
            return False


def _kill(pids: tuple[int, ...]) -> None:
    for pid in pids:
        processes.send(pid, signal.SIGKILL)


def _make_key(path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "swarmlab", "-f", str(path)],
        check=True,
    )
