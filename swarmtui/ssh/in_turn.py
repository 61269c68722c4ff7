"""Do the same with many machines, a number of them at a time."""

import queue
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from threading import Event, Thread
from typing import TypeVar

from swarmtui.swarm.machine import Machine

MOST_AT_ONCE = 64
"""Most of them wait for an answer, or for one of the handshakes, which the door limits more
strictly."""

T = TypeVar("T")


def do_in_turn(
    machines: Sequence[Machine],
    do: Callable[[Machine], T],
    *,
    name: str,
    most_at_once: int = MOST_AT_ONCE,
) -> Generator[T, None, None]:
    """Yield what comes of each machine, in the order in which it does; `do` raises nothing.

    To stop early, close the iterator: it is begun with no other machine then. `name` is that of
    the threads.
    """
    waiting: queue.SimpleQueue[Machine] = queue.SimpleQueue()
    for machine in machines:
        waiting.put(machine)
    done: queue.SimpleQueue[T] = queue.SimpleQueue()
    stopped = Event()

    def take_turns() -> None:
        with suppress(queue.Empty):
            while not stopped.is_set():
                done.put(do(waiting.get_nowait()))

    # Daemons: the program ends without waiting for machines that do not answer.
    for number in range(min(most_at_once, len(machines))):
        Thread(target=take_turns, name=f"{name} {number}", daemon=True).start()
    try:
        for _ in machines:
            yield done.get()
    finally:
        stopped.set()
