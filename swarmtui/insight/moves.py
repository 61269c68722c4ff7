"""Find machines that are in the swarm twice, and nodes that are in two places at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from swarmtui.insight.identities import Identities
from swarmtui.insight.machines import address_of
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import clock_of, count_of, name_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import NodeState

_SHOWN = 5


class Move(NamedTuple):
    """A node that is seen at another address."""

    at: datetime
    old: str
    new: str


class MovesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a node moved of late, oldest first."""

    node_id: str
    times: tuple[datetime, ...]
    places: tuple[str, ...]
    """The address it came from, and each that it went to."""


class Moves:
    """The nodes that changed their address within some minutes."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._moves: dict[str, tuple[Move, ...]] = {}

    def see(self, changes: Iterable[Change[Node]], at: datetime) -> None:
        """Take nodes that changed into account."""
        for before, after in changes:
            if before is None:
                continue
            if after is None:
                self._moves.pop(before.id, None)
            elif before.addr != after.addr:
                self._note(before, after, at)
        self._forget(at)

    def find_problems(self, nodes: Mapping[str, Node]) -> Iterator[Problem]:
        """Go through nodes that are seen at two addresses in turn: two machines with one id."""
        torn = sorted(id_ for id_ in self._moves if id_ in nodes and self._is_torn(id_))
        if not torn:
            return
        said = [self._tell(nodes[id_]) for id_ in torn]
        text = said[0]
        if len(torn) > 1:
            names = names_of([name_of(nodes[id_]) for id_ in torn])
            text = f"{count_of(len(torn), 'node')} seen in two places in turn: {names}"
        yield Problem(
            severity=Severity.WARNING,
            kind="identity_twice",
            subject="addresses",
            text=text,
            since=min(self._moves[id_][0].at for id_ in torn),
            nodes=tuple(torn),
            query=query_nodes(torn, otherwise=""),
            size=len(torn),
            evidence=[
                *said[:_SHOWN],
                "a copy of a machine's disk has its node id: have one of them leave and join anew",
            ],
        )

    def remember(self) -> tuple[MovesMemory, ...]:
        """Return how nodes moved of late."""
        return tuple(
            MovesMemory(
                node_id=node_id,
                times=tuple(move.at for move in moves),
                places=(moves[0].old, *(move.new for move in moves)),
            )
            for node_id, moves in self._moves.items()
        )

    def recall(self, memory: Iterable[MovesMemory]) -> None:
        """Begin with what was remembered."""
        self._moves = {
            each.node_id: tuple(map(Move, each.times, each.places, each.places[1:]))
            for each in memory
        }

    def _note(self, before: Node, after: Node, at: datetime) -> None:
        old, new = address_of(before), address_of(after)
        if not old or not new or old == new:
            return
        moves = self._moves.pop(after.id, ())
        if moves and moves[-1].new != old:
            moves = ()  # it had none in between: nobody knows where it was
        self._moves[after.id] = (*moves, Move(at, old, new))[-self._thresholds.flaps :]

    def _is_torn(self, node_id: str) -> bool:
        moves = self._moves[node_id]
        places = {place for move in moves for place in (move.old, move.new)}
        return len(moves) >= self._thresholds.flaps and len(places) == 2

    def _tell(self, node: Node) -> str:
        last = self._moves[node.id][-1]
        # In the order of time: by their names, they would change places once they are redacted.
        places = f"{plain(last.old)} and {plain(last.new)}"
        return f"{name_of(node)} is seen at {places} in turn, last at {clock_of(last.at)}"

    def _forget(self, at: datetime) -> None:
        within = self._thresholds.flaps_within
        for node_id in [id_ for id_, moves in self._moves.items() if at - moves[-1].at > within]:
            del self._moves[node_id]


def find_doubles(
    identities: Identities, nodes: Mapping[str, Node], now: datetime, thresholds: Thresholds
) -> Iterator[Problem]:
    """Go through nodes that are ready beside others of their hostname and address."""
    found = [pair for ids in identities.doubles() if (pair := _choose(ids, nodes, now, thresholds))]
    if not found:
        return
    ids = sorted(node.id for pair in found for node in pair)
    said = [
        f"{name_of(pair[0])}, {plain(pair[0].addr)}: {count_of(len(pair), 'node')}"
        for pair in found[:_SHOWN]
    ]
    first = found[0][0]
    text = f"{name_of(first)} is in the swarm {len(found[0])} times, at one address"
    if len(found) > 1:
        names = names_of([name_of(pair[0]) for pair in found])
        text = f"{count_of(len(found), 'machine')} in the swarm more than once: {names}"
    yield Problem(
        severity=Severity.INFO,
        kind="identity_twice",
        subject="machines",
        text=text,
        since=min(pair[1].created_at for pair in found),
        nodes=ids,
        query=query_nodes(ids, otherwise=""),
        size=len(ids),
        evidence=[*said, "engines that share a machine, or machines of one name behind one gate"],
    )


def _choose(
    ids: Sequence[str], nodes: Mapping[str, Node], now: datetime, thresholds: Thresholds
) -> Sequence[Node]:
    """Return the ready ones, first joined first, if there are two for long enough."""
    ready = [nodes[id_] for id_ in ids if id_ in nodes and nodes[id_].state is NodeState.READY]
    ready.sort(key=lambda node: (node.created_at, node.id))
    is_long = len(ready) > 1 and now - ready[1].created_at >= thresholds.twice_after
    return ready if is_long else ()
