"""What is shown of containers and machines: rows, as tables print them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from swarmtui.swarm.stats import (
    ContainerStats,
    MachineSeen,
    TailSeen,
    TailState,
    TrustOutcome,
    UnknownKey,
)

_ON_THE_WAY = frozenset({TailState.QUEUED, TailState.CONNECTING})


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
    trust: TrustOutcome | None = None
    """What came of the last yes to its host key; `None` when there was none."""

    @property
    def unknown_key(self) -> UnknownKey | None:
        """Return the host key for which the machine is left alone, by the newest word of it.

        A tail's word holds as long as it says nothing else. `None` also for a key that changed.
        """
        tail, seen = self.tail, self.seen
        asked = seen.unknown_key if seen is not None else None
        if tail is None or tail.state in _ON_THE_WAY:
            return asked
        if seen is not None and seen.taken_at > tail.taken_at and _tells(seen):
            return asked
        return tail.unknown_key


def _tells(seen: MachineSeen) -> bool:
    """Tell whether an answer says how it is with the host key: one that is down does not."""
    is_trusted = seen.trust is not None and seen.trust.is_trusted
    return seen.reachable or is_trusted or seen.unknown_key is not None
