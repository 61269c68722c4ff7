"""Tails on a real sshd that bears only so much: each limit is said for what it is, and passes."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Condition

import msgspec
import pytest

from swarmtui.ssh.backoff import Backoff
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.login import Door
from swarmtui.ssh.tail import TailObservation
from swarmtui.ssh.tails import Tails
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, TailSeen, TailState
from tests.ssh.sshd import DOCKER_WITH_STATS, Sshd, needs_sshd, sshd

pytestmark = [needs_sshd, pytest.mark.hosts]

AT_ONCE = Limits(attempts=1)
"""What a busy server says is told at once, and not only when it was asked four times."""


class Seen:
    """What the tails told, and a way to wait for some of it."""

    def __init__(self) -> None:
        self.all: list[TailObservation] = []
        self._news = Condition()

    def __call__(self, seen: TailObservation) -> None:
        with self._news:
            self.all.append(seen)
            self._news.notify_all()

    def last(self, name: str = "m1") -> TailSeen | None:
        """Return how a tail does now."""
        tails = (each for each in reversed(self.all) if isinstance(each, TailSeen))
        return next((each for each in tails if each.machine == name), None)

    def texts(self, state: TailState) -> list[str]:
        return [s.text for s in self.all if isinstance(s, TailSeen) and s.state is state]

    def wait_for(self, is_there: Callable[[], object], *, within_s: float = 30) -> None:
        with self._news:
            assert self._news.wait_for(is_there, timeout=within_s), self.all[-5:]

    def wait_for_state(self, state: TailState, *, within_s: float = 30) -> TailSeen:
        self.wait_for(lambda: (last := self.last()) and last.state is state, within_s=within_s)
        last = self.last()
        assert last
        return last


@contextmanager
def tailing(
    server: Sshd, home: Path, *machines: Machine, limits: Limits = AT_ONCE, introduces: bool = False
) -> Iterator[Seen]:
    """Tail machines that are all this server, whose key is known."""
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line)
    seen = Seen()
    door = Door(home=home, agent="", limits=limits, backoff=Backoff(first_s=0.1))
    tails = Tails(door, seen, introduces=introduces)
    tails.want(machines or [server.machine])
    try:
        yield seen
    finally:
        tails.close()
        door.close()
        assert tails.join(30)


@contextmanager
def strangers(server: Sshd, number: int) -> Iterator[None]:
    """Connect and never log in."""
    with ExitStack() as stack:
        for _ in range(number):
            place = (server.address, server.port)
            stranger = stack.enter_context(socket.create_connection(place, timeout=10))
            assert stranger.recv(8) == b"SSH-2.0-"
        yield


def test_a_server_full_of_strangers_is_said_to_be_busy_and_tailed_once_they_are_gone(
    tmp_path: Path, home: Path
) -> None:
    with sshd(tmp_path / "m1", docker=DOCKER_WITH_STATS, MaxStartups="2:100:2") as server:
        with ExitStack() as stack:
            with strangers(server, 2):
                seen = stack.enter_context(tailing(server, home))
                told = seen.wait_for_state(TailState.RETRYING)
                assert "hangs up before it greets; too many connections at once" in told.text
                assert "MaxStartups" in told.text
                assert told.retry_at is not None
            seen.wait_for_state(TailState.LIVE)
        assert "MaxStartups" in server.log


def test_more_tails_than_one_server_lets_in_at_once_are_all_live_in_the_end(
    tmp_path: Path, home: Path
) -> None:
    with sshd(tmp_path / "m1", docker=DOCKER_WITH_STATS, MaxStartups="2:100:2") as server:
        names = [f"m{number}" for number in range(24)]
        machines = [msgspec.structs.replace(server.machine, name=name) for name in names]
        with tailing(server, home, *machines) as seen:
            seen.wait_for(lambda: all(is_live(seen, name) for name in names), within_s=90)
        assert any("MaxStartups" in text for text in seen.texts(TailState.RETRYING))
        assert all("MaxStartups" in text for text in seen.texts(TailState.RETRYING))


def is_live(seen: Seen, name: str) -> bool:
    last = seen.last(name)
    return last is not None and last.state is TailState.LIVE


def test_a_server_that_allows_no_session_is_said_to_and_tailed_once_it_does(
    tmp_path: Path, home: Path
) -> None:
    with (
        sshd(tmp_path / "m1", docker=DOCKER_WITH_STATS, MaxSessions="0") as server,
        tailing(server, home) as seen,
    ):
        told = seen.wait_for_state(TailState.RETRYING)
        assert "opens no further ssh session" in told.text
        assert "MaxSessions" in told.text
        server.restart(MaxSessions="10")
        seen.wait_for_state(TailState.LIVE, within_s=60)


def test_one_session_at_a_time_is_enough_to_say_who_one_is_and_be_tailed(
    tmp_path: Path, home: Path
) -> None:
    with sshd(tmp_path / "m1", docker=DOCKER_WITH_STATS, MaxSessions="1") as server:
        with tailing(server, home, introduces=True) as seen:
            seen.wait_for_state(TailState.LIVE)
        assert seen.texts(TailState.RETRYING) == []
        assert [each.docker_version for each in seen.all if isinstance(each, MachineSeen)] == [
            "20.10.24"
        ]
