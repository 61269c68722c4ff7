"""Follow losses of many nodes at once, each by what the nodes have in common."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import chain

import msgspec

from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.traits import Kin, Trait, Traits

_CALM = timedelta(seconds=4)
"""Two polls without a further loss: what there is to be seen of a wave has been seen."""
_PATIENCE = timedelta(seconds=8)
"""A wave that goes on is told after so long, by what it looks like then."""
_CRITICAL_UNTIL = 0.8
"""Share of what makes an outage critical from which on it is not any more."""
_REGIONAL = 1.25
"""So much better has another explanation to be than a region: some nodes more or less are chance,
and regions are what goes away."""
_TELLING = 2
"""So many times as often as others must nodes be lost for what they have in common to matter."""
_ORDER = tuple(Trait)


class OutageMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An outage, as it is remembered."""

    trait: Trait
    value: str
    began_at: datetime
    last_at: datetime
    nodes: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    is_critical: bool = False


class Outage:
    """Nodes of one kin that were lost together."""

    def __init__(self, kin: Kin, at: datetime) -> None:
        self.kin = kin
        self.began_at = at
        self.last_at = at
        self.nodes: set[str] = set()
        """Those still lost."""
        self.back: set[str] = set()
        """Those that came back."""
        self.is_critical = False

    def add(self, node_id: str, at: datetime) -> None:
        """Add a node that was lost."""
        self.began_at, self.last_at = min(self.began_at, at), max(self.last_at, at)
        self.nodes.add(node_id)
        self.back.discard(node_id)

    def remember(self) -> OutageMemory:
        """Return all of it."""
        trait, value = self.kin
        return OutageMemory(
            trait=trait,
            value=value,
            began_at=self.began_at,
            last_at=self.last_at,
            nodes=frozenset(self.nodes),
            back=frozenset(self.back),
            is_critical=self.is_critical,
        )

    def recall(self, memory: OutageMemory) -> None:
        """Go on as what was remembered; of the same kin and beginning."""
        self.last_at, self.is_critical = memory.last_at, memory.is_critical
        self.nodes, self.back = set(memory.nodes), set(memory.back)


class OutagesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outages there are, and losses that belong to none yet."""

    open: tuple[OutageMemory, ...] = ()
    """In the order in which they were told."""
    loose: tuple[tuple[str, datetime], ...] = ()
    """Node ids, and when each was lost."""


class Outages:
    """The losses of many nodes at once that are not made good yet.

    A loss is told by what explains it best, and goes on to be told by that: what the first nodes
    have in common decides, once there is enough of them. A node is in one outage only.
    """

    def __init__(self, traits: Traits, *, ghosts: AbstractSet[str], thresholds: Thresholds) -> None:
        self.revision = 0
        """Another number whenever outages changed."""
        self._traits = traits
        self._ghosts = ghosts
        self._thresholds = thresholds
        self._open: dict[Kin, Outage] = {}
        self._loose: dict[str, datetime] = {}
        """When nodes were lost that belong to no outage, as long as they may; oldest first."""

    def lose(self, node_id: str, at: datetime) -> None:
        """Take a loss into account."""
        self.revision += 1
        for kin in self._traits.of(node_id):
            outage = self._open.get(kin)
            if outage is not None and at - outage.last_at <= self._thresholds.wave_window:
                outage.add(node_id, at)
                return
        self._loose.pop(node_id, None)
        self._loose[node_id] = at

    def mend(self, node_id: str, *, is_back: bool) -> None:
        """Take into account that a node is lost no more: it came back, or was removed."""
        self._loose.pop(node_id, None)
        self.revision += 1
        for outage in self._open.values():
            if node_id in outage.nodes:
                outage.nodes.discard(node_id)
                if is_back:
                    outage.back.add(node_id)

    def decide(self, at: datetime) -> None:
        """Find out what is an outage now, and what is none any more."""
        if self._loose:
            # Looks can be further apart than the losses that one of them shows together.
            self._forget(before=max(self._loose.values()) - self._thresholds.wave_window)
            self._find_new(at)
            self._forget(before=at - self._thresholds.wave_window)
        for outage in [*self._open.values()]:
            self._judge(outage)

    def all(self) -> Sequence[Outage]:
        """Return the outages, in the order in which they were told."""
        return tuple(self._open.values())

    def count(self, outage: Outage) -> int:
        """Return how many nodes its kin has: live ones, and those that are lost.

        What was down long before, ghosts for the most part, does not count.
        """
        gone = outage.nodes - self._traits.live - self._ghosts
        return self._traits.count_live(outage.kin) + len(gone)

    def remember(self) -> OutagesMemory:
        """Return what is open."""
        return OutagesMemory(
            open=tuple(outage.remember() for outage in self._open.values()),
            loose=tuple(self._loose.items()),
        )

    def recall(self, memory: OutagesMemory) -> None:
        """Begin with what was remembered."""
        for was in memory.open:
            kin = was.trait, was.value
            outage = self._open[kin] = Outage(kin, was.began_at)
            outage.recall(was)
        self._loose = dict(memory.loose)

    def _forget(self, *, before: datetime) -> None:
        for node_id in [id_ for id_, at in self._loose.items() if at < before]:
            del self._loose[node_id]

    def _find_new(self, at: datetime) -> None:
        """Begin what explains losses, the best first; a surprising explanation can wait."""
        times = self._loose.values()
        is_seen_whole = at - max(times) >= _CALM or at - min(times) >= _PATIENCE
        losses = _Losses(self._traits, [id_ for id_ in self._loose if id_ not in self._ghosts])
        while (kin := self._explain(losses)) is not None:
            if kin[0] is not Trait.REGION and not is_seen_whole:
                return
            self._begin(kin, losses)

    def _explain(self, losses: "_Losses") -> Kin | None:
        """Return what explains losses best: most of them, and at the highest share of itself."""
        guesses = {
            kin: _score(kin, lost, size)
            for kin, lost in losses.lost.items()
            if lost and lost >= self._needed(size := losses.count(kin))
            if kin[0] is Trait.REGION or losses.is_telling(lost, size)
        }
        return max(guesses, key=lambda kin: _rank(kin, guesses[kin]), default=None)

    def _needed(self, size: int) -> float:
        return max(self._thresholds.wave_fewest, size * self._thresholds.wave_share)

    def _begin(self, kin: Kin, losses: "_Losses") -> None:
        nodes = losses.take(kin)
        outage = self._open.get(kin) or Outage(kin, self._loose[nodes[0]])
        self._open[kin] = outage
        self.revision += 1
        for node_id in nodes:
            outage.add(node_id, self._loose.pop(node_id))

    def _judge(self, outage: Outage) -> None:
        """End an outage of which little is left, and find out how loud it is."""
        lost, size = len(outage.nodes - self._ghosts), self.count(outage)
        if lost * 2 < self._needed(size):
            del self._open[outage.kin]
            self.revision += 1
            return
        limit = max(
            size * self._thresholds.wave_critical,
            len(self._traits.live) * self._thresholds.wave_critical_of_all,
        )
        is_critical = lost >= limit * (_CRITICAL_UNTIL if outage.is_critical else 1)
        self.revision += is_critical is not outage.is_critical
        outage.is_critical = is_critical


class _Losses:
    """Nodes that were lost, counted by all they have in common."""

    def __init__(self, traits: Traits, nodes: Sequence[str]) -> None:
        self._traits = traits
        self._nodes = dict.fromkeys(nodes)
        self._all = len(traits.live.union(nodes))
        self.lost = Counter(chain.from_iterable(map(traits.of, nodes)))
        gone = (node_id for node_id in nodes if node_id not in traits.live)
        self._gone = Counter(chain.from_iterable(map(traits.of, gone)))

    def count(self, kin: Kin) -> int:
        """Return how many nodes of a kin there are, with those that were lost."""
        return self._traits.count_live(kin) + self._gone[kin]

    def is_telling(self, lost: int, size: int) -> bool:
        """Tell whether so many of so many is so much more than of the others that it shows."""
        lost_others, others = len(self._nodes) - lost, self._all - size
        return others > 0 and lost * others >= _TELLING * lost_others * size

    def take(self, kin: Kin) -> Sequence[str]:
        """Return the nodes of a kin, and count them no more, here and among all nodes."""
        of = self._traits.of
        nodes = [node_id for node_id in self._nodes if kin in of(node_id)]
        self.lost.subtract(chain.from_iterable(map(of, nodes)))
        gone = [node_id for node_id in nodes if node_id not in self._traits.live]
        self._gone.subtract(chain.from_iterable(map(of, gone)))
        self._all -= len(gone)
        for node_id in nodes:
            del self._nodes[node_id]
        return nodes


def _score(kin: Kin, lost: int, size: int) -> float:
    return lost * lost / size * (_REGIONAL if kin[0] is Trait.REGION else 1)


def _rank(kin: Kin, score: float) -> tuple[float, int, int]:
    """Rank an explanation; of equals the one of the first node lost goes before."""
    trait, value = kin
    # A wider network that explains no more than a narrow one is only wider.
    narrowness = int(value.rpartition("/")[2]) if trait is Trait.SUBNET else 0
    return score, -_ORDER.index(trait), narrowness
