"""Group the errors of tasks as they are now by cause."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter

import msgspec

from swarmtui.insight.astray import Astray
from swarmtui.insight.error_words import UNPLACEABLE, normalise
from swarmtui.insight.picture import ErrorGroup
from swarmtui.insight.tally import WANTED
from swarmtui.insight.transitions import Kind, Kinds, Transitions
from swarmtui.swarm.deferred import ErrorOnNode
from swarmtui.swarm.entities import Task
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import PIPELINE, TaskState

_MOST = 200
"""Groups shown; the rest are single tasks nobody scrolls to."""
_PIPELINE = frozenset(PIPELINE)
# What a stopped or finished task says last is how it ended as wanted, not an error.
_ENDED_WELL = frozenset({TaskState.SHUTDOWN, TaskState.COMPLETE, TaskState.REMOVE})
_ERROR_OF = attrgetter("error")
_ERROR_AND_NODE_OF = attrgetter("error", "node_id")


class Share:
    """The part of a group of errors that belongs to one service."""

    __slots__ = ("count", "example", "since")

    def __init__(self) -> None:
        self.count = 0
        self.example = ""
        self.since: datetime | None = None
        """Since when a task of the service is in the state, with an error of this group."""


class ShareMemory(msgspec.Struct, frozen=True, array_like=True):
    """The part of a group that belongs to one service, as it is remembered.

    The group's text is not: it is that of the example, whatever an error reads by then.
    """

    state: TaskState
    service_id: str
    since: datetime | None
    example: str


class ErrorCounts:
    """One group of errors: how many tasks, of which services, on which nodes."""

    __slots__ = ("count", "nodes", "services")

    def __init__(self) -> None:
        self.count = 0
        self.nodes: Counter[str] = Counter()
        self.services: dict[str, Share] = {}

    def add(self, service_id: str, node_id: str, error: str, *, count: int) -> Share:
        """Count tasks in, and return the part of their service."""
        self.count += count
        if node_id:
            self.nodes[node_id] += count
        share = self.services.get(service_id)
        if share is None:
            share = self.services[service_id] = Share()
        share.count += count
        share.example = error
        return share

    def remove(self, service_id: str, node_id: str, *, count: int) -> None:
        """Count tasks out that were counted in."""
        self.count -= count
        if node_id:
            self.nodes[node_id] -= count
            if not self.nodes[node_id]:
                del self.nodes[node_id]
        share = self.services[service_id]
        share.count -= count
        if not share.count:
            del self.services[service_id]


class ErrorTally:
    """All errors of tasks as they are now, grouped."""

    def __init__(self) -> None:
        self.groups: dict[tuple[TaskState, str], ErrorCounts] = {}
        self._out: Sequence[ErrorGroup] | None = ()

    def apply(self, transitions: Transitions) -> None:
        """Take tasks that changed into account."""
        sorted_ = transitions.items()
        came = _find_errors((kind, alike.after) for (_, kind), alike in sorted_)
        went = _find_errors((kind, alike.before) for (kind, _), alike in sorted_)
        if came or went:
            self._out = None
        # Counted in before out, so that a group whose tasks are all rewritten keeps its `since`.
        for kind, alike in came.items():
            self._add(kind, _count_alike(alike), partial(_find_oldest, alike))
        self._remove(went)

    def remember(self) -> tuple[ShareMemory, ...]:
        """Return what the tasks as they are now do not tell of their errors, group by group."""
        return tuple(
            ShareMemory(state, service_id, share.since, share.example)
            for (state, _), group in self.groups.items()
            for service_id, share in group.services.items()
        )

    def recall(self, memory: tuple[ShareMemory, ...], tasks: Astray) -> None:
        """Begin with these tasks, and with what was remembered of their errors."""
        shares = [self._begin(was) for was in memory]
        for kind, alike in tasks.items():
            if _is_counted(kind):
                self._add(kind, alike.errors, alike.find_oldest_error)
        for share, was in zip(shares, memory, strict=True):
            share.example = was.example
        self._drop_empty()
        self._out = None

    def _begin(self, was: ShareMemory) -> Share:
        group = self.groups.setdefault((was.state, normalise(was.example)), ErrorCounts())
        share = group.services.setdefault(was.service_id, Share())
        share.since = was.since
        return share

    def _drop_empty(self) -> None:
        """Drop what no task has any more: the memory may be of errors that read otherwise now."""
        for group in self.groups.values():
            group.services = {s: share for s, share in group.services.items() if share.count}
        self.groups = {key: group for key, group in self.groups.items() if group.count}

    def take(self) -> Sequence[ErrorGroup]:
        """Return the groups, most frequent first."""
        if self._out is None:
            biggest = sorted(self.groups.items(), key=_by_size)[:_MOST]
            self._out = tuple(_publish(state, text, group) for (state, text), group in biggest)
        return self._out

    def _add(
        self, kind: Kind, errors: Mapping[ErrorOnNode, int], find_oldest: Callable[[], datetime]
    ) -> None:
        """Count tasks in; `find_oldest` says since when the oldest of them is as it is."""
        for (error, node_id), count in errors.items():
            group = self.groups.setdefault((kind.state, normalise(error)), ErrorCounts())
            share = group.add(kind.service_id, node_id, error, count=count)
            if share.since is None:
                share.since = find_oldest()

    def _remove(self, tasks: Kinds) -> None:
        for (service_id, state, _), alike in tasks.items():
            for (error, node_id), count in _count_alike(alike).items():
                key = (state, normalise(error))
                group = self.groups[key]
                group.remove(service_id, node_id, count=count)
                if not group.count:
                    del self.groups[key]

    def find_unplaceable(self) -> Sequence[tuple[str, Mapping[str, Share]]]:
        """Return, by reason, the services whose pending tasks fit on no node."""
        return [
            (text, group.services)
            for (state, text), group in self.groups.items()
            if state is TaskState.PENDING and text.startswith(UNPLACEABLE)
        ]


def _is_counted(kind: Kind) -> bool:
    """Tell whether what tasks of this kind say is an error."""
    _, state, desired = kind
    return desired in WANTED if state in _PIPELINE else state not in _ENDED_WELL


def _find_errors(tasks: Iterable[tuple[Kind | None, Iterable[Task]]]) -> Kinds:
    """Return those of tasks told by kind that have an error, by kind."""
    found: defaultdict[Kind, list[Task]] = defaultdict(list)
    for kind, alike in tasks:
        if kind is not None:
            found[kind] += filter(_ERROR_OF, alike)
    return {kind: alike for kind, alike in found.items() if alike and _is_counted(kind)}


def _find_oldest(tasks: Iterable[Task]) -> datetime:
    return min(task.since for task in tasks)


def _count_alike(tasks: Iterable[Task]) -> Mapping[ErrorOnNode, int]:
    # A thousand pending tasks of one service say the same words: counted by C, then grouped once.
    return Counter(map(_ERROR_AND_NODE_OF, tasks))


def _by_size(item: tuple[tuple[TaskState, str], ErrorCounts]) -> tuple[int, str, TaskState]:
    (state, text), group = item
    return -group.count, text, state


def _publish(state: TaskState, text: str, group: ErrorCounts) -> ErrorGroup:
    return ErrorGroup(
        text=text,
        state=state,
        count=group.count,
        nodes=len(group.nodes),
        services=len(group.services),
        example=plain(next(reversed(group.services.values())).example),
    )
