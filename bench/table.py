"""Measure everything that has a target, on the simulator, and print it beside the target.

    python -m bench.table [PART ...]      (or `make bench`)

It takes less than ten minutes and wants both cores to itself. What needs a real manager, real
machines or an hour is measured by the other programs of this folder: see docs/performance.md.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bench import ages, calm, endurance, growth, keys, link, problems, quitting, start
from bench.simulated import EVENT, simulated, time_of_engine
from bench.terminal import percentile
from bench.terminal_bytes import to_terminal

RUNS = 5
KEYS_S = 25.0
LARGE = ("--nodes", "10000", "--tasks", "200000")
SMALLEST, LARGEST = growth.SIZES[0], growth.SIZES[-1]


class Row(NamedTuple):
    """One line of the table: what was measured, and the most that it may be."""

    what: str
    measured: float
    most: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether the target is reached, to the digits that are shown."""
        return round(self.measured, 2) <= round(self.most, 2)


def starting() -> Iterator[Row]:
    """Yield how soon things are there after a start."""
    with start.standing() as address:
        time_of_engine(address)
        own = _median(time_of_engine(address)[0] for _ in range(RUNS))
        node_ls = _median(_node_ls_s(address) for _ in range(RUNS))
        yield Row("--help", _median(start.help_s() for _ in range(RUNS)), 0.15, "s")
        paint = _median(start.first_paint(address) for _ in range(RUNS))
        yield Row("start to first paint", paint, 0.35, "s")
        looks = [start.full_picture(address) for _ in range(RUNS)]
    if node_ls:
        nodes_s = _median(look.nodes_s for look in looks)
        yield Row("start to all nodes, twice `docker node ls`", nodes_s, 2 * node_ls, "s")
    picture_s = _median(look.picture_s for look in looks)
    yield Row("start to full picture, the simulator's own time and 1 s", picture_s, own + 1, "s")
    memory = _median(look.dashboard_mb + look.collector_mb for look in looks)
    yield Row("peak memory, both processes", memory, 200, "MB")


