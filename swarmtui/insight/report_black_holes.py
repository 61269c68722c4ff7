"""Remember the nodes that were found to swallow tasks at any time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.queries import name_service
from swarmtui.insight.report import BlackHole
from swarmtui.insight.wording import name_of

_MOST = 500
"""Nodes remembered: where more fail, it is not the nodes."""


class _Hole:
    """A node from when it was first found."""

    __slots__ = ("hostname", "services", "since", "until")

    def __init__(self, hostname: str, at: datetime) -> None:
        self.hostname = hostname
        self.services: dict[str, None] = {}
        """Names, in the order in which they were found."""
        self.since = self.until = at


class BlackHoles:
    """Nodes that pictures named black holes."""

    def __init__(self, *, failures: int) -> None:
        """Take how many failures of a service make a node one, as the pictures do."""
        self._failures = failures
        self._holes: dict[str, _Hole] = {}

    def look(self, picture: Picture) -> None:
        """Take those that a picture names into account."""
        for problem in picture.problems:
            if problem.kind == "black_hole":
                for node_id in problem.nodes:
                    self._find(node_id, picture)

    def publish(
        self, failures: Mapping[str, int], places: Mapping[str, Place]
    ) -> Sequence[BlackHole]:
        """Return them, worst first; both mappings are by node id."""
        holes = [
            _publish(node_id, hole, failures.get(node_id, 0), places.get(node_id) or Place())
            for node_id, hole in self._holes.items()
        ]
        return tuple(sorted(holes, key=lambda hole: (-hole.failures, hole.since, hole.node_id)))

    def _find(self, node_id: str, picture: Picture) -> None:
        hole = self._holes.get(node_id)
        if hole is None:
            if len(self._holes) >= _MOST:
                return
            node = picture.snapshot.nodes.get(node_id)
            hole = self._holes[node_id] = _Hole(name_of(node) if node else "", picture.at)
        hole.until = picture.at
        counts = picture.failures.get(node_id, {})
        often = [service_id for service_id, count in counts.items() if count >= self._failures]
        # One that fails many services need not fail any of them often.
        for service_id in often or counts:
            name = name_service(picture.snapshot.services, service_id).shown
            hole.services[name] = None


def _publish(node_id: str, hole: _Hole, failures: int, place: Place) -> BlackHole:
    return BlackHole(
        node_id=node_id,
        hostname=hole.hostname or node_id[:12],
        region=place.region,
        contributor=place.contributor,
        failures=failures,
        services=tuple(hole.services),
        since=hole.since,
        until=hole.until,
    )
