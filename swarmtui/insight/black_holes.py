"""Find the nodes that swallow a service's tasks, and the services that fail wherever they run."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import name_service, query_nodes
from swarmtui.insight.shell import drain, list_tasks
from swarmtui.insight.tally import Balance, ServiceTally, TaskTally
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wide_holes import find_wide_holes
from swarmtui.insight.wording import count_of, name_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability, NodeState

_SHOWN = 10
"""Nodes and services that are evidence: a screen's worth, the worst first."""
_FAILED = "state~failed|rejected age<5m"
_NO_TALLY = ServiceTally()
_SWALLOWED = 2
"""Of the failures that make a black hole so many must be of tasks it had just been given: an engine
that restarts fails all it had, and runs what comes next."""
_NO_NODES = frozenset[str]()


class _Seen(NamedTuple):
    """What a service is judged by: while it stands, nothing else is found."""

    failures: int
    """Revision of its failures."""
    running: int
    """Revision of its running tasks."""
    desired: int
    """Tasks wanted."""
    wide: frozenset[str]
    """Nodes that fail it and many others, few tasks of each."""


class _Look(NamedTuple):
    """What was found when a service was looked at last."""

    seen: _Seen
    since: datetime
    holes: Mapping[str, int]
    """Tasks of the service that each black hole swallowed, by node id."""
    loops: int
    """Its replicas that fail again and again, where failures on other nodes are many; else 0."""
    others: int
    """Failures on other nodes, where they are many; else 0."""
    nodes: frozenset[str]
    """Those other nodes."""


