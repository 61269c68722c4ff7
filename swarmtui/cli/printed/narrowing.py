"""Narrow a picture to the nodes a filter means, for `status --filter`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from swarmtui.insight.groups import judge
from swarmtui.insight.picture import Group, Health, NodeCounts, NodeLoad, Picture, Place, Problem
from swarmtui.insight.query import Query
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability, NodeState

_NOWHERE = Place()
_IDLE = NodeLoad()
_WORST_FIRST = (Health.CRITICAL, Health.DEGRADED, Health.HEALTHY, Health.UNKNOWN)


def narrow(picture: Picture, query: Query) -> Picture:
    """Return the picture with node counts, groups and problems of the matching nodes alone.

    Health, leader, quorum, tasks and services stay the whole swarm's: tasks without a node belong
    to no part of it, and a lost quorum concerns everybody.
    """
    if query.is_empty:
        return picture
    nodes = query.filter_nodes(picture.snapshot.nodes.values(), picture)
    ghosts = _find_ghosts(picture.snapshot.nodes.values())
    return msgspec.structs.replace(
        picture,
        nodes=_count(nodes, ghosts),
        regions=_regroup(picture.regions, nodes, ghosts, picture, lambda place: place.region),
        contributors=_regroup(
            picture.contributors, nodes, ghosts, picture, lambda place: place.contributor
        ),
        problems=tuple(_concerning(picture.problems, {node.id for node in nodes})),
    )


def _find_ghosts(nodes: Iterable[Node]) -> AbstractSet[str]:
    """Return the nodes that are down while another of their hostname is ready."""
    known = list(nodes)
    ready = {node.hostname for node in known if node.state is NodeState.READY}
    return {
        node.id
        for node in known
        if node.hostname and node.state is NodeState.DOWN and node.hostname in ready
    }


def _count(nodes: Sequence[Node], ghosts: AbstractSet[str]) -> NodeCounts:
    states = Counter(node.state for node in nodes)
    availability = Counter(node.availability for node in nodes)
    return NodeCounts(
        total=len(nodes),
        ready=states[NodeState.READY],
        down=states[NodeState.DOWN],
        unknown=states[NodeState.UNKNOWN],
        disconnected=states[NodeState.DISCONNECTED],
        drain=availability[Availability.DRAIN],
        pause=availability[Availability.PAUSE],
        ghosts=sum(node.id in ghosts for node in nodes),
    )


def _regroup(
    groups: Sequence[Group],
    nodes: Sequence[Node],
    ghosts: AbstractSet[str],
    picture: Picture,
    name_of: Callable[[Place], str],
) -> Sequence[Group]:
    """Return the groups that have matching nodes, with only those counted, worst first."""
    members: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        members[name_of(picture.places.get(node.id, _NOWHERE))].append(node)
    known = {group.name: group for group in groups}
    found = [
        _recount(known.get(name, Group(name=name)), inside, ghosts, picture)
        for name, inside in members.items()
    ]
    return sorted(found, key=_rank)


def _recount(
    group: Group, nodes: Sequence[Node], ghosts: AbstractSet[str], picture: Picture
) -> Group:
    states: Mapping[NodeState, int] = Counter(node.state for node in nodes)
    loads = [picture.loads.get(node.id, _IDLE) for node in nodes]
    # After an election unknown nodes are expected back and do not count against their group.
    back = states[NodeState.UNKNOWN] if picture.leadership.settling else 0
    alive = sum(node.id not in ghosts for node in nodes)
    health, reason = judge(alive, states[NodeState.READY] + back, states)
    return msgspec.structs.replace(
        group,
        nodes=len(nodes),
        ready=states[NodeState.READY],
        down=states[NodeState.DOWN],
        unknown=states[NodeState.UNKNOWN],
        ghosts=len(nodes) - alive,
        tasks_running=sum(load.running for load in loads),
        failures_5m=sum(load.failures_5m for load in loads),
        health=health,
        reason=reason,
        trend=(),  # of all nodes, not of these
    )


def _rank(group: Group) -> tuple[int, int, str]:
    return _WORST_FIRST.index(group.health), -group.nodes, group.name


def _concerning(problems: Iterable[Problem], ids: AbstractSet[str]) -> Iterator[Problem]:
    """Go through the problems of these nodes, and those of no node in particular."""
    for problem in problems:
        inside = tuple(id_ for id_ in problem.nodes if id_ in ids)
        if inside or not problem.nodes:
            yield msgspec.structs.replace(problem, nodes=inside)
