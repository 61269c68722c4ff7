"""The columns of containers as `docker stats` has them, and those of a node's own tasks."""

from collections.abc import Callable
from dataclasses import replace

from swarmtui.insight.containers import ContainerRow
from swarmtui.swarm.entities import Task
from swarmtui.swarm.stats import ContainerStats
from swarmtui.swarm.text import plain
from swarmtui.tui import docker_units
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table.column import Align, Column, natural
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.tail_words import is_stale, sample_age
from swarmtui.tui.views.task_columns import TASK_COLUMNS

NOT_KNOWN = -1.0
"""Sorts what the engine told nothing of below everything else."""

FindContainer = Callable[[str], ContainerRow | None]
"""Finds the container of a task by the task's id."""


def _figure(text: str, row: ContainerRow, scene: Scene) -> Span:
    """Return a figure; what is old, or was never told, stays in the background."""
    is_old = is_stale(row.taken_at, scene.now) or text == docker_units.UNKNOWN
    return Span(text, Meaning.DIM if is_old else Meaning.PLAIN)


def _pair(
    texts: Callable[[ContainerStats], tuple[str, str]],
) -> Callable[[ContainerRow, Scene], Spans]:
    def cell(row: ContainerRow, scene: Scene) -> Spans:
        first, second = texts(row.stats)
        return (_figure(first, row, scene), dim(f" / {second}"))

    return cell


def _cpu(row: ContainerRow, scene: Scene) -> Spans:
    return (_figure(docker_units.cpu(row.stats.cpu_percent), row, scene),)


def _pids(row: ContainerRow, scene: Scene) -> Spans:
    pids = row.stats.pids
    return (_figure(docker_units.UNKNOWN if pids is None else f"{pids:,}", row, scene),)


def _memory(row: ContainerRow, scene: Scene) -> Spans:
    return (_figure(docker_units.memory(row.stats.memory_bytes), row, scene),)


def _name(row: ContainerRow) -> str:
    return row.task or row.stats.container


def _task(row: ContainerRow, _: Scene) -> Spans:
    # A container of no task has only its own name.
    return (Span(plain(row.task)),) if row.task else (dim(plain(row.stats.container)),)


def _known(value: float | None) -> float:
    return NOT_KNOWN if value is None else value


def _sum(first: int | None, second: int | None) -> float:
    return NOT_KNOWN if first is None and second is None else (first or 0) + (second or 0)


CONTAINER_COLUMNS: tuple[Column[ContainerRow, Scene], ...] = (
    Column(
        key="node",
        head="NODE",
        value=lambda row, _: f"{natural(row.hostname)}\0{natural(_name(row))}",
        cell=lambda row, _: (Span(plain(row.hostname)),),
        width=14,
        grows_to=28,
    ),
    Column(
        key="service",
        head="SERVICE",
        value=lambda row, _: natural(row.service),
        cell=lambda row, _: (Span(plain(row.service)),),
        width=10,
        grows_to=24,
        drop=4,
    ),
    Column(
        key="task",
        head="TASK",
        value=lambda row, _: natural(_name(row)),
        cell=_task,
        width=15,
        grows_to=32,
    ),
    Column(
        key="cpu",
        head="CPU %",
        value=lambda row, _: _known(row.stats.cpu_percent),
        cell=_cpu,
        width=7,
        grows_to=9,
        align=Align.RIGHT,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="memory",
        head="MEM USAGE / LIMIT",
        value=lambda row, _: _known(row.stats.memory_bytes),
        cell=_pair(docker_units.memory_of),
        width=19,
        grows_to=21,
        align=Align.RIGHT,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="net",
        head="NET I/O",
        value=lambda row, _: _sum(row.stats.net_rx_bytes, row.stats.net_tx_bytes),
        cell=_pair(docker_units.net_of),
        width=15,
        align=Align.RIGHT,
        drop=1,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="block",
        head="BLOCK I/O",
        value=lambda row, _: _sum(row.stats.block_read_bytes, row.stats.block_write_bytes),
        cell=_pair(docker_units.block_of),
        width=15,
        align=Align.RIGHT,
        drop=3,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="pids",
        head="PIDS",
        value=lambda row, _: _known(row.stats.pids),
        cell=_pids,
        width=4,
        grows_to=6,
        align=Align.RIGHT,
        drop=2,
        descends=True,
        is_lively=True,
    ),
    Column(
        key="age",
        head="AGE",
        value=lambda row, _: row.taken_at.timestamp(),
        cell=lambda row, scene: sample_age(row.taken_at, scene.now),
        width=5,
        align=Align.RIGHT,
        drop=5,
        is_age=True,
    ),
)


def node_task_columns(find: FindContainer) -> tuple[Column[Task, Scene], ...]:
    """Return the columns of a node's tasks: what the swarm says, and what the machine measures."""
    of = {column.key: column for column in TASK_COLUMNS}
    live = [_of_task(column, find) for column in MEASURED if column.key in LIVE]
    return (of["name"], of["state"], of["desired"], *live, of["since"], of["error"])


MEASURED = tuple(
    replace(column, head="MEM USAGE", short="MEM", cell=_memory, width=8, grows_to=9)
    if column.key == "memory"
    else column
    for column in CONTAINER_COLUMNS
)
"""How much a container may use is on the Stats screen: here errors need the room."""
LIVE = {"cpu": 1, "memory": 2, "net": 7, "pids": 8}
"""Columns that a task has from its container, and when they are left out."""


def _of_task(column: Column[ContainerRow, Scene], find: FindContainer) -> Column[Task, Scene]:
    def value(task: Task, scene: Scene) -> float:
        row = find(task.id)
        return NOT_KNOWN - 1 if row is None else column.value(row, scene)

    def cell(task: Task, scene: Scene) -> Spans:
        row = find(task.id)
        return () if row is None else column.cell(row, scene)

    return Column(
        key=column.key,
        head=column.head,
        short=column.short,
        value=value,
        cell=cell,
        width=column.width,
        grows_to=column.grows_to,
        align=column.align,
        drop=LIVE[column.key],
        descends=True,
        is_lively=True,
    )
