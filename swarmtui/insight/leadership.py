"""Follow who leads: elections, the time without a leader, and what it looks like meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.picture import Election, Leadership, ManagerLine, Phase, Quorum
from swarmtui.insight.wording import name_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.observation import FailureKind, ManagerLost, NodesSeen, Waiting
from swarmtui.swarm.words import Reachability

_SLOW_ANSWER = timedelta(seconds=2)
"""An answer that took longer than this may have waited for a leader."""
_CHEAP_HANG = timedelta(seconds=4)
"""`/nodes` and `/services` answer in well under a second unless nobody leads."""
_ANY_HANG = timedelta(seconds=12)
"""Task lists may take seconds; an election holds everything up for 12.0 to 12.5 s."""
_SILENCE = timedelta(seconds=60)
"""How long the silence of one manager is taken for an election: longer is just a lost manager."""
_MOST = 200
"""Elections listed; the count of seconds goes on."""

_SILENT = frozenset({FailureKind.REFUSED, FailureKind.TIMED_OUT, FailureKind.BROKEN})


class LeaderMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the leader beyond what the nodes say now."""

    id: str = ""
    name: str = ""
    elections: tuple[Election, ...] = ()
    since: datetime | None = None
    is_exact: bool = False
    leaderless_s: float = 0.0
    confirmed_at: datetime | None = None
    data_at: datetime | None = None
    trouble_at: datetime | None = None
    vacant_at: datetime | None = None
    lost_at: datetime | None = None
    silent_at: datetime | None = None


