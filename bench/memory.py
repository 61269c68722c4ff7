"""Measure what it costs an analyst to remember and to recall, after an hour of a swarm.

    python -m bench.memory

The hour is told as a recording has it: nodes every two seconds, an election every ten minutes with
all nodes unknown for a while, a region lost, tasks that fail and some that fit nowhere.
`remember` runs where observations come in; packing, unpacking and `recall` elsewhere.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
import zstandard

from bench.insight import (
    START,
    fail,
    in_batches,
    make_nodes,
    make_services,
    make_tasks,
    pend,
    place,
)
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.memory import Memory
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.observation import NodesSeen, Observation, ServicesSeen
from swarmtui.swarm.words import NodeState

HOUR_S = 3600
EVERY_S = 2
ELECTION_EVERY_S = 600
FAILING = 3
"""Tasks that fail with every look: a black hole's rate."""


def tell(nodes: Sequence[Node], tasks: Sequence[Task]) -> Iterator[Observation]:
    """Go through the hour after the first load."""
    waiting = [pend(task) for task in tasks[: len(tasks) // 100]]
    for second in range(EVERY_S, HOUR_S + 1, EVERY_S):
        at = START + timedelta(seconds=second)
        yield NodesSeen(taken_at=at, changed=tuple(turn(nodes, second)))
        failed = tasks[-FAILING * second : len(tasks) - FAILING * (second - EVERY_S)]
        yield from by_service([fail(task) for task in failed], at)
        if second % 60 == 0:
            yield from by_service(waiting, at)


def by_service(tasks: Sequence[Task], at: datetime) -> Iterator[Observation]:
    for _, each in groupby(tasks, key=lambda task: task.service_id):
        yield from in_batches(list(each), at)


def turn(nodes: Sequence[Node], second: int) -> Iterator[Node]:
    """Go through the nodes that change their state at a second."""
    since = second % ELECTION_EVERY_S
    for number, node in enumerate(nodes[3:]):
        if since == 0:
            yield msgspec.structs.replace(node, state=NodeState.UNKNOWN)
        elif second > ELECTION_EVERY_S and since == 4 + EVERY_S * (number * 7919 % 3):
            yield node
        elif second == 2_700 and number % 17 == 0:
            yield msgspec.structs.replace(node, state=NodeState.DOWN, message="heartbeat failure")


def best_ms(work: Callable[[], object], *, times: int = 15) -> str:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return f"{min(took):7.2f} ms, median {statistics.median(took):7.2f} ms"


def measure(nodes_count: int, tasks_count: int) -> None:
    nodes = make_nodes(nodes_count)
    services = make_services(tasks_count)
    tasks = make_tasks(tasks_count, nodes, services)
    print(f"\n{nodes_count:,} nodes, {tasks_count:,} tasks, after an hour")
    analyst = Analyst(place=place)
    analyst.see(NodesSeen(taken_at=START, changed=tuple(nodes), whole=True))
    analyst.see(ServicesSeen(taken_at=START, changed=tuple(services), whole=True))
    for seen in (*by_service(tasks, START), *tell(nodes, tasks)):
        analyst.see(seen)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    report(analyst)


def report(analyst: Analyst) -> None:
    snapshot, memory = analyst.snapshot, analyst.remember()
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Memory).decode
    raw = encode(memory)
    pack = zstandard.ZstdCompressor(level=7).compress
    packed = pack(raw)
    other = Analyst(place=place)
    now = snapshot.taken_at or START
    print(f"  {len(raw) / 1000:,.0f} kB, {len(packed) / 1000:,.0f} kB packed")
    print(f"  remember           {best_ms(analyst.remember)}")
    print(f"  to bytes           {best_ms(lambda: encode(memory))}")
    print(f"  packed             {best_ms(lambda: pack(raw))}")
    print(f"  from bytes         {best_ms(lambda: decode(raw))}")
    print(f"  recall             {best_ms(lambda: other.recall(snapshot, memory))}")

    def look() -> None:
        other.recall(snapshot, memory)
        other.picture(now)

    print(f"  recall and picture {best_ms(look)}")
    if other.picture(now) != analyst.picture(now):
        raise SystemExit("the pictures differ: what was measured is no memory")


if __name__ == "__main__":
    measure(2_384, 96_287 // 40 * 40)
    measure(10_000, 200_000)
