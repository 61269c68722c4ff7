"""Remember who was in the swarm at any time, where and whose, and what each group gave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from swarmtui.insight.picture import Group, NodeCounts, Picture, Place
from swarmtui.insight.report import GroupLine
from swarmtui.insight.roster import NOWHERE


class _Side:
    """Regions, or contributors: the groups of pictures, by name."""

    def __init__(self) -> None:
        self.most_ready: dict[str, int] = {}
        self.at_peak: Mapping[str, int] = {}
        """Running tasks in the picture with the most of them."""
        self.last: Mapping[str, Group] = {}
        self.pledged: dict[str, int] = {}

    def look(self, groups: Sequence[Group], *, is_peak: bool) -> None:
        for group in groups:
            if group.ready > self.most_ready.get(group.name, -1):
                self.most_ready[group.name] = group.ready
            if group.pledged is not None:
                self.pledged[group.name] = group.pledged
        if is_peak:
            self.at_peak = {group.name: group.tasks_running for group in groups}
        self.last = {group.name: group for group in groups}

    def publish(self, joined: Counter[str], failures: Counter[str]) -> Sequence[GroupLine]:
        total = joined.total()
        names = self.most_ready.keys() | joined.keys() | failures.keys()
        lines = [
            GroupLine(
                name=name,
                pledged=self.pledged.get(name),
                joined=joined[name],
                share=joined[name] / total if total else 0.0,
                ready=self.most_ready.get(name, 0),
                tasks=self.at_peak.get(name, 0),
                failures=failures[name],
                left=_count(self.last.get(name)),
            )
            for name in names
        ]
        return tuple(sorted(lines, key=lambda line: (-line.joined, line.name)))


class Tables(NamedTuple):
    """What each region and each contributor gave."""

    regions: Sequence[GroupLine]
    contributors: Sequence[GroupLine]


class Crowd:
    """All nodes that were in the swarm at any time."""

    def __init__(self, present: Iterable[str]) -> None:
        self._ids = set(present)
        self.places: dict[str, Place] = {}
        """Of every node that a picture showed, as it was last."""
        self._regions = _Side()
        self._contributors = _Side()
        self._most_running = -1

    def add(self, node_ids: Iterable[str]) -> None:
        """Take nodes into account that came."""
        self._ids.update(node_ids)

    def look(self, picture: Picture) -> None:
        """Take a picture's places and groups into account."""
        self.places.update(picture.places)
        is_peak = picture.tasks.running > self._most_running
        self._most_running = max(self._most_running, picture.tasks.running)
        self._regions.look(picture.regions, is_peak=is_peak)
        self._contributors.look(picture.contributors, is_peak=is_peak)

    def publish(self, failures: Mapping[str, int]) -> Tables:
        """Return the groups, biggest first; `failures` are by node id."""
        return Tables(
            self._sum(self._regions, lambda place: place.region, failures),
            self._sum(self._contributors, lambda place: place.contributor, failures),
        )

    def _sum(
        self, side: _Side, name_of: Callable[[Place], str], failures: Mapping[str, int]
    ) -> Sequence[GroupLine]:
        joined = Counter(name_of(self._place(id_)) for id_ in self._ids)
        failed: Counter[str] = Counter()
        for node_id, count in failures.items():
            failed[name_of(self._place(node_id))] += count
        return side.publish(joined, failed)

    def _place(self, node_id: str) -> Place:
        return self.places.get(node_id, NOWHERE)


def _count(group: Group | None) -> NodeCounts:
    if group is None:
        return NodeCounts()
    return NodeCounts(
        total=group.nodes,
        ready=group.ready,
        down=group.down,
        unknown=group.unknown,
        ghosts=group.ghosts,
    )
