"""Bound how many connections are being made at a time, in all and through each jump host.

An sshd turns connections away when too many are not yet logged in (MaxStartups, 10 as a rule).
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from swarmtui.ssh.errors import SshError, SshFailure


class _Waiting:
    def __init__(self, jump: Hashable | None) -> None:
        self.jump = jump
        self.called = threading.Event()


class Handshakes:
    """Turns at making a connection, given in the order of asking. For any number of threads."""

    def __init__(self, *, at_once: int = 8, per_jump: int = 8) -> None:
        self._at_once = at_once
        self._per_jump = per_jump
        self._lock = threading.Lock()
        self._under_way: list[Hashable | None] = []
        self._queue: list[_Waiting] = []
        self._is_closed = False

    @contextmanager
    def turn(self, *, jump: Hashable | None = None) -> Iterator[None]:
        """Wait for a turn and hold it for the block; raise `SshError` once it is closed."""
        waiting = _Waiting(jump)
        with self._lock:
            self._queue.append(waiting)
            if self._is_closed:
                waiting.called.set()
            self._call()
        waiting.called.wait()
        if self._is_closed:
            raise SshError(SshFailure.UNREACHABLE, "closed here before its turn to connect came")
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(jump)
                self._call()

    @property
    def queued(self) -> int:
        """Return how many wait for their turn."""
        return len(self._queue)

    def close(self) -> None:
        """Send away all who wait, and whoever comes later."""
        with self._lock:
            self._is_closed = True
            for waiting in self._queue:
                waiting.called.set()

    def _call(self) -> None:
        """Call those whose turn it is; one who waits for a jump host keeps nobody else waiting."""
        for waiting in tuple(self._queue):
            if not self._is_closed and self._has_room(waiting.jump):
                self._queue.remove(waiting)
                self._under_way.append(waiting.jump)
                waiting.called.set()

    def _has_room(self, jump: Hashable | None) -> bool:
        if len(self._under_way) >= self._at_once:
            return False
        return jump is None or self._under_way.count(jump) < self._per_jump
