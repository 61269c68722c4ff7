"""My part of the swarm: the nodes that are mine, and what they carry."""

import msgspec

from swarmtui.insight.picture import Picture
from swarmtui.swarm.words import NodeState


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What is mine, and of how much."""

    nodes: int
    nodes_of_all: int
    ready: int
    tasks: int
    """Tasks running on nodes that are mine."""
    part: float
    """My ready nodes as a part of all ready nodes, from 0 to 1."""
    pledged: int = 0
    """Nodes that I promised."""
    unknown: str = ""
    """The contributor that I am by name, where no node and no pledge is of that name."""

    @property
    def lost(self) -> int:
        """Return how many of the nodes are not ready."""
        return self.nodes - self.ready


class Shares:
    """Finds my share in picture after picture; work grows with what is mine, unless that changed.

    Each mapping of a picture is another object whenever something in it changed.
    """

    def __init__(self) -> None:
        self._places: object = None
        self._ids: tuple[str, ...] = ()

    def find(self, picture: Picture, *, named: str = "") -> Share | None:
        """Return my share; `None` where no node is mine, I promised none, and gave no name."""
        if picture.places is not self._places:
            self._places = picture.places
            self._ids = tuple(id_ for id_, place in picture.places.items() if place.mine)
        pledged = sum(group.pledged or 0 for group in picture.contributors if group.mine)
        has_none = not self._ids and not pledged
        if has_none and not (named and picture.snapshot.nodes_at):
            return None
        nodes, loads = picture.snapshot.nodes, picture.loads
        ready = sum(nodes[id_].state is NodeState.READY for id_ in self._ids if id_ in nodes)
        return Share(
            nodes=len(self._ids),
            nodes_of_all=picture.nodes.total,
            ready=ready,
            tasks=sum(loads[id_].running for id_ in self._ids if id_ in loads),
            part=ready / picture.nodes.ready if picture.nodes.ready else 0.0,
            pledged=pledged,
            unknown=named if has_none else "",
        )
