"""Measure what recording costs: bytes on disk, processor time, the wait in the analyst's thread.

    python -m bench.recording [--seconds 180] [--keep FOLDER]

The simulated event, 2,384 nodes and 96,287 tasks, at its own speed: the launch, and the peak, which
is as steady as it gets. A collector and an analyst are at work as in the dashboard; the first look
is left out of the rates, and told by itself. With `--keep` the recordings stay, in FOLDER.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from bench.simulated import EVENT, simulated
from bench.terminal import percentile
from swarmtui.cli.watch import COLLECTOR
from swarmtui.collector.settings import Settings, encode_settings
from swarmtui.engine.address import Address
from swarmtui.feed.pictures import PictureFeed
from swarmtui.feed.process import CollectorProcess
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Picture
from swarmtui.recording.entries import Preface
from swarmtui.recording.recorder import Recorder
from swarmtui.swarm.observation import Observation

FIRST_S = 13.0
"""After so long everything that was seen first is written, in a keyframe too."""
PEAK_S = 70.0
"""How long the peak goes on then, at the event's own speed."""
NOW = partial(datetime.now, UTC)


class Measured:
    """A recorder, with the time that is spent in it."""

    def __init__(self, path: Path, analyst: Analyst) -> None:
        preface = Preface(began_at=NOW(), program="bench")
        self.recorder = Recorder(path, preface=preface, analyst=analyst, now=NOW)
        self.waits: list[float] = []
        """Seconds that the analyst's thread was held up by each observation."""
        self.seen_cpu = 0.0
        self._clock = time.pthread_getcpuclockid(self.recorder._thread.ident or 0)  # noqa: SLF001

    def see(self, seen: Observation) -> None:
        """Record, and take the time."""
        cpu, began = time.thread_time(), time.perf_counter()
        self.recorder.see(seen)
        self.waits.append(time.perf_counter() - began)
        self.seen_cpu += time.thread_time() - cpu

    @property
    def cpu_s(self) -> float:
        """Return the processor time of the recorder so far, in both of its threads."""
        return time.clock_gettime(self._clock) + self.seen_cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="of the launch")
    parser.add_argument("--keep", type=Path, help="folder for the recordings")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep = options.keep or Path(folder)
        print(
            "             first look      MB/h   target  of a core  target  held up p50, p99, max"
        )
        _measure("launch", keep / "launch.rec", options.seconds, target=150)
        _measure("peak", keep / "peak.rec", min(options.seconds, PEAK_S), target=20)


def _measure(moment: str, path: Path, seconds: float, *, target: int) -> None:
    with simulated(*EVENT, "--at", moment) as address:
        analyst = Analyst(place=Attribution(Rules()).place)
        source = CollectorProcess(COLLECTOR, now=NOW)
        source.configure(encode_settings(Settings(addresses=(Address(url=address),), duty=0.1)))
        feed = PictureFeed(source, make_analyst=lambda: analyst, now=NOW)
        measured = Measured(path, analyst)
        feed.record(measured)
        complete = Event()

        def deliver(picture: Picture) -> None:
            if picture.snapshot.has_all_tasks:
                complete.set()

        feed.start(deliver)
        complete.wait(60)
        time.sleep(FIRST_S)
        _report(moment, measured, seconds, target=target)
        feed.stop()
        measured.recorder.close()


def _report(moment: str, measured: Measured, seconds: float, *, target: int) -> None:
    first, cpu, began = measured.recorder.status.size_bytes, measured.cpu_s, time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    status = measured.recorder.status
    rate = (status.size_bytes - first) / passed * 3600 / 1e6
    share = (measured.cpu_s - cpu) / passed
    waits = [wait * 1e3 for wait in measured.waits]
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    print(
        f"{moment:11}{first / 1e6:10.2f} MB{rate:10.1f}{target:9}{share:11.1%}{0.05:8.0%}"
        f"   {p50:.3f}, {p99:.2f}, {max(waits):.1f} ms   {status.error}"
    )


if __name__ == "__main__":
    main()
