"""Know what nodes have in common: a region, a contributor, a network, an engine; by difference."""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from itertools import compress
from operator import attrgetter

from swarmtui.insight.machines import address_of
from swarmtui.insight.picture import Place
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

_GONE = frozenset({NodeState.DOWN, NodeState.DISCONNECTED})
_UNCLAIMED = Place().contributor
_ID_OF, _ENGINE_OF = attrgetter("id"), attrgetter("engine_version")
_REGION_OF, _CONTRIBUTOR_OF = attrgetter("region"), attrgetter("contributor")
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
        self._due: tuple[Collection[Node], Sequence[Place], Sequence[str]] | None = None
        """The nodes that it began with, until it knows what they share."""

    def move(self, node: Node, place: Place) -> None:
        """Take a node in, or take it at another place, with another address or engine."""
        self._settle()
        self.revision += 1
        is_live = node.id in self.live
        if is_live:
            self._count.subtract(self._kins[node.id])
        self._kins[node.id] = kins = _find_kins(node, place)
        if is_live:
            self._count.update(kins)

    def recall(
        self, nodes: Collection[Node], places: Sequence[Place], addresses: Sequence[str]
    ) -> None:
        """Begin with these nodes, where each of them is, and its address.

        What they share is found out when somebody asks, or one of them changes it: in a swarm that
        has lost no node nobody does. Until then none of these must change.
        """
        self.revision += 1
        self.live = {node.id for node in nodes if node.state not in _GONE}
        self._due = nodes, places, addresses

    def _settle(self) -> None:
        """Find out what the nodes share that it began with."""
        if self._due is None:
            return
        (nodes, places, addresses), self._due = self._due, None
        # Most nodes have all in common with many: made, and counted, once for those alike.
        fields = map(_REGION_OF, places), map(_CONTRIBUTOR_OF, places)
        networks, engines = map(find_networks, addresses), map(_ENGINE_OF, nodes)
        alike = [*zip(*fields, networks, engines, strict=True)]
        counts = Counter(alike)
        kins = {each: _list_kins(*each) for each in counts}
        self._kins = dict(zip(map(_ID_OF, nodes), map(kins.__getitem__, alike), strict=True))
        counts.subtract(compress(alike, [node.state in _GONE for node in nodes]))
        self._count = Counter()
        for each, count in counts.items():
            for kin in kins[each]:
                self._count[kin] += count

    def turn(self, node: Node) -> None:
        """Take the state of a node into account that was taken in."""
        is_live = node.state not in _GONE
        if is_live is (node.id in self.live):
            return
        self._settle()
        self.revision += 1
        if is_live:
            self.live.add(node.id)
            self._count.update(self._kins[node.id])
        else:
            self.live.discard(node.id)
            self._count.subtract(self._kins[node.id])

    def drop(self, node_id: str) -> None:
        """Forget a node that was removed."""
        self._settle()
        self.revision += 1
        kins = self._kins.pop(node_id, ())
        if node_id in self.live:
            self.live.discard(node_id)
            self._count.subtract(kins)

    def of(self, node_id: str) -> tuple[Kin, ...]:
        """Return everything a node shares with others."""
        self._settle()
        return self._kins.get(node_id, ())

    def count_live(self, kin: Kin) -> int:
        """Return how many nodes of a kin are live."""
        self._settle()
        return self._count[kin]


def _find_kins(node: Node, place: Place) -> tuple[Kin, ...]:
    networks = find_networks(address_of(node))
    return _list_kins(place.region, place.contributor, networks, node.engine_version)


@lru_cache(maxsize=_MOST_NODES)
def _list_kins(
    region: str, contributor: str, networks: tuple[str, ...], engine: str
) -> tuple[Kin, ...]:
    kins = [(Trait.REGION, region)]
    if contributor != _UNCLAIMED:
        kins.append((Trait.CONTRIBUTOR, contributor))
    kins += [(Trait.SUBNET, network) for network in networks]
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
