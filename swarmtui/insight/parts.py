"""What a region or a contributor consists of: its nodes, and whose or where they are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from swarmtui.insight.groups import judge
from swarmtui.insight.picture import Group, Phase, Picture, Place, Problem
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

FIELDS: Mapping[str, str] = {"region": "contributor", "contributor": "region"}
"""What each kind of group is divided by."""


class GroupName(NamedTuple):
    """Which group: `region` or `contributor`, and its name."""

    field: str
    name: str

    def find(self, picture: Picture) -> Group | None:
        """Return the group as a picture has it; `None` when it has none of this name."""
        groups = picture.regions if self.field == "region" else picture.contributors
        return next((group for group in groups if group.name == self.name), None)

    def holds(self, place: Place) -> bool:
        """Tell whether a node at this place belongs to it."""
        return bool(getattr(place, self.field) == self.name)


def members_of(which: GroupName, picture: Picture) -> dict[str, Node]:
    """Return the nodes of a group, by id."""
    nodes = picture.snapshot.nodes
    return {
        id_: nodes[id_]
        for id_, place in picture.places.items()
        if which.holds(place) and id_ in nodes
    }


def parts_of(which: GroupName, members: Mapping[str, Node], picture: Picture) -> Sequence[Group]:
    """Return who has nodes in a region, or where a contributor's nodes are; the most first.

    While nodes come back from an election, those that are unknown are expected to.
    """
    name_of = attrgetter(FIELDS[which.field])
    parts: defaultdict[str, list[Node]] = defaultdict(list)
    for id_, node in members.items():
        parts[name_of(picture.places[id_])].append(node)
    groups = [_part(name, nodes, picture) for name, nodes in parts.items()]
    return tuple(sorted(groups, key=lambda group: (-group.nodes, group.name)))


def concerns(problem: Problem, which: GroupName, members: Mapping[str, Node]) -> bool:
    """Tell whether a problem is about a group, or about nodes of it."""
    return problem.subject == which.name or not members.keys().isdisjoint(problem.nodes)


def _part(name: str, nodes: Sequence[Node], picture: Picture) -> Group:
    states = Counter(node.state for node in nodes)
    loads = [load for node in nodes if (load := picture.loads.get(node.id)) is not None]
    is_led = picture.leadership.phase is Phase.LED
    expected = 0 if is_led else states[NodeState.UNKNOWN]
    health, reason = judge(len(nodes), states[NodeState.READY] + expected, states)
    return Group(
        name=name,
        nodes=len(nodes),
        ready=states[NodeState.READY],
        down=states[NodeState.DOWN],
        unknown=states[NodeState.UNKNOWN],
        tasks_running=sum(load.running for load in loads),
        failures_5m=sum(load.failures_5m for load in loads),
        health=health,
        reason=reason,
    )
