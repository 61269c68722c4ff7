"""Find machines of the inventory that say they are one and the same node."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from swarmtui.insight.machines import Answers
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.wording import count_of, name_of, names_of, shorten
from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

_SHOWN = 5


def find_shared(
    since: Mapping[str, datetime],
    answers: Answers,
    inventory: Mapping[str, Machine],
    nodes: Mapping[str, Node],
) -> Iterator[Problem]:
    """Go through the nodes that several machines say they are, by `since` when they do.

    Those that are reached at the same address are one machine that is listed twice.
    """
    told = {id_: _list_machines(answers.machines_of(id_), inventory) for id_ in sorted(since)}
    told = {id_: names for id_, names in told.items() if len(names) > 1}
    if not told:
        return
    said = [f"{names_of(names)}: {_name(id_, nodes)}" for id_, names in told.items()]
    first, names = next(iter(told.items()))
    text = f"{len(names)} machines say they are {_name(first, nodes)}: {names_of(names)}"
    if len(told) > 1:
        listed = names_of([_name(id_, nodes) for id_ in told])
        text = f"{count_of(len(told), 'node')} with several machines each: {listed}"
    known = tuple(id_ for id_ in told if id_ in nodes)
    yield Problem(
        severity=Severity.INFO,
        kind="identity_twice",
        subject="inventory",
        text=text,
        since=min(since[id_] for id_ in told),
        nodes=known,
        query=query_nodes(known, otherwise=""),
        size=len(told),
        evidence=[*said[:_SHOWN], "listed twice, or one is a copy of the other's disk"],
    )


def _list_machines(names: Sequence[str], inventory: Mapping[str, Machine]) -> Sequence[str]:
    doors = {(m.addr, m.port): name for name in names if (m := inventory.get(name)) is not None}
    return sorted(shorten(plain(name)) for name in doors.values())


def _name(node_id: str, nodes: Mapping[str, Node]) -> str:
    return f"node {name_of(nodes[node_id])}" if node_id in nodes else f"node {plain(node_id)[:25]}"
