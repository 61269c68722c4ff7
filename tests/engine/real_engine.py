"""Run one real engine, alone on this machine, for the time of a test."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.lab.waiting import wait_for

STARTS_WITHIN_S = 40.0


# A network of its own, for the ports of a swarm cannot all be chosen; and mounts of its own, which
# are gone with the process.
_ALONE = ("unshare", "--net", "--mount", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


class RealEngine:
    """A running `dockerd`, in no swarm at first."""

    def __init__(self, base: Path) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = base / "engine.sock"
        self.host = f"unix://{self.socket}"

    def docker(self, *args: str) -> str:
        """Return what the docker CLI prints."""
        command = ["docker", "-H", self.host, *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def begin_swarm(self) -> None:
        """Begin a swarm of one."""
        self.docker("swarm", "init", "--advertise-addr", "127.0.0.1")

    def start(self, base: Path, log: IO[str]) -> None:
        """Start it with all its files below `base`."""
        options = ["--iptables=false", "--bridge=none", "--ip-forward=false"]
        places = [f"--{name}={base / name}" for name in ("data-root", "exec-root", "pidfile")]
        self._process = subprocess.Popen(
            [*_ALONE, "dockerd", *places, f"--host={self.host}", *options],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End it, and the containerd it started; more than once if need be."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=20)
        self._process.kill()
        self._process.wait()

    def answers(self) -> bool:
        """Tell whether the engine is up."""
        command = ["docker", "-H", self.host, "version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def real_engine() -> Iterator[RealEngine]:
    """Give a running engine, and leave nothing of it behind."""
    base = Path(tempfile.mkdtemp(prefix="swarmtui-engine-"))
    engine = RealEngine(base)
    try:
        with (base / "log").open("w") as log:
            engine.start(base, log)
            wait_for(engine.answers, within_s=STARTS_WITHIN_S, what=f"dockerd up, see {log.name}")
            yield engine
    finally:
        engine.stop()
        shutil.rmtree(base, ignore_errors=True)
