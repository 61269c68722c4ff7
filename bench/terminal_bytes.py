"""Measure what goes to the terminal: a calm Overview, and Nodes while everything moves.

    python -m bench.terminal_bytes [--seconds 30]

Both on a simulated event in a pty of 200×50: calm is the peak, when all tasks
run and data comes every two seconds; moving is the launch, at which every poll brings thousands
of tasks.
"""

import argparse
from collections.abc import Sequence

from bench.simulated import EVENT, program, simulated
from bench.terminal import Terminal

SETTLES_S = 12.0
"""The first look and what it stirs up: it is not what an hour looks like."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--calm-at", default="peak")
    options = parser.parse_args()
    calm = to_terminal(("--at", options.calm_at), screen="1", seconds=options.seconds)
    print(f"calm Overview  {calm:8.1f} KB/s")
    moving = to_terminal(("--at", "launch"), screen="2", seconds=options.seconds)
    print(f"moving Nodes   {moving:8.1f} KB/s")


def to_terminal(event: Sequence[str], *, screen: str, seconds: float) -> float:
    """Return the KB a second that a screen sends to the terminal."""
    with (
        simulated(*EVENT, *event) as address,
        Terminal(program("-H", address)) as terminal,
    ):
        terminal.wait_for(lambda shown: "quit" in shown, within_s=20)
        terminal.send(screen.encode())
        terminal.read(SETTLES_S)
        before = len(terminal.came)
        terminal.read(seconds)
        return sum(len(data) for _, data in terminal.came[before:]) / seconds / 1000


if __name__ == "__main__":
    main()
