"""What `docker stats` of a simulated host writes."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.hosts.engines import HostEngines
from swarmtui.simulator.hosts.frames import HostFrames
from swarmtui.simulator.hosts.roster import Host, make_roster
from swarmtui.simulator.hosts.stats_frames import (
    binary_size,
    decimal_size,
    frame_of_20,
    frame_of_28,
    known_line,
)
from swarmtui.simulator.hosts.usage import Habit, Usage
from swarmtui.simulator.simulation import Simulation

RECORDED = Path(__file__).parent / "recorded"
FRAMES = {"20.10.24": frame_of_20, "28.2.2": frame_of_28}


def recorded_lines() -> list[str]:
    """Return our lines for what the CLIs were told of when they were recorded."""
    usages = [
        ("a", f"shop_web.12.{'w' * 25}", Usage(
            cpu_percent=12.34, memory_bytes=3_321_999, net_rx_bytes=12345, net_tx_bytes=999,
            block_read_bytes=8_000_000,
        )),
        ("b", f"metrics_agent.{'n' * 25}.{'t' * 25}", Usage(
            cpu_percent=150, memory_bytes=1 << 30, pids=11,
        )),
        ("c", f"third.1.{'z' * 25}", Usage(
            cpu_percent=0.004, memory_bytes=(1 << 20) - 1, net_rx_bytes=1_000_000,
            net_tx_bytes=999_500, block_read_bytes=123_456_789, block_write_bytes=5_000_000_000,
            pids=22,
        )),
    ]  # fmt: skip
    return [
        known_line(letter * 64, name, usage, limit_bytes=509_000_000)
        for letter, name, usage in usages
    ]


@pytest.mark.parametrize("version", FRAMES)
def test_a_frame_is_byte_by_byte_that_of_the_real_cli(version: str) -> None:
    recorded = (RECORDED / f"docker-stats-{version}.bin").read_bytes()

    assert FRAMES[version](recorded_lines()) == recorded


@pytest.mark.parametrize("version", FRAMES)
def test_so_is_a_frame_of_a_host_on_which_nothing_runs(version: str) -> None:
    recorded = (RECORDED / f"docker-stats-{version}-nothing-runs.bin").read_bytes()

    assert FRAMES[version]([]) == recorded


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0B"), (999, "999B"), (12_345, "12.3kB"), (999_500, "1e+03kB"), (5e9, "5GB")],
)
def test_network_and_block_sizes_are_decimal(size: float, text: str) -> None:
    assert decimal_size(size) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0B"), (3_321_999, "3.168MiB"), ((1 << 20) - 1, "1024KiB")]
)
def test_memory_is_binary(size: float, text: str) -> None:
    assert binary_size(size) == text


def test_usage_moves_smoothly_and_counters_never_fall() -> None:
    habit = Habit("task", memory_bytes=512 << 20, has_network=True)
    course = [habit.at(tenth / 10) for tenth in range(6000)]

    for before, after in pairwise(course):
        assert after.net_rx_bytes >= before.net_rx_bytes
        assert after.net_tx_bytes >= before.net_tx_bytes
        assert after.block_write_bytes >= before.block_write_bytes
        assert abs(after.cpu_percent - before.cpu_percent) < 5
        assert abs(after.memory_bytes - before.memory_bytes) < 1 << 20
    assert all(usage.cpu_percent >= 0 for usage in course)
    assert len({round(usage.cpu_percent, 2) for usage in course}) > 1


def test_usage_is_the_same_for_the_same_task_and_time() -> None:
    habits = [Habit("task", memory_bytes=1 << 29, has_network=True) for _ in range(2)]
    other = Habit("another", memory_bytes=1 << 29, has_network=True)

    assert habits[0].at(12.5) == habits[1].at(12.5) != other.at(12.5)


def test_forty_containers_fit_in_the_smallest_machine() -> None:
    memory_bytes = 504 << 20
    habits = [
        Habit(f"task-{number}", memory_bytes=memory_bytes, has_network=True) for number in range(40)
    ]

    assert sum(habit.at(300).memory_bytes for habit in habits) < memory_bytes * 0.6


class Watched:
    """A host of an event whose time is set by hand."""

    def __init__(self, simulation: Simulation) -> None:
        self.second = 40.0
        clock = Clock(starts_at=0, monotonic=lambda: self.second)
        clock._began = 0.0
        epoch = datetime(2026, 11, 22, tzinfo=UTC)
        self.simulation = simulation
        self.engines = HostEngines(lambda: simulation.at(self.second), clock, Calendar(epoch))
        self.host = self._busiest_host()
        self.frames = HostFrames(self.host, self.engines)

    def _busiest_host(self) -> Host:
        roster = make_roster(self.simulation.at(self.second), ())
        self.second = 70.0
        return max(roster.hosts, key=lambda host: len(self.engines.containers(host)))

    def lines(self, beat: int) -> list[bytes]:
        frame = self.frames.at(beat).removeprefix(b"\x1b[2J\x1b[H").removeprefix(b"\x1b[H")
        return frame.partition(b"\x1b[H")[0].splitlines()


def test_a_frame_is_made_once_a_second_and_painted_twice(simulation: Simulation) -> None:
    watched = Watched(simulation)
    first = watched.frames.at(20)
    watched.second += 1

    assert watched.frames.at(21) is first
    assert watched.frames.at(22) != first


def test_a_container_that_comes_later_is_unknown_for_a_second(simulation: Simulation) -> None:
    watched = Watched(simulation)
    known = watched.lines(0)
    assert known
    assert not any(b'"Name":"--"' in line for line in known)
    beat = 0
    while len(lines := watched.lines(beat)) <= len(known):
        watched.second += 1
        beat += 2

    assert b'"ID":"","MemPerc":"--","MemUsage":"-- / --","Name":"--"' in lines[-1]
    assert b'"Name":"--"' not in lines[0]
    assert b'"Name":"--"' not in watched.lines(beat + 2)[len(lines) - 1]


def test_a_container_that_has_ended_is_shown_no_more(simulation: Simulation) -> None:
    watched = Watched(simulation)
    watched.second = 530.0
    assert watched.lines(0)
    watched.second = 700.0

    assert watched.lines(2) == []
