"""Sort tasks, and changes of tasks, by their states: of many most are alike but for their nodes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import TaskState


class Kind(NamedTuple):
    """What most counts of tasks go by."""

    service_id: str
    state: TaskState
    desired: TaskState


class Transition(NamedTuple):
    """What tasks were and what they are: `None` before they came, or when they are gone."""

    before: Kind | None
    after: Kind | None


class Changed(NamedTuple):
    """The tasks of one transition, in one order."""

    before: Sequence[Task]
    """As they were; none where they are new."""
    after: Sequence[Task]
    """As they are; none where they are gone."""


_Fields = tuple[str, TaskState, TaskState]
_Nothing = tuple[None, None, None]
_NOTHING: _Nothing = None, None, None
_Key = tuple[
    str | None, TaskState | None, TaskState | None, str | None, TaskState | None, TaskState | None
]
_MOST_TRANSITIONS = 1 << 12
"""Of forty services in a launch: their names are looked up with every list."""

Kinds = Mapping[Kind, Sequence[Task]]
Transitions = Mapping[Transition, Changed]


def sort_tasks(tasks: Iterable[Task]) -> Kinds:
    """Return the tasks of each kind, in the order of the first of each."""
    kinds: defaultdict[_Fields, list[Task]] = defaultdict(list)
    for task in tasks:
        kinds[task.service_id, task.state, task.desired].append(task)
    return {Kind(*kind): alike for kind, alike in kinds.items()}


def sort_changes(changes: Iterable[Change[Task]]) -> Transitions:
    """Return the changes of each transition, in the order of the first of each."""
    # By one plain tuple: nested or with names it takes twice as long, and there are thousands.
    sorted_: dict[_Key, tuple[list[Task | None], list[Task | None]]] = {}
    find = sorted_.get
    for was, is_ in changes:
        key: _Key
        if was is not None and is_ is not None:
            key = was.service_id, was.state, was.desired, is_.service_id, is_.state, is_.desired
        else:
            key = (*_describe(was), *_describe(is_))
        alike = find(key)
        if alike is None:
            alike = sorted_[key] = [], []
        before, after = alike
        before.append(was)
        after.append(is_)
    return {
        _name(key): Changed([*filter(None, before)], [*filter(None, after)])
        for key, (before, after) in sorted_.items()
    }


def _describe(task: Task | None) -> _Fields | _Nothing:
    return (task.service_id, task.state, task.desired) if task is not None else _NOTHING


@lru_cache(maxsize=_MOST_TRANSITIONS)
def _name(key: _Key) -> Transition:
    return Transition(_name_kind(*key[:3]), _name_kind(*key[3:]))


def _name_kind(
    service_id: str | None, state: TaskState | None, desired: TaskState | None
) -> Kind | None:
    if service_id is None or state is None or desired is None:
        return None
    return Kind(service_id, state, desired)
