"""What one cell of the wall says of its node, or of its two nodes; pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from swarmtui.insight.picture import NodeLoad, Picture
from swarmtui.insight.thresholds import USUAL
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability, NodeState
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.states import DRAIN, LEADER, PAUSE, node_glyph

_NO_LOAD = NodeLoad()
_LEVELS = "▁▂▃▄▅▆▇█"
_FULL_CPU = 100.0
"""Percent of all processors at which the bar is full."""


class Colouring(StrEnum):
    """What the cells are coloured by."""

    STATE = "state"
    FAILURES = "failures"
    TASKS = "tasks"
    LOAD = "load"
    """CPU by `docker stats`, of nodes that are tailed."""


class Shade(NamedTuple):
    """How one node is drawn. Of two nodes in a cell the one of the higher rank speaks."""

    glyph: str
    meaning: Meaning
    rank: int
    is_solid: bool = False
    """All is well: two such nodes in a cell are a full block."""


READY = Shade("■", Meaning.OK, 0, is_solid=True)
_LEADER = Shade(LEADER.text, LEADER.meaning, 4)
_DRAINED = Shade(DRAIN.text, DRAIN.meaning, 2)
_PAUSED = Shade(PAUSE.text, PAUSE.meaning, 1)
_LOST = {
    state: Shade(*node_glyph(state), 6 if state is NodeState.DOWN else 5)
    for state in NodeState
    if state is not NodeState.READY
}
_NONE = Shade("·", Meaning.DIM, -1)
_AVAILABILITIES = {Availability.DRAIN: _DRAINED, Availability.PAUSE: _PAUSED}

Shading = Callable[[Node], Shade]

LEGENDS: Mapping[Colouring, tuple[Span, ...]] = {
    Colouring.STATE: (
        Span("■ ready", Meaning.OK),
        Span("○ unknown", Meaning.WARN),
        Span("✗ down", Meaning.BAD),
        Span("◐ drain", Meaning.WARN),
        Span("★ leader", Meaning.ACCENT),
    ),
    Colouring.FAILURES: (
        Span("· none in 5m", Meaning.DIM),
        Span("▲ some", Meaning.WARN),
        Span(f"✗ {USUAL.failures} and more", Meaning.BAD),
    ),
    Colouring.TASKS: (Span("· none", Meaning.DIM), Span("▁ few … █ most", Meaning.CHART)),
    Colouring.LOAD: (
        Span("· not tailed", Meaning.DIM),
        Span("▁ idle … █ all CPUs", Meaning.CHART),
    ),
}


def shading(colouring: Colouring, picture: Picture) -> Shading:
    """Return how nodes are drawn in this picture."""
    match colouring:
        case Colouring.STATE:
            return shade_state
        case Colouring.FAILURES:
            loads = picture.loads
            return lambda node: _shade_failures(loads.get(node.id, _NO_LOAD).failures_5m)
        case Colouring.TASKS:
            loads = picture.loads
            most = max((load.tasks for load in loads.values()), default=0)
            return lambda node: _shade_level(loads.get(node.id, _NO_LOAD).tasks, most)
        case Colouring.LOAD:
            return lambda node: _shade_cpu(node, picture)


def shade_state(node: Node) -> Shade:
    """Return how a node is drawn by its state, and when it is well by what it is for."""
    if node.state is not NodeState.READY:
        return _LOST[node.state]
    if node.manager is not None and node.is_leader:  # hardly any: a property costs a call
        return _LEADER
    return _AVAILABILITIES.get(node.availability, READY)


@cache
def merge(first: Shade, second: Shade | None) -> Span:
    """Return the cell of two nodes, or of the last one alone: the one of the higher rank shows.

    Two that are well fill the cell, so that what is not stands out without colours too.
    """
    if second is None:
        return Span("▀" if first.is_solid else first.glyph, first.meaning)
    if first.is_solid and second.is_solid:
        return Span("█", first.meaning)
    worse = first if first.rank >= second.rank else second
    return Span(worse.glyph, worse.meaning)


def _shade_failures(failures: int) -> Shade:
    if not failures:
        return _NONE
    if failures < USUAL.failures:
        return Shade("▲", Meaning.WARN, failures)
    return Shade("✗", Meaning.BAD, failures)


def _shade_level(value: float, most: float) -> Shade:
    if value <= 0 or most <= 0:
        return _NONE
    level = min(len(_LEVELS) - 1, int(len(_LEVELS) * value / most))
    return Shade(_LEVELS[level], Meaning.CHART, level)


def _shade_cpu(node: Node, picture: Picture) -> Shade:
    machine = picture.machines.get(picture.machine_of.get(node.id, ""))
    if machine is None or machine.taken_at is None:
        return _NONE
    # A container on two cores is 200 %: the bar is full when all the node's processors are busy.
    shade = _shade_level(max(machine.cpu_percent, 0.1), _FULL_CPU * max(node.cpus, 1.0))
    return shade if machine.cpu_percent < 0.9 * _FULL_CPU * node.cpus else _busy(shade)


def _busy(shade: Shade) -> Shade:
    return shade._replace(meaning=Meaning.BAD)