class Failing:
    """Services whose tasks fail, looked at again only when that can have changed."""

    def __init__(self, failures: FailureWindow, tally: TaskTally, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._failures = failures
        self._tally = tally
        self._looks: dict[str, _Look] = {}

    def find_problems(self, snapshot: Snapshot, now: datetime) -> Iterator[Problem]:
        """Go through the problems of services that fail, as of `now`."""
        wide = self._find_wide(snapshot)
        self._looks = {
            service_id: self._look(service_id, snapshot, wide.get(service_id, _NO_NODES), now)
            for service_id, count in self._failures.by_service.items()
            if (count >= self._thresholds.failures or service_id in wide)
            and not _is_removed(snapshot, service_id)
        }
        yield from self._tell_holes(snapshot)
        loops = {s: look for s, look in self._looks.items() if look.loops}
        failing = {s: look for s, look in self._looks.items() if look.others and not look.loops}
        for kind, looks in (("crash_loop", loops), ("failing", failing)):
            if looks:
                yield _tell(kind, looks, snapshot)

    def _find_wide(self, snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
        """Return, by service id, the nodes that fail many services, few tasks of each."""
        found = find_wide_holes(
            self._failures, self._tally, self._thresholds, nodes=len(snapshot.nodes)
        )
        by_service: defaultdict[str, set[str]] = defaultdict(set)
        for node_id, services in found.items():
            for service_id in services:
                by_service[service_id].add(node_id)
        return {service_id: frozenset(nodes) for service_id, nodes in by_service.items()}

    def _look(
        self, service_id: str, snapshot: Snapshot, wide: frozenset[str], now: datetime
    ) -> _Look:
        known = self._looks.get(service_id)
        tally = self._tally.services.get(service_id, _NO_TALLY)
        desired = tally.desired(snapshot.services.get(service_id))
        revision = self._failures.revisions[service_id]
        seen = _Seen(revision, tally.revision, desired, wide)
        if known is not None and known.seen == seen:
            return known
        by_node = self._failures.pairs.get(service_id, Counter())
        swallowed_by = self._failures.swallowed.get(service_id, Counter())
        failing = find_holes(by_node, tally.running_on, self._thresholds)
        holes = wide.union(id_ for id_ in failing if swallowed_by[id_] >= _SWALLOWED)
        swallowed = sum(by_node[id_] for id_ in holes)
        # What ended with a node that went away is nobody's fault.
        ended = self._failures.absences[service_id]
        others = self._failures.by_service[service_id] - ended - swallowed
        many = max(self._thresholds.failures, tally.running * self._thresholds.failing_share)
        # Replicas fail again and again in a black hole, too: that is not their fault.
        is_own_fault = others >= max(many, swallowed)
        return _Look(
            seen=seen,
            since=self._failures.since(service_id) or now,
            holes={id_: by_node[id_] for id_ in holes},
            loops=self._count_loops(service_id, others, desired) if is_own_fault else 0,
            others=others if others >= many else 0,
            nodes=frozenset(by_node) - holes,
        )

    def _count_loops(self, service_id: str, others: int, desired: int) -> int:
        """Return how many replicas crash in a loop, where the service does; else 0.

        Of a large service some fail again by chance, and one that does so among hundreds that run
        is not the service.
        """
        failures = self._failures
        loops = failures.loops[service_id]
        is_share = loops >= self._thresholds.crash_loop_share * desired
        return loops if is_share and 2 * failures.looped[service_id] >= others else 0

    def _tell_holes(self, snapshot: Snapshot) -> Iterator[Problem]:
        """Tell of all black holes at once: the same nodes swallow the tasks of many services."""
        swallowed: Counter[str] = Counter()
        for look in self._looks.values():
            swallowed.update(
                {id_: n for id_, n in look.holes.items() if _takes_tasks(snapshot.nodes, id_)}
            )
        if not swallowed:
            return
        holes = tuple(_worst_first(swallowed))
        services = {s: look for s, look in self._looks.items() if look.holes.keys() & set(holes)}
        names = names_of([_name_node(snapshot.nodes, id_) for id_ in holes])
        what = "black hole swallows" if len(holes) == 1 else "black holes swallow"
        command = f"; {drain(holes)}" if len(holes) == 1 and drain(holes) else ""
        whose, _ = _name_services(services, snapshot)
        yield Problem(
            severity=Severity.WARNING,
            kind="black_hole",
            subject="nodes",
            text=f"{len(holes):,} {what} tasks of {whose}: {names}"
            f" — {count_of(swallowed.total(), 'failure')} in 5 min{command}",
            since=min(look.since for look in services.values()),
            nodes=holes,
            query=query_nodes(holes, otherwise=f"failures>={self._thresholds.failures}"),
            size=swallowed.total(),
            evidence=[self._describe_hole(snapshot, id_) for id_ in holes[:_SHOWN]],
            command=drain(holes),
        )

    def _describe_hole(self, snapshot: Snapshot, node_id: str) -> str:
        """Say what a node swallowed, and what there is to see of it otherwise."""
        counts = {
            s: look.holes[node_id] for s, look in self._looks.items() if node_id in look.holes
        }
        of = [
            f"{counts[service_id]:,} of {name_service(snapshot.services, service_id).shown}"
            for service_id in _worst_first(counts)
        ]
        node = snapshot.nodes.get(node_id)
        looks = f", {node.state}, {node.availability}" if node is not None else ""
        running = self._tally.running_on(node_id)
        runs = count_of(running, "task") if running else "nothing: it looks empty"
        name = _name_node(snapshot.nodes, node_id)
        return f"{name} failed {names_of(of)}; runs {runs}{looks}"


def _is_removed(snapshot: Snapshot, service_id: str) -> bool:
    """Tell whether a service is gone: it fails no more, whatever it failed in the last minutes."""
    return snapshot.services_at is not None and service_id not in snapshot.services


def find_holes(by_node: Counter[str], running_on: Balance, thresholds: Thresholds) -> Sequence[str]:
    """Return the nodes that fail far more than the others that had the service, worst first.

    `by_node` are the failures by node id, `running_on` the running tasks of the service.
    """
    # A bad image fails on thousands of nodes, with every picture: the cheap questions first.
    most = max(by_node.values(), default=0)
    if most < thresholds.failures:
        return ()
    # One more than fail is as good as thousands: what is usual is no failure then.
    idle = running_on.count_held(but=by_node, most=len(by_node) + 1)
    if idle + len(by_node) < 3:
        return ()  # two nodes do not tell which of them is to blame, or whether the service is
    usual = 0 if idle > len(by_node) else median([*by_node.values(), *([0] * idle)])
    limit = max(thresholds.failures, thresholds.hole_factor * usual)
    if most < limit:
        return ()
    return _worst_first({id_: count for id_, count in by_node.items() if count >= limit})


def _worst_first(counts: Mapping[str, int]) -> Sequence[str]:
    return sorted(counts, key=lambda key: (-counts[key], key))


def _takes_tasks(nodes: Mapping[str, Node], id_: str) -> bool:
    """Tell whether a node can swallow more: one that is drained or down is mended already."""
    node = nodes.get(id_)
    return (
        node is not None
        and node.availability not in {Availability.DRAIN, Availability.PAUSE}
        and node.state is not NodeState.DOWN
    )


def _tell(kind: str, looks: Mapping[str, _Look], snapshot: Snapshot) -> Problem:
    """Tell of all services that fail so at once, and of one alone by its name.

    It is one problem, however many they are: their number changes with every list.
    """
    failed = sum(look.others for look in looks.values())
    nodes = _in_order(tuple(look.nodes for look in looks.values()))
    whose, names = _name_services(looks, snapshot)
    again = ""
    if kind == "crash_loop":
        replicas = sum(look.loops for look in looks.values())
        again = f" again and again, {count_of(replicas, 'replica')}"
    of = f": {names} —" if len(looks) > 1 else ":"
    where = f" on {count_of(len(nodes), 'node')}" if nodes else ""
    alone = name_service(snapshot.services, next(iter(looks))) if len(looks) == 1 else None
    return Problem(
        severity=Severity.WARNING,
        kind=kind,
        subject="services",
        text=f"tasks of {whose} fail{again}{of} {count_of(failed, 'failure')} in 5 min{where}",
        since=min(look.since for look in looks.values()),
        nodes=nodes,
        query=f"{alone.query} {_FAILED}" if alone else _FAILED,
        screen="tasks",
        size=failed,
        evidence=_describe_services(looks, snapshot),
        command=list_tasks(alone.name) if alone else "",
    )


def _describe_services(looks: Mapping[str, _Look], snapshot: Snapshot) -> Sequence[str]:
    worst = _worst_first({service_id: look.others for service_id, look in looks.items()})
    return [
        f"{name_service(snapshot.services, service_id).shown}: "
        f"{count_of(looks[service_id].others, 'failure')} "
        f"on {count_of(len(looks[service_id].nodes), 'node')}"
        for service_id in worst[:_SHOWN]
    ]


@lru_cache(maxsize=16)  # thousands of nodes, and mostly those of the picture before
def _in_order(groups: tuple[frozenset[str], ...]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*groups)))


def _name_services(looks: Mapping[str, _Look], snapshot: Snapshot) -> tuple[str, str]:
    """Return the services as one name or a count, and by their names, the worst first."""
    worst = _worst_first({s: sum(look.holes.values()) + look.others for s, look in looks.items()})
    names = [name_service(snapshot.services, service_id).shown for service_id in worst]
    return names[0] if len(names) == 1 else count_of(len(names), "service"), names_of(names)


def _name_node(nodes: Mapping[str, Node], id_: str) -> str:
    return name_of(nodes[id_]) if id_ in nodes else id_[:12]
