"""Tell the wave of unknown nodes after an election from nodes that are really lost."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.roster import Turn
from swarmtui.insight.wording import count_of, seconds_of
from swarmtui.swarm.words import NodeState

GRACE = timedelta(seconds=40)
"""A new leader takes every node for unknown until it registers again, and gives them twice the
usual three heartbeats of 5 s. Measured: live nodes are back 2 to 6 s after the new leader's
first answer, a dead one is down after 31 s."""
_COMING = timedelta(seconds=10)
"""As long as nodes keep going and coming back, at most this far apart, the wave is not over."""


class SettlingMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a wave stands."""

    nodes: frozenset[str] = frozenset()
    began_at: datetime | None = None
    ended_at: datetime | None = None
    until: datetime | None = None
    total: int = 0
    lost: int = 0
    last_at: datetime | None = None


class Settling:
    """The nodes that turned unknown because the leader changed, and are expected back.

    Not every election is seen as one: a leader may be elected again while one request hangs. So a
    wave also begins when half of the ready nodes turn unknown at once, which nothing else does.
    """

    def __init__(self) -> None:
        self.nodes: set[str] = set()
        """Ids of the nodes still unknown."""
        self.began_at: datetime | None = None
        """When the wave was first expected: the time of the election, if one was seen."""
        self.ended_at: datetime | None = None
        """When the last wave was over."""
        self._until: datetime | None = None
        self._total = 0
        self._lost = 0
        self._last_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether nodes that turn unknown now belong to the wave."""
        return self._until is not None

    def begin(self, at: datetime) -> None:
        """Expect a wave: a new leader was seen."""
        self.began_at, self._until = at, at + GRACE
        self._total, self._lost, self._last_at = len(self.nodes), 0, None

    def absorb(self, turns: Sequence[Turn], at: datetime, *, ready_before: int) -> Sequence[Turn]:
        """Take what belongs to the wave out of `turns`, and return the rest: what is news."""
        gone = [turn for turn in turns if turn.new is NodeState.UNKNOWN and _was_ready(turn)]
        if not self._expects_first and len(gone) > 1 and len(gone) * 2 >= ready_before:
            self.begin(at)
        if not self.is_open and not self.nodes:
            return turns
        return [turn for turn in turns if not self._absorb(turn, at)]

    def expect(self, unknown: AbstractSet[str], at: datetime, *, total: int) -> None:
        """Take the first look into account: a swarm that is half unknown is just settling."""
        if len(unknown) > 1 and len(unknown) * 2 >= total:
            self.begin(at)
            self.nodes = set(unknown)
            self._total = len(unknown)

    @property
    def _expects_first(self) -> bool:
        """Tell whether an open wave has yet to come in, or is coming in.

        One that is open and over already can be followed by the next: a leader may lose its place
        again before the grace is over.
        """
        return self.is_open and (self._total == 0 or bool(self.nodes))

    def expire(self, at: datetime) -> AbstractSet[str]:
        """Close the wave when its time is over, and return the nodes that never came back."""
        if self._until is None or at < self._until:
            return frozenset()
        if self._last_at is not None and at - self._last_at < _COMING and self.nodes:
            return frozenset()
        left, self.nodes = self.nodes, set()
        self._until, self.ended_at = None, at
        self._lost += len(left)
        return left

    def tell(self) -> str:
        """Return the wave in words, to be put behind the election; empty while there is none."""
        if not self._total or self.began_at is None:
            return ""
        nodes = count_of(self._total, "node")
        if self.nodes:
            return f"{nodes} unknown, {self._count_back():,} back so far"
        took = seconds_of(((self._last_at or self.began_at) - self.began_at).total_seconds())
        if not self._lost:
            return f"{nodes} unknown, all back after {took}"
        stay = "stays" if self._lost == 1 else "stay"
        return (
            f"{nodes} unknown, {self._count_back():,} back after {took}, {self._lost:,} {stay} lost"
        )

    def remember(self) -> SettlingMemory:
        """Return how the wave stands."""
        return SettlingMemory(
            nodes=frozenset(self.nodes),
            began_at=self.began_at,
            ended_at=self.ended_at,
            until=self._until,
            total=self._total,
            lost=self._lost,
            last_at=self._last_at,
        )

    def recall(self, memory: SettlingMemory) -> None:
        """Begin with what was remembered."""
        self.nodes = set(memory.nodes)
        self.began_at, self.ended_at = memory.began_at, memory.ended_at
        self._until, self._last_at = memory.until, memory.last_at
        self._total, self._lost = memory.total, memory.lost

    def _count_back(self) -> int:
        return self._total - self._lost - len(self.nodes)

    def _absorb(self, turn: Turn, at: datetime) -> bool:
        id_ = turn.node.id
        if self.is_open and turn.new is NodeState.UNKNOWN and _was_ready(turn):
            self.nodes.add(id_)
            self._total += 1
            # A second wave can come in just as the time of the first is over.
            self._last_at = at
            return True
        if id_ not in self.nodes:
            return False
        self.nodes.discard(id_)
        if turn.new is not NodeState.READY:
            self._lost += 1
            return False
        self._last_at = at
        if not self.nodes:
            self.ended_at = at
        return True


def _was_ready(turn: Turn) -> bool:
    return turn.old is NodeState.READY
