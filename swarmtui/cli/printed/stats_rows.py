"""The rows of `swarmtui stats`: one container at one moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from swarmtui.cli.printed.ages import seconds_between, spell_age
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.table import Column
from swarmtui.swarm.stats import StatsSeen, service_of, task_id_of

OLD_S = 3.0
"""Numbers older than this are marked: they come every second."""

_UNKNOWN = "--"


class StatsRow(msgspec.Struct, frozen=True, gc=False):
    """One container; the names and their order are what `--format json` and `csv` print."""

    taken_at: datetime
    node_id: str
    hostname: str
    """Of the node; the machine's name where no manager tells of the node."""
    container_id: str
    container: str
    service: str
    task_id: str
    cpu_percent: float | None
    memory_bytes: int | None
    memory_limit_bytes: int | None
    net_rx_bytes: int | None
    net_tx_bytes: int | None
    block_read_bytes: int | None
    block_write_bytes: int | None
    pids: int | None


class Host(msgspec.Struct, frozen=True):
    """What is known of a machine beside its numbers."""

    hostname: str
    node_id: str = ""


def stats_rows(
    seen: StatsSeen, host: Host, *, services: Mapping[str, str] | None = None
) -> Iterator[StatsRow]:
    """Go through the containers of a machine; `services` are names by task id, as managers know."""
    known = services or {}
    for each in seen.containers:
        task_id = task_id_of(each.container)
        yield StatsRow(
            seen.taken_at,
            host.node_id,
            host.hostname,
            each.container_id,
            each.container,
            known.get(task_id) or service_of(each.container),
            task_id,
            each.cpu_percent,
            each.memory_bytes,
            each.memory_limit_bytes,
            each.net_rx_bytes,
            each.net_tx_bytes,
            each.block_read_bytes,
            each.block_write_bytes,
            each.pids,
        )


def stats_columns(now: datetime) -> Sequence[Column[StatsRow]]:
    """Return the columns of `docker stats` with its heads, then ours, with ages as of `now`."""

    def fresh(text: Callable[[StatsRow], str]) -> Callable[[StatsRow], Span]:
        return lambda row: Span(text(row), Tone.DIM if is_old(row, now) else Tone.PLAIN)

    return (
        Column("NODE", lambda row: harmless(row.hostname), least=10),
        Column("NAME", lambda row: harmless(_name(row)), least=14),
        Column("CPU %", fresh(_cpu), right=True),
        Column("MEM USAGE / LIMIT", fresh(_memory), right=True),
        Column("NET I/O", fresh(_net), right=True, rank=2),
        Column("BLOCK I/O", fresh(_block), right=True, rank=3),
        Column("PIDS", fresh(_pids), right=True, rank=1),
        Column("AGE", lambda row: _age(row, now), right=True),
        Column("CONTAINER ID", lambda row: harmless(row.container_id[:12], Tone.DIM), rank=4),
    )


def is_old(row: StatsRow, now: datetime) -> bool:
    """Tell whether newer numbers should have come by now."""
    return (seconds_between(row.taken_at, now) or 0) > OLD_S


def _name(row: StatsRow) -> str:
    """Return `service.slot` for a task, as the docker CLI calls it."""
    return row.container.removesuffix(f".{row.task_id}") if row.task_id else row.container


def _cpu(row: StatsRow) -> str:
    return _UNKNOWN if row.cpu_percent is None else f"{row.cpu_percent:.2f}%"


def _memory(row: StatsRow) -> str:
    return f"{spell_memory(row.memory_bytes)} / {spell_memory(row.memory_limit_bytes)}"


def _net(row: StatsRow) -> str:
    return f"{spell_traffic(row.net_rx_bytes)} / {spell_traffic(row.net_tx_bytes)}"


def _block(row: StatsRow) -> str:
    return f"{spell_traffic(row.block_read_bytes)} / {spell_traffic(row.block_write_bytes)}"


def _pids(row: StatsRow) -> str:
    return _UNKNOWN if row.pids is None else f"{row.pids:,}"


def _age(row: StatsRow, now: datetime) -> Span:
    # Tenths of a second would flicker and tell nothing.
    if not is_old(row, now):
        return Span("now", Tone.DIM)
    return Span(spell_age(row.taken_at.replace(microsecond=0), now), Tone.WARN)


def spell_memory(size: int | None) -> str:
    """Return a size in powers of 1,024, as docker prints memory; `--` when it is not known."""
    return _spell(size, 1024, "iB")


def spell_traffic(size: int | None) -> str:
    """Return a size in powers of 1,000, as docker prints traffic; `--` when it is not known."""
    return _spell(size, 1000, "B")


def _spell(size: int | None, base: int, unit: str) -> str:
    if size is None:
        return _UNKNOWN
    if size < base:
        return f"{size}B"
    left, prefixes = size / base, iter("KMGTPE" if base == 1024 else "kMGTPE")
    prefix = next(prefixes)
    while left >= base - 0.5 and (larger := next(prefixes, "")):
        left, prefix = left / base, larger
    digits = 0 if left >= 100 else 1 if left >= 10 else 2
    return f"{left:.{digits}f}{prefix}{unit}"