class Leader:
    """What is known of the leader, from one observation to the next."""

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.elections: list[Election] = []
        self.managers: Mapping[str, Node] = {}
        self._since: datetime | None = None
        self._is_exact = False
        self._leaderless_s = 0.0
        self._confirmed_at: datetime | None = None
        self._data_at: datetime | None = None
        self._trouble_at: datetime | None = None
        """First sign, since the leader was last confirmed, that it may not lead any more."""
        self._vacant_at: datetime | None = None
        """Since when managers or their node list say that nobody leads."""
        self._lost_at: datetime | None = None
        """Since when managers answer that there is no leader."""
        self._silent_at: datetime | None = None
        """Since when the manager asked, the leader or one that waits for it, gives no answer."""

    @property
    def has_others(self) -> bool:
        """Tell whether another manager could be elected."""
        return len(self.managers) > 1

    def see_nodes(self, seen: NodesSeen, managers: Mapping[str, Node]) -> Election | None:
        """Take an answer of `/nodes` into account; return the election it reveals, if any."""
        self.managers = managers
        self._data_at = seen.taken_at
        leading = [node for node in managers.values() if node.is_leader]
        leader = min(leading, key=lambda node: node.id, default=None)  # of two any, but the same
        if leader is None:
            if managers:
                self._miss(seen)
            return None
        if seen.asked_at and seen.taken_at - seen.asked_at > _SLOW_ANSWER:
            self._suspect(seen.asked_at)
        election = self._confirm(leader, seen.taken_at)
        self._trouble_at = self._vacant_at = self._lost_at = self._silent_at = None
        return election

    def see_data(self, at: datetime) -> None:
        """Take any other answer into account: somebody leads, or it would not have come."""
        self._data_at = at
        self._silent_at = None

    def see_loss(self, lost: ManagerLost, *, asked_id: str) -> None:
        """Take a failed request into account; `asked_id` is the node asked, where it is known."""
        at = self._after_confirmation(lost.asked_at or lost.taken_at)
        if lost.kind is FailureKind.NO_LEADER:
            self._suspect(at)
            self._vacant_at = self._vacant_at or at
            self._lost_at = self._lost_at or at
        elif lost.kind is FailureKind.OVERLOADED:
            self._suspect(at)  # a quorum just lost begins like this, too
        elif lost.kind in _SILENT:
            self._suspect(at)
            # A follower that is gone says nothing of the leader, one that hangs may wait for it.
            if asked_id == self.id or lost.kind is FailureKind.TIMED_OUT:
                self._silent_at = self._silent_at or at

    def find_phase(self, now: datetime, waiting: Waiting | None) -> tuple[Phase, datetime | None]:
        """Return what leadership is doing, apart from nodes that settle, and since when."""
        if self._lost_at is not None:
            return Phase.LOST, self._lost_at
        if self._vacant_at is not None:
            return Phase.ELECTING, self._vacant_at
        if self._since is None:
            return Phase.UNKNOWN, None
        if self.has_others and (probably := self._find_silence(now, waiting)):
            return Phase.ELECTING, probably
        return Phase.LED, self._since

    def remember(self) -> LeaderMemory:
        """Return what was concluded so far."""
        return LeaderMemory(
            id=self.id,
            name=self.name,
            elections=tuple(self.elections),
            since=self._since,
            is_exact=self._is_exact,
            leaderless_s=self._leaderless_s,
            confirmed_at=self._confirmed_at,
            data_at=self._data_at,
            trouble_at=self._trouble_at,
            vacant_at=self._vacant_at,
            lost_at=self._lost_at,
            silent_at=self._silent_at,
        )

    def recall(self, memory: LeaderMemory, managers: Mapping[str, Node]) -> None:
        """Begin with what was remembered, and the managers there are."""
        self.managers = managers
        self.id, self.name, self.elections = memory.id, memory.name, list(memory.elections)
        self._since, self._is_exact = memory.since, memory.is_exact
        self._leaderless_s = memory.leaderless_s
        self._confirmed_at, self._data_at = memory.confirmed_at, memory.data_at
        self._trouble_at, self._vacant_at = memory.trouble_at, memory.vacant_at
        self._lost_at, self._silent_at = memory.lost_at, memory.silent_at

    @property
    def is_told_vacant(self) -> bool:
        """Tell whether the swarm itself says that nobody leads; else it is only probable."""
        return self._vacant_at is not None

    def publish(self, phase: Phase, since: datetime | None, settling: int) -> Leadership:
        """Return everything about leadership, as a picture shows it."""
        return Leadership(
            phase=phase,
            since=since,
            leader_id=self.id,
            leader=self.name,
            leading_since=self._since,
            tenure_is_exact=self._is_exact,
            elections=tuple(self.elections),
            leaderless_s=self._leaderless_s,
            settling=settling,
            managers=_list(self.managers),
            quorum=count_quorum(self.managers, is_lost=phase is Phase.LOST),
        )

    def _miss(self, seen: NodesSeen) -> None:
        slow = seen.asked_at and seen.taken_at - seen.asked_at > _SLOW_ANSWER
        at = seen.asked_at if slow and seen.asked_at else seen.taken_at
        self._suspect(at)
        self._vacant_at = self._vacant_at or self._after_confirmation(at)

    def _suspect(self, at: datetime) -> None:
        self._trouble_at = self._trouble_at or self._after_confirmation(at)

    def _after_confirmation(self, at: datetime) -> datetime:
        # A request may have been sent before another one's answer confirmed the leader.
        return max(at, self._confirmed_at) if self._confirmed_at else at

    def _confirm(self, leader: Node, at: datetime) -> Election | None:
        is_first = self._since is None
        changed = leader.id != self.id
        old = self.name
        self.id, self.name = leader.id, name_of(leader)
        self._confirmed_at = at
        if not changed and self._vacant_at is None:
            return None
        self._since = at
        self._is_exact = not is_first or self._vacant_at is not None
        if is_first and self._vacant_at is None:
            return None
        return self._elect(old, at)

    def _elect(self, old: str, at: datetime) -> Election:
        leaderless = (at - self._trouble_at).total_seconds() if self._trouble_at else 0.0
        election = Election(at=at, old_leader=old, new_leader=self.name, leaderless_s=leaderless)
        self._leaderless_s += leaderless
        self.elections = [*self.elections, election][-_MOST:]
        return election

    def _find_silence(self, now: datetime, waiting: Waiting | None) -> datetime | None:
        if self._silent_at is not None and now - self._silent_at < _SILENCE:
            return self._silent_at
        if waiting is None:
            return None
        cheap = "/nodes" in waiting.what or "/services" in waiting.what
        quiet_since = max(waiting.since, self._data_at) if self._data_at else waiting.since
        return waiting.since if now - quiet_since >= (_CHEAP_HANG if cheap else _ANY_HANG) else None


def count_quorum(managers: Mapping[str, Node], *, is_lost: bool = False) -> Quorum:
    """Return the quorum; when it is known to be lost, old data does not say otherwise."""
    reachable = sum(
        node.manager is not None and node.manager.reachability is Reachability.REACHABLE
        for node in managers.values()
    )
    needed = len(managers) // 2 + 1
    if is_lost:
        reachable = min(reachable, needed - 1)
    return Quorum(managers=len(managers), reachable=reachable, needed=needed if managers else 0)


def _list(managers: Mapping[str, Node]) -> Sequence[ManagerLine]:
    lines = [
        ManagerLine(
            node_id=node.id,
            hostname=name_of(node),
            addr=node.manager.addr or node.addr,
            leader=node.manager.leader,
            reachability=node.manager.reachability,
        )
        for node in managers.values()
        if node.manager is not None
    ]
    return tuple(sorted(lines, key=lambda line: (not line.leader, line.hostname, line.node_id)))
