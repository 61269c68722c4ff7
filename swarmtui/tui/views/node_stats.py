"""What the machine of one node measures: its connection, its sums, the containers of its tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.tui import docker_units
from swarmtui.tui.lines import EMPTY, Line, Spans, dim, joined, spread, width_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table.column import Sort
from swarmtui.tui.tail_words import is_stale, sample_age, tail_glyph, tail_word, why
from swarmtui.tui.views.container_columns import LIVE
from swarmtui.tui.views.machine_columns import trend_of
from swarmtui.tui.words import plural, wrap

MOST_LINES = 3
"""Lines that the reason why there are no figures may take."""


class NodeStats:
    """The live part of the Node screen."""

    def __init__(self) -> None:
        self.machine: MachineRow | None = None
        self._by_task: Mapping[str, ContainerRow] = {}
        self._strangers = 0
        """Containers that belong to no task."""

    def find(self, task_id: str) -> ContainerRow | None:
        """Return the container of a task."""
        return self._by_task.get(task_id)

    def see(self, picture: Picture, node_id: str) -> None:
        """Take what a picture has of a node."""
        name = picture.machine_of.get(node_id, node_id)
        self.machine = picture.machines.get(name)
        rows = [row for row in picture.containers if row.machine == name]
        self._by_task = {row.task_id: row for row in rows if row.task_id}
        self._strangers = len(rows) - len(self._by_task)

    def is_sort(self, sort: Sort) -> bool:
        """Tell whether tasks are sorted by something that is measured."""
        return sort.key in LIVE

    def lines(self, heading: Spans, now: datetime, *, width: int) -> Sequence[Line]:
        """Return the line above the tasks, and below it why nothing is measured."""
        room = width - 1
        told = joined(self._told(now), width=room - width_of(heading) - 4)
        first = Line(spread(heading, told, width=room))
        reason = why(self.machine) if self.machine is not None and self.machine.tail else ""
        if not reason:
            return [first]
        parts = wrap(reason, room - 2)[:MOST_LINES]
        return [first, *(Line((Span(f" {part}", Meaning.WARN),)) for part in parts), EMPTY]

    def _told(self, now: datetime) -> list[Spans]:
        """Return the state of the connection and, as far as there is room, the sums."""
        machine = self.machine
        tail = machine.tail if machine is not None else None
        sign = tail_glyph(tail)
        state = (dim("docker stats "), sign, Span(f" {tail_word(tail, now)}", sign.meaning))
        if machine is None or machine.taken_at is None:
            return [state]
        return [(*state, Span(" "), *sample_age(machine.taken_at, now)), *self._sums(machine, now)]

    def _sums(self, machine: MachineRow, now: datetime) -> list[Spans]:
        meaning = Meaning.DIM if is_stale(machine.taken_at, now) else Meaning.PLAIN
        cpu = Span(docker_units.cpu(machine.cpu_percent), meaning)
        memory = Span(docker_units.memory(machine.memory_bytes), meaning)
        strangers = (dim(f"{plural(self._strangers, 'container')} of no task"),)
        return [
            (cpu, dim(" CPU "), *trend_of(machine)),
            (memory, dim(" memory")),
            strangers if self._strangers else (),
        ]
