"""Watch a real manager while something makes trouble for it, and compare at the end.

    python -m bench.trouble --host unix:///var/run/docker.sock --minutes 10 -- COMMAND...

The command (a script that kills nodes, freezes the manager, scales services) runs beside the
dashboard, again whenever it has ended, until the time is over. Meanwhile a key is pressed every
second and must change the screen within a second, whatever the manager does. After the trouble the
dashboard has to show by itself, within the time a whole round of lists takes, what the docker CLI
says: nodes ready and down, and tasks running of each service.
"""

import argparse
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bench.simulated import program
from bench.start import COLUMNS, ROWS
from bench.terminal import Terminal, command_of, family, memory_mb, percentile

RECOVERY_S = 300.0
"""A round of all lists takes a minute, and nodes that were away may need another to settle."""

_READY = re.compile(r"([0-9,]+) ready")
_DOWN = re.compile(r"([0-9,]+) down")
_RUNNING = re.compile(r"([0-9,]+) / [0-9,]+ running")


def main() -> None:
    """Make trouble, watch, and compare; exit with 1 when the dashboard is wrong at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with Terminal(program("-H", options.host), columns=COLUMNS, rows=ROWS) as terminal:
        terminal.wait_for(lambda screen: _RUNNING.search(screen) is not None, within_s=60)
        answers = _endure(terminal, options.command, seconds=options.minutes * 60)
        took_s = _recover(terminal, options.host)
        for pid in family(terminal.pid):
            print(f"{memory_mb(pid):8.0f} MB at most   {command_of(pid)[:60]}")
    print(f"key to a changed screen   p50 {percentile(answers, 0.5) * 1000:.0f} ms, ", end="")
    print(f"p99 {percentile(answers, 0.99) * 1000:.0f} ms, longest {max(answers) * 1000:.0f} ms")
    if took_s is None:
        sys.exit("the dashboard does not show what the manager says")
    print(f"shows what the manager says {took_s:.0f} s after the trouble")


def _endure(terminal: Terminal, command: Sequence[str], *, seconds: float) -> list[float]:
    """Press keys while the trouble lasts; return the seconds until each changed the screen."""
    until = time.monotonic() + seconds
    answers: list[float] = []
    trouble: subprocess.Popen[bytes] | None = None
    while time.monotonic() < until:
        if trouble is None or trouble.poll() is not None:
            print(f"{time.strftime('%H:%M:%S')} {shlex.join(command)}", flush=True)
            trouble = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        # Help opens and closes over whatever is shown.
        answers.append(_press(terminal, b"?", is_there=True))
        answers.append(_press(terminal, b"\x1b", is_there=False))
        terminal.read(1.0)
    if trouble is not None:
        trouble.wait()
    return answers


def _press(terminal: Terminal, key: bytes, *, is_there: bool) -> float:
    pressed = terminal.send(key)
    while time.monotonic() - pressed < 30:
        terminal.read_once(0.02)
        shown = any("terms side by side" in line for line in terminal.draw())
        if shown is is_there:
            return terminal.came[-1].at - pressed
    raise TimeoutError(f"no answer to {key!r} within 30 s")


def _recover(terminal: Terminal, host: str) -> float | None:
    """Return after how many seconds the screen says what the CLI says; `None` if it never does."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < RECOVERY_S:
        terminal.read(2.0)
        text = "\n".join(terminal.draw())
        shown = tuple(_number(pattern, text) for pattern in (_READY, _DOWN, _RUNNING))
        try:
            truth = _truth(host)
        except subprocess.CalledProcessError:
            print("the docker CLI gets no answer", flush=True)
            continue
        print(f"shown (ready, down, running) {shown}, the manager says {truth}", flush=True)
        if shown == truth:
            return passed
    return None


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1].replace(",", "")) if found else 0


def _truth(host: str) -> tuple[int, int, int]:
    states = Counter(_docker(host, "node", "ls", "--format={{.Status}}").split())
    replicas = _docker(host, "service", "ls", "--format={{.Replicas}}").split("\n")
    running = sum(int(each.partition("/")[0]) for each in replicas if each)
    return states["Ready"], states["Down"], running


def _docker(host: str, *arguments: str) -> str:
    command = ["docker", "-H", host, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
