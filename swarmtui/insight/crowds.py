"""Who brought what: contributors with their pledges, and what nobody has claimed, by hostname."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from operator import attrgetter

import msgspec

from swarmtui.insight.picture import Group, Picture, Place
from swarmtui.insight.query_syntax import quote
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import NodeState

UNCLAIMED = Place().contributor
_NUMBER = re.compile(r"\d+")
_STATE, _RUNNING, _FAILURES = map(attrgetter, ("state", "running", "failures_5m"))
_MOST_PATTERNS = 50
"""What is named in more ways than this is named at random."""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """A contributor's nodes, or unclaimed ones with similar names."""

    name: str
    """The contributor; for unclaimed ones the hostname with `#` for its numbers."""
    is_pattern: bool = False
    query: str = ""
    """Filter that shows its nodes."""
    mine: bool = False
    pledged: int | None = None
    """Nodes promised; `None` when nothing was."""
    joined: int = 0
    """Without ghosts: a machine that joined twice is one."""
    ready: int = 0
    down: int = 0
    unknown: int = 0
    ghosts: int = 0
    tasks: int = 0
    """Tasks running on its nodes."""
    failures_5m: int = 0
    share: float = 0.0
    """Its ready nodes as a part of all ready nodes, from 0 to 1."""
    trend: Sequence[int] = ()
    """Ready nodes over the last minutes, oldest first."""

    @property
    def missing(self) -> int:
        """Return how many nodes were promised and have not joined."""
        return max(0, (self.pledged or 0) - self.joined)


def crowds_of(picture: Picture) -> list[Crowd]:
    """Return the contributors, those with pledges and no nodes too, then the unclaimed patterns."""
    every_ready = picture.nodes.ready
    owners = {place.contributor for place in picture.places.values() if place.mine}
    mine = owners - {UNCLAIMED}
    crowds = [_of_group(group, every_ready, mine) for group in picture.contributors]
    return [*crowds, *_unclaimed(picture, every_ready)]


@lru_cache(maxsize=1 << 15)
def pattern_of(hostname: str) -> str:
    """Return a hostname with its numbers taken out: `ip-172-31-5-7` is `ip-#-#-#-#`."""
    return _NUMBER.sub("#", hostname)


def _of_group(group: Group, every_ready: int, mine: set[str]) -> Crowd:
    return Crowd(
        name=group.name,
        query=f"contributor:{quote(group.name)}",
        mine=group.mine or group.name in mine,
        pledged=group.pledged,
        joined=group.machines,
        ready=group.ready,
        down=group.down - group.ghosts,
        unknown=group.unknown,
        ghosts=group.ghosts,
        tasks=group.tasks_running,
        failures_5m=group.failures_5m,
        share=group.ready / every_ready if every_ready else 0.0,
        trend=group.trend,
    )


def _unclaimed(picture: Picture, every_ready: int) -> Iterator[Crowd]:
    """Yield the unclaimed nodes by what their hostnames have in common, the most first."""
    nodes, ghosts = picture.snapshot.nodes, _find_ghosts(picture)
    found: dict[str, list[Node]] = defaultdict(list)
    for node_id, place in picture.places.items():
        if place.contributor == UNCLAIMED and (node := nodes.get(node_id)) is not None:
            found[pattern_of(node.hostname)].append(node)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    for pattern, members in ranked[:_MOST_PATTERNS]:
        yield _of_pattern(pattern, members, picture, every_ready, ghosts)


def _find_ghosts(picture: Picture) -> AbstractSet[str]:
    """Return the ids of all ghosts: their problem names each."""
    found = [problem.nodes for problem in picture.problems if problem.kind == "ghosts"]
    return frozenset[str]().union(*found)


def _of_pattern(
    pattern: str,
    nodes: Sequence[Node],
    picture: Picture,
    every_ready: int,
    every_ghost: AbstractSet[str],
) -> Crowd:
    ghosts = sum(node.id in every_ghost for node in nodes)
    states = Counter(map(_STATE, nodes))
    mine = any(place.mine for node in nodes if (place := picture.places.get(node.id)) is not None)
    loads = [load for node in nodes if (load := picture.loads.get(node.id)) is not None]
    return Crowd(
        name=pattern,
        is_pattern=True,
        query=f"contributor:{UNCLAIMED} hostname~{quote(_regex(pattern))}",
        mine=mine,
        joined=len(nodes) - ghosts,
        ready=states[NodeState.READY],
        down=states[NodeState.DOWN] + states[NodeState.DISCONNECTED] - ghosts,
        unknown=states[NodeState.UNKNOWN],
        ghosts=ghosts,
        tasks=sum(map(_RUNNING, loads)),
        failures_5m=sum(map(_FAILURES, loads)),
        share=states[NodeState.READY] / every_ready if every_ready else 0.0,
    )


def _regex(pattern: str) -> str:
    return "^" + r"\d+".join(map(re.escape, pattern.split("#"))) + "$"


def sum_of(crowds: Iterable[Crowd]) -> Crowd:
    """Return what contributors have together; patterns are part of the unclaimed already."""
    found = [crowd for crowd in crowds if not crowd.is_pattern]
    return Crowd(
        name="",
        pledged=sum(crowd.pledged or 0 for crowd in found),
        joined=sum(crowd.joined for crowd in found),
        ready=sum(crowd.ready for crowd in found),
        ghosts=sum(crowd.ghosts for crowd in found),
    )
