"""Keep the roll of nodes: who is in which state since when, where, and whose; by difference."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from swarmtui.insight.identities import Identities
from swarmtui.insight.machines import addresses_of
from swarmtui.insight.picture import NodeCounts, Place
from swarmtui.insight.published import Published
from swarmtui.insight.traits import Traits
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import Availability, NodeState

NOWHERE = Place()


class Turn(NamedTuple):
    """A node that changed its state, came or went."""

    node: Node
    """As it is now, or was last."""
    old: NodeState | None
    """`None` when the node is new."""
    new: NodeState | None
    """`None` when the node is gone."""
    old_since: datetime | None
    """Since when it was in the old state."""


class Roster:
    """All nodes, by every property that pictures count by."""

    def __init__(self, place: Callable[[Node], Place]) -> None:
        self.by_state: dict[NodeState, set[str]] = {state: set() for state in NodeState}
        """Node ids in each state."""
        self.by_availability: dict[Availability, set[str]] = {each: set() for each in Availability}
        """Node ids with each availability."""
        self.traits = Traits()
        self.identities = Identities()
        self.managers: dict[str, Node] = {}
        """Nodes that take part in the quorum, by id."""
        self.touched_nodes: set[str] = set()
        """Nodes whose state, place or ghostliness changed since somebody cleared this."""
        self._find_place = place
        self._places: Published[str, Place] = Published()
        self._since: Published[str, datetime] = Published()

    def __len__(self) -> int:
        return len(self._places)

    def apply(
        self, changes: Iterable[Change[Node]], at: datetime, *, first: bool
    ) -> Sequence[Turn]:
        """Take nodes that changed into account and return those that changed their state.

        At the first look a node is in its state since it was last updated, by the leader's clock.
        """
        turns = []
        for before, after in changes:
            if after is None and before is None:
                continue
            turn = self._change(before, after)
            if turn is not None:
                turns.append(turn)
                self._date(turn, at, first=first)
        self.touched_nodes.update(self.identities.settle())
        return turns

    def place_anew(self, nodes: Iterable[Node]) -> None:
        """Find out anew where nodes are and whose: more has become known of them."""
        for node in nodes:
            self._put(node)

    def recall(self, nodes: Mapping[str, Node], since: Mapping[str, datetime]) -> None:
        """Begin with these nodes, and since when each is in its state."""
        # Together: taken in one by one, as they come, they take three times as long.
        all_of_them = nodes.values()
        places = [*map(self._find_place, all_of_them)]
        addresses = addresses_of(all_of_them)
        for node in all_of_them:
            self.by_state[node.state].add(node.id)
            self.by_availability[node.availability].add(node.id)
        self.managers = {node.id: node for node in all_of_them if node.manager is not None}
        self._places.fill(dict(zip(nodes, places, strict=True)))
        self.traits.recall(all_of_them, places, addresses)
        self.touched_nodes.update(nodes)
        self.identities.recall(all_of_them, addresses)
        self._since.fill(since)

    @property
    def ghosts(self) -> set[str]:
        """Return the nodes that are down, and whose machine has joined anew since."""
        return self.identities.ghosts

    def is_dismissed(self, node_id: str) -> bool:
        """Tell whether a node was drained, and may go; managers are drained to stay."""
        return node_id in self.by_availability[Availability.DRAIN] and node_id not in self.managers

    def place(self, node_id: str) -> Place:
        """Return where a node is and whose; the default for one that is not known."""
        return self._places.get(node_id) or NOWHERE

    def since(self, node_id: str) -> datetime | None:
        """Return since when a node is in its state."""
        return self._since.get(node_id)

    def places(self) -> Mapping[str, Place]:
        """Return the place of every node, for good."""
        return self._places.take()

    def states_since(self) -> Mapping[str, datetime]:
        """Return since when each node is in its state, for good."""
        return self._since.take()

    def count(self) -> NodeCounts:
        """Return the nodes by state and availability."""
        return NodeCounts(
            total=len(self._places),
            ready=len(self.by_state[NodeState.READY]),
            down=len(self.by_state[NodeState.DOWN]),
            unknown=len(self.by_state[NodeState.UNKNOWN]),
            disconnected=len(self.by_state[NodeState.DISCONNECTED]),
            drain=len(self.by_availability[Availability.DRAIN]),
            pause=len(self.by_availability[Availability.PAUSE]),
            ghosts=len(self.ghosts),
        )

    def _change(self, before: Node | None, after: Node | None) -> Turn | None:
        old = before.state if before else None
        new = after.state if after else None
        if before is not None:
            self._leave(before)
        if after is not None:
            self._enter(before, after)
        elif before is not None:
            self._places.drop(before.id)
            self.traits.drop(before.id)
        self.identities.change(before, after)
        node = after or before
        if node is None or (old is new and before is not None):
            return None
        self.touched_nodes.add(node.id)
        return Turn(node, old, new, self._since.drop(node.id))

    def _leave(self, node: Node) -> None:
        self.by_state[node.state].discard(node.id)
        self.by_availability[node.availability].discard(node.id)
        self.managers.pop(node.id, None)

    def _enter(self, before: Node | None, node: Node) -> None:
        self.by_state[node.state].add(node.id)
        self.by_availability[node.availability].add(node.id)
        if node.manager is not None:
            self.managers[node.id] = node
        # Attribution costs more than all the rest, and an election changes every node's state.
        if before is None or _is_elsewhere(before, node):
            self._put(node)
        elif before.engine_version != node.engine_version:
            self.traits.move(node, self.place(node.id))
        self.traits.turn(node)

    def _put(self, node: Node) -> None:
        """Find out where a node is and whose."""
        place = self._find_place(node)
        self._places.put(node.id, place)
        self.traits.move(node, place)
        self.touched_nodes.add(node.id)

    def _date(self, turn: Turn, at: datetime, *, first: bool) -> None:
        if turn.new is not None:
            since = min(turn.node.updated_at, at) if first else at
            self._since.put(turn.node.id, since)


def _is_elsewhere(before: Node, after: Node) -> bool:
    return (before.hostname, before.addr, before.labels, before.engine_labels) != (
        after.hostname,
        after.addr,
        after.labels,
        after.engine_labels,
    )
