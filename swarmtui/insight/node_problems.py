"""Find nodes that are down: a region at once, one by one, ghosts, and what still counts on them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from swarmtui.insight.picture import Place, Problem, Severity
from swarmtui.insight.queries import query_field, query_nodes
from swarmtui.insight.waves import WINDOW, Loss
from swarmtui.insight.wording import count_of, name_of, names_of, seconds_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain

_OLD = timedelta(hours=1)
"""A node down for longer is known and accepted, or forgotten: no alarm any more."""
_FEWEST = 3
_NAMED = 3
"""Names in a sentence; the filter shows the others."""
_UNPLACED = Place().region


class Lost(NamedTuple):
    """What there is to know of nodes that are not ready."""

    nodes: Mapping[str, Node]
    """All nodes, by id."""
    down: Collection[str]
    """Down or disconnected."""
    unknown: Collection[str]
    """Unknown, without those expected back after an election."""
    ghosts: Collection[str]
    losses: Sequence[Loss]
    since: Callable[[str], datetime | None]
    size_of: Callable[[str], int]
    """Nodes in a region."""
    is_settling: bool
    running_on: Callable[[str], int]


def find_node_problems(lost: Lost, now: datetime) -> Iterator[Problem]:
    """Go through the problems of nodes, as of `now`."""
    told: set[str] = set()
    for region in sorted({loss.region for loss in lost.losses}):
        problem = _find_region(lost, region)
        if problem is not None:
            told.update(problem.nodes)
            yield problem
    down = [id_ for id_ in lost.down if id_ not in told and id_ not in lost.ghosts]
    yield from _find_down(lost, down, now)
    yield from _find_unknown(lost, [id_ for id_ in lost.unknown if id_ not in told], now)
    yield from _find_ghosts(lost, now)
    yield from _find_running(lost, now)


def _find_region(lost: Lost, region: str) -> Problem | None:
    size = lost.size_of(region)
    needed = max(_FEWEST, size / 10)
    losses = [each for each in lost.losses if each.region == region]
    if not any(loss.most_at_once >= needed for loss in losses):
        return None
    nodes = sorted(set().union(*(loss.nodes for loss in losses)) - set(lost.ghosts))
    if len(nodes) < needed:
        return None
    began, last = min(loss.began_at for loss in losses), max(loss.last_at for loss in losses)
    total = sum(loss.total for loss in losses)
    return Problem(
        severity=Severity.CRITICAL if len(nodes) * 2 >= size else Severity.WARNING,
        kind="region_down",
        subject=plain(region),
        text=_describe_region(region, nodes, size, total, max(WINDOW, last - began)),
        since=began,
        nodes=nodes,
        query=query_nodes(nodes, otherwise=f"{query_field('region', region)} -state:ready"),
        size=len(nodes),
    )


def _describe_region(
    region: str, nodes: Sequence[str], size: int, total: int, within: timedelta
) -> str:
    share = f"{len(nodes):,} of {count_of(size, 'node')}"
    within_s = seconds_of(within.total_seconds())
    back = f", {total - len(nodes):,} are back" if total > len(nodes) else ""
    if region == _UNPLACED:
        return f"{share} in no known region down within {within_s}{back}"
    return f"{plain(region)}: {share} down within {within_s}{back}"


def _find_down(lost: Lost, down: Iterable[str], now: datetime) -> Iterator[Problem]:
    recent, old = _split(lost, down, now)
    yield from _name(
        lost, recent, now, severity=Severity.WARNING, words="down", otherwise="state:down age<1h"
    )
    yield from _name(
        lost,
        old,
        now,
        severity=Severity.INFO,
        words="down for more than an hour",
        otherwise="state:down age>=1h",
    )


def _find_unknown(lost: Lost, unknown: Sequence[str], now: datetime) -> Iterator[Problem]:
    yield from _name(
        lost,
        sorted(unknown),
        now,
        severity=Severity.WARNING,
        kind="nodes_unknown",
        words="unknown to the leader",
        otherwise="state:unknown",
    )


def _name(
    lost: Lost,
    nodes: Sequence[str],
    now: datetime,
    *,
    severity: Severity,
    words: str,
    otherwise: str,
    kind: str = "nodes_down",
) -> Iterator[Problem]:
    if not nodes:
        return
    names = names_of(_list_names(lost, nodes), most=_NAMED) if len(nodes) > 1 else ""
    one = lost.nodes.get(nodes[0])
    first = name_of(one) if one is not None else nodes[0]
    text = f"{count_of(len(nodes), 'node')} {words}: {names}" if names else f"{first} is {words}"
    if one is not None and one.message and not names:
        text = f"{text}: {plain(one.message)}"
    yield Problem(
        severity=severity,
        kind=kind,
        subject=first if len(nodes) == 1 else "nodes",
        text=text,
        since=_earliest(lost, nodes, now),
        nodes=tuple(nodes),
        query=query_nodes(nodes, otherwise=otherwise),
        size=len(nodes),
    )


def _find_ghosts(lost: Lost, now: datetime) -> Iterator[Problem]:
    if not lost.ghosts:
        return
    ghosts = sorted(lost.ghosts)
    of = "1 ghost" if len(ghosts) == 1 else f"{len(ghosts):,} ghosts"
    yield Problem(
        severity=Severity.INFO,
        kind="ghosts",
        subject="nodes",
        text=f"{of}: down, and joined again under a new id; docker node rm {ghosts[0]}",
        since=_earliest(lost, ghosts, now),
        nodes=tuple(ghosts),
        query=query_nodes(ghosts, otherwise="state:down"),
        size=len(ghosts),
    )


def _find_running(lost: Lost, now: datetime) -> Iterator[Problem]:
    if lost.is_settling:
        return
    nodes = sorted(id_ for id_ in {*lost.down, *lost.unknown} if lost.running_on(id_))
    tasks = sum(lost.running_on(id_) for id_ in nodes)
    if not tasks:
        return
    since = _earliest(lost, nodes, now)
    reads = "reads" if tasks == 1 else "read"
    where = "a node that is" if len(nodes) == 1 else f"{len(nodes):,} nodes that are"
    yield Problem(
        severity=Severity.WARNING if now - since < _OLD else Severity.INFO,
        kind="running_on_lost",
        subject="tasks",
        text=f"{count_of(tasks, 'task')} {reads} running on {where} not ready",
        since=since,
        nodes=tuple(nodes),
        query=query_nodes(nodes, otherwise="-state:ready tasks>0"),
        size=tasks,
    )


def _split(lost: Lost, nodes: Iterable[str], now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    recent: list[str] = []
    old: list[str] = []
    for id_ in sorted(nodes):
        since = lost.since(id_)
        (old if since is not None and now - since >= _OLD else recent).append(id_)
    return recent, old


def _earliest(lost: Lost, nodes: Iterable[str], now: datetime) -> datetime:
    return min((since for id_ in nodes if (since := lost.since(id_))), default=now)


def _list_names(lost: Lost, nodes: Sequence[str]) -> Sequence[str]:
    """Return a name for each node, the first few only being real: the rest are only counted."""
    named = [name_of(lost.nodes[id_]) for id_ in nodes[: _NAMED + 1] if id_ in lost.nodes]
    return [*named, *nodes[len(named) :]]
