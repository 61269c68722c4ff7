"""Choose nodes for tasks, and say why there is none, as SwarmKit's scheduler does."""

import heapq
from collections.abc import Iterable
from itertools import count
from typing import assert_never

from swarmtui.simulator.catalogue import Demand
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.states import Availability, NodeState


class Scheduler:
    """Gives each task to the node that has the fewest.

    The queue holds one valid entry for a node, the one whose serial is the
    node's ticket; the others are left behind and dropped when they come up.
    """

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Node]] = []
        self._serials = count()

    def offer(self, node: Node) -> None:
        """Queue a node at its present load."""
        node.ticket = next(self._serials)
        heapq.heappush(self._queue, (node.load, node.ticket, node))

    def pick(self) -> Node | None:
        """Return the node for one more task, counted to its load; `None` when none takes any."""
        while self._queue:
            _, ticket, node = heapq.heappop(self._queue)
            if ticket == node.ticket and node.takes_tasks:
                node.load += 1
                self.offer(node)
                return node
        return None

    def release(self, node: Node) -> None:
        """Count one task less on a node."""
        node.load -= 1
        self.offer(node)


def explain(nodes: Iterable[Node], demand: Demand) -> str:
    """Return the `Err` of a task that fits nowhere, most frequent reason first.

    The words are those of manager/scheduler/filter.go and pipeline.go.
    """
    fit, unfit = _census(nodes)
    reasons = [(unfit, _unavailable(unfit)), (fit, _unmet(demand, fit))]
    said = [text for number, text in sorted(reasons, reverse=True) if number and text]
    return f"no suitable node ({'; '.join(said)})" if said else "no suitable node"


def _census(nodes: Iterable[Node]) -> tuple[int, int]:
    fit = unfit = 0
    for node in nodes:
        if node.state is NodeState.READY and node.availability is Availability.ACTIVE:
            fit += 1
        else:
            unfit += 1
    return fit, unfit


def _unavailable(nodes: int) -> str:
    if nodes == 1:
        return "1 node not available for new tasks"
    return f"{nodes} nodes not available for new tasks"


def _unmet(demand: Demand, nodes: int) -> str:
    on_nodes = "on 1 node" if nodes == 1 else f"on {nodes} nodes"
    match demand:
        case Demand.NOTHING:
            return ""
        case Demand.MEMORY:
            return f"insufficient resources {on_nodes}"
        case Demand.GPU_LABEL:
            return f"scheduling constraints not satisfied {on_nodes}"
        case _:
            assert_never(demand)
