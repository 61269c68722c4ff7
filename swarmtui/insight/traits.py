"""Know what nodes have in common: a region, a contributor, a network, an engine; by difference."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from itertools import chain

from swarmtui.insight.machines import address_of
from swarmtui.insight.picture import Place
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

_GONE = frozenset({NodeState.DOWN, NodeState.DISCONNECTED})
_UNCLAIMED = Place().contributor
_MOST_NODES = 1 << 15
"""What is known of a whole swarm is kept: its nodes are looked at anew with every seek."""


class Trait(StrEnum):
    """What nodes may have in common, the likeliest cause of a common fate first."""

    REGION = "region"
    CONTRIBUTOR = "contributor"
    SUBNET = "subnet"
    ENGINE = "engine"


Kin = tuple[Trait, str]
"""All nodes with the same value of a trait, as the trait and the value."""


class Traits:
    """The traits of all nodes, and how many live ones have each."""

    def __init__(self) -> None:
        self.live: set[str] = set()
        """Nodes that are neither down nor disconnected."""
        self.revision = 0
        """Another number whenever a node came, went, moved or turned."""
        self._kins: dict[str, tuple[Kin, ...]] = {}
        self._count: Counter[Kin] = Counter()

    def move(self, node: Node, place: Place) -> None:
        """Take a node in, or take it at another place, with another address or engine."""
        self.revision += 1
        is_live = node.id in self.live
        if is_live:
            self._count.subtract(self._kins[node.id])
        self._kins[node.id] = kins = _find_kins(node, place)
        if is_live:
            self._count.update(kins)

    def recall(self, places: Sequence[tuple[Node, Place]]) -> None:
        """Begin with these nodes, and where each is."""
        self.revision += 1
        self._kins = {node.id: _find_kins(node, place) for node, place in places}
        self.live = {node.id for node, _ in places if node.state not in _GONE}
        self._count = Counter(chain.from_iterable(map(self._kins.__getitem__, self.live)))

    def turn(self, node: Node) -> None:
        """Take the state of a node into account that was taken in."""
        is_live = node.state not in _GONE
        if is_live is (node.id in self.live):
            return
        self.revision += 1
        if is_live:
            self.live.add(node.id)
            self._count.update(self._kins[node.id])
        else:
            self.live.discard(node.id)
            self._count.subtract(self._kins[node.id])

    def drop(self, node_id: str) -> None:
        """Forget a node that was removed."""
        self.revision += 1
        kins = self._kins.pop(node_id, ())
        if node_id in self.live:
            self.live.discard(node_id)
            self._count.subtract(kins)

    def of(self, node_id: str) -> tuple[Kin, ...]:
        """Return everything a node shares with others."""
        return self._kins.get(node_id, ())

    def count_live(self, kin: Kin) -> int:
        """Return how many nodes of a kin are live."""
        return self._count[kin]


def _find_kins(node: Node, place: Place) -> tuple[Kin, ...]:
    return _list_kins(place.region, place.contributor, address_of(node), node.engine_version)


@lru_cache(maxsize=_MOST_NODES)
def _list_kins(region: str, contributor: str, address: str, engine: str) -> tuple[Kin, ...]:
    kins = [(Trait.REGION, region)]
    if contributor != _UNCLAIMED:
        kins.append((Trait.CONTRIBUTOR, contributor))
    kins += [(Trait.SUBNET, network) for network in find_networks(address)]
    if engine:
        kins.append((Trait.ENGINE, engine))
    return tuple(kins)


@lru_cache(maxsize=_MOST_NODES)
def find_networks(address: str) -> tuple[str, ...]:
    """Return the networks an address is in, a rack's or so and a provider's; none for nothing."""
    if "." in address and ":" not in address:
        first, second, third, _ = address.split(".")  # a network object takes ten times as long
        return (f"{first}.{second}.{third}.0/24", f"{first}.{second}.0.0/16")
    lengths = (64, 48) if address else ()
    return tuple(str(ip_network((address, length), strict=False)) for length in lengths)
