"""`swarmtui demo`: the dashboard on a simulated swarm, over real sockets."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import click

from swarmtui.cli.ending import end
from swarmtui.cli.options import recording_options, viewing_options
from swarmtui.cli.recording import Wish
from swarmtui.cli.watch import show

FAILED = 1

_EVENT = (
    click.option("--nodes", type=int, help="2384 in swarm2k, else 80, unless given."),
    click.option("--tasks", type=int, help="96287 in swarm2k, else 600, unless given."),
    click.option("--managers", default=3, show_default=True),
    click.option("--seed", default=2016, show_default=True, help="Another seed, another event."),
    click.option("--speed", default=1.0, show_default=True, help="Times as fast as usual."),
    click.option(
        "--scenario",
        default="swarm2k",
        show_default=True,
        help="What happens; `swarmtui simulate --help` lists them.",
    ),
    click.option(
        "--at", default="0", show_default=True, help="Second of the event to start at, or moment."
    ),
)
_NO_CONNECTION = {
    "context": "",
    "tls": None,
    "tlsverify": None,
    "tlscacert": "",
    "tlscert": "",
    "tlskey": "",
}


def _event_options(command: Any) -> Any:  # noqa: ANN401 - click's own decorators
    for option in reversed(_EVENT):
        command = option(command)
    return command


@click.command(epilog="Example: swarmtui demo --speed 4 --at launch")
@_event_options
@viewing_options
@recording_options
def demo(
    *,
    filter_: str,
    mine: str,
    claims: Path | None,
    config: Path | None,
    record_file: Path | None,
    redact: tuple[str, ...],
    with_specs: bool,
    **event: object,
) -> None:
    """Open the dashboard on a simulated event: 2,384 nodes join and run 96,287 tasks.

    The dashboard is the same as for a live swarm and cannot tell the difference: the simulated
    manager answers on a socket and the machines answer ssh, in a process of their own.
    """
    viewing = {"filter_": filter_, "mine": mine, "claims": claims, "config": config}
    with _simulated(event) as simulated:
        reached = {"hosts": (simulated.address,), "inventory": simulated.inventories}
        options = {**viewing, **_NO_CONNECTION, **reached, "finds_machines": False}
        from swarmtui.collector.settings import SshDefaults  # noqa: PLC0415

        # What has no hosts of its own has addresses that may be somebody else's on this network.
        home = simulated.ssh_home
        ssh = SshDefaults(home=home, tries_addresses=bool(home))
        wish = Wish(record_file, redact, with_specs)
        show(options, wish=wish, title="demo", ssh=ssh)


class _Simulated(NamedTuple):
    """A simulated swarm that answers."""

    address: str
    inventories: tuple[str, ...]
    """The inventory that leads to its machines, beside the keys; none where there is no ssh."""
    ssh_home: str
    """The folder whose `.ssh` knows its machines; empty where there is no ssh."""


@contextmanager
def _simulated(event: Mapping[str, object]) -> Iterator[_Simulated]:
    """Run a simulated swarm in the background and give its address."""
    arguments = [f"--{name}={value}" for name, value in event.items() if value is not None]
    with tempfile.TemporaryDirectory(prefix="swarmtui-") as folder, _complaints() as complaints:
        listen = f"unix://{folder}/engine.sock"
        # Elsewhere than on Linux, machines have no addresses of their own on loopback.
        hosts = Path(folder, "ssh") if sys.platform == "linux" else None
        if hosts is not None:
            arguments.append(f"--ssh={hosts}")
        process = _start(["--listen", listen, "--exit-with-parent", *arguments], complaints)
        # Its managers and machines would not work on these processors, were they real.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        try:
            address = _address(process, complaints)
            inventories = (str(hosts / "inventory.toml"),) if hosts else ()
            yield _Simulated(address, inventories, str(hosts or ""))
        finally:
            process.kill()
            process.wait()


def _complaints() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _start(arguments: Sequence[str], complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C belongs to the dashboard. Its stdin ends with this process.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "swarmtui", "simulate", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        start_new_session=True,
    )


def _address(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    """Wait until the simulator answers, and return its address; end as it did when it does not."""
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        complaints.seek(0)
        lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
        end(lines[-1] if lines else "the simulator ended", status=process.wait() or FAILED)
    return line.decode().strip()
