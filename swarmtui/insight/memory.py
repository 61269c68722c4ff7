"""What an analyst knows beyond the snapshot: how it came to be what it is."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from swarmtui.insight.chronicle import ChronicleMemory
from swarmtui.insight.counted import CountedMemory
from swarmtui.insight.fleet import FleetMemory
from swarmtui.insight.groups import CensusMemory
from swarmtui.insight.history import HistoryMemory
from swarmtui.insight.membership import MembershipMemory
from swarmtui.insight.problem_book import BookMemory
from swarmtui.insight.timeline import Line
from swarmtui.insight.workload import WorkloadMemory
from swarmtui.swarm.entities import Task
from swarmtui.swarm.snapshot import Snapshot


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it, as plain data: it goes into files and comes back years later.

    It belongs to one snapshot, and means nothing beside another. A field that a later version adds
    needs a default: what an analyst knows that never heard of it. Nothing in it ever changes.
    """

    is_complete: bool = False
    """Every service's tasks have been seen at least once."""
    relists: Mapping[str, tuple[Task, ...]] = {}
    """Task lists on their way, by service id."""
    running: Mapping[str, int] | None = None
    """How many tasks read running on each node that has any, by its id: what takes long to count.
    `None` where the tasks are to be counted: before version 4 of recordings nobody had."""
    timeline: tuple[Line, ...] = ()
    chronicle: ChronicleMemory = ChronicleMemory()
    membership: MembershipMemory = MembershipMemory()
    workload: WorkloadMemory = WorkloadMemory()
    counted: CountedMemory = CountedMemory()
    rate: tuple[tuple[datetime, int], ...] = ()
    """Running tasks over the last half minute."""
    history: HistoryMemory = HistoryMemory()
    census: CensusMemory = CensusMemory()
    fleet: FleetMemory = FleetMemory()
    book: BookMemory = BookMemory()


class MemoryMismatchError(ValueError):
    """A memory that is not of the snapshot it came with; the text is one line for people."""


def check_belongs(memory: Memory, snapshot: Snapshot) -> None:
    """Raise `MemoryMismatchError` when a memory is of other nodes than a snapshot has."""
    nodes = len(snapshot.nodes)
    since, trails = memory.membership.since, memory.membership.trails
    if len(since) != nodes or len(trails) not in {0, nodes}:
        raise MemoryMismatchError(f"what is remembered is not of these {nodes:,} nodes")
