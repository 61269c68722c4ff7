"""Find the nodes that fail tasks of many services, and not many of any."""

from collections.abc import Iterator, Mapping

from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.tally import TaskTally
from swarmtui.insight.thresholds import Thresholds


def find_wide_holes(
    failures: FailureWindow, tally: TaskTally, thresholds: Thresholds, *, nodes: int
) -> Mapping[str, frozenset[str]]:
    """Return the services that speak against each such node, by its id; `nodes` are all there are.

    The scheduler counts failures for each service alone, so a node that fails three tasks of each
    of ten never comes last for any.
    """
    total = sum(failures.by_state.values())
    limit = max(thresholds.node_failures, thresholds.hole_factor * total / max(1, nodes))
    well: dict[str, bool] = {}
    found: dict[str, frozenset[str]] = {}
    for id_ in _find_suspects(failures, thresholds, limit) if total >= limit else ():
        counts = failures.services_on(id_)
        for service_id in counts.keys() - well.keys():
            well[service_id] = _runs_well(service_id, failures, tally)
        speaking = frozenset(service_id for service_id in counts if well[service_id])
        is_much = sum(counts[service_id] for service_id in speaking) >= limit
        if is_much and len(speaking) >= thresholds.node_services:
            found[id_] = speaking
    return found


def _find_suspects(failures: FailureWindow, thresholds: Thresholds, limit: float) -> Iterator[str]:
    """Go through the nodes that fail enough, and not all at once as when an engine restarts."""
    for id_, count in failures.by_node.items():
        if count < limit:
            continue  # most of them: the cheap question first
        is_many = len(failures.services_on(id_)) >= thresholds.node_services
        if is_many and failures.count_again(id_) >= thresholds.failures:
            yield id_


def _runs_well(service_id: str, failures: FailureWindow, tally: TaskTally) -> bool:
    """Tell whether a service runs without failures on as many nodes as it fails on.

    One that fails everywhere alike says nothing of a node.
    """
    by_node = failures.pairs[service_id]
    service = tally.services.get(service_id)
    if service is None or service.running < len(by_node):
        return False  # as of one that is gone: on how many nodes it was is not asked any more
    # No more than have to be counted: large services are on thousands of nodes.
    return service.running_on.count_held(but=by_node, most=len(by_node)) == len(by_node)
