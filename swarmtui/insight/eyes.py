"""See places that were found out by somebody else, long ago, from a viewpoint of today."""

from msgspec.structs import replace

from swarmtui.insight.attribution import UNCLAIMED, UNPLACED, Attribution, Rules
from swarmtui.insight.claim import Claims
from swarmtui.insight.picture import Place
from swarmtui.insight.viewpoint import Viewpoint, is_alike
from swarmtui.swarm.entities import Node

REASONS = ("node label", "engine label", "claims file", "inventory", "hostname pattern", "network")
"""Why a node is somewhere or somebody's, the best reason first: those of `Place`."""


class Eyes:
    """Whose nodes are mine, and what new claims say, on top of what was known."""

    def __init__(self, viewpoint: Viewpoint) -> None:
        self.viewpoint = viewpoint
        rules = Rules(
            region_labels=(),
            contributor_labels=(),
            hostname_patterns=(),
            claims=viewpoint.claims,
            mine=viewpoint.mine,
        )
        self._attribution = Attribution(rules)
        self._has_claims = viewpoint.claims != Claims()
        self._are_mine: dict[str, bool] = {}
        """Whether a contributor is me, of those that were asked for."""

    def see(self, node: Node, place: Place) -> Place:
        """Return the place as it is seen from here."""
        if self._has_claims:
            place = better_of(self._attribution.place(node), place)
        is_alike_mine = is_alike(node, place.contributor, self.viewpoint.pattern)
        mine = self._is_mine(place.contributor) or is_alike_mine
        return place if mine is place.mine else replace(place, mine=mine)

    def _is_mine(self, contributor: str) -> bool:
        if contributor not in self._are_mine:
            self._are_mine[contributor] = self._attribution.is_mine(contributor)
        return self._are_mine[contributor]


def better_of(new: Place, old: Place) -> Place:
    """Return the region and the contributor that stand on the better reason; of equals the new."""
    if new.region != UNPLACED and _rank(new.region_from) <= _rank(old.region_from):
        old = replace(old, region=new.region, region_from=new.region_from)
    if new.contributor != UNCLAIMED and _rank(new.contributor_from) <= _rank(old.contributor_from):
        old = replace(old, contributor=new.contributor, contributor_from=new.contributor_from)
    return old


def _rank(reason: str) -> int:
    return REASONS.index(reason) if reason in REASONS else len(REASONS)
