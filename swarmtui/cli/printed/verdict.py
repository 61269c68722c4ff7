"""What `status` says in one word, and as an exit status."""

from enum import IntEnum
from typing import assert_never

from swarmtui.insight.picture import Health, Picture


class ExitStatus(IntEnum):
    """What `swarmtui status` ends with."""

    HEALTHY = 0
    DEGRADED = 1
    CRITICAL = 2
    CANNOT_TELL = 3


def judge(picture: Picture) -> Health:
    """Return the health of the swarm; nothing is called healthy that was not seen whole.

    What is known to be bad stays so, also when the rest could not be seen.
    """
    snapshot = picture.snapshot
    is_whole = snapshot.nodes_at is not None and snapshot.has_all_tasks and snapshot.lost is None
    if picture.health is Health.HEALTHY and not is_whole:
        return Health.UNKNOWN
    return picture.health


def exit_status(picture: Picture) -> ExitStatus:
    """Return the exit status for a picture."""
    match judge(picture):
        case Health.HEALTHY:
            return ExitStatus.HEALTHY
        case Health.DEGRADED:
            return ExitStatus.DEGRADED
        case Health.CRITICAL:
            return ExitStatus.CRITICAL
        case Health.UNKNOWN:
            return ExitStatus.CANNOT_TELL
        case unreachable:
            assert_never(unreachable)
