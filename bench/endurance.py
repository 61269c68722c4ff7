"""Watch the whole event, compressed, three times over, and see whether memory stays flat.

    python -m bench.endurance [--speed 10] [--times 3]

The simulator runs the event from the first node that joins to the last that leaves, then again on
the same socket: the same swarm begins anew, as one does whose manager was set up again. Printed is
the peak memory of both processes within each tenth of an event, in MB.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

from bench.simulated import program
from bench.terminal import Terminal, command_of, family, memory_mb

EVENT_S = 720.0
TENTHS = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=10)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    for number, peaks in enumerate(watch_events(speed=options.speed, times=options.times)):
        turn, tenth = divmod(number, TENTHS)
        shown = "   ".join(f"{name} {peak:4.0f}" for name, peak in peaks.items())
        print(f"event {turn + 1}, tenth {tenth + 1:2}:   {shown}", flush=True)


def watch_events(*, speed: float, times: int) -> Iterator[Mapping[str, float]]:
    """Watch event after event, and yield the peak MB of both processes in each tenth of one."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix://{folder}/engine.sock"
        simulator = _begin(address, speed)
        try:
            with Terminal(program("-H", address), columns=200, rows=50) as terminal:
                for turn in range(times):
                    if turn:
                        simulator.kill()
                        simulator.wait()
                        simulator = _begin(address, speed)
                    for _ in range(TENTHS):
                        yield _watch(terminal, EVENT_S / TENTHS / speed)
        finally:
            simulator.kill()
            simulator.wait()


def _begin(address: str, speed: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "swarmtui", "simulate", "--listen", address]
    simulator = subprocess.Popen([*command, f"--speed={speed}"], stdout=subprocess.PIPE)
    if simulator.stdout is None or not simulator.stdout.readline():
        raise RuntimeError("the simulator did not come up")
    return simulator


def _watch(terminal: Terminal, seconds: float) -> dict[str, float]:
    """Return the most memory each of the two processes had within so many seconds."""
    until = time.monotonic() + seconds
    peaks: dict[str, float] = {}
    while time.monotonic() < until:
        terminal.read(0.25)
        terminal.came.clear()
        for pid in family(terminal.pid):
            name = "collector" if "swarmtui.collector" in command_of(pid) else "dashboard"
            peaks[name] = max(peaks.get(name, 0.0), memory_mb(pid, "VmRSS"))
    return peaks


if __name__ == "__main__":
    main()
