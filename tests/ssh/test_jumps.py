"""Machines behind others: one connection to each jump host, and nothing left of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from swarmtui.ssh.commands import Command
from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.jumps import Jumps, Route
from swarmtui.ssh.known_hosts import Verdict, describe_key
from swarmtui.ssh.login import Door
from swarmtui.ssh.trusting import trust_key
from swarmtui.swarm.machine import Machine
from tests.lab.waiting import wait_for
from tests.ssh.sshd import Sshd, needs_sshd, sshd

pytestmark = pytest.mark.hosts

GATE = Target(label="gate", name="gate", host="gate", user="root")


class FakeLogin:
    """A jump host's login that remembers whether it was closed."""

    def __init__(self) -> None:
        self.is_active = True
        self.is_closed = False
        self.transport: Any = SimpleNamespace(is_active=lambda: self.is_active)

    def close(self) -> None:
        self.is_closed = True


class FakeGate:
    """Makes logins, after it was let; or fails."""

    def __init__(self) -> None:
        self.made: list[FakeLogin] = []
        self.asked = 0
        self.is_let = threading.Event()
        self.error: SshError | None = None

    def enter(self, route: Route) -> FakeLogin:
        assert route == (GATE,)
        self.asked += 1
        assert self.is_let.wait(10)
        if self.error is not None:
            raise self.error
        self.made.append(FakeLogin())
        return self.made[-1]


def test_everybody_shares_one_connection_and_the_last_one_closes_it() -> None:
    gate = FakeGate()
    gate.is_let.set()
    jumps = Jumps(gate.enter)
    first, second = jumps.borrow((GATE,)), jumps.borrow((GATE,))
    assert len(gate.made) == 1
    first.end()
    first.end()
    assert [login.is_closed for login in gate.made] == [False]
    second.end()
    assert [login.is_closed for login in gate.made] == [True]
    jumps.borrow((GATE,)).end()
    assert len(gate.made) == 2


def test_a_connection_that_broke_is_made_anew_and_the_old_one_closed_by_its_users() -> None:
    gate = FakeGate()
    gate.is_let.set()
    jumps = Jumps(gate.enter)
    old = jumps.borrow((GATE,))
    gate.made[0].is_active = False
    new = jumps.borrow((GATE,))
    assert len(gate.made) == 2
    old.end()
    assert [login.is_closed for login in gate.made] == [True, False]
    new.end()
    assert gate.made[1].is_closed


def test_a_jump_host_that_is_down_costs_its_time_out_once() -> None:
    gate = FakeGate()
    gate.error = SshError(SshFailure.TIMED_OUT, "gate: no connection in time")
    jumps = Jumps(gate.enter)
    with ThreadPoolExecutor(8) as pool:
        borrowing = [pool.submit(jumps.borrow, (GATE,)) for _ in range(8)]
        wait_for(lambda: jumps.users_of((GATE,)) == 8, within_s=5, what="all wait")
        gate.is_let.set()
        failures = [future.exception(timeout=5) for future in borrowing]
    assert all(isinstance(error, SshError) for error in failures)
    assert len({id(error) for error in failures}) == 8
    assert gate.asked == 1
    gate.error = None
    jumps.borrow((GATE,)).end()
    assert gate.asked == 2


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Make sure that closing frees every thread."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sshd, Sshd, Sshd]]:
    base = tmp_path_factory.mktemp("chain")
    with sshd(base / "gate") as gate, sshd(base / "inner") as inner, sshd(base / "m1") as m1:
        yield gate, inner, m1


def configure(home: Path, gate: Sshd, inner: Sshd, *m: Sshd) -> list[Machine]:
    """Write a config with two jump hosts and return the machines behind both."""
    names = {"gate": gate, "inner": inner, **{f"m{n}": server for n, server in enumerate(m)}}
    text = "".join(
        f"Host {name}\n HostName 127.0.0.1\n Port {server.port}\n User root\n"
        f" IdentityFile {server.key}\n"
        for name, server in names.items()
    )
    (home / ".ssh" / "config").write_text(f"{text}Host m*\n ProxyJump gate,inner\n")
    known = dict.fromkeys(server.known_hosts_line for server in names.values())
    (home / ".ssh" / "known_hosts").write_text("".join(known))
    return [Machine(name=f"m{n}", addr=f"m{n}") for n in range(len(m))]


