"""Measure against a real manager: how soon the picture is there, and what watching costs.

    python -m bench.manager --host unix:///var/run/docker.sock [--pid PID] [--runs 5] [--minutes 1]

Side by side in one run: all nodes on screen against `docker node ls`, every task against the time
that the manager takes for the same requests, and (with the pid of its dockerd) the processor time
that it spends while it is left alone, while it is watched, and while `docker node ls; docker
service ls` run every two seconds. The costs are taken after the first look.
"""

import argparse
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from bench.simulated import program, time_of_engine
from bench.start import COLUMNS, ROWS
from bench.terminal import Terminal, command_of, cpu_s, family, memory_mb, replay

LOOK_S = 12.0
LOADING = ("not seen yet", "loading,")
"""What the Overview says as long as tasks are missing."""

FIRST_LOOK_S = 75.0
"""After so long everything has been asked for once, and the first minute's cost is over."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--pid", type=int, help="of dockerd; without it its time is not measured")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=1)
    options = parser.parse_args()
    nodes = _count(options.host, "node")
    _measure_start(options.host, nodes=nodes, runs=options.runs)
    _measure_calm(options.host, pid=options.pid, seconds=options.minutes * 60)


def _measure_start(host: str, *, nodes: int, runs: int) -> None:
    cli, own, shown, full = [], [], [], []
    for _ in range(runs):
        cli.append(_time_of(lambda: _docker(host, "node", "ls")))
        own.append(time_of_engine(host)[0])
        at_nodes, at_tasks = _look(host, nodes)
        shown.append(at_nodes)
        full.append(at_tasks)
    _print("docker node ls", cli)
    _print("all nodes on screen", shown)
    _print("the manager, for every list", own)
    _print("start to every task", full)


def _look(host: str, nodes: int) -> tuple[float, float]:
    """Return after how long all nodes were on the Overview, and every task was known."""
    with Terminal(program("-H", host), columns=COLUMNS, rows=ROWS) as terminal:
        # Not looked at before it is over: an emulator beside it would take half of the machine.
        terminal.read(LOOK_S)
        screens = [
            (at - terminal.started, "\n".join(lines))
            for at, lines in replay(terminal.came, columns=COLUMNS, rows=ROWS)
        ]
    shown = [(at, text) for at, text in screens if f"{nodes:,}" in text and " running" in text]
    return shown[0][0], next(at for at, text in shown if not any(word in text for word in LOADING))


def _measure_calm(host: str, *, pid: int | None, seconds: float) -> None:
    if pid is not None:
        _print_cpu("dockerd left alone", _cpu_share([pid], seconds))
    with Terminal(program("-H", host), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.read(FIRST_LOOK_S)
        pids = family(terminal.pid)
        began = len(terminal.came)
        shares = _cpu_share([*([pid] if pid else []), *pids], seconds, lambda: terminal.read(0.5))
        if pid is not None:
            _print_cpu("dockerd while watched", shares[:1])
        for each, share in zip(pids, shares[-len(pids) :], strict=True):
            name = "collector" if "collector" in command_of(each) else "dashboard"
            print(f"{name:32s} {share:8.1%} of a core, {memory_mb(each):.0f} MB at most")
        size = sum(len(came.data) for came in terminal.came[began:])
        print(f"{'to the terminal':32s} {size / seconds / 1000:8.1f} KB/s")
    if pid is not None:
        _print_cpu("dockerd under the CLI every 2 s", _cpu_share([pid], seconds, _Cli(host).poll))


class _Cli:
    """`docker node ls; docker service ls`, every two seconds."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._due = 0.0

    def poll(self) -> None:
        """Run both when they are due, and sleep until then otherwise."""
        time.sleep(max(0.0, min(0.5, self._due - time.monotonic())))
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + 2
            _docker(self._host, "node", "ls")
            _docker(self._host, "service", "ls")


def _cpu_share(
    pids: Sequence[int], seconds: float, meanwhile: Callable[[], object] | None = None
) -> list[float]:
    """Return for each process the share of a core it takes while something is done."""
    before = [cpu_s(pid) for pid in pids]
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        meanwhile() if meanwhile else time.sleep(0.5)
    passed = time.monotonic() - began
    return [(cpu_s(pid) - first) / passed for pid, first in zip(pids, before, strict=True)]


def _docker(host: str, *arguments: str) -> str:
    command = ["docker", "-H", host, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _count(host: str, what: str) -> int:
    return len(_docker(host, what, "ls", "-q").split())


def _time_of(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _print(name: str, values: Sequence[float]) -> None:
    runs = " ".join(f"{value:.2f}" for value in values)
    print(f"{name:32s} {statistics.median(values):8.2f} s   ({runs})")


def _print_cpu(name: str, shares: Sequence[float]) -> None:
    print(f"{name:32s} {shares[0]:8.1%} of a core")


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
