"""Fold observations into snapshots, one after the other, and say what each one changed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Generic, NamedTuple, Protocol, TypeVar, assert_never

import msgspec

from swarmtui.swarm.deferred import DeferredTasks
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, TailState


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Return what identifies it in the swarm."""


T = TypeVar("T")
I = TypeVar("I", bound=Identified)  # noqa: E741 - the usual name of a second type variable


class Change(NamedTuple, Generic[T]):
    """One thing before and after: `before` is `None` when it is new, `after` when it is gone."""

    before: T | None
    after: T | None


class Difference(NamedTuple):
    """What changed between two snapshots."""

    nodes: Sequence[Change[Node]] = ()
    services: Sequence[Change[Service]] = ()
    tasks: Sequence[Change[Task]] = ()


NOTHING = Difference()


class Step(NamedTuple):
    """The snapshot after an observation, and what the observation changed."""

    snapshot: Snapshot
    difference: Difference


def fold(before: Snapshot, seen: Observation) -> Step:
    """Return the snapshot after `seen`. Work and memory grow with what changed, not with the swarm.

    Two exceptions, both copied as flat mappings: the task list of the service concerned, and what
    is known of the machines tailed.
    """
    match seen:
        case NodesSeen():
            step = _fold_nodes(before, seen)
        case ServicesSeen():
            step = _fold_services(before, seen)
        case TasksSeen():
            step = _fold_tasks(before, seen)
        case StatsSeen() | TailSeen() | MachineSeen():
            step = Step(_note_machine(before, seen), NOTHING)
        case _:
            step = Step(_note(before, seen), NOTHING)
    return Step(msgspec.structs.replace(step.snapshot, taken_at=seen.taken_at), step.difference)


def compare(before: Snapshot, after: Snapshot) -> Difference:
    """Return what differs between any two snapshots; mappings they share are skipped."""
    services = before.tasks.keys() | after.tasks.keys()
    return Difference(
        nodes=_compare(before.nodes, after.nodes),
        services=_compare(before.services, after.services),
        tasks=[
            change
            for service in services
            for change in _compare(before.tasks.get(service, {}), after.tasks.get(service, {}))
        ],
    )


def _note(
    before: Snapshot,
    seen: ManagerSeen | Pulse | CountsSeen | ManagerLost | WatcherLost | EventSeen,
) -> Snapshot:
    """Return the snapshot after what says nothing of single nodes, services or tasks."""
    match seen:
        case ManagerSeen():
            # Still lost: a manager without quorum says who it is and then has no nodes to show.
            return msgspec.structs.replace(before, manager=seen)
        case Pulse():
            lost = None if _is_back(before) else before.lost
            return msgspec.structs.replace(before, waiting=seen.waiting, cost=seen.cost, lost=lost)
        case CountsSeen():
            return msgspec.structs.replace(before, counts=seen)
        case ManagerLost():
            return msgspec.structs.replace(before, lost=seen, waiting=None)
        case WatcherLost():
            # The tails ended with it; the next watcher says which ones begin again.
            return msgspec.structs.replace(before, lost=seen, waiting=None, tails={}, stats={})
        case EventSeen():
            return before
        case _:
            assert_never(seen)


def _is_back(before: Snapshot) -> bool:
    """Tell whether a pulse ends the loss: where no manager was there, none has to come back."""
    return isinstance(before.lost, WatcherLost) and before.manager is None


def _note_machine(before: Snapshot, seen: StatsSeen | TailSeen | MachineSeen) -> Snapshot:
    """Return the snapshot after what was heard of one machine over ssh."""
    match seen:
        case StatsSeen():
            return msgspec.structs.replace(before, stats={**before.stats, seen.machine: seen})
        case TailSeen(state=TailState.ENDED):
            return msgspec.structs.replace(
                before,
                tails=_without(before.tails, seen.machine),
                stats=_without(before.stats, seen.machine),
            )
        case TailSeen():
            return msgspec.structs.replace(before, tails={**before.tails, seen.machine: seen})
        case MachineSeen():
            return msgspec.structs.replace(before, machines={**before.machines, seen.machine: seen})
        case _:
            assert_never(seen)


def _without(known: Mapping[str, T], key: str) -> Mapping[str, T]:
    return {each: thing for each, thing in known.items() if each != key}


