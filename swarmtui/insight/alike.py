"""Find errors that many tasks failed with in the last minutes, where and of which services."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import nsmallest

from swarmtui.insight.failures import Cause, FailureWindow
from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.queries import name_service, query_field
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import count_of, name_of, names_of, shorten
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TaskState

_MOST = 3
"""Errors told; the screen of tasks shows them all."""
_FEW_NODES = 2
"""Where no more nodes fail it is they that are wrong, which is said as that until it is mended."""
_SHOWN = 5
_LONGEST = 80
_LEFT_OUT = re.compile("[…·]")
"""What stands in a cause for counts, ids and addresses, and for what could harm a terminal."""


def find_alike(
    failures: FailureWindow,
    snapshot: Snapshot,
    now: datetime,
    *,
    running: int,
    thresholds: Thresholds,
) -> Iterator[Problem]:
    """Go through the errors that most tasks failed with, as of `now`."""
    many = max(thresholds.alike, running * thresholds.failing_share)
    found = {key: cause for key, cause in failures.causes.items() if cause.count >= many}
    for key in sorted(found, key=lambda key: (-found[key].count, key))[:_MOST]:
        lasting = _count_lasting(found[key], snapshot)
        is_much = lasting >= max(many, running * thresholds.alike_share)
        is_much &= len(found[key].nodes) > _FEW_NODES
        severity = Severity.WARNING if is_much else Severity.INFO
        yield _tell(key, found[key], snapshot, now, severity)


def _count_lasting(cause: Cause, snapshot: Snapshot) -> int:
    """Return the failures of services that are still there: the others fail no more.

    While a swarm is wound down, what failed before would soon be a large share of what still runs.
    """
    if snapshot.services_at is None:
        return cause.count
    return sum(count for id_, count in cause.services.items() if id_ in snapshot.services)


def _tell(
    key: tuple[TaskState, str], cause: Cause, snapshot: Snapshot, now: datetime, severity: Severity
) -> Problem:
    state, error = key
    services = sorted(cause.services, key=lambda id_: (-cause.services[id_], id_))
    whose = names_of([name_service(snapshot.services, id_).shown for id_ in services])
    where = f" on {count_of(len(cause.nodes), 'node')}" if cause.nodes else ""
    return Problem(
        severity=severity,
        kind="error_group",
        subject=f"{state}: {error}",
        text=f"{count_of(cause.count, 'task')} {state} in 5 min{where}: {shorten(error, _LONGEST)}",
        since=now,
        nodes=tuple(sorted(cause.nodes)),
        query=_query(state, error),
        screen="tasks",
        size=cause.count,
        evidence=[f"of {whose}", *_describe_nodes(cause.nodes, snapshot)],
    )


def _describe_nodes(nodes: Mapping[str, int], snapshot: Snapshot) -> Iterator[str]:
    for id_ in nsmallest(_SHOWN, nodes, key=lambda id_: (-nodes[id_], id_)):
        node = snapshot.nodes.get(id_)
        yield f"{name_of(node) if node is not None else id_[:12]}: {nodes[id_]:,}"


def _query(state: TaskState, error: str) -> str:
    """Return the filter for tasks with this error; what was taken out of it may be anything."""
    part = max(_LEFT_OUT.split(error), key=len).strip()
    return " ".join([f"state:{state}", *([query_field("error", part)] if part else [])])
