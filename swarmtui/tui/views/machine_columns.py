"""The columns of machines: what is tailed on each, and what each answered to the roll call."""

from datetime import datetime

from swarmtui.insight.containers import MachineRow
from swarmtui.swarm.text import plain
from swarmtui.tui import charts, docker_units, words
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.states import TAILED
from swarmtui.tui.table.column import Align, Column, natural
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.tail_words import brief, is_stale, sample_age, tail_badness, tail_glyph, tail_word
from swarmtui.tui.verdicts import verdict_of

TREND = 12
"""Cells of a sparkline."""
CLOCK_IS_OFF_S = 1.0
"""TLS and raft bear more; timestamps of different machines no longer tell what came first."""


def _tailed_name(machine: MachineRow, _: Scene) -> Spans:
    return (tail_glyph(machine.tail), Span(f" {plain(machine.hostname or machine.name)}"))


def _tail_state(machine: MachineRow, scene: Scene) -> Spans:
    return (Span(tail_word(machine.tail, scene.now), tail_glyph(machine.tail).meaning),)


def _worst_tail_first(machine: MachineRow, _: Scene) -> tuple[int, str]:
    return -tail_badness(machine.tail), natural(machine.hostname or machine.name)


def _measured(machine: MachineRow, text: str, scene: Scene) -> Spans:
    if machine.taken_at is None:
        return (dim(words.NOTHING),)
    is_old = is_stale(machine.taken_at, scene.now)
    return (Span(text, Meaning.DIM if is_old else Meaning.PLAIN),)


def trend_of(machine: MachineRow, *, width: int = TREND) -> Spans:
    """Return the CPU % of the last two minutes as a sparkline."""
    # In hundredths: what idles does so at a few of them.
    values = [round(value * 100) for value in machine.cpu_trend]
    return (
        (Span(charts.sparkline(values, width=min(width, len(values))), Meaning.CHART),)
        if values
        else ()
    )


