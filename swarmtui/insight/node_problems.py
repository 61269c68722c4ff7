"""Find nodes that are down: one by one, ghosts, and what still counts on them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from swarmtui.insight.commands import remove_nodes, tell_left
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.wording import age_of, count_of, name_of, names_of, seconds_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain

_NAMED = 3
"""Names in a sentence; the filter shows the others."""
_SHOWN = 5


class Lost(NamedTuple):
    """What there is to know of nodes that are not ready."""

    nodes: Mapping[str, Node]
    """All nodes, by id."""
    down: Collection[str]
    """Down or disconnected."""
    unknown: Collection[str]
    """Unknown, without those expected back after an election."""
    ghosts: AbstractSet[str]
    is_dismissed: Callable[[str], bool]
    """Whether a node was drained before."""
    told: AbstractSet[str]
    """Those of which something else says it already."""
    since: Callable[[str], datetime | None]
    is_settling: bool
    running_on: Callable[[str], int]
    old: timedelta
    """Nodes down for longer are no alarm any more."""


class _Words(NamedTuple):
    """How nodes are told that are not ready for one reason."""

    severity: Severity
    kind: str
    subject: str
    said: str
    otherwise: str
    """The filter where they are too many to be named."""


def find_node_problems(lost: Lost, now: datetime) -> Iterator[Problem]:
    """Go through the problems of nodes that are lost each for itself, as of `now`."""
    down = [id_ for id_ in lost.down if id_ not in lost.told and id_ not in lost.ghosts]
    yield from _find_down(lost, [id_ for id_ in down if not lost.is_dismissed(id_)], now)
    yield from _find_dismissed(lost, sorted(filter(lost.is_dismissed, down)), now)
    unknown = sorted(id_ for id_ in lost.unknown if id_ not in lost.told)
    words = _Words(
        Severity.WARNING, "nodes_unknown", "nodes", "unknown to the leader", "state:unknown"
    )
    yield from _name(lost, unknown, now, words)
    yield from _find_ghosts(lost, now)
    yield from _find_running(lost, now)


def _find_down(lost: Lost, down: Iterable[str], now: datetime) -> Iterator[Problem]:
    recent, old = _split(lost, down, now)
    age = f"{lost.old.total_seconds():.0f}s"
    words = _Words(Severity.WARNING, "nodes_down", "nodes", "down", f"state:down age<{age}")
    yield from _name(lost, recent, now, words)
    said = f"down for more than {_span(lost.old)}"
    words = _Words(Severity.INFO, "nodes_down", "nodes given up", said, f"state:down age>={age}")
    yield from _name(lost, old, now, words)


def _find_dismissed(lost: Lost, nodes: Sequence[str], now: datetime) -> Iterator[Problem]:
    """Go through the nodes that were drained and are gone, as they should: left to be removed."""
    said, otherwise = "down, and drained before", "state:down availability:drain role:worker"
    words = _Words(Severity.INFO, "nodes_down", "nodes drained", said, otherwise)
    for problem in _name(lost, nodes, now, words):
        evidence = [*problem.evidence, *tell_left(nodes)]
        yield replace(problem, command=remove_nodes(nodes), evidence=evidence)


def _name(lost: Lost, nodes: Sequence[str], now: datetime, words: _Words) -> Iterator[Problem]:
    if not nodes:
        return
    if len(nodes) == 1:
        text = _tell(lost, nodes[0], words.said)
    else:
        names = names_of(_list_names(lost, nodes), most=_NAMED)
        text = f"{count_of(len(nodes), 'node')} {words.said}: {names}"
    yield Problem(
        severity=words.severity,
        kind=words.kind,
        subject=words.subject,
        text=text,
        since=_earliest(lost, nodes, now),
        nodes=tuple(nodes),
        query=query_nodes(nodes, otherwise=words.otherwise),
        size=len(nodes),
        evidence=[_tell_age(lost, id_, now) for id_ in nodes[:_SHOWN]],
    )


def _tell(lost: Lost, node_id: str, said: str) -> str:
    """Return the sentence of a node that is alone in it."""
    node = lost.nodes.get(node_id)
    if node is None:
        return f"{node_id} is {said}"
    text = f"{name_of(node)} is {said}"
    return f"{text}: {plain(node.message)}" if node.message else text


def _tell_age(lost: Lost, node_id: str, now: datetime) -> str:
    node = lost.nodes.get(node_id)
    name = name_of(node) if node is not None else node_id
    state = str(node.state) if node is not None else "lost"
    why = f": {plain(node.message)}" if node is not None and node.message else ""
    return f"{name}, {state} for {seconds_of(age_of(lost.since(node_id) or now, now))}{why}"


def _find_ghosts(lost: Lost, now: datetime) -> Iterator[Problem]:
    if not lost.ghosts:
        return
    ghosts = sorted(lost.ghosts)
    of = "1 ghost" if len(ghosts) == 1 else f"{len(ghosts):,} ghosts"
    yield Problem(
        severity=Severity.INFO,
        kind="ghosts",
        subject="nodes",
        text=f"{of}: down, and joined again under a new id",
        since=_earliest(lost, ghosts, now),
        nodes=tuple(ghosts),
        query=query_nodes(ghosts, otherwise="state:down"),
        size=len(ghosts),
        evidence=[*(_tell_age(lost, id_, now) for id_ in ghosts[:_SHOWN]), *tell_left(ghosts)],
        command=remove_nodes(ghosts),
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
        severity=Severity.WARNING if now - since < lost.old else Severity.INFO,
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
        (old if since is not None and now - since >= lost.old else recent).append(id_)
    return recent, old


def _earliest(lost: Lost, nodes: Iterable[str], now: datetime) -> datetime:
    return min((since for id_ in nodes if (since := lost.since(id_))), default=now)


def _list_names(lost: Lost, nodes: Sequence[str]) -> Sequence[str]:
    """Return a name for each node, the first few only being real: the rest are only counted."""
    named = [name_of(lost.nodes[id_]) for id_ in nodes[: _NAMED + 1] if id_ in lost.nodes]
    return [*named, *nodes[len(named) :]]


def _span(span: timedelta) -> str:
    return "an hour" if span == timedelta(hours=1) else seconds_of(span.total_seconds())
