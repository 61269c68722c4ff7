"""What a recorder does in the analyst's thread: take what goes to the file, and nothing more."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Election, Happening, Place
from swarmtui.recording.scribe import Item, Told
from swarmtui.recording.segments import Relisted, Seen, State
from swarmtui.swarm.observation import (
    NodesSeen,
    Observation,
    ServicesSeen,
    TasksSeen,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import StatsSeen

KEYFRAME_EVERY = timedelta(seconds=30)
MOST_CHANGES = 7_500
"""Tasks changed after which a keyframe comes early: that many are played in 0.05 s."""
MOST_CHANGES_AT_FIRST = 13_000
_TASKS_A_CHANGE = 16
"""Where there are few tasks more may change: it is entered sooner, and there is time to play."""
_TASKS_A_NODE = 6
_TASKS_A_SECOND = 150
"""So much as that many tasks take a node that changed, and a second in which nothing did, to play:
everything is judged anew in it."""
LEAST_TIME = timedelta(seconds=2.5)
"""However much changes, as all tasks do at the first look: a keyframe is of all of them."""
_CONTAINERS_A_CHANGE = 4
"""So much less than a task is a container of a sample to play."""


class Remembering(Protocol):
    """What a recorder asks of an analyst: see `insight.analyst.Analyst`."""

    @property
    def snapshot(self) -> Snapshot:
        """Return what is known of the swarm."""

    @property
    def places(self) -> Mapping[str, Place]:
        """Return the place of every node: another object whenever something changed."""

    @property
    def happenings(self) -> Sequence[Happening]:
        """Return what happened, newest last: another object whenever something changed."""

    @property
    def elections(self) -> Sequence[Election]:
        """Return the elections that are over, newest last: another object with every new one."""

    def remember(self) -> Memory:
        """Return all that is known beyond the snapshot; work grows with the nodes alone."""


class Intake:
    """Turns what an analyst has just seen into what is to be written of it.

    Nothing is copied or compared here: the analyst, and with it every screen, waits meanwhile.
    """

    def __init__(self, analyst: Remembering) -> None:
        self._analyst = analyst
        self._at: datetime | None = None
        self._snapshot: Snapshot | None = None
        self._told = Told((), ())
        self._keyframe_at: datetime | None = None
        self._most_changed = MOST_CHANGES_AT_FIRST
        self._changed = 0
        """Tasks, or what takes as long, changed since the last keyframe."""
        self._relisting: set[str] = set()
        """Services whose task lists are on their way anew."""

    def take(
        self, seen: Observation, *, wants_keyframe: bool, can_keyframe: bool
    ) -> Iterator[Item]:
        """Yield what is to be written; to be called after the analyst has seen it."""
        before, self._snapshot = self._snapshot, self._analyst.snapshot
        at = self._at = max(self._at or seen.taken_at, seen.taken_at)
        if before is not None:
            relisted = Relisted(before, self._snapshot) if self._is_relist(seen, before) else None
            self._changed += _count_changes(seen) + _count_gone(before, self._snapshot)
            yield Seen(seen, at, self._analyst.places, relisted)
        told = Told(self._analyst.elections, self._analyst.happenings)
        if (
            told.elections is not self._told.elections
            or told.happenings is not self._told.happenings
        ):
            self._told = told
            yield told
        if can_keyframe and (wants_keyframe or self._is_due(at)):
            yield self._take_state(at)

    def _take_state(self, at: datetime) -> State:
        self._keyframe_at, self._changed = at, 0
        analyst = self._analyst
        tasks = sum(map(len, analyst.snapshot.tasks.values()))
        self._most_changed = max(MOST_CHANGES, MOST_CHANGES_AT_FIRST - tasks // _TASKS_A_CHANGE)
        return State(at, analyst.snapshot, analyst.remember(), analyst.places)

    def _is_due(self, at: datetime) -> bool:
        if self._keyframe_at is None:
            return True
        passed = at - self._keyframe_at
        changed = self._changed + _TASKS_A_SECOND * passed.total_seconds()
        return passed >= (LEAST_TIME if changed > self._most_changed else KEYFRAME_EVERY)

    def _is_relist(self, seen: Observation, before: Snapshot) -> bool:
        """Tell whether it brings again what was known, or a part of that."""
        match seen:
            case NodesSeen():
                return seen.whole and before.nodes_at is not None
            case ServicesSeen():
                return seen.whole and before.services_at is not None
            case TasksSeen():
                return self._is_task_relist(seen, before)
            case WatcherLost():
                self._relisting.clear()
                return False
            case _:
                return False

    def _is_task_relist(self, seen: TasksSeen, before: Snapshot) -> bool:
        service = seen.service_id
        if seen.whole and service in before.tasks_at:
            self._relisting.add(service)
        if service not in self._relisting:
            return False
        if seen.complete:
            self._relisting.discard(service)
        return True


def size_of(seen: Observation) -> int:
    """Return how many things an observation holds, itself among them: what it takes in memory."""
    match seen:
        case NodesSeen() | ServicesSeen() | TasksSeen():
            return 1 + len(seen.changed) + len(seen.removed)
        case StatsSeen():
            return 1 + len(seen.containers)
        case _:
            return 1


def _count_changes(seen: Observation) -> int:
    if isinstance(seen, StatsSeen):
        return 1 + len(seen.containers) // _CONTAINERS_A_CHANGE
    return size_of(seen) * (_TASKS_A_NODE if isinstance(seen, NodesSeen) else 1)


def _count_gone(before: Snapshot, after: Snapshot) -> int:
    """Return how many tasks went with their services."""
    if before.services is after.services:
        return 0
    return sum(len(tasks) for service, tasks in before.tasks.items() if service not in after.tasks)
