"""What a feed of pictures needs of a source of observations."""

from collections.abc import Callable
from typing import Protocol

from swarmtui.stream.interest import Interest
from swarmtui.swarm.observation import Observation


class Source(Protocol):
    """Something that sees observations: live, recorded or made up."""

    def run(self, see: Callable[[Observation], None]) -> None:
        """Hand every observation to `see`, in order, until closed or at the end."""

    def want(self, interest: Interest) -> None:
        """Take what is on screen now. Returns at once."""

    def close(self) -> None:
        """End `run`, whatever it waits for. Returns at once."""
