"""What is served: a swarm as it was at a moment, and whoever can say which moment that is."""

from datetime import datetime
from typing import Protocol

import msgspec

from swarmtui.swarm.snapshot import Snapshot


class Scene(msgspec.Struct, frozen=True):
    """A swarm as it was known at a moment."""

    at: datetime
    """In the recording's time."""
    snapshot: Snapshot
    flaw: str = ""
    """What of the recording is damaged here, in one line; empty where all is well."""


class Stage(Protocol):
    """Where scenes are played; or a single one, for good."""

    @property
    def scene(self) -> Scene:
        """Return the scene of now."""

    @property
    def speed(self) -> float:
        """Return how fast the recording's time goes while it goes on."""


class Still(msgspec.Struct, frozen=True):
    """A stage on which time stands."""

    scene: Scene
    speed: float = 1.0
