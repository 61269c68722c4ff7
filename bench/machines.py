"""Measure the machines over ssh: a roll call, then `docker stats` tailed on all of them at once.

    python -m bench.machines [--machines 342] [--containers 20] [--seconds 60]

The hosts are simulated, in a process of their own; what is measured first is this process, which
does what the collector does. The age of a sample is how old the newest numbers of a machine are,
looked at four times a second on every machine. Then the dashboard is started on the same machines,
for its keys.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.machines_keys import measure_keys
from bench.simulated import simulated
from bench.terminal import percentile
from swarmtui.inventory.reading import read_inventory
from swarmtui.ssh.login import Door
from swarmtui.ssh.roll_call import call_roll
from swarmtui.ssh.tail import TailObservation
from swarmtui.ssh.tails import Tails
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import StatsSeen, TailSeen, TailState

LOOK_S = 0.25
PATIENCE_S = 120


class Board:
    """What is known of each machine: its state, and when its newest numbers were taken."""

    def __init__(self) -> None:
        self.states: dict[str, TailState] = {}
        self.newest: dict[str, datetime] = {}
        self.changes: Counter[TailState] = Counter()
        self.samples = 0
        self.containers = 0
        self.texts: set[str] = set()

    def see(self, seen: TailObservation) -> None:
        """Take note of an observation."""
        match seen:
            case TailSeen():
                self.states[seen.machine] = seen.state
                self.changes[seen.state] += 1
                if seen.text:
                    self.texts.add(seen.text)
            case StatsSeen():
                self.newest[seen.machine] = seen.taken_at
                self.samples += 1
                self.containers += len(seen.containers)
            case _:
                pass

    def ages(self) -> list[float]:
        """Return the age in seconds of every machine's numbers, now."""
        now = datetime.now(UTC)
        return [(now - taken_at).total_seconds() for taken_at in list(self.newest.values())]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=342)
    parser.add_argument("--containers", type=int, default=20, help="of each machine")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "hosts"
        crowd = ["--nodes", str(options.machines)]
        crowd += ["--tasks", str(options.machines * options.containers)]
        hosts = ["--ssh", str(folder), "--ssh-trouble", "none"]
        with simulated(*crowd, *hosts, "--at", "peak", "--speed", "0.1"):
            up = _measure(folder, options.seconds)
            measure_keys(folder, up=up, seconds=options.seconds)


def _measure(folder: Path, seconds: float) -> int:
    """Measure roll call and tails; return how many machines are up."""
    if not (folder / ".ssh").exists():
        (folder / ".ssh").symlink_to(folder)
    machines = read_inventory(
        [str(folder / "inventory.toml")], env={}, home=folder, ssh_hosts=lambda _: ()
    ).machines
    door = Door(home=folder, agent="")
    # Some of the simulated nodes are down: nobody logs in to those.
    up = _measure_roll_call(door, machines)
    _measure_tails(door, [machine for machine in machines if machine.name in up], seconds)
    began = time.monotonic()
    door.close()
    print(f"closing             {time.monotonic() - began:8.2f} s")
    return len(up)


def _measure_roll_call(door: Door, machines: Sequence[Machine]) -> set[str]:
    """Return the names of the machines that answered."""
    began, cpu = time.monotonic(), time.process_time()
    answers = []
    last = 0.0
    for answer in call_roll(machines, door=door):
        answers.append(answer)
        last = time.monotonic() - began if answer.reachable else last
    passed = time.monotonic() - began
    print(f"roll call of {len(machines):<6} {passed:8.1f} s  target 30 s")
    print(f"  last that is up   {last:8.1f} s")
    print(f"  CPU of it         {time.process_time() - cpu:8.1f} s")
    print(f"  in a swarm        {sum(answer.is_in for answer in answers):8}")
    for text in sorted({answer.error for answer in answers if answer.error})[:5]:
        print(f"  {text}")
    return {answer.machine for answer in answers if answer.reachable}


def _measure_tails(door: Door, machines: Sequence[Machine], seconds: float) -> None:
    board = Board()
    tails = Tails(door, board.see)
    began = time.monotonic()
    tails.want(machines)
    while len(board.newest) < len(machines) and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.1)
    print(f"all {len(board.newest)} live after   {time.monotonic() - began:8.1f} s")
    samples, containers, changes = board.samples, board.containers, board.changes.copy()
    ages: list[float] = []
    cpu, began = time.process_time(), time.monotonic()
    while time.monotonic() - began < seconds:
        time.sleep(LOOK_S)
        ages += board.ages()
    passed = time.monotonic() - began
    share = (time.process_time() - cpu) / passed
    print(f"CPU                 {share:8.2f} of a core  target 0.5")
    print(f"peak memory         {_peak_mb():8.0f} MB  target 400 MB")
    print(f"threads             {threading.active_count():8}")
    print(f"samples a second    {(board.samples - samples) / passed:8.0f}")
    print(f"containers in each  {(board.containers - containers) / (board.samples - samples):8.1f}")
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        print(
            f"age {name}             {percentile(ages, part):8.2f} s{'  target 3 s' * (part > 0.9)}"
        )
    print(f"age of the oldest   {max(ages):8.2f} s")
    print(f"changes of state    {dict(board.changes - changes)}")
    for text in sorted(board.texts)[:5]:
        print(f"  {text}")
    began = time.monotonic()
    tails.close()
    print(f"tails closed        {time.monotonic() - began:8.2f} s, all ended: {tails.join(30)}")


def _peak_mb() -> float:
    peak_kb: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_kb / 1024


if __name__ == "__main__":
    os.environ.pop("SSH_AUTH_SOCK", None)
    main()
