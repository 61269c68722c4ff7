"""The words of a swarm, as the Engine API spells them."""

from enum import StrEnum


class NodeState(StrEnum):
    """What the leader thinks of a node."""

    UNKNOWN = "unknown"
    DOWN = "down"
    READY = "ready"
    DISCONNECTED = "disconnected"


class Availability(StrEnum):
    """Whether a node is given tasks."""

    ACTIVE = "active"
    PAUSE = "pause"
    DRAIN = "drain"


class Role(StrEnum):
    """Whether a node takes part in deciding."""

    MANAGER = "manager"
    WORKER = "worker"


class Reachability(StrEnum):
    """What raft thinks of a manager."""

    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"


class TaskState(StrEnum):
    """Where a task is, or where it is wanted, in SwarmKit's order."""

    NEW = "new"
    PENDING = "pending"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    PREPARING = "preparing"
    READY = "ready"
    STARTING = "starting"
    RUNNING = "running"
    COMPLETE = "complete"
    SHUTDOWN = "shutdown"
    FAILED = "failed"
    REJECTED = "rejected"
    REMOVE = "remove"
    ORPHANED = "orphaned"
