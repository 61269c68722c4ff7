"""Measure key-to-paint of the dashboard while it tails `docker stats` on hundreds of machines.

The program watches machines alone, in a real pty of 200×50: all of the inventory is marked on the
roll call and tailed, and the cursor moves down and up in the table of their containers.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.keys import COLUMNS, CURSOR, ROWS, latencies_of, press, print_latencies
from bench.simulated import program
from bench.terminal import Terminal, command_of, cpu_s, family, memory_mb
from swarmtui.swarm.text import plain

MARK_ALL = b"\x01"
SCREENS = {"7": "containers", "9": "machines"}
PATIENCE_S = 120


def measure_keys(folder: Path, *, up: int, seconds: float) -> None:
    """Measure on the screen of stats and on the roll call, and print; `folder` is the home."""
    inventory = str(folder / "inventory.toml")
    env = {"HOME": str(folder), "SSH_AUTH_SOCK": ""}
    command = program("watch", "--no-manager", "--inventory", inventory)
    with Terminal(command, columns=COLUMNS, rows=ROWS, env=env) as terminal:
        _tail_all(terminal, up)
        for screen, rows in SCREENS.items():
            print(f"keys among {rows}, {up} machines tailed")
            _measure(terminal, screen, seconds)


def _tail_all(terminal: Terminal, up: int) -> None:
    terminal.wait_for(lambda screen: CURSOR in screen, within_s=20)
    terminal.send(MARK_ALL)
    terminal.send(b"x7")
    live = f"{up:,} of "
    took_s = terminal.wait_for(lambda screen: live in screen, within_s=PATIENCE_S)
    print(f"dashboard: all {up} live {took_s:4.1f} s after its start")


def _measure(terminal: Terminal, screen: str, seconds: float) -> None:
    terminal.send(screen.encode())
    terminal.read(5.0)  # the first pictures on this screen, and what the start has left behind
    assert CURSOR in "\n".join(terminal.draw())
    began, pids = len(terminal.came), _processes(terminal.pid)
    before, began_at = {name: cpu_s(pid) for name, pid in pids.items()}, time.monotonic()
    pressed = press(terminal, seconds)
    passed = time.monotonic() - began_at
    latencies = latencies_of(pressed, terminal.came)
    print_latencies(latencies, pressed=len(pressed), came=terminal.came[began:], seconds=passed)
    for name, pid in pids.items():
        share = (cpu_s(pid) - before[name]) / passed
        print(f"  {name:<16} {share:6.2f} of a core {memory_mb(pid):6.0f} MB at its peak")


def _processes(pid: int) -> Mapping[str, int]:
    """Return the dashboard and its collector."""
    commands = {each: plain(command_of(each)) for each in family(pid)}
    collectors: Sequence[int] = [p for p, line in commands.items() if "swarmtui.collector" in line]
    return {"dashboard": pid, "collector": collectors[0]}
