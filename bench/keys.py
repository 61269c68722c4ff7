"""Measure key-to-paint while tasks pour in: a real pty of 200×50, a key each 100 ms.

    python -m bench.keys [--seconds 40] [--screen 2]

The program starts on a simulated event at its launch, so that every poll brings thousands of new
tasks. The cursor is moved down and up on the Nodes screen; a key counts as painted when a whole
frame has arrived that shows the cursor where the key put it.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

from bench.simulated import program, simulated
from bench.terminal import Came, Terminal, family, memory_mb, percentile, replay

COLUMNS, ROWS = 200, 50
KEYS = (b"\x1b[B", b"\x1b[A")
CURSOR = "▸"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--nodes", default="2384")
    parser.add_argument("--tasks", default="96287")
    parser.add_argument("--at", default="launch")
    parser.add_argument("--screen", default="2", choices=["2", "4"], help="2 nodes, 4 services")
    parser.add_argument("--host", help="a manager to watch instead of the simulator")
    options = parser.parse_args()
    crowd = ("--nodes", options.nodes, "--tasks", options.tasks, "--at", options.at)
    with nullcontext(options.host) if options.host else simulated(*crowd) as address:
        keys = press_at(address, screen=options.screen, seconds=options.seconds)
    print_latencies(keys.latencies, pressed=keys.pressed, came=keys.came, seconds=options.seconds)
    print(f"peak memory, both  {keys.memory_mb:8.1f} MB")


class Keys(NamedTuple):
    """What became of keys."""

    pressed: int
    latencies: Sequence[float]
    """Milliseconds until each was painted, of those that were seen to work."""
    came: Sequence[Came]
    """What came to the terminal meanwhile."""
    memory_mb: float
    """Peaks of dashboard and collector, added."""


def press_at(address: str, *, screen: str, seconds: float) -> Keys:
    """Start the program, go to a screen, and press keys for so long."""
    with Terminal(program("-H", address), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for(lambda shown: "quit" in shown, within_s=20)
        terminal.send(screen.encode())
        terminal.wait_for(lambda shown: CURSOR in shown, within_s=60)
        terminal.read(1.0)  # the frame that shows it has arrived whole
        began = len(terminal.came)
        pressed = press(terminal, seconds)
        peak_mb = sum(map(memory_mb, family(terminal.pid)))
    latencies = latencies_of(pressed, terminal.came)
    return Keys(len(pressed), latencies, terminal.came[began:], peak_mb)


def press(terminal: Terminal, seconds: float) -> list[float]:
    """Press a key each 100 ms, and return when."""
    pressed: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pressed.append(terminal.send(KEYS[len(pressed) % 2]))
        terminal.read(0.1)
    terminal.read(1.0)
    return pressed


def latencies_of(pressed: Sequence[float], came: Sequence[Came]) -> list[float]:
    """Return for each key that was seen to work the milliseconds until it was painted.

    Where a new list has moved the node under the cursor to where the key would put it, the key has
    nothing to paint.
    """
    shown = [
        (at, row)
        for at, screen in replay(came, columns=COLUMNS, rows=ROWS)
        if (row := _cursor_row(screen)) is not None
    ]
    first = [row for at, row in shown if at < pressed[0]][-1]
    latencies = []
    for number, at in enumerate(pressed):
        wanted = first + 1 if number % 2 == 0 else first
        if [row for t, row in shown if t < at][-1] == wanted:
            continue
        painted = next((t for t, row in shown if t >= at and row == wanted), None)
        if painted is not None and painted - at < 5:
            latencies.append((painted - at) * 1000)
    return latencies


def _cursor_row(screen: Sequence[str]) -> int | None:
    return next((row for row, line in enumerate(screen) if CURSOR in line), None)


def print_latencies(
    latencies: Sequence[float], *, pressed: int, came: Sequence[Came], seconds: float
) -> None:
    size = sum(len(data) for _, data in came)
    print(f"keys pressed {pressed}, seen to be painted {len(latencies)}")
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        print(f"key to paint {name}   {percentile(latencies, share):8.1f} ms")
    print(f"longest            {max(latencies):8.1f} ms")
    print(f"to the terminal    {size / seconds / 1000:8.1f} KB/s")


if __name__ == "__main__":
    main()
