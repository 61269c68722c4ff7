"""Keep the roll of nodes: who is in which state since when, where, and whose; by difference."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from swarmtui.insight.picture import NodeCounts, Place
from swarmtui.insight.published import Published
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


class _Host:
    """The nodes that share a hostname."""

    __slots__ = ("down", "ready")

    def __init__(self) -> None:
        self.ready = 0
        self.down: set[str] = set()


class Roster:
    """All nodes, by every property that pictures count by."""

    def __init__(self, place: Callable[[Node], Place]) -> None:
        self.by_state: dict[NodeState, set[str]] = {state: set() for state in NodeState}
        """Node ids in each state."""
        self.ghosts: set[str] = set()
        """Nodes that are down while another node of their hostname is ready."""
        self.managers: dict[str, Node] = {}
        """Nodes that take part in the quorum, by id."""
        self.touched_nodes: set[str] = set()
        """Nodes whose state, place or ghostliness changed since somebody cleared this."""
        self._find_place = place
        self._availability: Counter[Availability] = Counter()
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._places: Published[str, Place] = Published()
        self._since: Published[str, datetime] = Published()

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
        return turns

    def place_anew(self, nodes: Iterable[Node]) -> None:
        """Find out anew where nodes are and whose: more has become known of them."""
        for node in nodes:
            self._places.put(node.id, self._find_place(node))
            self.touched_nodes.add(node.id)

    def recall(self, nodes: Mapping[str, Node], since: Mapping[str, datetime]) -> None:
        """Begin with these nodes, and since when each is in its state."""
        for node in nodes.values():
            self._enter(None, node)
        self._since.fill(since)

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
            drain=self._availability[Availability.DRAIN],
            pause=self._availability[Availability.PAUSE],
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
        node = after or before
        if node is None or (old is new and before is not None):
            return None
        self.touched_nodes.add(node.id)
        return Turn(node, old, new, self._since.drop(node.id))

    def _leave(self, node: Node) -> None:
        self.by_state[node.state].discard(node.id)
        self._availability[node.availability] -= 1
        self.managers.pop(node.id, None)
        self._host(node, change=-1)

    def _enter(self, before: Node | None, node: Node) -> None:
        self.by_state[node.state].add(node.id)
        self._availability[node.availability] += 1
        if node.manager is not None:
            self.managers[node.id] = node
        self._host(node, change=1)
        # Attribution costs more than all the rest, and an election changes every node's state.
        if before is None or _is_elsewhere(before, node):
            self._places.put(node.id, self._find_place(node))
            self.touched_nodes.add(node.id)

    def _host(self, node: Node, *, change: int) -> None:
        if not node.hostname:
            return  # not described yet: not all one machine
        host = self._hosts[node.hostname]
        if node.state is NodeState.DOWN:
            self._host_down(host, node.id, change)
        elif node.state is NodeState.READY:
            was_ready = host.ready > 0
            host.ready += change
            if was_ready is not (host.ready > 0):
                self._haunt(host)

    def _host_down(self, host: _Host, node_id: str, change: int) -> None:
        if change > 0:
            host.down.add(node_id)
            if host.ready:
                self.ghosts.add(node_id)
        else:
            host.down.discard(node_id)
            self.ghosts.discard(node_id)
        self.touched_nodes.add(node_id)

    def _haunt(self, host: _Host) -> None:
        self.touched_nodes |= host.down
        if host.ready:
            self.ghosts |= host.down
        else:
            self.ghosts -= host.down

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
