"""Tell which nodes are one machine: ghosts of one that joined again, and machines there twice."""

from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import chain, compress, islice
from typing import NamedTuple

from swarmtui.insight.machines import address_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

_FOUND_OUT = timedelta(minutes=1)
"""A machine can be back under a new id before the leader misses it under the old one: that takes
13 s, after an election 31 s, and another leader's clock may be off by some more."""


class _Joined(NamedTuple):
    """A node, in the order of joining."""

    at: datetime
    """By the leader's clock, as all that this is compared with."""
    id: str


class Sharing:
    """Nodes by one property, which most of them have for themselves."""

    def __init__(self) -> None:
        self._alone: dict[str, Node] = {}
        self._several: dict[str, dict[str, Node]] = {}

    def fill(self, values: Sequence[str], nodes: Collection[Node]) -> None:
        """Begin with these nodes, and with the value of each; an empty one is none."""
        self._alone = dict(zip(values, nodes, strict=True))
        if len(self._alone) == len(values):
            self._several = {}
            self._alone.pop("", None)
            return
        counts = Counter(values)
        self._several = {value: {} for value, n in counts.items() if n > 1 and value}
        for value in {"", *self._several}:
            self._alone.pop(value, None)
        is_shared = map(self._several.__contains__, values)
        for value, node in compress(zip(values, nodes, strict=True), is_shared):
            self._several[value][node.id] = node

    def add(self, value: str, node: Node) -> None:
        """Take a node in, or take it as it is now."""
        other = self._alone.get(value)
        if value in self._several:
            self._several[value][node.id] = node
        elif other is None or other.id == node.id:
            self._alone[value] = node
        else:
            del self._alone[value]
            self._several[value] = {other.id: other, node.id: node}

    def shared(self) -> AbstractSet[str]:
        """Return the values that several nodes have."""
        return self._several.keys()

    def remove(self, value: str, node: Node) -> None:
        """Forget a node that was taken in."""
        several = self._several.get(value)
        if several is None:
            self._alone.pop(value, None)
            return
        several.pop(node.id, None)
        if len(several) == 1:
            del self._several[value]
            self._alone[value] = next(iter(several.values()))

    def several(self, value: str) -> Collection[Node]:
        """Return the nodes that share this value; none when a node has it for itself."""
        several = self._several.get(value)
        return several.values() if several is not None else ()

    def alone(self, value: str) -> Node | None:
        """Return the node that has this value for itself."""
        return self._alone.get(value)


_Key = tuple[bool, str]
"""Whether it is a hostname, else it is an address; and that."""


