"""Say in one line why a machine cannot be used over ssh, and what to do next."""

from enum import StrEnum

from swarmtui.swarm.stats import UnknownKey
from swarmtui.swarm.text import plain

LONGEST = 300
"""Characters of a text: what fits on a screen, whatever a machine sends."""


class SshFailure(StrEnum):
    """Why there is no login, or no docker behind it."""

    UNKNOWN_KEY = "unknown host key"
    CHANGED_KEY = "changed host key"
    DENIED = "denied"
    """No key was taken, or none could be offered."""
    UNREACHABLE = "unreachable"
    """Nobody listens, no route, no such name."""
    TIMED_OUT = "timed out"
    BUSY = "busy"
    """MaxStartups or MaxSessions of sshd is met."""
    NO_DOCKER = "no docker"
    NO_PERMISSION = "no permission"
    """Logged in, but the user may not talk to the engine."""
    BROKEN = "broken"
    """Not an ssh server, or an answer that does not parse."""


class SshError(Exception):
    """A machine gave no usable answer over ssh."""

    def __init__(
        self, failure: SshFailure, text: str, *, unknown_key: UnknownKey | None = None
    ) -> None:
        self.failure = failure
        self.text = shorten(text)
        """One line for people, harmless: what happened to what, and what to do next."""
        self.unknown_key = unknown_key
        """The host key that was shown; only where nothing but that it is not known is wrong."""
        super().__init__(self.text)


def shorten(text: str) -> str:
    """Return `text` harmless, on one line and no longer than a screen bears."""
    line = " ".join(plain(text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
