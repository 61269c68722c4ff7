"""Find the nodes that swallow a service's tasks, and the services that fail wherever they run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import NamedService, name_service, query_nodes
from swarmtui.insight.tally import Balance, ServiceTally, TaskTally
from swarmtui.insight.wording import count_of, name_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot

MANY = 5
"""Failures in five minutes after which the scheduler itself puts a node last for a service."""
_FAR_ABOVE = 4
"""Times the median: the nodes beside it run the same service and hardly fail."""
_FEW_SERVICES = 2
"""More failing services than that are told in one line: they have something in common."""
_NOISE = 0.01
"""Failures, as a share of a service's tasks, that any large service has."""
_FAILED = "state~failed|rejected age<5m"
_NO_TALLY = ServiceTally()


class _Look(NamedTuple):
    """What was found when a service was looked at last."""

    revisions: tuple[int, int]
    """Of its failures and of its running tasks: while they stand, nothing else is found."""
    since: datetime
    holes: Mapping[str, int]
    """Tasks of the service that each black hole swallowed, by node id."""
    others: int
    """Failures on other nodes, where they are many; else 0."""
    nodes: frozenset[str]
    """Those other nodes."""


class Failing:
    """Services whose tasks fail, looked at again only when that can have changed."""

    def __init__(self, failures: FailureWindow, tally: TaskTally) -> None:
        self._failures = failures
        self._tally = tally
        self._looks: dict[str, _Look] = {}

    def find_problems(self, snapshot: Snapshot, now: datetime) -> Iterator[Problem]:
        """Go through the problems of services that fail, as of `now`."""
        self._looks = {
            service_id: self._look(service_id, now)
            for service_id, count in self._failures.by_service.items()
            if count >= MANY
        }
        yield from _tell_holes(self._looks, snapshot)
        failing = {s: look for s, look in self._looks.items() if look.others}
        if len(failing) > _FEW_SERVICES:
            yield _tell_many_failing(failing, snapshot)
            return
        for service_id, look in failing.items():
            yield _tell_failing(name_service(snapshot.services, service_id), look)

    def _look(self, service_id: str, now: datetime) -> _Look:
        known = self._looks.get(service_id)
        tally = self._tally.services.get(service_id, _NO_TALLY)
        revisions = self._failures.revisions[service_id], tally.revision
        if known is not None and known.revisions == revisions:
            return known
        by_node = self._failures.pairs.get(service_id, Counter())
        holes = find_holes(by_node, tally.running_on)
        others = self._failures.by_service[service_id] - sum(by_node[id_] for id_ in holes)
        many = max(MANY, tally.running * _NOISE)
        return _Look(
            revisions=revisions,
            since=self._failures.since(service_id) or now,
            holes={id_: by_node[id_] for id_ in holes},
            others=others if others >= many else 0,
            nodes=frozenset(by_node) - frozenset(holes),
        )


def find_holes(by_node: Counter[str], running_on: Balance) -> Sequence[str]:
    """Return the nodes that fail far more than the others that had the service, worst first.

    `by_node` are the failures by node id, `running_on` the running tasks of the service.
    """
    # A bad image fails on thousands of nodes, with every picture: the cheap questions first.
    most = max(by_node.values(), default=0)
    if most < MANY:
        return ()
    idle = sum(1 for id_ in running_on.held() if id_ not in by_node)
    if idle + len(by_node) < 3:
        return ()  # two nodes do not tell which of them is to blame, or whether the service is
    usual = 0 if idle > len(by_node) else median([*by_node.values(), *([0] * idle)])
    limit = max(MANY, _FAR_ABOVE * usual)
    if most < limit:
        return ()
    return _worst_first({id_: count for id_, count in by_node.items() if count >= limit})


def _worst_first(counts: Mapping[str, int]) -> Sequence[str]:
    return sorted(counts, key=lambda key: (-counts[key], key))


def _tell_holes(looks: Mapping[str, _Look], snapshot: Snapshot) -> Iterator[Problem]:
    """Tell of all black holes at once: the same nodes swallow the tasks of many services."""
    swallowed: Counter[str] = Counter()
    for look in looks.values():
        swallowed.update(look.holes)
    if not swallowed:
        return
    services = {service_id: look for service_id, look in looks.items() if look.holes}
    holes = tuple(_worst_first(swallowed))
    names = names_of([_name_node(snapshot.nodes, id_) for id_ in holes])
    what = "black hole swallows" if len(holes) == 1 else "black holes swallow"
    drain = f"; docker node update --availability drain {holes[0]}" if len(holes) == 1 else ""
    whose, _ = _name_services(services, snapshot)
    yield Problem(
        severity=Severity.WARNING,
        kind="black_hole",
        subject=names,
        text=f"{len(holes):,} {what} tasks of {whose}: {names}"
        f" — {count_of(swallowed.total(), 'failure')} in 5 min{drain}",
        since=min(look.since for look in services.values()),
        nodes=holes,
        query=query_nodes(holes, otherwise=f"failures>={MANY}"),
        size=swallowed.total(),
    )


def _tell_failing(service: NamedService, look: _Look) -> Problem:
    where = f" on {count_of(len(look.nodes), 'node')}" if look.nodes else ""
    return Problem(
        severity=Severity.WARNING,
        kind="failing",
        subject=service.shown,
        text=f"tasks of {service.shown} fail: {count_of(look.others, 'failure')} in 5 min{where}",
        since=look.since,
        nodes=_in_order((look.nodes,)),
        query=f"{service.query} {_FAILED}",
        screen="tasks",
        size=look.others,
    )


def _tell_many_failing(looks: Mapping[str, _Look], snapshot: Snapshot) -> Problem:
    failed = sum(look.others for look in looks.values())
    nodes = _in_order(tuple(look.nodes for look in looks.values()))
    whose, names = _name_services(looks, snapshot)
    return Problem(
        severity=Severity.WARNING,
        kind="failing",
        subject=whose,
        text=f"tasks of {whose} fail: {names} — {count_of(failed, 'failure')} in 5 min"
        f" on {count_of(len(nodes), 'node')}",
        since=min(look.since for look in looks.values()),
        nodes=nodes,
        query=_FAILED,
        screen="tasks",
        size=failed,
    )


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
