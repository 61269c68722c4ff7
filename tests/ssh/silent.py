"""Servers on loopback that are no use: they say nothing, or nonsense, or are not to be reached."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from swarmtui.swarm.machine import Machine


def machine_at(port: int) -> Machine:
    return Machine(name="m1", addr="127.0.0.1", port=port, user="root")


@contextmanager
def saying(greeting: bytes, *, hangs_up: bool = False) -> Iterator[Machine]:
    """Take every connection, greet like this, and be silent from then on."""
    with ExitStack() as taken, socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection = taken.enter_context(listening.accept()[0])
                    connection.sendall(greeting)
                    if hangs_up:
                        connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield machine_at(listening.getsockname()[1])
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def black_hole() -> Iterator[Machine]:
    """Answer no attempt to connect at all, as behind a firewall that drops."""
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        address = listening.getsockname()
        # Once nobody accepts and the queue is full, the system drops whoever comes.
        for _ in range(8):
            filling = stack.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(address)
        yield machine_at(address[1])
