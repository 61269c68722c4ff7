"""Commands on machines, one connection for all of them, and what breaks it: real sshd."""

import socket
from pathlib import Path

import pytest

from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.login import Door
from tests.lab.waiting import wait_for
from tests.ssh.doors import QUICK, failure, know, read_all
from tests.ssh.link import link, needs_namespaces
from tests.ssh.sshd import Sshd, needs_sshd, sshd

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("nothing_left")]


@needs_sshd
def test_a_command_runs_to_its_end(server: Sshd, door: Door, home: Path) -> None:
    know(home, server)
    running = door.open(server.machine).run(Command.INFO)
    assert read_all(running) == b'{"ID": "m1"}\n'
    assert running.wait(10) == 0
    assert running.complaint == "WARNING: no swap"
    assert running.read(1) == b""


@needs_sshd
def test_a_command_that_complains_a_lot_does_not_stand_still(
    server: Sshd, door: Door, home: Path
) -> None:
    """Five megabytes on stderr are more than what is sent without being read."""
    know(home, server)
    running = door.open(server.machine).run(Command.VERSION)
    assert read_all(running) == b"done\n"
    assert running.wait(10) == 7
    assert len(running.complaint) <= 300


@needs_sshd
def test_waiting_for_the_end_takes_in_complaints_too(server: Sshd, door: Door, home: Path) -> None:
    know(home, server)
    running = door.open(server.machine).run(Command.VERSION)
    assert running.wait(10) == 7
    assert read_all(running) == b"done\n"


@needs_sshd
def test_everything_on_a_machine_runs_over_one_connection(
    server: Sshd, door: Door, home: Path
) -> None:
    know(home, server)
    login = door.open(server.machine)
    tails = [login.run(Command.STATS) for _ in range(3)]
    assert [tail.read(10)[:5] for tail in tails] == [b"tick\n"] * 3
    assert len(server.connections) == 1
    tails[0].close()
    assert read_all(tails[0]) == b""
    assert tails[1].read(10)
    login.close()
    wait_for(lambda: not server.connections, within_s=5, what="the connection is gone")


@needs_sshd
def test_silence_is_no_error_of_the_connection(server: Sshd, door: Door, home: Path) -> None:
    know(home, server)
    tail = door.open(server.machine).run(Command.STATS)
    tail.read(10)
    server.freeze()
    with pytest.raises(TimeoutError):
        read_all(tail, timeout_s=0.5)
    with pytest.raises(TimeoutError):
        tail.wait(0.1)
    server.drop()


@needs_sshd
def test_a_machine_that_stops_answering_costs_a_limited_time(server: Sshd, home: Path) -> None:
    know(home, server)
    door = Door(home=home, agent="", limits=QUICK)
    login = door.open(server.machine)
    server.freeze()
    with pytest.raises(SshError) as caught:
        login.run(Command.INFO)
    assert caught.value.failure is SshFailure.TIMED_OUT
    server.drop()
    door.close()


@needs_sshd
@needs_namespaces
def test_a_link_that_was_cut_is_noticed_though_nobody_says_so(tmp_path: Path, home: Path) -> None:
    limits = Limits(connect_s=1, attempts=1, keepalive_s=1, vanished_s=1)
    door = Door(home=home, agent="", limits=limits)
    with link() as place, sshd(tmp_path / "m1", place=place) as server:
        know(home, server)
        login = door.open(server.machine)
        running = login.run(Command.STATS)
        running.read(10)
        place.cut()
        with pytest.raises(SshError) as caught:
            read_all(running, timeout_s=30)
        assert caught.value.failure in {SshFailure.TIMED_OUT, SshFailure.UNREACHABLE}
        assert not login.is_active
        assert failure(door, server.machine).failure in {
            SshFailure.TIMED_OUT,
            SshFailure.UNREACHABLE,
        }
    door.close()


@needs_sshd
def test_a_killed_connection_is_said_to_be_broken_and_can_be_made_anew(
    server: Sshd, door: Door, home: Path
) -> None:
    know(home, server)
    login = door.open(server.machine)
    tail = login.run(Command.STATS)
    tail.read(10)
    server.drop()
    with pytest.raises(SshError) as caught:
        read_all(tail)
    assert caught.value.failure is SshFailure.UNREACHABLE
    with pytest.raises(SshError) as caught:
        login.run(Command.STATS)
    assert caught.value.failure is SshFailure.UNREACHABLE
    assert not login.is_active
    login.close()
    assert door.open(server.machine).run(Command.STATS).read(10)


@needs_sshd
def test_a_command_can_be_closed_while_its_connection_breaks(
    server: Sshd, door: Door, home: Path
) -> None:
    """Whoever closes it is faster than the thread that would notice."""
    know(home, server)
    for _ in range(5):
        login = door.open(server.machine)
        running = login.run(Command.STATS)
        login.transport.sock.shutdown(socket.SHUT_RDWR)
        running.close()
        login.close()
