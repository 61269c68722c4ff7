"""Find the nodes that swallow a service's tasks, and the services that fail wherever they run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import NamedService, name_service, query_nodes
from swarmtui.insight.tally import TaskTally
from swarmtui.insight.wording import count_of, name_of, names_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot

MANY = 5
"""Failures in five minutes after which the scheduler itself puts a node last for a service."""
_FAR_ABOVE = 4
"""Times the median: the nodes beside it run the same service and hardly fail."""
_FEW_NODES = 200
_A_WHILE = timedelta(seconds=1)
_AGAIN = timedelta(seconds=5)


class _Look(NamedTuple):
    """What was found when a service was looked at last."""

    revision: int
    at: datetime
    problems: Sequence[Problem]


class Failing:
    """Services whose tasks fail, looked at again only when that can have changed.

    A bad image fails on thousands of nodes: to weigh them four times a second would be most of
    the work of a picture.
    """

    def __init__(self, failures: FailureWindow, tally: TaskTally) -> None:
        self._failures = failures
        self._tally = tally
        self._looks: dict[str, _Look] = {}

    def find_problems(self, snapshot: Snapshot, now: datetime) -> Iterator[Problem]:
        """Go through the problems of services that fail, as of `now`."""
        self._looks = {
            service_id: self._look(service_id, snapshot, now)
            for service_id, count in self._failures.by_service.items()
            if count >= MANY
        }
        return (problem for look in self._looks.values() for problem in look.problems)

    def _look(self, service_id: str, snapshot: Snapshot, now: datetime) -> _Look:
        known = self._looks.get(service_id)
        revision = self._failures.revisions[service_id]
        by_node = self._failures.pairs.get(service_id, Counter())
        if known is not None:
            fresh = _A_WHILE if len(by_node) > _FEW_NODES else timedelta()
            if timedelta() <= now - known.at < (_AGAIN if known.revision == revision else fresh):
                return known
        return _Look(revision, now, list(self._judge(service_id, by_node, snapshot, now)))

    def _judge(
        self, service_id: str, by_node: Counter[str], snapshot: Snapshot, now: datetime
    ) -> Iterator[Problem]:
        tally = self._tally.services.get(service_id)
        holes = find_holes(by_node, tally.running_on.held() if tally is not None else ())
        swallowed = sum(by_node[id_] for id_ in holes)
        service = name_service(snapshot.services, service_id)
        since = self._failures.since(service_id) or now
        if holes:
            yield _tell_holes(service, holes, snapshot.nodes, swallowed, since)
        if (others := self._failures.by_service[service_id] - swallowed) >= MANY:
            nodes = tuple(by_node.keys() - set(holes))
            yield _tell_failing(service, nodes, others, since)


def find_holes(by_node: Counter[str], running_on: Iterable[str]) -> Sequence[str]:
    """Return the nodes that fail far more than the others that had the service, worst first.

    `by_node` are the failures by node id, `running_on` the nodes that run the service.
    """
    if not by_node or max(by_node.values()) < MANY:
        return ()
    idle = sum(1 for id_ in running_on if id_ not in by_node)
    if idle + len(by_node) < 3:
        return ()  # two nodes do not tell which of them is to blame, or whether the service is
    usual = 0 if idle > len(by_node) else median([*by_node.values(), *([0] * idle)])
    limit = max(MANY, _FAR_ABOVE * usual)
    return [id_ for id_, count in by_node.most_common() if count >= limit]


def _tell_holes(
    service: NamedService,
    holes: Sequence[str],
    nodes: Mapping[str, Node],
    swallowed: int,
    since: datetime,
) -> Problem:
    names = names_of([_name_node(nodes, id_) for id_ in holes])
    what = "black hole swallows" if len(holes) == 1 else "black holes swallow"
    drain = f"; docker node update --availability drain {holes[0]}" if len(holes) == 1 else ""
    return Problem(
        severity=Severity.WARNING,
        kind="black_hole",
        subject=service.shown,
        text=f"{len(holes):,} {what} tasks of {service.shown}: {names}"
        f" — {count_of(swallowed, 'failure')} in 5 min{drain}",
        since=since,
        nodes=tuple(holes),
        query=query_nodes(holes, otherwise=f"failures>={MANY}"),
        size=swallowed,
    )


def _tell_failing(
    service: NamedService, nodes: Sequence[str], failed: int, since: datetime
) -> Problem:
    where = f" on {count_of(len(nodes), 'node')}" if nodes else ""
    return Problem(
        severity=Severity.WARNING,
        kind="failing",
        subject=service.shown,
        text=f"tasks of {service.shown} fail: {count_of(failed, 'failure')} in 5 min{where}",
        since=since,
        nodes=nodes,
        query=f"{service.query} state~failed|rejected age<5m",
        screen="tasks",
        size=failed,
    )


def _name_node(nodes: Mapping[str, Node], id_: str) -> str:
    return name_of(nodes[id_]) if id_ in nodes else id_[:12]
