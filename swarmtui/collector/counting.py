"""Ask for a manager's own counts every second, and say when there are none."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn, Protocol

from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import CountsSeen

PACE_S = 1.0
RETRY_S = 5.0


class Counts(Protocol):
    """Where the counts come from."""

    def read(self, at: datetime) -> CountsSeen:
        """Return the counts as of `at`; raise `EngineError`."""


class Counting:
    """Reads the counts of one engine, in a thread of its own."""

    def __init__(
        self,
        counts: Counts,
        *,
        emit: Callable[[CountsSeen], None],
        now: Callable[[], datetime],
        rest: Callable[[float], object],
    ) -> None:
        self._counts = counts
        self._emit = emit
        self._now = now
        self._rest = rest
        self._failing_since: datetime | None = None

    def run(self) -> NoReturn:
        """Count until the process ends."""
        while True:
            self._rest(self.count_once())

    def count_once(self) -> float:
        """Read and emit the counts, or why there are none; return the seconds to rest."""
        at = self._now()
        try:
            seen = self._counts.read(at)
        except EngineError as error:
            self._failing_since = self._failing_since or at
            self._emit(CountsSeen(taken_at=self._failing_since, error=error.text))
            return RETRY_S
        self._failing_since = None
        self._emit(seen)
        return max(0.0, PACE_S - (self._now() - at).total_seconds())
