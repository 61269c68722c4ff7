"""Measure how old what is known becomes, and what part of its time a manager spends on the asking.

    python -m bench.ages [--host unix:///var/run/docker.sock] [--seconds 120]

The collector is asked as the dashboard asks it that shows the tasks of three services. Looked at
four times a second after the first look: nodes and what is on screen shall be no older than five
seconds, the whole picture no older than a minute, within the duty (a tenth of the manager's time).
Without `--host` it is the simulated event at its peak.
"""

import argparse
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from bench.simulated import EVENT, simulated
from swarmtui.cli.watch import COLLECTOR
from swarmtui.collector.settings import Settings, encode_settings
from swarmtui.engine.address import Address
from swarmtui.feed.pictures import PictureFeed
from swarmtui.feed.process import CollectorProcess
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Picture
from swarmtui.stream.interest import Interest
from swarmtui.swarm.snapshot import Snapshot

NOW = partial(datetime.now, UTC)
DUTY = 0.1
ON_SCREEN = 3
SETTLES_S = 10.0
"""The first look asks without the duty's pauses, and these are owed afterwards."""
LOOK_S = 0.25


class Ages(NamedTuple):
    """The oldest that things were, in seconds, and the share of its time the manager spent."""

    nodes_s: float
    on_screen_s: float
    whole_s: float
    share: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", help="a manager to watch instead of the simulator")
    parser.add_argument("--seconds", type=float, default=120)
    options = parser.parse_args()
    at_peak = (*EVENT, "--at", "peak")
    with nullcontext(options.host) if options.host else simulated(*at_peak) as address:
        ages = watch(address, options.seconds)
    print(f"nodes, at the oldest             {ages.nodes_s:8.1f} s   target 5 s")
    print(f"tasks on screen, at the oldest   {ages.on_screen_s:8.1f} s   target 5 s")
    print(f"the whole picture, at the oldest {ages.whole_s:8.1f} s   target 60 s")
    print(f"the manager's time               {ages.share:8.1%}     target {DUTY:.0%}")


def _make_analyst() -> Analyst:
    return Analyst(place=Attribution(Rules()).place)


def watch(address: str, seconds: float) -> Ages:
    """Watch a manager for so long after the first look, and return how old things became."""
    source = CollectorProcess(COLLECTOR, now=NOW)
    source.configure(encode_settings(Settings(addresses=(Address(url=address),), duty=DUTY)))
    feed = PictureFeed(source, make_analyst=_make_analyst, now=NOW)
    newest: list[Picture] = []

    def keep(picture: Picture) -> None:
        newest[:] = [picture]

    feed.start(keep)
    try:
        while not newest or not newest[0].snapshot.has_all_tasks:
            time.sleep(LOOK_S)
        on_screen = frozenset(list(newest[0].snapshot.services)[:ON_SCREEN])
        feed.want(Interest(services=on_screen))
        time.sleep(SETTLES_S)
        until = time.monotonic() + seconds
        seen = []
        while time.monotonic() < until:
            seen.append(_look(newest[0].snapshot, on_screen))
            time.sleep(LOOK_S)
    finally:
        feed.stop()
    nodes, tasks, whole, shares = zip(*seen, strict=True)
    # Of the share the last: it is of the minute before, and the first of them have the first look.
    return Ages(max(nodes), max(tasks), max(whole), shares[-1])


def _look(snapshot: Snapshot, on_screen: frozenset[str]) -> Ages:
    now = NOW()
    tasks: Mapping[str, datetime] = snapshot.tasks_at
    return Ages(
        _age(now, snapshot.nodes_at),
        # A service may be removed meanwhile.
        max((_age(now, tasks[id_]) for id_ in on_screen & tasks.keys()), default=0.0),
        _age(now, snapshot.oldest_tasks_at),
        snapshot.cost.share,
    )


def _age(now: datetime, at: datetime | None) -> float:
    return (now - at).total_seconds() if at is not None else float("inf")


if __name__ == "__main__":
    main()
