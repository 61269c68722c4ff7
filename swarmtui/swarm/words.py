"""The words a swarm uses for its states, parsed so that a new word never stops the program."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A closed set of words with a member for every other word an engine may send."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the member for `text`; a word the program does not know is `UNKNOWN`.

        Keep the text itself beside the member where it is shown: see `Node.state_word`.
        """
        members = cls._value2member_map_
        # As engines write it first: 200,000 tasks have two words each.
        return members.get(text) or members.get(text.lower()) or cls.unknown()  # type: ignore[return-value]

    @classmethod
    def unknown(cls) -> Self:
        """Return the member that stands for a word not known here."""
        return cls("unknown")


class NodeState(Word):
    """What the leader believes of a node's engine."""

    READY = "ready"
    DOWN = "down"
    DISCONNECTED = "disconnected"
    UNKNOWN = "unknown"


class Availability(Word):
    """What the operator wants the scheduler to do with a node."""

    ACTIVE = "active"
    PAUSE = "pause"
    DRAIN = "drain"
    UNKNOWN = "unknown"


class Role(Word):
    """Whether a node takes part in the quorum."""

    MANAGER = "manager"
    WORKER = "worker"
    UNKNOWN = "unknown"


class Reachability(Word):
    """Whether the leader reaches another manager."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class ServiceMode(Word):
    """How a service's wanted count is set."""

    REPLICATED = "replicated"
    GLOBAL = "global"
    REPLICATED_JOB = "replicated-job"
    GLOBAL_JOB = "global-job"
    UNKNOWN = "unknown"


class TaskState(Word):
    """Where a task is in its life, in the order SwarmKit moves it (api/types.proto)."""

    NEW = "new"
    ALLOCATED = "allocated"
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
    UNKNOWN = "unknown"


TASK_STATES = tuple(TaskState)
"""Every task state in the order of a task's life; its place here is its number on the wire."""

PIPELINE = TASK_STATES[: TASK_STATES.index(TaskState.RUNNING)]
"""The states a task passes through before it runs."""

FAILURES = frozenset({TaskState.FAILED, TaskState.REJECTED})
"""The states that count as a failure of the task on its node."""
