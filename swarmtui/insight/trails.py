"""Remember the states each node went through while it was watched."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from swarmtui.insight.picture import Stay
from swarmtui.insight.published import Published
from swarmtui.insight.roster import Turn

_LONGEST = 50
"""Stays kept of a node: one that flaps all night does not fill the memory."""


class Trails:
    """State histories, of nodes that changed their state only."""

    def __init__(self) -> None:
        self._trails: Published[str, tuple[Stay, ...]] = Published()

    def apply(self, turns: Iterable[Turn], at: datetime) -> None:
        """Lengthen the trails of nodes that turned."""
        for node, old, new, since in turns:
            if new is None:
                self._trails.drop(node.id)
            elif old is not None:
                trail = self._trails.get(node.id) or (Stay(str(old), since or at),)
                self._trails.put(node.id, (*trail, Stay(str(new), at))[-_LONGEST:])

    def recall(self, trails: Mapping[str, tuple[Stay, ...]]) -> None:
        """Begin with the trails that were taken."""
        self._trails.fill(trails)

    def take(self) -> Mapping[str, tuple[Stay, ...]]:
        """Return the trails by node id, oldest stay first, for good."""
        return self._trails.take()
