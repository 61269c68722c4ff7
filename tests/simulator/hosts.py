"""Simulators whose hosts answer ssh, and the real ssh client for them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.engines import Engine, simulating

STATS = "docker stats --no-trunc --format '{{json .}}'"
INFO = "docker info --format '{{json .}}'"
VERSION = "docker version --format '{{json .}}'"
DIAL = "docker system dial-stdio"


@dataclass(frozen=True)
class Hosts:
    """The hosts of a simulator that runs."""

    engine: Engine
    folder: Path

    @property
    def pid(self) -> int:
        return self.engine.process.pid

    @property
    def port(self) -> int:
        config = (self.folder / "config").read_text()
        return int(config.partition("Port ")[2].split()[0])

    def command(self, name: str, line: str) -> list[str]:
        return ["ssh", "-F", str(self.folder / "config"), name, line]

    def run(self, name: str, line: str, *, given: bytes = b"", within_s: float = 30) -> "Ran":
        """Run a command by the real client; `subprocess.TimeoutExpired` when it takes longer."""
        completed = subprocess.run(
            self.command(name, line),
            input=given,
            capture_output=True,
            check=False,
            timeout=within_s,
        )
        return Ran(completed.returncode, completed.stdout, completed.stderr.decode())

    def count_threads(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.pid}/task").iterdir())


@dataclass(frozen=True)
class Ran:
    status: int
    output: bytes
    complaint: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)


@contextmanager
def hosting(folder: Path, *options: str) -> Iterator[Hosts]:
    """Run a simulator with hosts until the block ends."""
    ssh = folder / "ssh"
    with simulating(folder, "--ssh", str(ssh), *options) as engine:
        yield Hosts(engine, ssh)


def need_ssh() -> None:
    """Skip where there is no ssh client."""
    if shutil.which("ssh") is None:
        pytest.skip("the ssh client (openssh-client) is not installed")
