"""Decide whether a machine of the inventory is in the swarm, and sum the roll call up; pure."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.stats import SwarmState
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import count


class Verdict(NamedTuple):
    """Whether a machine is in the swarm."""

    rank: int
    """How much it needs a look; 0 when it is in."""
    glyph: Span
    word: str

    @property
    def is_in(self) -> bool:
        """Tell whether all is well."""
        return self.rank == 0


IN = Verdict(0, Span("●", Meaning.OK), "in")
NOT_ASKED = Verdict(1, Span("○", Meaning.DIM), "not asked yet")
JOINING = Verdict(2, Span("◔", Meaning.WARN), "joining")
NOT_IN = Verdict(3, Span("▲", Meaning.WARN), "not in a swarm")
ELSEWHERE = Verdict(4, Span("▲", Meaning.WARN), "not in this swarm")
LOCKED = Verdict(5, Span("✗", Meaning.BAD), "locked")
FAILED = Verdict(6, Span("✗", Meaning.BAD), "error")
UNREACHABLE = Verdict(7, Span("✗", Meaning.BAD), "unreachable")

_BY_STATE = {
    SwarmState.INACTIVE: NOT_IN,
    SwarmState.PENDING: JOINING,
    SwarmState.LOCKED: LOCKED,
    SwarmState.ERROR: FAILED,
}


def verdict_of(machine: MachineRow, picture: Picture) -> Verdict:
    """Return whether a machine is in: in the swarm that is watched, or in any if none is."""
    seen = machine.seen
    if seen is None:
        return NOT_ASKED
    if not seen.reachable:
        return UNREACHABLE
    if not seen.is_in:
        return FAILED if seen.swarm_state is None else _BY_STATE.get(seen.swarm_state, JOINING)
    snapshot = picture.snapshot
    # A node list from before the answer may not have it yet.
    is_newer = snapshot.nodes_at is not None and snapshot.nodes_at > seen.taken_at
    return ELSEWHERE if is_newer and seen.node_id not in snapshot.nodes else IN


def inventory_of(picture: Picture) -> list[MachineRow]:
    """Return the machines of the inventory."""
    return [machine for machine in picture.machines.values() if machine.in_inventory]


def has_inventory(picture: Picture) -> bool:
    """Tell whether there is any machine in the inventory."""
    return any(machine.in_inventory for machine in picture.machines.values())


def roll_call_spans(machines: Iterable[MachineRow], picture: Picture) -> Spans:
    """Return the sum in words: `310 of 342 in, 20 unreachable, 12 not in a swarm`."""
    verdicts = Counter(verdict_of(machine, picture) for machine in machines)
    total = verdicts.total()
    inside = sum(number for verdict, number in verdicts.items() if verdict.is_in)
    head = Span(f"{count(inside)} of {count(total)} in", _meaning(inside, total))
    others = sorted((v for v in verdicts if not v.is_in), key=_worst_first)
    spans: list[Span] = [head]
    for verdict in others:
        spans += [
            dim(", "),
            Span(f"{count(verdicts[verdict])} {verdict.word}", verdict.glyph.meaning),
        ]
    return tuple(spans)


def _meaning(inside: int, total: int) -> Meaning:
    return Meaning.OK if inside == total else Meaning.PLAIN


def _worst_first(verdict: Verdict) -> int:
    return -verdict.rank
