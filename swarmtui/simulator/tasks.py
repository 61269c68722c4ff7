"""A task: its way through the states is laid out when it is placed, and looked up when asked."""

from __future__ import annotations

from bisect import bisect_right
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.states import TaskState

if TYPE_CHECKING:
    from swarmtui.simulator.nodes import Node
    from swarmtui.simulator.services import Service

NEVER = float("inf")
LONG_AGO = float("-inf")

Gait = tuple[float, ...]
"""Seconds after its assignment at which a task enters each state after `assigned`."""

_ON_NODE = (
    TaskState.ASSIGNED,
    TaskState.ACCEPTED,
    TaskState.PREPARING,
    TaskState.READY,
    TaskState.STARTING,
    TaskState.RUNNING,
)
_STARTING = _ON_NODE.index(TaskState.STARTING) - 1
"""Place of `starting` in a gait."""


class Phase(NamedTuple):
    """The state of a task between two seconds of the event."""

    state: TaskState
    since: float
    until: float


class Ending(NamedTuple):
    """How a task ends, as its status will say."""

    state: TaskState
    message: str
    err: str = ""
    exit_code: int = 0


class Complaint(NamedTuple):
    """What the scheduler last said of a task it could not place."""

    at: float
    text: str


SHUTDOWN = Ending(TaskState.SHUTDOWN, "shutdown")
_UNASKED = Phase(TaskState.NEW, LONG_AGO, LONG_AGO)


class Task:
    """One task of a slot.

    A hundred thousand of them pass through seven states each, so none of those
    steps is an action of the agenda: `phase` finds the state for a time from
    when the task was born, allocated and assigned, and from its gait. What is
    on the agenda is only what has consequences, such as a failure.
    """

    __slots__ = (
        "allocated_at", "assigned_at", "body", "born", "complaint", "desired", "desired_at",
        "ended_at", "ending", "gait", "halted_at", "id", "known", "node", "released_at",
        "service", "slot",
    )  # fmt: skip

    def __init__(self, task_id: str, service: Service, slot: int, *, born: float) -> None:
        self.id = task_id
        self.service = service
        self.slot = slot
        """0 for a task of a global service, which has none."""
        self.born = born
        self.allocated_at = born
        self.released_at = born
        """Until then it is wanted `ready` only: the delay of a restart."""
        self.node: Node | None = None
        self.assigned_at = NEVER
        self.gait: Gait = ()
        self.halted_at = NEVER
        """When its node was lost: nothing is heard of it from then on."""
        self.ended_at = NEVER
        self.ending = SHUTDOWN
        self.desired = TaskState.RUNNING
        self.desired_at = born
        self.complaint: Complaint | None = None
        self.known = _UNASKED
        self.body: bytes | None = None
        """Its JSON, good until the phase ends."""

    def phase(self, now: float) -> Phase:
        """Return the state at `now`; until that phase ends, the very same object."""
        if now >= self.known.until:
            self.known = self._phase(now)
            self.body = None
        return self.known

    def changed(self) -> None:
        """Forget what was known: something about the task is different from now on."""
        self.known = _UNASKED
        self.body = None

    def desire(self, state: TaskState, now: float) -> None:
        """Want it in `state` from `now` on."""
        self.desired = state
        self.desired_at = now
        self.changed()

    def end(self, ending: Ending, at: float) -> None:
        """Have it end at `at`."""
        self.ending = ending
        self.ended_at = at
        self.changed()

    def halt(self, now: float) -> None:
        """Stop hearing of it, as its node is lost."""
        self.halted_at = min(self.halted_at, now)
        self.changed()

    @property
    def is_wanted(self) -> bool:
        """Whether it is its slot's task, rather than one that is to go or has gone."""
        return self.desired is TaskState.RUNNING

    def desired_state(self, now: float) -> TaskState:
        """Return where it is wanted at `now`."""
        if self.is_wanted and now < self.released_at:
            return TaskState.READY
        return self.desired

    def changed_at(self, now: float) -> float:
        """Return when it last changed, by `now`, in any way a client can see."""
        changed_at = max(self.phase(now).since, self.desired_at)
        if self.is_wanted and self.released_at <= now:
            return max(changed_at, self.released_at)
        return changed_at

    def _phase(self, now: float) -> Phase:
        if now >= self.ended_at:
            return Phase(self.ending.state, self.ended_at, NEVER)
        state, since, until = self._step(min(now, self.halted_at))
        if now >= self.halted_at:
            until = NEVER
        if now < self.released_at:
            until = min(until, self.released_at)
        return Phase(state, since, min(until, self.ended_at))

    def _step(self, lived: float) -> Phase:
        if lived < self.allocated_at:
            return Phase(TaskState.NEW, self.born, self.allocated_at)
        if lived < self.assigned_at:
            return self._waiting(lived)
        step = bisect_right(self.gait, lived - self.assigned_at)
        since = self.assigned_at + self.gait[step - 1] if step else self.assigned_at
        until = self.assigned_at + self.gait[step] if step < len(self.gait) else NEVER
        return Phase(_ON_NODE[step], since, until)

    def _waiting(self, lived: float) -> Phase:
        if self.complaint is None:
            return Phase(TaskState.PENDING, self.allocated_at, self.assigned_at)
        if lived < self.complaint.at:
            until = min(self.complaint.at, self.assigned_at)
            return Phase(TaskState.PENDING, self.allocated_at, until)
        return Phase(TaskState.PENDING, self.complaint.at, self.assigned_at)


def make_gaits(chance: Random, *, wanted: int = 1024) -> list[Gait]:
    """Return some ways to go from `assigned` to `running`, most of them in 2 to 8 s."""
    return [_gait(chance) for _ in range(wanted)]


def _gait(chance: Random) -> Gait:
    accepted = chance.uniform(0.05, 0.4)
    preparing = accepted + chance.uniform(0.02, 0.2)
    ready = preparing + min(chance.lognormvariate(0.7, 0.6), 12)
    starting = ready + chance.uniform(0.02, 0.3)
    running = starting + chance.uniform(0.3, 2)
    return accepted, preparing, ready, starting, running


def paced(gait: Gait, assigned_at: float, *, released_at: float, quiet: Window) -> Gait:
    """Return `gait` with the wait for a restart's delay, and for a leader, put in."""
    until_quiet = quiet.start - assigned_at
    meets_quiet = 0 < until_quiet <= gait[-1]
    if released_at <= assigned_at and not meets_quiet:
        return gait
    delay = max(0.0, released_at - assigned_at - gait[_STARTING])
    stillness = quiet.end - quiet.start
    delayed = (
        offset + delay if place >= _STARTING else offset for place, offset in enumerate(gait)
    )
    return tuple(offset + stillness if 0 < until_quiet <= offset else offset for offset in delayed)
