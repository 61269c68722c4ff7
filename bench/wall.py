"""Measure the Wall: what one picture with changes, and one key, take of the screen's thread.

    python -m bench.wall [--nodes 10000]

One node in a thousand changes its state between two pictures; drawn on 200×50.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.query import EVERYTHING
from swarmtui.swarm.entities import Node
from swarmtui.swarm.observation import NodesSeen
from swarmtui.swarm.words import NodeState
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.views.wall import WallView
from tests.tui.event import FakeFeed

NOON = datetime(2026, 7, 22, 12, 0, tzinfo=UTC)
REGIONS = ("fr-par",) * 5 + ("us-east-1",) * 2 + ("sgp1", "nyc1", "ams3")
RUNS = 25


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=10_000)
    asyncio.run(_measure(parser.parse_args().nodes))


async def _measure(count: int) -> None:
    chance = random.Random(2016)
    nodes = [
        Node(
            id=f"{i:025}",
            hostname=f"host-{i}",
            state=NodeState.READY,
            created_at=NOON,
            updated_at=NOON,
        )
        for i in range(count)
    ]
    places = {node.id: Place(region=chance.choice(REGIONS)) for node in nodes}
    analyst = Analyst(place=lambda node: places[node.id])
    analyst.see(NodesSeen(taken_at=NOON, changed=tuple(nodes), whole=True))
    app = SwarmApp(
        feed=FakeFeed(analyst.picture(NOON)),
        clock=lambda: NOON,
        options=ScreenOptions(asked="unix:///nowhere.sock"),
        settle_memory=lambda: None,
    )
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.press("3")
        await pilot.pause()
        view = app.query_one(WallView)
        pictures, keys = [], []
        for run in range(RUNS):
            picture = _change(analyst, nodes, run)
            pictures.append(_time(lambda: app.stage.show(picture, EVERYTHING)))  # noqa: B023 - at once
            keys.append(_time(lambda: view.cells.action_move(1, 0)))
    print(f"{count:,} nodes, {'two a cell' if view.cells.holds_two else 'one a cell'}")
    print(
        f"a picture with changes {statistics.median(pictures):7.1f} ms, longest {max(pictures):.1f}"
    )
    print(f"a key                  {statistics.median(keys):7.1f} ms, longest {max(keys):.1f}")


def _change(analyst: Analyst, nodes: list[Node], run: int) -> Picture:
    """Return the picture after one node in a thousand has changed its state."""
    state = NodeState.DOWN if run % 2 == 0 else NodeState.READY
    changed = tuple(msgspec.structs.replace(node, state=state) for node in nodes[run::1000])
    at = NOON + timedelta(seconds=2 * (run + 1))
    analyst.see(NodesSeen(taken_at=at, changed=changed))
    return analyst.picture(at)


def _time(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
