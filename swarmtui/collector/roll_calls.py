"""Call the roll of the inventory again and again, as long as somebody looks at it."""

from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import NoReturn

from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen

PACE_S = 60.0
"""From the end of one to the next: each costs every machine a login and a `docker info`."""


class RollCalls:
    """Calls the roll in the thread that calls `run`; `want` is for any other."""

    def __init__(
        self,
        machines: Sequence[Machine],
        *,
        call: Callable[[Sequence[Machine]], Iterable[MachineSeen]],
        emit: Callable[[MachineSeen], None],
        rest: Callable[[float], object],
    ) -> None:
        self._machines = machines
        self._call = call
        self._emit = emit
        self._rest = rest
        self._wanted = Event()

    def want(self, wanted: bool) -> None:  # noqa: FBT001 - it is the whole message
        """Say whether the roll call is looked at; one that has begun is finished in any case."""
        if wanted:
            self._wanted.set()
        else:
            self._wanted.clear()

    def run(self) -> NoReturn:
        """Call until the process ends."""
        while True:
            self.call_next()

    def call_next(self) -> None:
        """Wait until it is wanted, call the roll once, and rest."""
        self._wanted.wait()
        for seen in self._call(self._machines):
            self._emit(seen)
        self._rest(PACE_S)
