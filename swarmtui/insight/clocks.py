"""Tell whose clock is wrong, from the times that nodes put on the states of their tasks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import clock_of, count_of, name_of, names_of, seconds_of
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.observation import NodesSeen, TasksSeen
from swarmtui.swarm.words import TASK_STATES, TaskState

_KEPT = timedelta(hours=1)
"""A proof grows old: clocks are set right, and engines restarted."""
_LATE = timedelta(seconds=30)
"""A node's word of a state may be on its way so long, as when its connection broke."""
_ANOTHER_CLOCK = timedelta(minutes=5)
"""So long after an election, tasks may still have dates of the leader before."""
_SHOWN = 5

_ASSIGNED = TASK_STATES.index(TaskState.ASSIGNED)
_BY_MANAGERS = frozenset(TASK_STATES[: _ASSIGNED + 1])
_BY_NODES = frozenset(TASK_STATES[_ASSIGNED + 1 : TASK_STATES.index(TaskState.REJECTED) + 1])
"""States that a node reports, and dates by its own clock; after those come managers again."""


class Proof(NamedTuple):
    """How far a clock is wrong at least."""

    off_s: float
    """Ahead of the leader's; negative when behind."""
    since: datetime
    """When it was first proven."""
    at: datetime
    """When it was last."""


class ClocksMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is proven of clocks."""

    proofs: Mapping[str, Proof] = {}
    ahead_most: float | None = None
    bound_at: datetime | None = None
    looked_at: datetime | None = None
    elected_at: datetime | None = None


class Clocks:
    """What the times in lists prove of clocks, and nothing that they only suggest.

    What a leader dated happened between the list that did not have it and the list that has: so
    its clock is compared with ours. What a node dates cannot have happened after it was seen, nor
    before what the leader had dated of the same task.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._proofs: dict[str, Proof] = {}
        """By node id."""
        self._ahead_most: float | None = None
        """Seconds by which the leader's clock is ahead of ours at most; `None` if not known."""
        self._bound_at: datetime | None = None
        self._looked_at: datetime | None = None
        """When nodes were last asked for."""
        self._elected_at: datetime | None = None

    def see_nodes(
        self, seen: NodesSeen, changes: Iterable[Change[Node]], *, has_elected: bool
    ) -> None:
        """Take an answer of `/nodes` into account; another leader has another clock."""
        if has_elected:
            self._ahead_most, self._elected_at = None, seen.taken_at
        before_at, self._looked_at = self._looked_at, seen.asked_at or seen.taken_at
        for before, after in changes:
            if after is None and before is not None:
                self._proofs.pop(before.id, None)
            elif after is not None and before_at is not None and not has_elected:
                if before is None:
                    self._bind(after.created_at, before_at)
                elif after.updated_at != before.updated_at:
                    self._bind(after.updated_at, before_at)
        self._forget(seen.taken_at)

    def see_tasks(
        self, seen: TasksSeen, changes: Sequence[Change[Task]], looked_at: datetime | None
    ) -> None:
        """Take tasks into account; `looked_at` is when their list was last seen whole."""
        at = seen.taken_at
        if looked_at is None:
            # The first list is long, and all it can tell is of dates that are still to come.
            changes = [c for c in changes if c.after is not None and c.after.since > at]
        for before, after in changes:
            if after is not None and after.state in _BY_NODES:
                if after.node_id in self._proofs and looked_at is not None:
                    self._doubt(after, at, looked_at)
                # Nearly all others tell nothing: they are left aside without a call.
                if after.since > at or (before is not None and after.since < before.since):
                    self._compare(before, after, at)
            elif before is None or after is None or looked_at is None:
                continue
            elif before.since != after.since and after.state in _BY_MANAGERS:
                self._bind(after.since, looked_at)

    def find_problems(self, nodes: Mapping[str, Node], told: AbstractSet[str]) -> Iterator[Problem]:
        """Go through what is to be said of clocks, but for those of nodes told already."""
        proofs = self._proofs
        wrong = [id_ for id_ in proofs if id_ in nodes and id_ not in told]
        wrong.sort(key=lambda id_: (-abs(proofs[id_].off_s), id_))
        if not wrong:
            return
        said = [f"{name_of(nodes[id_])} {tell_offset(proofs[id_].off_s)}" for id_ in wrong]
        worst = abs(proofs[wrong[0]].off_s)
        text = f"the clock of {said[0]} or more"
        if len(wrong) > 1:
            text = f"{count_of(len(wrong), 'clock')} wrong by as much or more: {names_of(said)}"
        yield Problem(
            severity=rate_offset(worst, self._thresholds),
            kind="clock_skew",
            subject="nodes",
            text=text,
            since=min(proofs[id_].since for id_ in wrong),
            nodes=tuple(wrong),
            query=query_nodes(wrong, otherwise=""),
            size=len(wrong),
            evidence=[
                f"{line}: by the times of its tasks, last at {clock_of(proofs[id_].at)}"
                for line, id_ in zip(said, wrong[:_SHOWN], strict=False)
            ],
        )

    def remember(self) -> ClocksMemory:
        """Return what is proven."""
        return ClocksMemory(
            proofs=dict(self._proofs),
            ahead_most=self._ahead_most,
            bound_at=self._bound_at,
            looked_at=self._looked_at,
            elected_at=self._elected_at,
        )

    def recall(self, memory: ClocksMemory) -> None:
        """Begin with what was remembered."""
        self._proofs, self._ahead_most = dict(memory.proofs), memory.ahead_most
        self._bound_at, self._looked_at = memory.bound_at, memory.looked_at
        self._elected_at = memory.elected_at

    def _bind(self, dated: datetime, after: datetime) -> None:
        """Learn from what the leader dated, and what happened after a moment of ours."""
        ahead = (dated - after).total_seconds()
        if self._ahead_most is None or ahead <= self._ahead_most:
            self._ahead_most, self._bound_at = ahead, after

    def _compare(self, before: Task | None, after: Task, at: datetime) -> None:
        is_dated = before is not None and before.state in _BY_MANAGERS
        if before is not None and is_dated and after.since < before.since:
            if self._elected_at is not None and at - self._elected_at < _ANOTHER_CLOCK:
                return
            self._prove(after.node_id, (after.since - before.since).total_seconds(), at)
        elif self._ahead_most is not None and after.since > at:
            ahead = (after.since - at).total_seconds() - self._ahead_most
            self._prove(after.node_id, ahead, at)

    def _prove(self, node_id: str, off_s: float, at: datetime) -> None:
        if not node_id or abs(off_s) < self._thresholds.clock_off_s:
            return
        known = self._proofs.get(node_id)
        if known is not None and (known.off_s < 0) is (off_s < 0):
            worst = max(known.off_s, off_s, key=abs)
            self._proofs[node_id] = Proof(worst, known.since, at)
        else:
            self._proofs[node_id] = Proof(off_s, at, at)

    def _doubt(self, task: Task, at: datetime, looked_at: datetime) -> None:
        """Drop a proof that a newer date contradicts: the clock was set right."""
        off_s = self._proofs[task.node_id].off_s
        if off_s < 0:
            is_right = task.since >= at - timedelta(seconds=self._thresholds.clock_off_s)
        else:
            is_right = task.since - timedelta(seconds=off_s) < looked_at - _LATE
        if is_right:
            del self._proofs[task.node_id]

    def _forget(self, at: datetime) -> None:
        if self._bound_at is not None and at - self._bound_at > _KEPT:
            self._ahead_most = self._bound_at = None
        for node_id in [id_ for id_, proof in self._proofs.items() if at - proof.at > _KEPT]:
            del self._proofs[node_id]


def tell_offset(off_s: float) -> str:
    """Return `is 30 s ahead` or `is 30 s behind`."""
    return f"is {seconds_of(abs(off_s))} {'ahead' if off_s > 0 else 'behind'}"


def rate_offset(off_s: float, thresholds: Thresholds) -> Severity:
    """Return how loud a clock is that is wrong by so much."""
    return Severity.WARNING if abs(off_s) >= thresholds.clock_far_off_s else Severity.INFO