class Identities:
    """All nodes by hostname and by address, kept up by what changes."""

    def __init__(self) -> None:
        self.ghosts: set[str] = set()
        """Nodes that are down, and whose machine has joined anew since."""
        self._hosts = Sharing()
        self._addresses = Sharing()
        self._newest: dict[_Key, _Joined | None] = {}
        """Whom others may be ghosts of, by what several nodes share."""
        self._twins: dict[tuple[str, str], Sequence[str]] = {}
        """Live nodes that share their hostname and their address, by both."""
        self._changed: dict[str, Node] = {}
        """Nodes that are down, as they are since the last time."""
        self._dirty: dict[tuple[str, str], None] = {}
        """Hostnames and addresses that nodes came to or went from since."""

    def change(self, before: Node | None, after: Node | None) -> None:
        """Take a node that changed into account; `settle` says what comes of it."""
        if before is not None and after is not None and _is_alike(before, after):
            return
        if before is not None:
            self._remove(before)
        if after is not None:
            self._add(after)
        if before is not None and (after is None or not _is_down(after)):
            self.ghosts.discard(before.id)

    def settle(self) -> Sequence[str]:
        """Find out who is a ghost now, and return those that were none or are none any more."""
        again = self._changed
        keys = chain.from_iterable(((True, host), (False, addr)) for host, addr in self._dirty)
        for key in dict.fromkeys(keys):
            again |= self._find_newest(key)
        for hostname, address in self._dirty:
            self._find_twins(hostname, address)
        touched = [node.id for node in again.values() if self._haunt(node)]
        self._changed, self._dirty = {}, {}
        return touched

    def doubles(self) -> Sequence[Sequence[str]]:
        """Return the live nodes that share hostname and address, those of one machine together."""
        return [self._twins[key] for key in sorted(self._twins)]

    def recall(self, nodes: Collection[Node], addresses: Sequence[str]) -> None:
        """Begin with these nodes, and with the address of each."""
        hostnames = [node.hostname for node in nodes]
        self._hosts.fill(hostnames, nodes)
        self._addresses.fill(addresses, nodes)
        # Of machines that have all to themselves there is nothing to find out.
        hosts, addressed = self._hosts.shared(), self._addresses.shared()
        for key in [*((True, host) for host in hosts), *((False, addr) for addr in addressed)]:
            self._find_newest(key)
        if hosts and addressed:
            keys = {*zip(hostnames, addresses, strict=True)}
            for hostname, address in keys:
                if hostname in hosts and address in addressed:
                    self._find_twins(hostname, address)
        down = NodeState.DOWN
        for node in [node for node in nodes if node.state is down]:
            self._haunt(node)

    def _add(self, node: Node) -> None:
        hostname, address = node.hostname, address_of(node)
        if hostname:  # without one: not described yet
            self._hosts.add(hostname, node)
        if address:
            self._addresses.add(address, node)
        self._dirty[hostname, address] = None
        if _is_down(node):
            self._changed[node.id] = node

    def _remove(self, node: Node) -> None:
        hostname, address = node.hostname, address_of(node)
        if hostname:
            self._hosts.remove(hostname, node)
        if address:
            self._addresses.remove(address, node)
        self._dirty[hostname, address] = None
        self._changed.pop(node.id, None)

    def _find_newest(self, key: _Key) -> dict[str, Node]:
        """Find out whom others may be ghosts of, and return those for whom that is news."""
        is_host, value = key
        sharing = self._hosts if is_host else self._addresses
        several = sharing.several(value)
        if several:
            newest = _find_newest(several)
            if key in self._newest and newest == self._newest[key]:
                return {}
            self._newest[key] = newest
            return {node.id: node for node in several if _is_down(node)}
        if key not in self._newest:
            return {}
        del self._newest[key]
        alone = sharing.alone(value)
        return {alone.id: alone} if alone is not None and _is_down(alone) else {}

    def _find_twins(self, hostname: str, address: str) -> None:
        several = min(self._hosts.several(hostname), self._addresses.several(address), key=len)
        twins = [node.id for node in several if _is_twin(node, hostname, address)]
        if len(twins) > 1:
            self._twins[hostname, address] = sorted(twins)
        else:
            self._twins.pop((hostname, address), None)

    def _haunt(self, node: Node) -> bool:
        """Find out whether a node that is down is a ghost, and tell whether that is news."""
        was = node.id in self.ghosts
        keys = (True, node.hostname), (False, address_of(node))
        is_ghost = any(_is_ghost(node, self._newest.get(key)) for key in keys)
        if is_ghost:
            self.ghosts.add(node.id)
        else:
            self.ghosts.discard(node.id)
        return is_ghost is not was


def _find_newest(nodes: Collection[Node]) -> _Joined | None:
    """Return the only one that is live or, when none is, who joined last.

    Where several are live, hosts are called alike or share an address: that one of them joined
    says nothing of those that are down.
    """
    live = list(islice((node for node in nodes if not _is_down(node)), 2))
    if len(live) > 1:
        return None
    return max(_Joined(node.created_at, node.id) for node in live or nodes)


def _is_ghost(node: Node, newest: _Joined | None) -> bool:
    """Tell whether the newest joined since this one went down: a machine is no two nodes."""
    if newest is None or newest.id == node.id:
        return False
    return newest.at >= node.updated_at - _FOUND_OUT


def _is_down(node: Node) -> bool:
    return node.state is NodeState.DOWN


def _is_twin(node: Node, hostname: str, address: str) -> bool:
    return not _is_down(node) and node.hostname == hostname and address_of(node) == address


def _is_alike(before: Node, after: Node) -> bool:
    """Tell whether a node is the same as before to all who share its hostname or address."""
    was_down, is_down = _is_down(before), _is_down(after)
    if was_down is not is_down or (is_down and before.updated_at != after.updated_at):
        return False
    if before.hostname != after.hostname or before.created_at != after.created_at:
        return False
    return address_of(before) == address_of(after)
