"""What `/events` tells: the last things that happened in a swarm, and each next one."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

RING_SIZE = 256
"""Events kept for those who ask later, as in dockerd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of scope `swarm`."""

    at: float
    """In seconds, on a calendar of the teller's."""
    kind: str
    """`node`, `service`… SwarmKit announces neither tasks nor a change of leader."""
    action: str
    """`create`, `update` or `remove`."""
    subject: str
    """The id."""
    attributes: dict[str, str] = field(default_factory=dict)


Listener = Callable[[Happening], None]


class Journal:
    """The last happenings, and those who listen for the next."""

    def __init__(self) -> None:
        self._ring: deque[Happening] = deque(maxlen=RING_SIZE)
        self._listeners: list[Listener] = []

    def tell(self, happening: Happening) -> None:
        """Keep a happening and pass it on."""
        self._ring.append(happening)
        for listener in self._listeners:
            listener(happening)

    def between(self, since: float, until: float) -> Iterator[Happening]:
        """Yield what is kept of that time, both ends included."""
        return (happening for happening in self._ring if since <= happening.at <= until)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with everything that happens from now on."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Call `listener` no more."""
        self._listeners.remove(listener)
