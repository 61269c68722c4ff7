"""How many connections are made at a time."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from swarmtui.ssh.errors import SshError
from swarmtui.ssh.handshakes import Handshakes
from tests.lab.waiting import wait_for


class Crowd:
    """Threads that each take a turn and hold it until they are let go."""

    def __init__(self, handshakes: Handshakes, pool: ThreadPoolExecutor) -> None:
        self._handshakes = handshakes
        self._pool = pool
        self.holding: list[str] = []
        self._let_go: dict[str, threading.Event] = {}

    def come(self, name: str, *, jump: str | None = None) -> Future[None]:
        """Let one more ask for a turn, and wait until it holds it or is in the queue."""
        handshakes = self._handshakes
        queued = handshakes.queued
        count = len(self.holding)
        self._let_go[name] = threading.Event()
        future = self._pool.submit(self._take, name, jump)
        settle(lambda: handshakes.queued > queued or len(self.holding) > count)
        return future

    def let_go(self, name: str) -> None:
        """Let one end its turn."""
        self._let_go[name].set()
        settle(lambda: name not in self.holding)

    def let_all_go(self) -> None:
        """Let everybody end as their turns come."""
        for event in self._let_go.values():
            event.set()

    def _take(self, name: str, jump: str | None) -> None:
        with self._handshakes.turn(jump=jump):
            self.holding.append(name)
            assert self._let_go[name].wait(10)
            self.holding.remove(name)


def settle(condition: Callable[[], bool]) -> None:
    wait_for(condition, within_s=5, what="the turns are given")


@contextmanager
def crowd(handshakes: Handshakes) -> Iterator[Crowd]:
    with ThreadPoolExecutor(20) as pool:
        crowd = Crowd(handshakes, pool)
        try:
            yield crowd
        finally:
            crowd.let_all_go()


def test_no_more_than_so_many_shake_hands_at_a_time_and_in_the_order_of_asking() -> None:
    handshakes = Handshakes(at_once=2)
    with crowd(handshakes) as people:
        for name in "abcd":
            people.come(name)
        assert people.holding == ["a", "b"]
        people.let_go("a")
        settle(lambda: people.holding == ["b", "c"])
        assert handshakes.queued == 1


def test_a_full_jump_host_keeps_nobody_else_waiting() -> None:
    with crowd(Handshakes(at_once=3, per_jump=1)) as people:
        people.come("a", jump="gate")
        people.come("b", jump="gate")
        people.come("c", jump="other")
        people.come("d")
        assert people.holding == ["a", "c", "d"]
        people.let_go("d")
        assert people.holding == ["a", "c"]
        people.let_go("a")
        settle(lambda: people.holding == ["c", "b"])


def test_a_failure_gives_the_turn_back() -> None:
    handshakes = Handshakes(at_once=1)
    for _ in range(3):
        with pytest.raises(KeyError), handshakes.turn():
            raise KeyError
    with handshakes.turn():
        assert handshakes.queued == 0


def test_closing_sends_everybody_away() -> None:
    handshakes = Handshakes(at_once=1)
    with crowd(handshakes) as people:
        people.come("a")
        waiting = people.come("b")
        handshakes.close()
        with pytest.raises(SshError, match="closed here"):
            waiting.result(timeout=5)
        with pytest.raises(SshError, match="closed here"), handshakes.turn():
            raise AssertionError
