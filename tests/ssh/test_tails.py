"""The set of tails: started and stopped by name, and every thread let go."""

import threading
from collections.abc import Callable, Iterator

import pytest

from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.tail import TailObservation
from swarmtui.ssh.tails import MOST_CONNECTING, Tails
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import StatsSeen, TailSeen, TailState
from tests.ssh.frames import line, painted_by_28

FRAME = painted_by_28(line())


def machine(number: int, *, addr: str = "") -> Machine:
    return Machine(name=f"m{number}", addr=addr or f"10.0.0.{number}")


class Streaming:
    """A command that prints one frame, then nothing until it is closed."""

    complaint = ""

    def __init__(self) -> None:
        self._has_printed = False
        self._closed = threading.Event()

    def read(self, timeout_s: float) -> bytes:
        if not self._has_printed:
            self._has_printed = True
            return FRAME
        if self._closed.wait(timeout_s):
            raise SshError(SshFailure.BROKEN, "closed here")
        raise TimeoutError

    def wait(self, timeout_s: float) -> int:
        raise TimeoutError(timeout_s)

    def close(self) -> None:
        self._closed.set()


class StreamingLogin:
    def __init__(self) -> None:
        self.running = Streaming()
        self.is_closed = False

    def run(self, command: Command) -> Streaming:
        assert command is Command.STATS
        return self.running

    def close(self) -> None:
        self.is_closed = True


class Machines:
    """A door to machines that stream, unless they are told to refuse or to hang."""

    def __init__(self) -> None:
        self.logins: dict[str, list[StreamingLogin]] = {}
        self.refused: set[str] = set()
        self.hanging: set[str] = set()
        self.let_go = threading.Event()

    def open(self, machine: Machine) -> StreamingLogin:
        if machine.name in self.hanging:
            assert self.let_go.wait(20)
        if machine.name in self.refused:
            raise SshError(SshFailure.UNKNOWN_KEY, "not known")
        login = StreamingLogin()
        self.logins.setdefault(machine.name, []).append(login)
        return login


class Seen:
    """What the tails told, and a way to wait for some of it."""

    def __init__(self) -> None:
        self.all: list[TailObservation] = []
        self._news = threading.Condition()

    def __call__(self, seen: TailObservation) -> None:
        with self._news:
            self.all.append(seen)
            self._news.notify_all()

    def states(self, name: str) -> list[TailState]:
        return [s.state for s in self.all if isinstance(s, TailSeen) and s.machine == name]

    def stats(self, name: str) -> list[StatsSeen]:
        return [s for s in self.all if isinstance(s, StatsSeen) and s.machine == name]

    def wait_for(self, predicate: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(predicate, timeout=20)


@pytest.fixture
def machines() -> Machines:
    return Machines()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def tails(machines: Machines, seen: Seen) -> Iterator[Tails]:
    tails = Tails(machines, seen)
    yield tails
    tails.close()
    machines.let_go.set()
    assert tails.join(20)


def test_wanted_machines_are_tailed(tails: Tails, seen: Seen) -> None:
    tails.want(machine(number) for number in range(20))
    seen.wait_for(lambda: all(seen.stats(f"m{number}") for number in range(20)))
    assert seen.states("m7") == [TailState.QUEUED, TailState.CONNECTING, TailState.LIVE]
    assert tails.names == {f"m{number}" for number in range(20)}


def test_what_is_not_wanted_any_more_ends_and_what_is_still_wanted_goes_on(
    tails: Tails, seen: Seen, machines: Machines
) -> None:
    tails.want([machine(1), machine(2)])
    seen.wait_for(lambda: bool(seen.stats("m1") and seen.stats("m2")))
    tails.want([machine(2), machine(3)])
    assert seen.states("m1")[-1] is TailState.ENDED
    assert tails.join(20)
    assert machines.logins["m1"][0].is_closed
    seen.wait_for(lambda: bool(seen.stats("m3")))
    assert len(machines.logins["m2"]) == 1
    assert not machines.logins["m2"][0].is_closed


def test_a_machine_that_moved_is_tailed_where_it_is_now(
    tails: Tails, seen: Seen, machines: Machines
) -> None:
    tails.want([machine(1)])
    seen.wait_for(lambda: bool(seen.stats("m1")))
    tails.want([machine(1, addr="10.0.9.9")])
    seen.wait_for(lambda: len(seen.stats("m1")) == 2)
    live = [TailState.QUEUED, TailState.CONNECTING, TailState.LIVE]
    assert seen.states("m1") == [*live, TailState.ENDED, *live]
    assert len(machines.logins["m1"]) == 2


def test_nothing_is_heard_of_a_machine_after_its_end(
    tails: Tails, seen: Seen, machines: Machines
) -> None:
    machines.hanging.add("m1")
    tails.want([machine(1)])
    seen.wait_for(lambda: TailState.CONNECTING in seen.states("m1"))
    tails.want([])
    machines.let_go.set()
    assert tails.join(20)
    assert machines.logins["m1"][0].is_closed
    assert seen.states("m1") == [TailState.QUEUED, TailState.CONNECTING, TailState.ENDED]
    assert seen.stats("m1") == []


def test_those_who_wait_are_told_from_those_who_connect(
    tails: Tails, seen: Seen, machines: Machines
) -> None:
    names = [f"m{number}" for number in range(50)]
    machines.hanging.update(names)
    tails.want(machine(number) for number in range(50))
    seen.wait_for(lambda: sum(len(seen.states(name)) > 1 for name in names) == MOST_CONNECTING)
    machines.let_go.set()
    seen.wait_for(lambda: all(seen.stats(name) for name in names))


def test_a_refused_machine_is_tried_when_asked_to(
    tails: Tails, seen: Seen, machines: Machines
) -> None:
    machines.refused.add("m1")
    tails.want([machine(1), machine(2)])
    seen.wait_for(lambda: TailState.REFUSED in seen.states("m1"))
    machines.refused.clear()

    def retried() -> bool:
        tails.retry(["m1", "m9"])
        return bool(seen.stats("m1"))

    seen.wait_for(retried)
    assert seen.states("m1")[-2:] == [TailState.REFUSED, TailState.LIVE]


def test_closing_returns_at_once_and_frees_every_thread(seen: Seen, machines: Machines) -> None:
    before = threading.active_count()
    tails = Tails(machines, seen)
    machines.hanging.update({"m1", "m2"})
    machines.refused.add("m3")
    tails.want(machine(number) for number in range(1, 40))
    seen.wait_for(lambda: bool(seen.stats("m39")) and TailState.REFUSED in seen.states("m3"))
    tails.close()
    tails.want([machine(50)])
    assert tails.names == frozenset()
    machines.let_go.set()
    assert tails.join(20)
    assert threading.active_count() == before
    assert all(login.is_closed for logins in machines.logins.values() for login in logins)


def test_who_is_told_of_a_machine_may_want_another_at_once(machines: Machines, seen: Seen) -> None:
    following: Tails

    def follow(told: TailObservation) -> None:
        seen(told)
        if isinstance(told, StatsSeen) and told.machine == "m1":
            following.want([machine(2)])

    following = Tails(machines, follow)
    following.want([machine(1)])
    seen.wait_for(lambda: bool(seen.stats("m2")))
    assert seen.states("m1")[-1] is TailState.ENDED
    following.close()
    assert following.join(20)
