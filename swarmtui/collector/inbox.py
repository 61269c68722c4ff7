"""Messages to the poller, from the threads that listen to the dashboard and to events."""

from dataclasses import dataclass
from queue import Empty, SimpleQueue

from swarmtui.stream.interest import Interest


@dataclass(frozen=True, slots=True)
class Hint:
    """A service moved: its tasks are worth asking for soon."""

    service_id: str


Message = Interest | Hint


class Inbox:
    """A queue that can be waited at."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Message] = SimpleQueue()

    def put(self, message: Message) -> None:
        """Add a message, from any thread."""
        self._queue.put(message)

    def take(self, wait_s: float = 0.0) -> list[Message]:
        """Return what has come; with nothing there, wait at most so many seconds for it."""
        messages: list[Message] = []
        try:
            if wait_s > 0:
                messages.append(self._queue.get(timeout=wait_s))
            while True:
                messages.append(self._queue.get_nowait())
        except Empty:
            return messages
