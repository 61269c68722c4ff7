"""Publish what nodes and services carry, recounting only those that changed."""

from collections.abc import Iterable, Mapping
from itertools import repeat

from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.picture import NodeLoad, ServiceLoad
from swarmtui.insight.published import Published
from swarmtui.insight.tally import TaskTally
from swarmtui.swarm.entities import Service

_NOTHING = NodeLoad()
_NO_SERVICE = ServiceLoad()


class Loads:
    """Loads of nodes and services, as pictures show them."""

    def __init__(self, tally: TaskTally, failures: FailureWindow) -> None:
        self.desired = 0
        """Tasks that all services want together."""
        self._tally = tally
        self._failures = failures
        self._nodes: Published[str, NodeLoad] = Published()
        self._services: Published[str, ServiceLoad] = Published()

    def nodes(self) -> Mapping[str, NodeLoad]:
        """Return the loads by node id, for good."""
        return self._nodes.take()

    def services(self) -> Mapping[str, ServiceLoad]:
        """Return the loads by service id, for good."""
        return self._services.take()

    def refresh_nodes(self, touched: Iterable[str]) -> None:
        """Count these nodes anew."""
        ids = [*touched]
        carried, running = self._tally.carried_by(ids), self._tally.running_on_each(ids)
        failed = map(self._failures.by_node.get, ids, repeat(0))
        loads = dict(zip(ids, map(NodeLoad, carried, running, failed), strict=True))
        self._nodes.put_all(loads)
        self._nodes.drop_all([node_id for node_id, load in loads.items() if load == _NOTHING])

    def refresh_services(self, touched: Iterable[str], services: Mapping[str, Service]) -> None:
        """Count these services anew; one that is gone and has no tasks left is forgotten."""
        for service_id in touched:
            before = self._services.get(service_id) or _NO_SERVICE
            load = self._count(service_id, services.get(service_id))
            self.desired += load.desired - before.desired
            if service_id in services or load != _NO_SERVICE:
                self._services.put(service_id, load)
            else:
                self._services.drop(service_id)
                self._tally.forget(service_id)

    def _count(self, service_id: str, service: Service | None) -> ServiceLoad:
        tally = self._tally.services[service_id]
        failed = self._failures.by_service.get(service_id, 0)
        return ServiceLoad(tally.desired(service), tally.running, failed)
