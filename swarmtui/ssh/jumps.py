"""Share the connections to jump hosts: one each, for all machines behind it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

import paramiko

from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError

Route = tuple[Target, ...]
"""Machines to go through, the first one first."""


class JumpLogin(Protocol):
    """A login that others may go through."""

    @property
    def transport(self) -> paramiko.Transport:
        """Return the connection."""

    def close(self) -> None:
        """End it."""


class _Shared:
    def __init__(self) -> None:
        self.users = 0
        self.outcome: Future[JumpLogin] = Future()

    def is_usable(self) -> bool:
        """Tell whether it is being made, or stands."""
        return not self.outcome.done() or (
            self.outcome.exception() is None and self.outcome.result().transport.is_active()
        )


class Loan:
    """The use of a jump host's connection."""

    def __init__(self, route: Route, shared: _Shared, give_back: Callable[[_Shared], None]) -> None:
        self.route = route
        self.transport = shared.outcome.result().transport
        self._shared: _Shared | None = shared
        self._give_back = give_back
        self._lock = threading.Lock()

    def end(self) -> None:
        """Give it back: the last one closes it. More than once is fine, from any thread."""
        with self._lock:
            shared, self._shared = self._shared, None
        if shared is not None:
            self._give_back(shared)


class Jumps:
    """The jump hosts in use. For any number of threads."""

    def __init__(self, enter: Callable[[Route], JumpLogin]) -> None:
        self._enter = enter
        self._lock = threading.Lock()
        self._shared: dict[Route, _Shared] = {}

    def borrow(self, route: Route) -> Loan:
        """Return the use of the connection to the route's last machine; raise `SshError`.

        It is made by the first who asks. The others wait for it, and share its failure too: a jump
        host that is down costs its time-out once, not once for each machine behind it.
        """
        with self._lock:
            shared = self._shared.get(route)
            is_first = shared is None or not shared.is_usable()
            if shared is None or is_first:
                shared = self._shared[route] = _Shared()
            shared.users += 1
        if is_first:
            self._make(route, shared)
        try:
            return Loan(route, shared, self._give_back)
        except SshError as error:
            # One for each: they are raised in several threads.
            raise SshError(error.failure, error.text, unknown_key=error.unknown_key) from error

    def users_of(self, route: Route) -> int:
        """Return how many use the connection to the route's last machine, or wait for it."""
        with self._lock:
            shared = self._shared.get(route)
            return shared.users if shared is not None else 0

    def _make(self, route: Route, shared: _Shared) -> None:
        try:
            shared.outcome.set_result(self._enter(route))
        except BaseException as error:  # whatever it was, the others must not wait for ever
            shared.outcome.set_exception(error)
            if not isinstance(error, Exception):
                raise

    def _give_back(self, shared: _Shared) -> None:
        with self._lock:
            shared.users -= 1
            is_last = not shared.users
            if is_last:
                self._shared = {r: s for r, s in self._shared.items() if s is not shared}
        if is_last:
            shared.outcome.result().close()