def _fold_nodes(before: Snapshot, seen: NodesSeen) -> Step:
    nodes, changes = _merge(before.nodes, seen.changed, seen.removed, whole=seen.whole)
    after = msgspec.structs.replace(
        before, nodes=nodes, nodes_at=seen.taken_at, lost=None, waiting=None
    )
    return Step(after, Difference(nodes=changes))


def _fold_services(before: Snapshot, seen: ServicesSeen) -> Step:
    services, changes = _merge(before.services, seen.changed, seen.removed, whole=seen.whole)
    gone = [s for s in before.tasks if s not in services and s in before.services]
    after = msgspec.structs.replace(before, services=services, services_at=seen.taken_at)
    if not gone:
        return Step(after, Difference(services=changes))
    after = msgspec.structs.replace(
        after,
        tasks={s: tasks for s, tasks in before.tasks.items() if s not in gone},
        tasks_at={s: at for s, at in before.tasks_at.items() if s not in gone},
    )
    # As in `_merge`: a service can go with ten thousand tasks.
    pairs = zip(chain.from_iterable(before.tasks[s].values() for s in gone), repeat(None))
    dropped: list[Change[Task]] = list(map(tuple.__new__, repeat(Change), pairs))
    return Step(after, Difference(services=changes, tasks=dropped))


def _fold_tasks(before: Snapshot, seen: TasksSeen) -> Step:
    known = before.tasks.get(seen.service_id, {})
    if isinstance(known, DeferredTasks) and not seen.whole:
        tasks, changes = _merge_deferred(known, seen)
    else:
        # Compared with all of them, made at once: one by one they take five times as long.
        all_known = dict(known.items()) if isinstance(known, DeferredTasks) else known
        tasks, changes = _merge(all_known, seen.changed, seen.removed, whole=seen.whole)
    after = before
    if tasks is not known or seen.service_id not in before.tasks:
        after = msgspec.structs.replace(before, tasks={**before.tasks, seen.service_id: tasks})
    if seen.complete:
        tasks_at = {**before.tasks_at, seen.service_id: seen.taken_at}
        after = msgspec.structs.replace(after, tasks_at=tasks_at)
    return Step(after, Difference(tasks=changes))


def _merge(
    known: Mapping[str, I], changed: Iterable[I], removed: Iterable[str], *, whole: bool
) -> tuple[Mapping[str, I], Sequence[Change[I]]]:
    """Return the mapping after the changes (`known` itself when nothing changed), and those."""
    if whole:
        after = {thing.id: thing for thing in changed}
        return after, _compare(known, after)
    # By id first: what an answer names twice changed once, and what it shows is not removed.
    seen = {thing.id: thing for thing in changed}
    gone = dict.fromkeys(id_ for id_ in removed if id_ in known and id_ not in seen)
    if not seen and not gone:
        return known, ()
    # Made by C alone, in a third of the time: in a launch there are a thousand a second.
    pairs = zip(map(known.get, seen), seen.values(), strict=True)
    changes: list[Change[I]] = list(map(tuple.__new__, repeat(Change), pairs))
    changes += [Change(known[id_], None) for id_ in gone]
    merged = {**known, **seen}
    for id_ in gone:
        del merged[id_]
    return merged, changes


def _merge_deferred(
    known: DeferredTasks, seen: TasksSeen
) -> tuple[Mapping[str, Task], Sequence[Change[Task]]]:
    """Do the same where tasks are made only when asked for: those that changed alone are."""
    if not seen.changed and not seen.removed:
        return known, ()
    changed = {task.id: task for task in seen.changed}
    removed = [id_ for id_ in dict.fromkeys(seen.removed) if id_ not in changed]
    found = known.find([*changed, *removed])
    went = [task for task in found[len(changed) :] if task is not None]
    if not changed and not went:
        return known, ()
    pairs = chain(zip(found, changed.values(), strict=False), zip(went, repeat(None)))
    changes: list[Change[Task]] = list(map(tuple.__new__, repeat(Change), pairs))
    return known.merge(changed, [task.id for task in went]), changes


def _compare(before: Mapping[str, I], after: Mapping[str, I]) -> Sequence[Change[I]]:
    if before is after:
        return ()
    changes = [
        Change(known, thing)
        for id_, thing in after.items()
        if (known := before.get(id_)) is not thing and known != thing
    ]
    # By id: what is told of them must not depend on the order in which they came to be known.
    changes += [Change(before[id_], None) for id_ in sorted(before.keys() - after.keys())]
    return changes
