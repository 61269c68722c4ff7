"""Know which nodes are away or have just come back: what fails there then is not blamed on it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import NodeState

_AWAY = frozenset({NodeState.DOWN, NodeState.DISCONNECTED})
_SETTLES = timedelta(seconds=60)
"""Within so long every list of tasks is read anew, and shows what a node's absence has ended."""


class Absences:
    """Follows nodes that go away and come back, in the order in which that is seen."""

    def __init__(self) -> None:
        self._away: set[str] = set()
        self._back: dict[str, datetime] = {}
        """When nodes were seen back."""

    def apply(self, changes: Sequence[Change[Node]], at: datetime) -> None:
        """Take in how nodes changed."""
        for before, node in changes:
            if node is None:
                if before is not None:
                    self._away.discard(before.id)
                    self._back.pop(before.id, None)
            elif node.state in _AWAY:
                self._away.add(node.id)
            elif node.id in self._away:
                self._away.remove(node.id)
                self._back[node.id] = at
        if changes and self._back:
            self._back = {id_: back for id_, back in self._back.items() if at - back <= _SETTLES}

    def has_left(self, node_id: str, at: datetime) -> bool:
        """Tell whether a node was away at a time, or a little before it."""
        if node_id in self._away:
            return True
        back = self._back.get(node_id)
        return back is not None and at - back <= _SETTLES

    def remember(self) -> Mapping[str, datetime]:
        """Return when nodes came back, beyond what the nodes as they are now tell."""
        return dict(self._back)

    def recall(self, nodes: Mapping[str, Node], back: Mapping[str, datetime]) -> None:
        """Begin with nodes as they are, and what was remembered."""
        self._away = {node.id for node in nodes.values() if node.state in _AWAY}
        self._back = dict(back)
