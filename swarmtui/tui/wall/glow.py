"""Remember which nodes became something else a moment ago; pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability, NodeState

GLOWS_FOR = timedelta(seconds=5)

_Look = tuple[NodeState, Availability, bool]


class Glow:
    """The nodes as they were shown last, and when each came or became something else."""

    def __init__(self) -> None:
        self._nodes: Mapping[str, Node] | None = None
        self._changed: dict[str, datetime] = {}

    def see(self, nodes: Mapping[str, Node], now: datetime) -> None:
        """Take the nodes as they are now; at first none of them is news."""
        before, self._nodes = self._nodes, nodes
        if before is None or nodes is before:
            return
        # What is the same object, as nearly all of them are, needs no look.
        others = [node for id_, node in nodes.items() if before.get(id_) is not node]
        for node in others:
            was = before.get(node.id)
            if was is None or _look_of(was) != _look_of(node):
                self._changed[node.id] = now

    def at(self, now: datetime) -> frozenset[str]:
        """Return the nodes that glow; a time before they changed ends it too."""
        self._changed = {
            id_: at for id_, at in self._changed.items() if timedelta() <= now - at < GLOWS_FOR
        }
        return frozenset(self._changed)


def _look_of(node: Node) -> _Look:
    return node.state, node.availability, node.is_leader
