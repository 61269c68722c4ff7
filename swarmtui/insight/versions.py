"""Compare the versions of the engines: many of them, and workers ahead of their managers."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache

import msgspec

from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.wording import count_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import Role

_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?![0-9])")
_NAMED = 4
_BY_MONTH = range(17, 21)
"""From 17.03 to 20.10 a release was named after its month."""

Release = tuple[int, int]
"""`20.10` of `20.10.24`: what changes how engines talk to each other; the rest are repairs."""


class VersionsMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when engines differ."""

    since: datetime | None = None
    newer_since: datetime | None = None


class Versions:
    """The releases of the engines of all nodes, kept up by what changes."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        """Since when there are several releases."""
        self._newer_since: datetime | None = None
        """Since when workers have a newer one than the managers."""
        self._nodes: defaultdict[Release, set[str]] = defaultdict(set)
        self._managers: defaultdict[Release, set[str]] = defaultdict(set)

    def see(self, changes: Iterable[Change[Node]], at: datetime) -> None:
        """Take nodes that changed into account."""
        for before, after in changes:
            if before is not None and after is not None and _is_alike(before, after):
                continue
            if before is not None:
                self._count(before, come=False)
            if after is not None:
                self._count(after, come=True)
        self._since = (self._since or at) if len(self._nodes) > 1 else None
        self._newer_since = (self._newer_since or at) if self._find_newer() else None

    def find_problems(self, ghosts: AbstractSet[str]) -> Iterator[Problem]:
        """Go through what is to be said of the engines; `ghosts` are machines of long ago."""
        if self._since is None:
            return
        nodes = {release: self._nodes[release] - ghosts for release in self._nodes}
        nodes = {release: ids for release, ids in nodes.items() if ids}
        newer = [release for release in self._find_newer() if release in nodes]
        if newer:
            yield self._tell_newer(nodes, newer, since=self._newer_since or self._since)
        elif len(nodes) > 1:
            yield _tell_mixed(nodes, since=self._since)

    def remember(self) -> VersionsMemory:
        """Return since when engines differ."""
        return VersionsMemory(since=self._since, newer_since=self._newer_since)

    def recall(self, memory: VersionsMemory, nodes: Iterable[Node]) -> None:
        """Begin with these nodes, and with what was remembered."""
        alike: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
        for node in nodes:
            alike[node.engine_version, node.role is Role.MANAGER].append(node.id)
        for (version, is_manager), ids in alike.items():
            if (release := _read(version)) is not None:
                self._nodes[release].update(ids)
                if is_manager:
                    self._managers[release].update(ids)
        self._since, self._newer_since = memory.since, memory.newer_since

    def _count(self, node: Node, *, come: bool) -> None:
        release = _read(node.engine_version)
        if release is None:
            return
        for counts in (self._nodes, self._managers) if node.is_manager else (self._nodes,):
            if come:
                counts[release].add(node.id)
            else:
                counts[release].discard(node.id)
                if not counts[release]:
                    del counts[release]

    def _find_newer(self) -> Sequence[Release]:
        """Return the releases that are newer than that of any manager, oldest first."""
        if not self._managers:
            return ()
        newest = max(self._managers)
        return sorted(release for release in self._nodes if release > newest)

    def _tell_newer(
        self, nodes: Mapping[Release, set[str]], newer: Sequence[Release], *, since: datetime
    ) -> Problem:
        managers = _write(max(self._managers))
        ids = sorted(set().union(*(nodes[release] for release in newer)))
        have = "worker has" if len(ids) == 1 else "workers have"
        listed = names_of([*map(_write, newer)], most=_NAMED)
        return Problem(
            severity=Severity.WARNING,
            kind="engine_skew",
            subject="engines",
            text=f"{len(ids):,} {have} a newer engine than the managers, {listed} against "
            f"{managers}: upgrade the managers first",
            since=since,
            nodes=ids,
            query=f"engine>{managers}",
            size=len(ids),
            evidence=_list(nodes),
        )


def _tell_mixed(nodes: Mapping[Release, set[str]], *, since: datetime) -> Problem:
    order = sorted(nodes, key=lambda release: (-len(nodes[release]), release))
    usual, others = order[0], order[1:]
    ids = sorted(set().union(*(nodes[release] for release in others)))
    listed = names_of([f"{_write(each)} on {len(nodes[each]):,}" for each in order], most=_NAMED)
    return Problem(
        severity=Severity.INFO,
        kind="engine_skew",
        subject="engines",
        text=f"{count_of(len(order), 'release')} of the engine: {listed}",
        since=since,
        nodes=ids,
        query=f"-engine:{_write(usual)}",
        size=len(ids),
        evidence=_list(nodes),
    )


def _list(nodes: Mapping[Release, set[str]]) -> Sequence[str]:
    newest_first = sorted(nodes.items(), reverse=True)
    return [f"{_write(release)}: {count_of(len(ids), 'node')}" for release, ids in newest_first]


def _is_alike(before: Node, after: Node) -> bool:
    return before.engine_version == after.engine_version and before.role is after.role


def _write(release: Release) -> str:
    first, second = release
    return f"{first}.{second:02}" if first in _BY_MONTH else f"{first}.{second}"


@lru_cache(maxsize=1 << 10)
def _read(version: str) -> Release | None:
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None
