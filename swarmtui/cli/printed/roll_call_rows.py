"""The rows of `swarmtui rollcall`: every machine, the trouble first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from swarmtui.cli.printed.order import natural
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.table import Column
from swarmtui.insight.manager_ports import PortReach, tell_port
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, SwarmState

CLOCK_OFF_S = 1.0
"""A clock that is further off is worth a look: certificates and logs depend on it."""


class RollCallRow(msgspec.Struct, frozen=True):
    """One machine; the names and their order are what `--format json` and `csv` print."""

    machine: str
    addr: str
    reachable: bool
    error: str
    """Why it was not reached, what docker complains of, or why it could not join."""
    docker_version: str
    swarm_state: SwarmState | None
    node_id: str
    is_manager: bool
    managers: tuple[str, ...]
    clock_offset_s: float | None
    region: str
    contributor: str
    tcp_2377: PortReach
    """Whether the managers' port for joins is reached from there, as far as docker lets on."""
    tcp_7946: PortReach

    @property
    def is_in(self) -> bool:
        """Tell whether it is in a swarm."""
        return self.swarm_state is SwarmState.ACTIVE and bool(self.node_id)

    @property
    def state(self) -> str:
        """Return how it is, in a word or two."""
        if not self.reachable:
            return "not reached"
        if self.is_in:
            return "in"
        if self.swarm_state is None:
            return "unknown"
        return "no node id" if self.swarm_state is SwarmState.ACTIVE else self.swarm_state.value


_WORST_FIRST = (
    "not reached",
    "unknown",
    "no node id",
    SwarmState.ERROR.value,
    SwarmState.LOCKED.value,
    SwarmState.PENDING.value,
    SwarmState.INACTIVE.value,
    "in",
)
_LOOKS: Mapping[str, tuple[str, Tone]] = {
    "in": ("●", Tone.OK),
    SwarmState.PENDING.value: ("○", Tone.WARN),
    SwarmState.INACTIVE.value: ("○", Tone.WARN),
}


def roll_call_rows(
    machines: Iterable[Machine], answers: Mapping[str, MachineSeen]
) -> list[RollCallRow]:
    """Return a row for every machine, those in trouble first, then by name."""
    rows = (_row(machine, answers[machine.name]) for machine in machines)
    return sorted(rows, key=lambda row: (_WORST_FIRST.index(row.state), natural(row.machine)))


def csv_values(row: RollCallRow) -> Sequence[object]:
    """Return the values of a row for a spreadsheet: the managers as one text."""
    return msgspec.structs.astuple(msgspec.structs.replace(row, managers=";".join(row.managers)))


def sum_up(rows: Sequence[RollCallRow]) -> Iterator[Sequence[Span]]:
    """Go through the lines below the table: how ports look, how many are in, and in what."""
    if answered := [row for row in rows if row.reachable]:
        join, gossip = zip(*((row.tcp_2377, row.tcp_7946) for row in answered), strict=True)
        told = f"2377 {_tally(join)}; 7946 {_tally(gossip)}"
        yield [Span(f"ports of their managers, seen from there: {told}", Tone.DIM)]
    states = [row.state for row in rows]
    counts = [f"{states.count(state):,} {_spell(state)}" for state in reversed(_WORST_FIRST)
              if state in states]  # fmt: skip
    tone = Tone.OK if set(states) <= {"in"} else Tone.WARN
    machines = "machine" if len(rows) == 1 else "machines"
    yield [Span(f"{len(rows):,} {machines}: {', '.join(counts)}", tone)]
    swarms = find_swarms(row.managers for row in rows if row.is_in)
    if len(swarms) > 1:
        parts = ", ".join(f"{count:,} with {min(managers)}" for managers, count in swarms)
        text = f"in {len(swarms)} different swarms, by the managers they know: {parts}"
        yield [harmless(text, Tone.BAD)]


def find_swarms(known: Iterable[Sequence[str]]) -> list[tuple[frozenset[str], int]]:
    """Return the swarms there are, by the managers that machines know, the largest first.

    Machines that know a manager in common are in one swarm; one that knows none tells nothing.
    """
    swarms: list[tuple[frozenset[str], int]] = []
    for managers in map(frozenset, known):
        if not managers:
            continue
        same = [swarm for swarm in swarms if swarm[0] & managers]
        swarms = [swarm for swarm in swarms if not swarm[0] & managers]
        merged = managers.union(*(each for each, _ in same))
        swarms.append((merged, 1 + sum(count for _, count in same)))
    return sorted(swarms, key=lambda swarm: (-swarm[1], min(swarm[0])))


def _tally(reaches: Iterable[PortReach]) -> str:
    """Return what is known of a port, and from how many machines: `refused 2, unknown 40`."""
    return ", ".join(f"{reach} {count:,}" for reach, count in sorted(Counter(reaches).items()))


def _spell(state: str) -> str:
    return "in no swarm" if state == SwarmState.INACTIVE else state


def _row(machine: Machine, seen: MachineSeen) -> RollCallRow:
    return RollCallRow(
        machine=machine.name,
        addr=machine.addr,
        reachable=seen.reachable,
        error=seen.error or seen.join_error,
        docker_version=seen.docker_version,
        swarm_state=seen.swarm_state,
        node_id=seen.node_id,
        is_manager=seen.is_manager,
        managers=seen.managers,
        clock_offset_s=seen.clock_offset_s,
        region=machine.region,
        contributor=machine.contributor,
        tcp_2377=tell_port(seen, 2377),
        tcp_7946=tell_port(seen, 7946),
    )


def _state(row: RollCallRow) -> Span:
    glyph, tone = _LOOKS.get(row.state, ("✗", Tone.BAD))
    return Span(row.state, tone, glyph)


def _clock(row: RollCallRow) -> Span:
    if row.clock_offset_s is None:
        return Span("")
    is_off = abs(row.clock_offset_s) > CLOCK_OFF_S
    return Span(f"{row.clock_offset_s:+.1f}s", Tone.WARN if is_off else Tone.DIM)


ROLL_CALL_COLUMNS: Sequence[Column[RollCallRow]] = (
    Column("STATE", _state),
    Column("MACHINE", lambda row: harmless(row.machine), least=12),
    Column("NODE ID", lambda row: harmless(row.node_id), least=12, rank=1),
    Column("ROLE", lambda row: Span(_role(row)), rank=2),
    Column("DOCKER", lambda row: harmless(row.docker_version), least=7, rank=3),
    Column("ADDRESS", lambda row: harmless(row.addr, Tone.DIM), least=10, rank=5),
    Column("REGION", lambda row: harmless(row.region), least=8, rank=6),
    Column("CONTRIBUTOR", lambda row: harmless(row.contributor), least=10, rank=6),
    Column("CLOCK", _clock, right=True, rank=4),
    Column("WHY NOT", lambda row: harmless(_why(row), Tone.BAD), least=20),
)


def _why(row: RollCallRow) -> str:
    """Return the error without the machine's name, which the line says already."""
    for name in (f"{row.machine} ({row.addr})", row.machine):
        if row.error.startswith(name):
            return row.error.removeprefix(name).lstrip(": ")
    return row.error


def _role(row: RollCallRow) -> str:
    if not row.is_in:
        return ""
    return "manager" if row.is_manager else "worker"
