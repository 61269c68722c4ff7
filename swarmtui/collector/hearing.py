"""Drain a manager's events, and pass them on as hints."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Generic, TypeVar

from swarmtui.collector.inbox import Hint
from swarmtui.collector.ports import Events
from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import EventSeen

A = TypeVar("A")

MOST_PER_S = 20
"""Events passed on in a second: an event of thousands of joins is told by the node list anyway."""


class Hearing(Generic[A]):
    """Listens to the events of one manager at a time, in a thread of its own."""

    def __init__(
        self,
        *,
        open_events: Callable[[A], Events],
        emit: Callable[[EventSeen], None],
        hint: Callable[[Hint], None],
        retry_s: float = 5.0,
    ) -> None:
        self._open_events = open_events
        self._emit = emit
        self._hint = hint
        self._retry_s = retry_s

    @contextmanager
    def listen(self, address: A) -> Iterator[None]:
        """Listen as long as the block lasts.

        Events are drained all the time: a subscriber that does not read slows the engine down.
        """
        stopped = Event()
        events = self._open_events(address)
        Thread(target=self._hear, args=(events, stopped), name="events", daemon=True).start()
        try:
            yield
        finally:
            stopped.set()
            events.close()

    def _hear(self, events: Events, stopped: Event) -> None:
        pace = _Pace()
        while not stopped.is_set():
            # The polling says what is wrong with the manager; hints may be missing meanwhile.
            with suppress(EngineError):
                for seen in events:
                    self._pass_on(seen, pace)
            stopped.wait(self._retry_s)

    def _pass_on(self, seen: EventSeen, pace: "_Pace") -> None:
        if seen.type == "service":
            self._hint(Hint(seen.actor_id))
        if pace.allows(seen.taken_at.timestamp()):
            self._emit(seen)


class _Pace:
    """Counts what happens in the same second."""

    def __init__(self) -> None:
        self._second = 0
        self._count = 0

    def allows(self, at: float) -> bool:
        """Tell whether one more is fine at this time."""
        if int(at) != self._second:
            self._second, self._count = int(at), 0
        self._count += 1
        return self._count <= MOST_PER_S
