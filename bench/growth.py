"""Measure how cost grows with the swarm: ten times the nodes and tasks, step by step.

    python -m bench.growth

For each size: processor time and memory of the first load and of an update that changes one task
in a hundred, of a picture, and of one frame of the Nodes table at 200×50. Times and memory per
update may grow with the swarm, but no faster than it does; a frame shall cost the same at any
size. Each size runs in a process of its own, for its memory.
"""

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from textual.geometry import Size

from bench.insight import START, fail, in_batches, make_nodes, make_services, make_tasks, place
from bench.terminal import memory_mb
from swarmtui.insight.analyst import Analyst
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import NodesSeen, ServicesSeen
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.messages import PictureArrived
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.table.body import Body
from tests.tui.event import FakeFeed

SIZES = ((1_000, 20_000), (2_000, 40_000), (5_000, 100_000), (10_000, 200_000))
HEAD = "   nodes    tasks   load s   update ms   picture ms   frame ms   MB"


class Cost(NamedTuple):
    """What a swarm of a size costs: seconds of processor to load it, milliseconds, and MB."""

    load_s: float
    update_ms: float
    picture_ms: float
    frame_ms: float
    memory_mb: float


def main() -> None:
    """Measure all sizes, each in its own process, or the one given."""
    if len(sys.argv) > 2:
        print(json.dumps(asyncio.run(_measure(int(sys.argv[1]), int(sys.argv[2])))))
        return
    print(HEAD)
    for nodes, tasks in SIZES:
        cost = cost_of(nodes, tasks)
        print(
            f"{nodes:8,} {tasks:8,} {cost.load_s:8.2f} {cost.update_ms:11.2f}"
            f" {cost.picture_ms:12.2f} {cost.frame_ms:10.2f} {cost.memory_mb:4.0f}"
        )


def cost_of(nodes: int, tasks: int) -> Cost:
    """Return what a swarm of this size costs, measured in a process of its own."""
    command = [sys.executable, "-m", "bench.growth", str(nodes), str(tasks)]
    return Cost(*json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


async def _measure(node_count: int, task_count: int) -> Cost:
    nodes, services = make_nodes(node_count), make_services(task_count)
    tasks = make_tasks(task_count, nodes, services)
    analyst = Analyst(place=place)
    began = time.process_time()
    analyst.see(NodesSeen(taken_at=START, changed=tuple(nodes), whole=True))
    analyst.see(ServicesSeen(taken_at=START, changed=tuple(services), whole=True))
    for seen in in_batches(tasks, START):
        analyst.see(seen)
    analyst.picture(START)
    load_s = time.process_time() - began
    gc.collect()
    gc.freeze()
    updates, pictures = _update(analyst, tasks)
    frame_ms = await _frame(analyst)
    # Not by getrusage: what it tells begins with the peak of the process that started this one.
    return Cost(load_s, updates, pictures, frame_ms, memory_mb(os.getpid()))


def _update(analyst: Analyst, tasks: Sequence[Task]) -> tuple[float, float]:
    """Return the milliseconds of an update of one task in a hundred, and of a picture after it."""
    updates, pictures = [], []
    share = len(tasks) // 100
    for turn in range(1, 21):
        at = START + timedelta(seconds=2 * turn)
        changed = [fail(task) for task in tasks[turn * share : (turn + 1) * share]]
        batches = list(in_batches(changed, at))
        began = time.process_time()
        for seen in batches:
            analyst.see(seen)
        seen_at = time.process_time()
        analyst.picture(at)
        pictures.append(time.process_time() - seen_at)
        updates.append(seen_at - began)
    return statistics.median(updates) * 1000, statistics.median(pictures) * 1000


async def _frame(analyst: Analyst) -> float:
    """Return the milliseconds of drawing all lines of the Nodes screen, after a key was pressed."""
    app = SwarmApp(feed=FakeFeed(), clock=lambda: START, options=ScreenOptions(asked="unix:///x"))
    async with app.run_test(size=(200, 50)) as pilot:
        app.on_picture_arrived(PictureArrived(analyst.picture(START + timedelta(seconds=60))))
        await pilot.press("2")
        await pilot.pause()
        table = app.screen.query_one("NodesView Body", Body)
        took = []
        for _ in range(50):
            await pilot.press("down")
            began = time.process_time()
            table.render_lines(Size(table.size.width, table.size.height).region)
            took.append(time.process_time() - began)
    return statistics.median(took) * 1000


if __name__ == "__main__":
    main()
