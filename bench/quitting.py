"""Measure how long `q` takes until the process has ended, also while everything hangs.

python -m bench.quitting [--runs 5]
"""

import argparse
import contextlib
import socket
import statistics
import tempfile
from collections.abc import Iterator

from bench.simulated import program, simulated
from bench.terminal import Terminal

HANGING = "connecting to"
"""What the screen says as long as nothing answers."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with simulated("--at", "launch") as address:
        _print("while tasks pour in", [quit_s(address, "96") for _ in range(runs)])
    with silent() as address:
        _print("while nothing answers", [quit_s(address, HANGING) for _ in range(runs)])
    _print("with nobody there", [quit_s("unix:///none.sock", "no socket") for _ in range(runs)])


def quit_s(address: str, shown: str) -> float:
    """Press `q` once this is on the screen; return the seconds until the process has ended."""
    with Terminal(program("-H", address)) as terminal:
        terminal.wait_for(lambda screen: shown in screen, within_s=60)
        terminal.send(b"q")
        return terminal.wait_for_end(within_s=30)


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Give the address of a socket that takes connections and never answers."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/engine.sock")
        listener.listen(64)
        yield f"unix://{folder}/engine.sock"


def _print(what: str, seconds: list[float]) -> None:
    every = " ".join(f"{value:.2f}" for value in seconds)
    print(f"q to the end, {what:24} {statistics.median(seconds):6.2f} s ({every})")


if __name__ == "__main__":
    main()