def _node_ls_s(address: str) -> float:
    if not shutil.which("docker"):
        return 0.0
    began = time.monotonic()
    command = ["docker", "-H", address, "node", "ls"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def pressing() -> Iterator[Row]:
    """Yield how soon keys are painted while tasks pour in."""
    with simulated(*EVENT, "--at", "launch") as address:
        yield from _latencies("launch", keys.press_at(address, screen="2", seconds=KEYS_S))
    with simulated(*LARGE, "--at", "launch") as address:
        pressed = keys.press_at(address, screen="2", seconds=KEYS_S)
    yield from _latencies("launch at 10,000 / 200,000", pressed)
    yield Row("peak memory there, both processes", pressed.memory_mb, 400, "MB")


def _latencies(when: str, pressed: keys.Keys) -> Iterator[Row]:
    yield Row(f"key to paint, {when}: p50", percentile(pressed.latencies, 0.5), 8, "ms")
    yield Row(f"key to paint, {when}: p99", percentile(pressed.latencies, 0.99), 30, "ms")
    yield Row("... keys that were not seen to work", pressed.pressed - len(pressed.latencies), 0)


def resting() -> Iterator[Row]:
    """Yield what watching costs in calm: here, the manager, and the terminal."""
    with simulated(*EVENT, "--at", "peak") as address, ThreadPoolExecutor() as beside:
        coming = beside.submit(ages.watch, address, calm.FIRST_LOOK_S)
        moving, still = calm.watch_both(calm.CALM_S)
        known = coming.result()
    yield Row("calm: dashboard and collector", 100 * sum(moving[:2]), 6, "% of a core")
    yield Row("nothing changes: dashboard", 100 * still.dashboard, 1, "% of a core")
    yield Row("nothing changes: collector", 100 * still.collector, 1, "% of a core")
    yield Row("to the terminal, calm Overview", moving.kb_s, 6, "KB/s")
    yield Row("the manager's time", 100 * known.share, 100 * ages.DUTY, "%")
    yield Row("age of the nodes, at most", known.nodes_s, 5, "s")
    yield Row("age of the tasks on screen, at most", known.on_screen_s, 5, "s")
    yield Row("age of the whole picture, at most", known.whole_s, 60, "s")


def sending() -> Iterator[Row]:
    """Yield what goes to the terminal while everything moves, and keys over a slow link."""
    moving = to_terminal(("--at", "launch"), screen="2", seconds=KEYS_S)
    yield Row("to the terminal, moving Nodes", moving, 20, "KB/s")
    pressed, wrong = link.press_over_link(seconds=KEYS_S)
    p99 = percentile(pressed.latencies, 0.99)
    yield Row("key to paint over 100 KB/s: p99", p99, 100, "ms")
    yield Row("cells that are wrong behind the link", wrong, 0)


def growing() -> Iterator[Row]:
    """Yield how much more a swarm of ten times the size costs."""
    turns = [[growth.cost_of(*size) for size in (SMALLEST, LARGEST)] for _ in range(RUNS)]
    small, large = (
        growth.Cost(*map(_median, zip(*side, strict=True))) for side in zip(*turns, strict=True)
    )
    times = growth.Cost(*(more / less for more, less in zip(large, small, strict=True)))
    yield Row("ten times the swarm: the first load", times.load_s, 10, "times")
    yield Row("ten times the swarm: one in a hundred changed", times.update_ms, 10, "times")
    yield Row("ten times the swarm: a picture of that", times.picture_ms, 10, "times")
    yield Row("ten times the swarm: memory", times.memory_mb, 10, "times")
    yield Row("ten times the swarm: a frame", times.frame_ms, 1.5, "times")


def judging() -> Iterator[Row]:
    """Yield what it costs to say what is wrong, at 10,000 nodes and 200,000 tasks."""
    swarm = problems.make_swarm(10_000, 200_000)
    anew, (_, changed) = problems.measure_all(swarm), problems.measure_changes(swarm)
    yield Row("all problems anew", _median(anew.each_ms), 250, "ms")
    yield Row("all problems, one in a hundred changed", _median(changed.each_ms), 25, "ms")


def leaving() -> Iterator[Row]:
    """Yield how long `q` takes."""
    with simulated("--at", "launch") as address:
        pouring = _median(quitting.quit_s(address, "96") for _ in range(RUNS))
    yield Row("q to the end, while tasks pour in", pouring, 0.5, "s")
    with quitting.silent() as address:
        hanging = _median(quitting.quit_s(address, quitting.HANGING) for _ in range(RUNS))
    yield Row("q to the end, while nothing answers", hanging, 0.5, "s")


def enduring() -> Iterator[Row]:
    """Yield what three whole events leave behind in memory."""
    tenths = list(endurance.watch_events(speed=25, times=3))
    first, last = tenths[: endurance.TENTHS], tenths[-endurance.TENTHS :]
    for name in first[0]:
        grown = _most(last, name) - _most(first, name)
        yield Row(f"the event three times: {name} grows", grown, 15, "MB")


def _most(tenths: Sequence[Mapping[str, float]], name: str) -> float:
    return max(peaks[name] for peaks in tenths)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


PARTS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "start": starting,
    "keys": pressing,
    "calm": resting,
    "terminal": sending,
    "growth": growing,
    "problems": judging,
    "quit": leaving,
    "endurance": enduring,
}


def main() -> None:
    """Measure the parts asked for, or all, and print each row as soon as it is known."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", choices=[[], *PARTS])
    chosen = parser.parse_args().part or list(PARTS)
    began, rows = time.monotonic(), list[Row]()
    print(f"{'':58} {'measured':>9} {'at most':>9}")
    for part in chosen:
        for row in PARTS[part]():
            rows.append(row)
            verdict = "" if row.is_met else "   MISSED"
            shown = f"{row.measured:9,.2f} {row.most:9,.2f} {row.unit}"
            print(f"{row.what:58} {shown}{verdict}", flush=True)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    met = sum(row.is_met for row in rows)
    print(f"{met} of {len(rows)} targets met, measured in {minutes} min {seconds} s")


if __name__ == "__main__":
    main()
