"""The state of the simulated swarm, and the record of its changes."""

from swarmtui.httpd.journal import Happening, Journal
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.services import Service
from swarmtui.simulator.states import Availability, NodeState, Role


class SwarmState:
    """The nodes and services there are; every change is told to the journal."""

    def __init__(self, journal: Journal) -> None:
        self.nodes: dict[str, Node] = {}
        self.services: dict[str, Service] = {}
        self.remnants: dict[str, Service] = {}
        """Services that are removed while some of their tasks still are not."""
        self._journal = journal
        self._ordered: list[Node] | None = None

    def nodes_in_order(self) -> list[Node]:
        """Return the nodes by id, as the engine lists them."""
        if self._ordered is None:
            self._ordered = [node for _, node in sorted(self.nodes.items())]
        return self._ordered

    def services_in_order(self) -> list[Service]:
        """Return the services by id, as the engine lists them."""
        return [service for _, service in sorted(self.services.items())]

    def all_services(self) -> list[Service]:
        """Return every service that has tasks, the removed ones last."""
        return [*self.services_in_order(), *self.remnants.values()]

    def managers(self) -> list[Node]:
        """Return the managers, mg0 first."""
        return [node for node in self.nodes.values() if node.role is Role.MANAGER]

    def seat(self, node: Node) -> None:
        """Have a node that was there before anybody looked."""
        self.nodes[node.id] = node
        self._ordered = None

    def add_node(self, node: Node, now: float) -> None:
        """Let a node join; its name is not known yet."""
        self.seat(node)
        self._tell(now, "node", "create", node.id, name="")

    def remove_node(self, node: Node, now: float) -> None:
        """Strike a node off the list."""
        del self.nodes[node.id]
        self._ordered = None
        self._tell(now, "node", "remove", node.id, name=node.hostname)

    def set_state(self, node: Node, state: NodeState, now: float, *, message: str = "") -> None:
        """Change what is thought of a node."""
        before, node.state, node.message = node.state, state, message
        node.touch(now)
        self._tell_update(node, now, "state", before, state)

    def set_availability(self, node: Node, availability: Availability, now: float) -> None:
        """Change whether a node is given tasks."""
        before, node.availability = node.availability, availability
        node.touch(now)
        self._tell_update(node, now, "availability", before, availability)

    def add_service(self, service: Service, now: float) -> None:
        """Have a service."""
        self.services[service.id] = service
        self._tell(now, "service", "create", service.id, name=service.name)

    def scale_service(self, service: Service, replicas: int, now: float) -> None:
        """Change a service's number of replicas."""
        changed = {"replicas.old": str(service.replicas), "replicas.new": str(replicas)}
        service.scale(replicas, now)
        self._tell(now, "service", "update", service.id, name=service.name, **changed)

    def remove_service(self, service: Service, now: float) -> None:
        """Strike a service off the list; its tasks are still there."""
        self.remnants[service.id] = self.services.pop(service.id)
        self._tell(now, "service", "remove", service.id, name=service.name)

    def _tell_update(self, node: Node, now: float, what: str, old: str, new: str) -> None:
        changed = {} if old == new else {f"{what}.old": str(old), f"{what}.new": str(new)}
        self._tell(now, "node", "update", node.id, name=node.hostname, **changed)

    def _tell(self, now: float, kind: str, action: str, subject: str, **attributes: str) -> None:
        self._journal.tell(
            Happening(at=now, kind=kind, action=action, subject=subject, attributes=attributes)
        )
