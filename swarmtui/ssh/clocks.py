"""Where the time comes from, so that tests can stand in for it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """What time it is, how much has passed, and a way to wait."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    wait: Callable[[Event, float], bool] = Event.wait
    """Wait until the event is set, at most so many seconds; tell whether it is."""
    chance: Callable[[], float] = random.random
    """Within [0, 1), where a delay is not to be the same for everybody."""


SYSTEM_CLOCKS = Clocks(now=lambda: datetime.now(UTC), monotonic=time.monotonic)
"""The machine's own."""