@needs_sshd
def test_a_chain_of_two_leads_there_over_one_connection_each(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    gate, inner, m1 = servers
    machines = configure(home, gate, inner, m1, m1, m1)
    door = Door(home=home, agent="")
    with ThreadPoolExecutor(3) as pool:
        logins = list(pool.map(door.open, machines))
    assert [login.run(Command.STATS).read(10)[:5] for login in logins] == [b"tick\n"] * 3
    assert (len(gate.connections), len(inner.connections), len(m1.connections)) == (1, 1, 3)
    logins[0].close()
    assert logins[1].run(Command.STATS).read(10)
    for login in logins:
        login.close()
    for server in servers:
        wait_for(lambda s=server: not s.connections, within_s=5, what="nobody is connected")  # type: ignore[misc]
    door.close()


@needs_sshd
def test_when_a_jump_host_breaks_those_behind_it_say_so_and_come_back(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    gate, inner, m1 = servers
    (machine,) = configure(home, gate, inner, m1)
    door = Door(home=home, agent="")
    login = door.open(machine)
    tail = login.run(Command.STATS)
    gate.drop()
    with pytest.raises(SshError) as caught:
        list(iter(lambda: tail.read(10), b""))
    assert caught.value.failure is SshFailure.UNREACHABLE
    again = door.open(machine)
    assert again.run(Command.STATS).read(10)
    door.close()


@needs_sshd
def test_logins_behind_a_jump_host_can_be_closed_while_it_breaks(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    """Nobody could catch what is raised in threads that end; a test fails of it."""
    gate = servers[0]
    (machine,) = configure(home, *servers)
    door = Door(home=home, agent="")
    for _ in range(5):
        logins = [door.open(machine) for _ in range(4)]
        running = [login.run(Command.STATS) for login in logins]
        gate.drop()
        for command, login in zip(running, logins, strict=True):
            command.close()
            login.close()
    door.close()


@needs_sshd
def test_an_unknown_jump_host_is_not_gone_through(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    gate, inner, m1 = servers
    (machine,) = configure(home, gate, inner, m1)
    (home / ".ssh" / "known_hosts").write_text(gate.known_hosts_line + m1.known_hosts_line)
    door = Door(home=home, agent="")
    with pytest.raises(SshError) as caught:
        door.open(machine)
    assert caught.value.failure is SshFailure.UNKNOWN_KEY
    assert caught.value.unknown_key
    assert caught.value.unknown_key.fingerprint == inner.fingerprint
    assert "`swarmtui trust -J gate inner`" in caught.value.text
    door.close()


@needs_sshd
def test_the_key_of_a_machine_behind_others_can_be_asked_for(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    gate, inner, m1 = servers
    (machine,) = configure(home, gate, inner, m1)
    (home / ".ssh" / "known_hosts").write_text(gate.known_hosts_line + inner.known_hosts_line)
    door = Door(home=home, agent="")
    shown = door.ask_key(machine)
    assert (shown.verdict, shown.key.fingerprint) == (Verdict.UNKNOWN, m1.fingerprint)
    wait_for(lambda: not gate.connections, within_s=5, what="the way there is given up")
    door.close()


@needs_sshd
def test_of_a_machine_behind_unknown_ones_the_first_of_those_shows_its_key(
    servers: tuple[Sshd, Sshd, Sshd], home: Path
) -> None:
    (machine,) = configure(home, *servers)
    known, config = home / ".ssh" / "known_hosts", home / ".ssh" / "config"
    known.write_text("")
    config.write_text(f"{config.read_text()}Host *\n HashKnownHosts no\n")
    door = Door(home=home, agent="")
    for server in servers:
        shown = door.ask_key(machine)
        assert (shown.verdict, shown.key.fingerprint) == (Verdict.UNKNOWN, server.fingerprint)
        trust_key(machine, describe_key(shown.key, shown.target), door=door)
    assert known.read_text() == "".join(server.known_hosts_line for server in servers)
    assert door.ask_key(machine).verdict is Verdict.KNOWN
    door.close()


@needs_sshd
def test_a_jump_host_that_forbids_it_or_does_not_get_there_is_said(
    servers: tuple[Sshd, Sshd, Sshd], home: Path, tmp_path: Path
) -> None:
    gate, _, m1 = servers
    with sshd(tmp_path / "strict", AllowTcpForwarding="no") as strict:
        (machine,) = configure(home, gate, strict, m1)
        door = Door(home=home, agent="", limits=Limits(attempts=1))
        with pytest.raises(SshError, match="AllowTcpForwarding"):
            door.open(machine)
    gone = msgspec.structs.replace(machine, port=1, jump="gate")
    with pytest.raises(SshError, match="not reached from gate") as caught:
        door.open(gone)
    assert caught.value.failure is SshFailure.UNREACHABLE
    door.close()
