"""Sort tasks, and changes of tasks, by their states: of many most are alike but for their nodes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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


_Fields = tuple[str, TaskState, TaskState]

Kinds = Mapping[Kind, Sequence[Task]]
Transitions = Mapping[Transition, Sequence[Change[Task]]]


def sort_tasks(tasks: Iterable[Task]) -> Kinds:
    """Return the tasks of each kind, in the order of the first of each."""
    kinds: defaultdict[_Fields, list[Task]] = defaultdict(list)
    for task in tasks:
        kinds[task.service_id, task.state, task.desired].append(task)
    return {Kind(*kind): alike for kind, alike in kinds.items()}


def sort_changes(changes: Iterable[Change[Task]]) -> Transitions:
    """Return the changes of each transition, in the order of the first of each."""
    # As plain tuples: one with names takes five times as long to make, and there are thousands.
    sorted_: defaultdict[tuple[_Fields | None, _Fields | None], list[Change[Task]]]
    sorted_ = defaultdict(list)
    for change in changes:
        was, is_ = change
        before = (was.service_id, was.state, was.desired) if was is not None else None
        after = (is_.service_id, is_.state, is_.desired) if is_ is not None else None
        sorted_[before, after].append(change)
    return {
        Transition(_name(before), _name(after)): alike for (before, after), alike in sorted_.items()
    }


def _name(fields: _Fields | None) -> Kind | None:
    return Kind(*fields) if fields is not None else None