def _moment(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


TAIL_COLUMNS: tuple[Column[MachineRow, Scene], ...] = (
    Column(
        key="machine",
        head="MACHINE",
        value=lambda machine, _: natural(machine.hostname or machine.name),
        cell=_tailed_name,
        width=16,
        grows_to=30,
    ),
    Column(
        key="state",
        head="CONNECTION",
        value=_worst_tail_first,
        cell=_tail_state,
        width=14,
        grows_to=18,
    ),
    Column(
        key="age",
        head="AGE",
        value=lambda machine, _: _moment(machine.taken_at),
        cell=lambda machine, scene: sample_age(machine.taken_at, scene.now),
        width=5,
        align=Align.RIGHT,
        is_age=True,
    ),
    Column(
        key="containers",
        head="CONTAINERS",
        short="CONT",
        value=lambda machine, _: machine.containers,
        cell=lambda machine, scene: _measured(machine, words.count(machine.containers), scene),
        width=4,
        grows_to=10,
        align=Align.RIGHT,
        drop=2,
        descends=True,
    ),
    Column(
        key="cpu",
        head="CPU %",
        value=lambda machine, _: machine.cpu_percent,
        cell=lambda machine, scene: _measured(
            machine, docker_units.cpu(machine.cpu_percent), scene
        ),
        width=8,
        align=Align.RIGHT,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="trend",
        head="2 MINUTES",
        value=lambda machine, _: machine.cpu_percent,
        cell=lambda machine, _: trend_of(machine),
        width=TREND,
        drop=3,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="memory",
        head="MEM USAGE",
        value=lambda machine, _: machine.memory_bytes,
        cell=lambda machine, scene: _measured(
            machine, docker_units.memory(machine.memory_bytes), scene
        ),
        width=9,
        align=Align.RIGHT,
        drop=1,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="why",
        head="WHY",
        value=lambda machine, _: brief(machine),
        cell=lambda machine, _: (Span(brief(machine)),),
        width=20,
        fills=True,
    ),
)


def _answered_name(machine: MachineRow, scene: Scene) -> Spans:
    sign = verdict_of(machine, scene.picture).glyph
    name = (sign, Span(f" {plain(machine.name)}"))
    return (*name, Span(f" {TAILED}", Meaning.ACCENT)) if machine.tail is not None else name


def _verdict(machine: MachineRow, scene: Scene) -> Spans:
    verdict = verdict_of(machine, scene.picture)
    return (Span(verdict.word, verdict.glyph.meaning),)


def _worst_answer_first(machine: MachineRow, scene: Scene) -> tuple[int, str]:
    return -verdict_of(machine, scene.picture).rank, natural(machine.name)


def _node(machine: MachineRow, scene: Scene) -> Spans:
    node = scene.picture.snapshot.nodes.get(machine.node_id)
    if node is not None and node.hostname != machine.name:
        return (Span(plain(node.hostname)),)
    return (dim(plain(machine.node_id or (machine.seen.node_id if machine.seen else ""))),)


def _node_value(machine: MachineRow, scene: Scene) -> str:
    return natural("".join(text for text, _ in _node(machine, scene)))


def _role(machine: MachineRow, _: Scene) -> Spans:
    if machine.seen is None or not machine.seen.is_in:
        return ()
    return (Span("manager", Meaning.ACCENT),) if machine.seen.is_manager else (dim("worker"),)


def clock_offset(offset_s: float | None) -> Spans:
    """Return how far a clock is ahead, or behind when negative: `+0.3s`."""
    if offset_s is None:
        return (dim(words.NOTHING),)
    is_off = abs(offset_s) >= CLOCK_IS_OFF_S
    text = f"{offset_s:+.1f}s" if abs(offset_s) < 100 else f"{offset_s:+,.0f}s"
    text = "0.0s" if text in {"+0.0s", "-0.0s"} else text
    return (Span(text, Meaning.WARN if is_off else Meaning.DIM),)


def _offset(machine: MachineRow) -> float | None:
    return machine.seen.clock_offset_s if machine.seen else None


def _answered(machine: MachineRow, scene: Scene) -> Spans:
    seen = machine.seen
    return (Span(words.age_since(seen.taken_at if seen else None, scene.now)),)


def _docker(machine: MachineRow) -> str:
    return machine.seen.docker_version if machine.seen else ""


ROLL_CALL_COLUMNS: tuple[Column[MachineRow, Scene], ...] = (
    Column(
        key="machine",
        head="MACHINE",
        value=lambda machine, _: natural(machine.name),
        cell=_answered_name,
        width=18,
        grows_to=32,
    ),
    Column(
        key="swarm",
        head="SWARM",
        value=_worst_answer_first,
        cell=_verdict,
        width=14,
        grows_to=17,
    ),
    Column(
        key="node",
        head="NODE",
        value=_node_value,
        cell=_node,
        width=12,
        grows_to=25,
        drop=3,
        ends_open=True,
    ),
    Column(
        key="role",
        head="ROLE",
        value=lambda machine, _: bool(machine.seen and machine.seen.is_manager),
        cell=_role,
        width=7,
        drop=2,
        descends=True,
    ),
    Column(
        key="docker",
        head="DOCKER",
        value=lambda machine, _: natural(_docker(machine)),
        cell=lambda machine, _: (dim(plain(_docker(machine))),),
        width=8,
        grows_to=12,
        drop=4,
    ),
    Column(
        key="clock",
        head="CLOCK",
        value=lambda machine, _: abs(_offset(machine) or 0.0),
        cell=lambda machine, _: clock_offset(_offset(machine)),
        width=7,
        align=Align.RIGHT,
        drop=5,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="region",
        head="REGION",
        value=lambda machine, _: natural(machine.region),
        cell=lambda machine, _: (dim(plain(machine.region)),),
        width=12,
        grows_to=18,
        drop=6,
    ),
    Column(
        key="contributor",
        head="CONTRIBUTOR",
        value=lambda machine, _: natural(machine.contributor),
        cell=lambda machine, _: (
            Span(plain(machine.contributor), Meaning.ACCENT if machine.mine else Meaning.DIM),
        ),
        width=14,
        grows_to=24,
        drop=7,
    ),
    Column(
        key="age",
        head="AGE",
        value=lambda machine, _: _moment(machine.seen.taken_at if machine.seen else None),
        cell=_answered,
        width=5,
        align=Align.RIGHT,
        drop=1,
        is_age=True,
    ),
    Column(
        key="why",
        head="WHY",
        value=lambda machine, _: brief(machine),
        cell=lambda machine, _: (Span(brief(machine)),),
        width=30,
        fills=True,
        descends=True,
    ),
)
