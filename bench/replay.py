"""Measure a recording: opening it, seeking in it, and keys while it is played a hundred times fast.

    python -m bench.replay FILE [--seeks 200] [--seconds 30] [--speed 100]

A seek is timed until the picture of that time is there, from wherever the seek before has led; the
times are random, and the same for the same file and seed. The collector is tuned as the dashboard
does it. Beside other work, the time of the processor says more than that of the clock.
"""

import argparse
import gc
import random
import resource
import time
from pathlib import Path

from bench.keys import COLUMNS, CURSOR, ROWS, latencies_of, press, print_latencies
from bench.simulated import program
from bench.terminal import Terminal, percentile
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seeks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--speed", default="100")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    _seek(options.file, seeks=options.seeks, seed=options.seed)
    _play(options.file, speed=options.speed, seconds=options.seconds)


def _seek(file: Path, *, seeks: int, seed: int) -> None:
    began = time.perf_counter()
    recording = Recording.open(file)
    playhead = Playhead(recording)
    picture = playhead.picture()
    opened_s = time.perf_counter() - began
    length = recording.ends - recording.begins
    hours = length.total_seconds() / 3600
    megabytes = file.stat().st_size / 1e6
    print(f"length, size        {hours:8.2f} h   {megabytes:.1f} MB, {megabytes / hours:.1f} MB/h")
    print(f"open, first picture {opened_s:8.3f} s   {len(picture.snapshot.nodes):,} nodes")
    chance = random.Random(seed)
    took: list[float] = []
    worked: list[float] = []
    most = 0
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 100)
    for _ in range(seeks):
        at = recording.begins + length * chance.random()
        began, began_work = time.perf_counter(), time.process_time()
        playhead.seek(at)
        picture = playhead.picture()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_work) * 1000)
        most = max(most, sum(map(len, picture.snapshot.tasks.values())))
    print(f"tasks at most       {most:8,}")
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        clock, work = percentile(took, share), percentile(worked, share)
        print(f"seek {name}            {clock:8.1f} ms   {work:.1f} of the processor")
    print(f"longest seek        {max(took):8.1f} ms")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory         {memory_mb:8.1f} MB")


def _play(file: Path, *, speed: str, seconds: float) -> None:
    with Terminal(
        program("replay", str(file), "--speed", speed), columns=COLUMNS, rows=ROWS
    ) as terminal:
        terminal.wait_for(lambda screen: "quit" in screen, within_s=20)
        terminal.send(b"2")
        terminal.wait_for(lambda screen: CURSOR in screen, within_s=20)
        terminal.read(1.0)  # the frame that shows it has arrived whole
        began = len(terminal.came)
        pressed = press(terminal, seconds)
    latencies = latencies_of(pressed, terminal.came)
    print_latencies(latencies, pressed=len(pressed), came=terminal.came[began:], seconds=seconds)


if __name__ == "__main__":
    main()
