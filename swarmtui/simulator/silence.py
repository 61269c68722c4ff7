"""Times in which a manager gives no answer, and how it fails to."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.faces import NO_LEADER

LEADER_TIMEOUT_S = 20.0
"""How long dockerd waits for the swarm: `swarmRequestTimeout`."""
_DEADLINE = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"


class Hush(Enum):
    """Why nothing is heard of a manager."""

    ELECTION = auto()
    """Requests wait for the leader that is being elected."""
    NO_QUORUM = auto()
    """Requests wait at first; later the managers say at once that nobody leads."""
    HANGING = auto()
    """The engine takes requests and answers none; the swarm goes on."""
    REFUSING = auto()
    """Nobody listens at the engine's address; the swarm goes on."""


class Reply(NamedTuple):
    """When a manager that is not heard has something to say after all, and what."""

    at: float
    error: str = ""
    """Empty when it then answers as always, or is to be asked again."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of the event in which a manager is not heard."""

    during: Window
    why: Hush

    @property
    def stills_the_swarm(self) -> bool:
        """Whether nothing moves meanwhile, for want of a leader."""
        return self.why in {Hush.ELECTION, Hush.NO_QUORUM}

    def find_reply(self, now: float) -> Reply:
        """Return what becomes of a request that comes at `now`."""
        if not self.stills_the_swarm:
            return Reply(self.during.end)
        without_leader_s = now - self.during.start
        if self.why is Hush.NO_QUORUM and without_leader_s >= LEADER_TIMEOUT_S:
            return Reply(now, NO_LEADER)
        if self.during.end - now > LEADER_TIMEOUT_S:
            return Reply(now + LEADER_TIMEOUT_S, _DEADLINE)
        return Reply(self.during.end)
