"""Measure the start: first paint, full picture, and the memory that takes.

    python -m bench.start [--runs 5]

Prints one line a figure: the median of the runs, then all of them. The simulator stands still at
the event's peak, 2,384 nodes and 96,287 tasks; "the simulator itself" is the time it takes to
hand out the same lists to a reader that drops them, in the same run: once fresh, when it has to
put its answers together as an engine does, and once with them at hand.
"""

import argparse
import statistics
import subprocess
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from bench.simulated import EVENT, program, simulated, time_of_engine
from bench.terminal import FRAME_END, Terminal, command_of, family, memory_mb, replay

COLUMNS, ROWS = 200, 50
LOOK_S = 6.0
"""How long one look lasts; a full picture takes a quarter of it."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    fresh_engine, fresh_looks = [], []
    for _ in range(runs):
        with standing() as address:
            fresh_engine.append(time_of_engine(address))
        with standing() as address:
            fresh_looks.append(full_picture(address))
    with standing() as address:
        size = time_of_engine(address)[1]
        engine = [time_of_engine(address) for _ in range(runs)]
        paints = [first_paint(address) for _ in range(runs)]
        looks = [full_picture(address) for _ in range(runs)]
    print(f"bytes of all lists              {size / 1e6:8.1f} MB")
    _print("--help", [help_s() for _ in range(runs)], "s")
    _print("start to first paint", paints, "s")
    _print("the simulator itself, fresh", [seconds for seconds, _ in fresh_engine], "s")
    _print("start to full picture, fresh", [look.picture_s for look in fresh_looks], "s")
    _print("the simulator itself, at hand", [seconds for seconds, _ in engine], "s")
    _print("start to full picture, at hand", [look.picture_s for look in looks], "s")
    _print("peak memory, dashboard", [look.dashboard_mb for look in looks], "MB")
    _print("peak memory, collector", [look.collector_mb for look in looks], "MB")
    _print("peak memory, both", [look.dashboard_mb + look.collector_mb for look in looks], "MB")


def standing() -> AbstractContextManager[str]:
    """Give the address of the event at its peak, where time stands still."""
    return simulated(*EVENT, "--at", "peak", "--hold")


def help_s() -> float:
    """Return the seconds that `--help` takes."""
    began = time.monotonic()
    subprocess.run([*program("--help")], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def first_paint(address: str) -> float:
    """Return the seconds from the start to the first whole frame."""
    with Terminal(program("-H", address)) as terminal:
        while not any(FRAME_END in came.data for came in terminal.came):
            terminal.read_once(5)
        painted = terminal.came[-1].at - terminal.started
        terminal.wait_for(lambda screen: "quit" in screen, within_s=10)
        return painted


class Look(NamedTuple):
    """One start: seconds until all nodes and until every task showed, and peaks of memory."""

    nodes_s: float
    picture_s: float
    dashboard_mb: float
    collector_mb: float


def full_picture(address: str) -> Look:
    """Start the program, and return how soon everything was on the screen."""
    with Terminal(program("-H", address), columns=COLUMNS, rows=ROWS) as terminal:
        # Not looked at before it is over: an emulator beside it would take half of the machine.
        terminal.read(LOOK_S)
        nodes_at = _shown_at(terminal, "2,384")
        picture_at = _shown_at(terminal, "2,384", "96,287")
        memory = {command_of(pid): memory_mb(pid) for pid in family(terminal.pid)}
    collector = sum(mb for command, mb in memory.items() if "swarmtui.collector" in command)
    return Look(nodes_at, picture_at, sum(memory.values()) - collector, collector)


def _shown_at(terminal: Terminal, *texts: str) -> float:
    """Return after how many seconds all of it was on the screen."""
    for at, screen in replay(terminal.came, columns=COLUMNS, rows=ROWS):
        shown = "\n".join(screen)
        if all(text in shown for text in texts):
            return at - terminal.started
    raise TimeoutError(f"no {' and '.join(texts)} within {LOOK_S} s")


def _print(what: str, values: Sequence[float], unit: str) -> None:
    every = " ".join(f"{value:.2f}" for value in values)
    print(f"{what:31} {statistics.median(values):8.2f} {unit:3} ({every})")


if __name__ == "__main__":
    main()
