"""Measure what watching costs in calm, and when nothing changes at all, side by side.

    python -m bench.calm [--seconds 45]

Two simulated events at their peak, one at its own speed and one in which time nearly stands still,
each watched by a dashboard of its own in a pty of 200×50, at the same time. Costs are of the
processor, and are taken after everything has been asked for the first time.
"""

import argparse
import time
from collections.abc import Sequence
from typing import NamedTuple

from bench.simulated import EVENT, program, simulated
from bench.terminal import Terminal, command_of, cpu_s, family

AT_PEAK = (*EVENT, "--at", "peak")
STILL = ("--speed", "0.01")
FIRST_LOOK_S = 40.0
"""Everything has been asked for then; and the peak lasts for 90 s, before services are removed."""
CALM_S = 45.0


class Cost(NamedTuple):
    """What one dashboard takes: shares of a core, and KB a second to its terminal."""

    dashboard: float
    collector: float
    kb_s: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=CALM_S)
    options = parser.parse_args()
    for name, cost in zip(("calm", "at rest"), watch_both(options.seconds), strict=True):
        print(
            f"{name:8} dashboard {cost.dashboard:6.1%}, collector {cost.collector:6.1%} of a core,"
            f" {cost.kb_s:.1f} KB/s to the terminal"
        )


def watch_both(seconds: float) -> Sequence[Cost]:
    """Return what watching costs in calm and when nothing changes."""
    with (
        simulated(*AT_PEAK) as calm,
        simulated(*AT_PEAK, *STILL) as still,
        Terminal(program("-H", calm)) as one,
        Terminal(program("-H", still)) as other,
    ):
        terminals = (one, other)
        _read_all(terminals, FIRST_LOOK_S)
        before, began = [_spent(each) for each in terminals], time.monotonic()
        _read_all(terminals, seconds)
        passed = time.monotonic() - began
        after = [_spent(each) for each in terminals]
    return [
        Cost(*((now - then) / passed for now, then in zip(*pair, strict=True)))
        for pair in zip(after, before, strict=True)
    ]


def _read_all(terminals: Sequence[Terminal], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for terminal in terminals:
            terminal.read(0.2)


def _spent(terminal: Terminal) -> tuple[float, float, float]:
    """Return processor seconds of dashboard and collector, and KB sent, so far."""
    shares = {"collector" in command_of(pid): cpu_s(pid) for pid in family(terminal.pid)}
    return shares[False], shares[True], sum(len(data) for _, data in terminal.came) / 1000


if __name__ == "__main__":
    main()
