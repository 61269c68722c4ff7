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
        self._states: dict[str, _Look] = {}
        self._changed: dict[str, datetime] = {}

    def see(self, nodes: Mapping[str, Node], now: datetime) -> None:
        """Take the nodes as they are now; at first none of them is news."""
        if nodes is self._nodes:
            return
        states = {id_: _look_of(node) for id_, node in nodes.items()}
        if self._nodes is not None and states != self._states:
            before = self._states
            self._changed |= {id_: now for id_, state in states.items() if before.get(id_) != state}
        self._nodes, self._states = nodes, states

    def at(self, now: datetime) -> frozenset[str]:
        """Return the nodes that glow; a time before they changed ends it too."""
        self._changed = {
            id_: at for id_, at in self._changed.items() if timedelta() <= now - at < GLOWS_FOR
        }
        return frozenset(self._changed)


def _look_of(node: Node) -> _Look:
    return node.state, node.availability, node.is_leader
