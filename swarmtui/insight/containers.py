"""What is shown of containers and machines: rows, as tables print them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from swarmtui.swarm.stats import ContainerStats, MachineSeen, TailSeen


class ContainerRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One container of a machine that is tailed."""

    key: str
    """Machine and container id: what identifies the row from sample to sample."""
    machine: str
    """`Machine.name`."""
    node_id: str
    """Empty when the machine is no node that is known."""
    hostname: str
    """The node's, else the machine's name."""
    service: str
    """Name of the service; empty for containers of no task."""
    task: str
    """Name of the task, `service.slot`; empty for containers of no task."""
    task_id: str
    stats: ContainerStats
    taken_at: datetime


class MachineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One machine of the inventory, or one node that is tailed."""

    name: str
    """`Machine.name`; the node id where the node is in no inventory."""
    node_id: str
    """Empty when the machine is no node that is known."""
    hostname: str
    """The node's, else the machine's name."""
    region: str
    contributor: str
    mine: bool
    tail: TailSeen | None
    """`None` when it is not tailed."""
    seen: MachineSeen | None
    """What it answered last; `None` when it was not asked yet."""
    in_inventory: bool
    containers: int
    """How many the last sample has; this and the totals are 0 without one."""
    cpu_percent: float
    memory_bytes: int
    cpu_trend: Sequence[float]
    """CPU of the samples of about two minutes, oldest first."""
    taken_at: datetime | None
    """Of the last sample; `None` without one."""
