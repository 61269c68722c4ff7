"""Which machines the user wants `docker stats` tailed on; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query, parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.words import NodeState
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import count

MOST = 400
"""Machines tailed at once: each is a connection and two threads of the collector."""

_MINE = parse_query("mine:yes")


@dataclass(frozen=True)
class Tails:
    """Machines by name, and nodes of which no machine is known by node id."""

    wanted: frozenset[str] = frozenset()
    left_out: int = 0
    """How many of those asked for last found no room."""

    def turn(self, asked: Iterable[str], machine_of: Mapping[str, str]) -> "Tails":
        """Return the tails with those asked for; without them, if all of them are there already.

        Of too many the first ones are taken. `machine_of` tells the machine of a node id.
        """
        names = list(dict.fromkeys(machine_of.get(name, name) for name in asked))
        known = self.names(machine_of)
        new = [name for name in names if name not in known]
        if not new:
            stopped = set(names)
            left = (each for each in self.wanted if machine_of.get(each, each) not in stopped)
            return Tails(frozenset(left))
        room = max(0, MOST - len(self.wanted))
        return Tails(self.wanted | frozenset(new[:room]), left_out=max(0, len(new) - room))

    def names(self, machine_of: Mapping[str, str]) -> frozenset[str]:
        """Return the names of the machines that are meant."""
        return frozenset(machine_of.get(each, each) for each in self.wanted)


@runtime_checkable
class Tailing(Protocol):
    """A view that shows what is tailed."""

    def take_tails(self, tails: Tails) -> None:
        """Show these from the next picture on."""


def in_order(ids: Iterable[str], marks: Collection[str], cursor: str) -> tuple[str, ...]:
    """Return the marked ids, those shown first and from the top; without marks the cursor's."""
    if not marks:
        return (cursor,) if cursor else ()
    shown = [each for each in ids if each in marks]
    return (*shown, *sorted(set(marks) - set(shown)))


def choose(picture: Picture, query: Query) -> tuple[str, ...]:
    """Return whom to tail when nobody is marked: what the filter means, or all that is mine.

    Nodes that are down are left out: there is nothing to be had of them.
    """
    meant = _MINE if query.is_empty else query
    found = meant.filter_nodes(picture.snapshot.nodes.values(), picture)
    nodes = [node.id for node in found if node.state is not NodeState.DOWN]
    others = (row for row in picture.machines.values() if not row.node_id)
    return (*nodes, *(row.name for row in meant.filter_machines(others, picture)))


def words_of_choice(picture: Picture, query: Query) -> str:
    """Return whom `choose` means, in words; nothing where there is neither filter nor mine.

    A filter of containers alone, as by their service, means no machines.
    """
    if not query.is_empty:
        return "" if query.misfits(Kind.NODES) else "the machines that the filter means"
    places = picture.places.values()
    rows = picture.machines.values()
    has_any = any(place.mine for place in places) or any(row.mine for row in rows)
    return "my machines" if has_any else ""


def left_out_spans(tails: Tails) -> Spans:
    """Return how many of those asked for found no room; nothing when all did."""
    if not tails.left_out:
        return ()
    text = f"{MOST} tailed at most, {count(tails.left_out)} left out"
    return (dim(" · "), Span(text, Meaning.WARN))
