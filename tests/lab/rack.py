"""Engines on one switch, each breakable by its name; no swarm yet."""

import contextlib
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.lab import claim, image
from tests.lab.call import LAB_MARK
from tests.lab.certificates import make_tls_files
from tests.lab.engine import Engine, EngineOptions
from tests.lab.errors import DockerFailedError
from tests.lab.machine import Machine, Switch
from tests.lab.proxy import Proxy
from tests.lab.request_log import LoggedRequest
from tests.lab.ssh_server import SshServer
from tests.lab.waiting import wait_for

FIRST_ADDRESS = 10
"""Last part of the first machine's address."""

MOST_AT_ONCE = 8

T = TypeVar("T")


@dataclass(frozen=True)
class Mark:
    """A moment, as the length of each engine's log."""

    offsets: Mapping[str, int]


class Rack:
    """A claim on this machine, a switch, and engines by name.

    Nothing is left on the machine when the `with` block ends; what a killed test run leaves is
    cleared away by `claim.sweep`.
    """

    def __init__(self, *, base: Path | None = None, docker: Path | None = None) -> None:
        self.engines: dict[str, Engine] = {}
        self.cli = docker or Path(shutil.which("docker") or "docker")
        """The docker CLI that is used where no other is named."""
        self._parent = base
        self._machines: dict[str, Machine] = {}
        self._ssh_servers: dict[str, SshServer] = {}
        self._counter = itertools.count()
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def add_engines(self, *options: EngineOptions) -> None:
        """Start engines, all at once, and give each the lab's image."""
        for one in options:
            self._plug_in(one).start()
        tar = image.make_image_tar()
        self._at_once(lambda one: self._prepare(one.name, tar), options)

    def idle_engine(self) -> Engine:
        """Return an engine that is in no swarm, starting it at first."""
        return self._extra_engine("idle")

    def tls_engine(self) -> Engine:
        """Return an engine, in no swarm, that serves TLS; `options.tls` has the files."""
        if "tls" not in self.engines:
            machine = self._add_machine("tls")
            files = make_tls_files(self.folder / "certificates", address=machine.address)
            self.add_engines(EngineOptions("tls", tls=files))
        return self.engines["tls"]

    def docker(
        self,
        *arguments: str,
        on: str = "mg0",
        binary: Path | None = None,
        stdin: bytes = b"",
        timeout_s: float = 60,
    ) -> str:
        """Run the docker CLI against an engine and return what it printed.

        Its requests carry the lab's mark, so that `requests` does not show them. DockerFailedError
        when it fails, subprocess.TimeoutExpired when it hangs.
        """
        # One proxy a call: several threads may be here.
        listen = f"unix://{self.folder}/cli-{next(self._counter)}.sock"
        with Proxy(self.engines[on].url, listen, added_query=LAB_MARK) as proxy:
            done = subprocess.run(
                [str(binary or self.cli), *arguments],
                input=stdin,
                capture_output=True,
                check=False,
                timeout=timeout_s,
                env=self.cli_environment(proxy.address),
            )
        if done.returncode:
            command = " ".join(["docker", *arguments])
            raise DockerFailedError(f"{command}, on {on}: {done.stderr.decode().strip()}")
        return done.stdout.decode()

    def cli_environment(self, address: str) -> dict[str, str]:
        """Return the environment for a docker CLI that talks to that address."""
        config = str(self.folder / "docker-config")
        path = f"{self.cli.parent}:/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": config, "DOCKER_CONFIG": config, "DOCKER_HOST": address}

    def sshd(self, name: str) -> SshServer:
        """Return the sshd on an engine's machine, starting it unless it runs."""
        if name not in self._ssh_servers:
            folder = self.folder / f"{name}-sshd"
            self._ssh_servers[name] = SshServer(self.engines[name], folder, docker=self.cli)
        self._ssh_servers[name].start()
        return self._ssh_servers[name]

    def other_sshd(
        self, name: str, *, docker: Path | None, port: int, user: str = "root"
    ) -> SshServer:
        """Return one more sshd on an engine's machine: see `SshServer`."""
        key = f"{name}:{port}"
        if key not in self._ssh_servers:
            folder = self.folder / f"{name}-sshd-{port}"
            self._ssh_servers[key] = SshServer(
                self.engines[name], folder, docker=docker, port=port, user=user
            )
        self._ssh_servers[key].start()
        return self._ssh_servers[key]

    def start(self, *names: str) -> None:
        """Start engines again and wait until they answer; their part in the swarm takes longer."""
        for name in names:
            self.engines[name].start()
        for name in names:
            self.engines[name].await_answer()

    def kill(self, *names: str) -> None:
        """Kill engines, each with its containerd."""
        for name in names:
            self.engines[name].kill()

    def freeze(self, *names: str) -> None:
        """Make engines hang."""
        for name in names:
            self.engines[name].freeze()

    def thaw(self, *names: str) -> None:
        """Let frozen engines go on."""
        for name in names:
            self.engines[name].thaw()

    def cut(self, *names: str) -> None:
        """Cut machines off the network; the unix sockets of their engines still answer."""
        for name in names:
            self.engines[name].machine.cut()

    def mend(self, *names: str) -> None:
        """Connect machines again."""
        for name in names:
            self.engines[name].machine.mend()

    def mark(self) -> Mark:
        """Remember this moment, for `requests`."""
        return Mark({name: engine.log.stat().st_size for name, engine in self.engines.items()})

    def requests(self, name: str, *, since: Mark | None = None) -> list[LoggedRequest]:
        """Return what reached an engine by its own debug log, but the lab's own requests.

        Mind that the docker CLI starts with a HEAD of /_ping.
        """
        offset = since.offsets.get(name, 0) if since else 0
        return self.engines[name].requests(offset=offset)

    @staticmethod
    def wait_for(predicate: Callable[[], T], within_s: float, what: str) -> T:
        """Return the first truthy answer of `predicate`, or raise LabTimeoutError."""
        return wait_for(predicate, within_s=within_s, what=what)

    @property
    def folder(self) -> Path:
        """Return the folder that holds all files of the lab."""
        return Path(self.claim.base)

    def _open(self) -> None:
        self.claim = claim.make_claim(self._parent)
        self._closing.callback(claim.release, self.claim)
        (self.folder / "docker-config").mkdir()
        self._switch = Switch(self.claim)
        self._closing.callback(self._switch.close)

    def _extra_engine(self, name: str) -> Engine:
        if name not in self.engines:
            self.add_engines(EngineOptions(name))
        return self.engines[name]

    def _plug_in(self, options: EngineOptions) -> Engine:
        machine = self._machines.get(options.name) or self._add_machine(options.name)
        engine = Engine(machine, self.folder / options.name, options)
        self.engines[options.name] = engine
        return engine

    def _add_machine(self, name: str) -> Machine:
        last = FIRST_ADDRESS + len(self._machines)
        machine = Machine(name, claim=self.claim, switch=self._switch, last=last)
        self._closing.callback(machine.close)
        self._machines[name] = machine
        return machine

    def _prepare(self, name: str, tar: bytes) -> None:
        self.engines[name].await_answer()
        self.docker("import", f"--change={image.COMMAND}", "-", image.NAME, on=name, stdin=tar)

    @staticmethod
    def _at_once(act: Callable[[T], object], items: Iterable[T]) -> None:
        """Do something for each item, all at once; the first error is raised at the end."""
        with ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as pool:
            for _ in pool.map(act, items):
                pass
