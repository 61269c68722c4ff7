"""Make whole snapshots fit to be recorded, one after the other, at the price of what changed."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import msgspec

from swarmtui.recording.discretion import Discretion
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.snapshot import Snapshot

S = TypeVar("S", bound=msgspec.Struct)

_PORTION = 2_000
"""Things that are looked at in about two milliseconds."""


class Cleaned:
    """The newest snapshot as it may be recorded; what did not change stays the same object."""

    def __init__(self, discretion: Discretion, *, rest: Callable[[], None]) -> None:
        """Take what is called every few thousand things, so that others get their turn."""
        self._discretion = discretion
        self._rest = rest
        self._nodes: _Followed[Node] = _Followed(discretion.clean, rest)
        self._services: _Followed[Service] = _Followed(discretion.clean, rest)
        self._tasks: dict[str, _Followed[Task]] = {}

    def follow(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot as it may be recorded."""
        learn, clean = self._discretion.learn, self._discretion.clean
        for names in (snapshot.nodes, snapshot.machines, snapshot.tails, snapshot.stats):
            learn(names)
        return msgspec.structs.replace(
            snapshot,
            manager=snapshot.manager and clean(snapshot.manager),
            nodes=self._nodes.follow(snapshot.nodes),
            services=self._services.follow(snapshot.services),
            tasks=self._follow_tasks(snapshot.tasks),
            waiting=snapshot.waiting and clean(snapshot.waiting),
            counts=snapshot.counts and clean(snapshot.counts),
            lost=snapshot.lost and clean(snapshot.lost),
            machines=self._clean_by_machine(snapshot.machines),
            tails=self._clean_by_machine(snapshot.tails),
            stats=self._clean_by_machine(snapshot.stats),
        )

    def _follow_tasks(
        self, tasks: Mapping[str, Mapping[str, Task]]
    ) -> Mapping[str, Mapping[str, Task]]:
        for gone in self._tasks.keys() - tasks.keys():
            del self._tasks[gone]
        clean = {}
        for service_id, of_service in tasks.items():
            followed = self._tasks.get(service_id)
            if followed is None:
                followed = self._tasks[service_id] = _Followed(self._discretion.clean, self._rest)
            clean[service_id] = followed.follow(of_service)
        return clean

    def _clean_by_machine(self, known: Mapping[str, S]) -> Mapping[str, S]:
        name_of, clean = self._discretion.name, self._discretion.clean
        return {name_of(name): clean(thing) for name, thing in known.items()}


class _Followed(Generic[S]):
    """A mapping as it may be recorded, as it was asked for last."""

    def __init__(self, clean: Callable[[S], S], rest: Callable[[], None]) -> None:
        self._clean = clean
        self._rest = rest
        self._source: Mapping[str, S] = {}
        self._clean_of: dict[str, S] = {}
        """Only of things that are not recorded as they are."""
        self._out: Mapping[str, S] = {}

    def follow(self, source: Mapping[str, S]) -> Mapping[str, S]:
        """Return a mapping as it may be recorded: itself where all of it is fit for that."""
        before, known, clean = self._source, self._clean_of, self._clean
        if source is before:
            return self._out
        changed = {}
        for number, (key, thing) in enumerate(source.items()):
            if not number % _PORTION:
                self._rest()
            fit = known.get(key, thing) if before.get(key) is thing else clean(thing)
            if fit is not thing:
                changed[key] = fit
        self._source, self._clean_of = source, changed
        self._out = {**source, **changed} if changed else source
        return self._out
