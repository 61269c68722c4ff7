"""What kind of engine answers: a manager or, for tests, one that cannot."""

from enum import StrEnum
from typing import assert_never

from swarmtui.httpd.messages import ApiError

NO_LEADER = (
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too "
    "few managers are online. Make sure more than half of the managers are online."
)
_WORKER = (
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster "
    "state. Please run this command on a manager node or promote the current node to a manager."
)
_INACTIVE = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect '
    "this node to swarm and try again."
)
LOCKED = (
    "Swarm is encrypted and needs to be unlocked before it can be used. Please use "
    '"docker swarm unlock" to unlock it.'
)


class Face(StrEnum):
    """The state of the engine that answers."""

    MANAGER = "manager"
    WORKER = "worker"
    LOCKED = "locked"
    INACTIVE = "inactive"
    NO_QUORUM = "no-quorum"


def check(face: Face) -> None:
    """Raise what an engine of this kind answers when it is asked about the swarm."""
    match face:
        case Face.MANAGER:
            return
        case Face.WORKER:
            raise ApiError(503, _WORKER)
        case Face.LOCKED:
            raise ApiError(503, LOCKED)
        case Face.INACTIVE:
            raise ApiError(503, _INACTIVE)
        case Face.NO_QUORUM:
            raise ApiError(500, NO_LEADER)
        case _:
            assert_never(face)
