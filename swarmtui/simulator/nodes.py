"""A node of the simulated swarm, as the leader knows it."""

from swarmtui.simulator.catalogue import ServicePlan
from swarmtui.simulator.fleet import Machine
from swarmtui.simulator.lots import Trouble
from swarmtui.simulator.states import Availability, NodeState, Reachability, Role
from swarmtui.simulator.tasks import Task


class Node:
    """A node id, the machine behind it and what is thought of it.

    Mutable, unlike most here: the swarm's state is what a simulation changes.
    """

    __slots__ = (
        "availability", "body", "created_at", "id", "is_described", "is_leader", "lacks",
        "load", "machine", "message", "reachability", "role", "state", "tasks", "ticket",
        "updated_at",
    )  # fmt: skip

    def __init__(self, node_id: str, machine: Machine, *, role: Role, created_at: float) -> None:
        self.id = node_id
        self.machine = machine
        self.role = role
        self.created_at = created_at
        self.updated_at = created_at
        self.state = NodeState.UNKNOWN
        self.message = ""
        self.availability = Availability.ACTIVE
        self.is_described = False
        """Whether it has told the leader its hostname and engine; it does when it registers."""
        self.is_leader = False
        self.reachability = Reachability.REACHABLE
        """Means something for managers only."""
        self.tasks: dict[str, Task] = {}
        """Those it was given and has not ended."""
        self.lacks: frozenset[str] = frozenset()
        """Images that it cannot get."""
        self.load = 0
        self.ticket: int | None = None
        """Its place in the scheduler's queue."""
        self.body: bytes | None = None
        """Its JSON, until something changes."""

    @property
    def hostname(self) -> str:
        """Its name, empty until it has registered."""
        return self.machine.hostname if self.is_described else ""

    @property
    def takes_tasks(self) -> bool:
        """Whether the scheduler may give it one more task."""
        return (
            self.state is NodeState.READY
            and self.availability is Availability.ACTIVE
            and self.load < self.room
        )

    @property
    def room(self) -> float:
        """How many tasks it holds at once.

        A black hole's tasks end so soon that it always looks the emptiest; the
        little room is what keeps it from swallowing the whole launch.
        """
        return 5 if self.machine.trouble else float("inf")

    def trouble_with(self, plan: ServicePlan) -> Trouble | None:
        """Return what becomes of the tasks of a service here; `None` when they just run."""
        if self.machine.trouble is not None:
            return self.machine.trouble
        if plan.image in self.lacks:
            return Trouble.NO_IMAGE
        return Trouble.CRASH if plan.crashes else None

    def touch(self, now: float) -> None:
        """Note a change of the stored object: a new version, new JSON."""
        self.updated_at = now
        self.body = None
