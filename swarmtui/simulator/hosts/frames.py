"""Repaints of `docker stats`: made once for each host and beat, and only while somebody listens."""

from collections.abc import Iterable, Iterator

from swarmtui.simulator.hosts.engines import Container, HostEngines
from swarmtui.simulator.hosts.roster import Host
from swarmtui.simulator.hosts.stats_frames import (
    frame_of_20,
    frame_of_28,
    known_line,
    unknown_line,
)
from swarmtui.simulator.hosts.usage import Habit
from swarmtui.simulator.identities import container_id
from swarmtui.simulator.lookup import task_name

BEATS_PER_S = 2
"""How often docker repaints. A container tells of itself once a second: every other is the same."""


class _Row:
    """A container that is watched."""

    def __init__(self, container: Container, memory_bytes: int, *, since: int) -> None:
        task = container.task
        self.since = since
        """Second in which it was first seen."""
        self._id = container_id(task.id)
        self._name = task_name(task)
        self._limit_bytes = memory_bytes
        # The global service runs in the network of its host: docker counts nothing for those.
        self._habit = Habit(
            task.id, memory_bytes=memory_bytes, has_network=not task.service.plan.is_global
        )

    def line(self, lived_s: float, *, has_sample: bool) -> str:
        if not has_sample:
            return unknown_line(self._id)
        usage = self._habit.at(lived_s)
        return known_line(self._id, self._name, usage, limit_bytes=self._limit_bytes)


class HostFrames:
    """The repaints of one host."""

    def __init__(self, host: Host, engines: HostEngines) -> None:
        self._host = host
        self._engines = engines
        self._rows: dict[str, _Row] = {}
        self._second: int | None = None
        self._frame = b""

    def at(self, beat: int) -> bytes:
        """Return the repaint of a beat; beats are counted from anywhere and only grow."""
        second = beat // BEATS_PER_S
        if second != self._second:
            frame = frame_of_28 if self._engines.has_new_cli(self._host) else frame_of_20
            self._frame = frame(list(self._lines(second)))
            self._second = second
        return self._frame

    def _lines(self, second: int) -> Iterator[str]:
        containers = {
            container.task.id: container for container in self._engines.containers(self._host)
        }
        is_first = self._second is None
        self._rows = {key: row for key, row in self._rows.items() if key in containers}
        self._admit(containers.values(), second)
        for key, row in self._rows.items():
            # Docker waits for a sample of all that run at first, and not of those that come later.
            has_sample = is_first or second > row.since
            yield row.line(containers[key].lived_s, has_sample=has_sample)

    def _admit(self, containers: Iterable[Container], second: int) -> None:
        """Have new rows after the known ones, as docker appends them."""
        memory_bytes = self._engines.memory_bytes(self._host)
        for container in containers:
            key = container.task.id
            if key not in self._rows:
                self._rows[key] = _Row(container, memory_bytes, since=second)
