"""One dockerd on one machine of the lab."""

import contextlib
import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.call import Reply, get
from tests.lab.certificates import TlsFiles
from tests.lab.errors import LabError
from tests.lab.machine import Machine, Program
from tests.lab.request_log import LoggedRequest, read_requests
from tests.lab.waiting import wait_for

PLAIN_PORT = 2375
TLS_PORT = 2376
METRICS_PORT = 9323
START_WITHIN_S = 60
LINES_OF_LOG = 15


@dataclass(frozen=True)
class EngineOptions:
    """What an engine is started with."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """Engine labels, not node labels."""
    tls: TlsFiles | None = None
    """Serve TCP with TLS and demand a certificate from clients."""


class Engine:
    """A dockerd that can be killed, frozen and started again."""

    def __init__(self, machine: Machine, folder: Path, options: EngineOptions) -> None:
        self.machine = machine
        self.options = options
        self.name = options.name
        self.address = machine.address
        self.socket = folder / "docker.sock"
        self.log = folder / "dockerd.log"
        self.is_frozen = False
        self._folder = folder
        self._cgroup = f"/{folder.parent.name.rpartition('-')[0]}/{self.name}"
        self._program: Program | None = None
        folder.mkdir()
        # One that says nothing, or dockerd reads this machine's own.
        self._config = folder / "daemon.json"
        self._config.write_text("{}")

    @property
    def url(self) -> str:
        """Return the unix socket as the docker CLI's -H takes it."""
        return f"unix://{self.socket}"

    @property
    def tcp_url(self) -> str:
        """Return the TCP address as the docker CLI's -H takes it; this machine can reach it."""
        return f"tcp://{self.address}:{TLS_PORT if self.options.tls else PLAIN_PORT}"

    @property
    def metrics_url(self) -> str:
        """Return where it serves its metrics; this machine can reach it."""
        return f"http://{self.address}:{METRICS_PORT}/metrics"

    @property
    def pid(self) -> int:
        """Return dockerd's pid as this machine counts."""
        return self._started().pid

    def start(self) -> None:
        """Start dockerd unless it is running, without waiting for it to answer."""
        if self.is_running():
            return
        # Left by a killed one. The pid in it may have gone to another process meanwhile.
        (self._folder / "pid").unlink(missing_ok=True)
        self._program = self.machine.start(*self._command(), log=self.log)

    def await_answer(self) -> None:
        """Wait until dockerd answers; its part in a swarm may need some seconds more."""
        wait_for(self._answers_or_fails, within_s=START_WITHIN_S, what=f"{self.name} answers")

    def kill(self) -> None:
        """Kill dockerd and its containerd; what its containers run stays, as after any crash."""
        self._started().kill()
        self.is_frozen = False

    def freeze(self) -> None:
        """Make dockerd hang: it accepts connections and never answers."""
        self._started().freeze()
        self.is_frozen = True

    def thaw(self) -> None:
        """Let a frozen dockerd go on."""
        self._started().thaw()
        self.is_frozen = False

    def is_running(self) -> bool:
        """Tell whether dockerd has not ended; a frozen one has not."""
        return self._program is not None and self._program.is_running()

    def is_fit(self) -> bool:
        """Tell whether the lab has not broken it: running, not frozen, not cut off."""
        return self.is_running() and not self.is_frozen and not self.machine.is_cut

    def get(self, path: str, *, timeout_s: float = 30) -> Reply:
        """Make a GET request of the lab's own over the unix socket.

        `path` may do without a version; then the engine takes its newest. OSError and
        http.client.HTTPException mean that there was no answer.
        """
        return get(self.socket, path, timeout_s=timeout_s)

    def requests(self, *, offset: int = 0) -> list[LoggedRequest]:
        """Return the requests logged after that many bytes of log, but the lab's own."""
        return read_requests(self.log, offset=offset)

    def _command(self) -> list[str]:
        return [
            "dockerd",
            "--debug",
            f"--data-root={self._folder / 'data'}",
            f"--exec-root={self._folder / 'exec'}",
            f"--pidfile={self._folder / 'pid'}",
            f"--config-file={self._config}",
            f"--host={self.url}",
            f"--host={self.tcp_url}",
            *_tls_options(self.options.tls),
            f"--metrics-addr={self.address}:{METRICS_PORT}",
            "--iptables=false",
            "--bridge=none",
            "--ip-forward=false",
            # Below the lab's own, where they are found again after a kill.
            f"--cgroup-parent={self._cgroup}",
            "--exec-opt=native.cgroupdriver=cgroupfs",
            *(f"--label={key}={value}" for key, value in self.options.labels.items()),
        ]

    def _started(self) -> Program:
        if self._program is None:
            raise LabError(f"{self.name} was never started")
        return self._program

    def _answers_or_fails(self) -> bool:
        if not self.is_running():
            lines = self.log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:]
            raise LabError("\n".join([f"{self.name}: dockerd has ended; its last words:", *lines]))
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/_ping", timeout_s=2).status == 200
        return False


def _tls_options(tls: TlsFiles | None) -> list[str]:
    if tls is None:
        # Said explicitly, or engines wait 15 s in protest, and the newest refuse.
        return ["--tls=false"]
    return [
        "--tlsverify",
        f"--tlscacert={tls.ca}",
        f"--tlscert={tls.server_cert}",
        f"--tlskey={tls.server_key}",
    ]
