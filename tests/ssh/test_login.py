"""Logging in where it is hard or cannot be, and an end to everything."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from swarmtui.ssh.backoff import Backoff
from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.login import Door
from swarmtui.swarm.machine import Machine
from tests.lab.waiting import wait_for
from tests.ssh.doors import QUICK, configure, failure, know, read_all
from tests.ssh.silent import black_hole, saying
from tests.ssh.sshd import Sshd, needs_sshd, sshd

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("nothing_left")]


@needs_sshd
def test_more_sessions_than_sshd_allows_are_said_to_be_too_many(
    tmp_path: Path, home: Path, door: Door
) -> None:
    with sshd(tmp_path / "m1", MaxSessions="2") as server:
        know(home, server)
        login = door.open(server.machine)
        tails = [login.run(Command.STATS) for _ in range(2)]
        with pytest.raises(SshError) as caught:
            login.run(Command.STATS)
        assert caught.value.failure is SshFailure.BUSY
        assert "MaxSessions" in caught.value.text
        assert all(tail.read(10) for tail in tails)


@needs_sshd
def test_a_busy_server_is_tried_again_until_everybody_is_in(tmp_path: Path, home: Path) -> None:
    with sshd(tmp_path / "m1", MaxStartups="2:100:2") as server:
        know(home, server)
        limits = Limits(attempts=20)
        door = Door(home=home, agent="", limits=limits, backoff=Backoff(first_s=0.1, longest_s=0.5))
        with ThreadPoolExecutor(16) as pool:
            logins = list(pool.map(door.open, [server.machine] * 16))
        assert all(login.is_active for login in logins)
        assert "MaxStartups" in server.log
        door.close()


@needs_sshd
def test_a_user_without_a_shell_is_said_to_run_nothing(
    tmp_path: Path, home: Path, door: Door
) -> None:
    with sshd(tmp_path / "m1", ForceCommand="/bin/false") as server:
        know(home, server)
        running = door.open(server.machine).run(Command.INFO)
        assert read_all(running) == b""
        assert running.wait(10) == 1


@pytest.mark.parametrize(
    ("greeting", "hangs_up", "expected"),
    [
        (b"", False, SshFailure.TIMED_OUT),
        (b"SSH-2.0-silent\r\n", False, SshFailure.TIMED_OUT),
        (b"", True, SshFailure.BUSY),
        (b"Exceeded MaxStartups\r\n", True, SshFailure.BUSY),
        (b"HTTP/1.1 400 Bad Request\r\n" * 200, False, SshFailure.BROKEN),
        (b"SSH-2.0-odd\r\n" + b"\xff" * 1000, False, SshFailure.BROKEN),
        (b"SSH-1.5-old\r\n", False, SshFailure.BROKEN),
        (b"SSH-2.0-gone\r\n", True, SshFailure.UNREACHABLE),
        (b"\x00\x1b[2J" * 1000 + b"\n" * 1000, False, SshFailure.BROKEN),
    ],
)
def test_a_server_that_is_no_use_is_told_apart(
    home: Path, greeting: bytes, hangs_up: bool, expected: SshFailure
) -> None:
    door = Door(home=home, agent="", limits=QUICK)
    with saying(greeting, hangs_up=hangs_up) as machine:
        error = failure(door, machine)
    assert (error.failure, "\x1b" in error.text) == (expected, False), error.text
    door.close()


def test_a_black_hole_costs_a_limited_time(home: Path) -> None:
    door = Door(home=home, agent="", limits=QUICK)
    with black_hole() as machine:
        error = failure(door, machine)
    assert error.failure is SshFailure.TIMED_OUT
    assert "no connection to 127.0.0.1:" in error.text
    door.close()


@pytest.mark.parametrize(
    ("addr", "words"),
    [
        ("127.0.0.1", "nobody listens"),
        ("none.invalid", "no such host name"),
        ("x" * 100, "no such"),
    ],
)
def test_nobody_there_is_said(door: Door, addr: str, words: str) -> None:
    error = failure(door, Machine(name="m1", addr=addr, port=1))
    assert error.failure is SshFailure.UNREACHABLE
    assert words in error.text


def test_closing_the_door_ends_what_is_under_way_and_lets_nobody_in(home: Path) -> None:
    door = Door(home=home, agent="", limits=Limits(handshakes=1))
    with saying(b"SSH-2.0-silent\r\n") as machine, ThreadPoolExecutor(3) as pool:
        opening = [pool.submit(door.open, machine) for _ in range(3)]
        wait_for(lambda: door.queued == 2, within_s=5, what="one shakes hands, the others wait")
        door.close()
        for future in opening:
            with pytest.raises(SshError, match="closed here"):
                future.result(timeout=5)
    assert "closed here" in failure(door, machine).text


@needs_sshd
def test_a_proxy_command_leads_there_and_ends_with_the_login(
    server: Sshd, door: Door, home: Path, tmp_path: Path
) -> None:
    know(home, server)
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    configure(home, f"ProxyCommand {sys.executable} {relay} %h %p\n")
    login = door.open(server.machine)
    assert login.run(Command.STATS).read(10)
    login.close()
    wait_for(lambda: not server.connections, within_s=5, what="the connection is gone")


RELAY = """
import os, socket, sys, threading
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def back():
    while data := sock.recv(65536):
        os.write(1, data)
    os._exit(0)
threading.Thread(target=back, daemon=True).start()
print("it talks", file=sys.stderr)
while data := os.read(0, 65536):
    sock.sendall(data)
"""


@pytest.mark.parametrize(
    ("command", "words"),
    [("false", "its ProxyCommand (false) leads to no ssh server"), ("/none/nc %h", "ProxyCommand")],
)
def test_a_proxy_command_that_fails_is_said(home: Path, command: str, words: str) -> None:
    configure(home, f"ProxyCommand {command}\n")
    door = Door(home=home, agent="", limits=QUICK)
    error = failure(door, Machine(name="m1", addr="m1"))
    assert error.failure is SshFailure.UNREACHABLE
    assert words in error.text
    door.close()


@needs_sshd
def test_paramiko_prints_nothing_whatever_happens(server: Sshd, home: Path, tmp_path: Path) -> None:
    """In a process of its own, where nobody has set up any logging."""
    know(home, server)
    with saying(b"HTTP/1.1 400 Bad Request\r\n" * 200) as broken:
        program = tmp_path / "program.py"
        program.write_text(
            "import sys\nfrom pathlib import Path\nfrom swarmtui.ssh.login import Door\n"
            "from swarmtui.ssh.errors import SshError\nfrom swarmtui.swarm.machine import Machine\n"
            "door = Door(home=Path(sys.argv[1]), agent='')\n"
            "for port in sys.argv[2:]:\n"
            "    try:\n        door.open(Machine(name='m', addr='127.0.0.1', port=int(port)))\n"
            "    except SshError as error:\n        print(error.failure)\n"
            "door.close()\n"
        )
        ports = [str(broken.port), str(server.port), "1"]
        done = subprocess.run(
            [sys.executable, str(program), str(home), *ports],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    assert done.stdout.split() == ["broken", "denied", "unreachable"]
    assert done.stderr == ""
