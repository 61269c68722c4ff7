"""Logging in to machines: real sshd, known keys only, and an end to everything."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from swarmtui.ssh.backoff import Backoff
from swarmtui.ssh.commands import Command
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.greeting import Limits
from swarmtui.ssh.known_hosts import Verdict
from swarmtui.ssh.login import Door
from swarmtui.ssh.ports import Running
from swarmtui.swarm.machine import Machine
from tests.lab.waiting import wait_for
from tests.ssh.link import link, needs_namespaces
from tests.ssh.silent import black_hole, saying
from tests.ssh.sshd import Sshd, make_key, needs_sshd, sshd

pytestmark = pytest.mark.hosts

QUICK = Limits(connect_s=0.3, greeting_s=0.5, login_s=0.5, channel_s=0.5, attempts=1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".ssh").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd") / "m1") as server:
        yield server


@pytest.fixture
def door(home: Path) -> Iterator[Door]:
    door = Door(home=home, agent="")
    yield door
    door.close()


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Make sure that closing frees every thread and every file, whatever went wrong before."""
    threads, files = threading.active_count(), open_files()
    yield
    # The servers of these tests end in threads of their own, a moment later.
    wait_for(lambda: threading.active_count() == threads, within_s=5, what="no thread is left")
    assert open_files() == files


def open_files() -> set[str]:
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{path.name} {path.readlink()}")
        except FileNotFoundError:
            continue  # the listing itself
    return found


def know(home: Path, *servers: Sshd) -> None:
    """Make their keys known."""
    text = "".join(server.known_hosts_line for server in servers)
    (home / ".ssh" / "known_hosts").write_text(text)


def configure(home: Path, text: str) -> None:
    (home / ".ssh" / "config").write_text(text)


def failure(door: Door, machine: Machine) -> SshError:
    with pytest.raises(SshError) as caught:
        door.open(machine)
    return caught.value


def read_all(running: Running, *, timeout_s: float = 10) -> bytes:
    return b"".join(iter(lambda: running.read(timeout_s), b""))


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


@needs_sshd
def test_an_unknown_host_key_leaves_the_machine_untouched(tmp_path: Path, door: Door) -> None:
    with sshd(tmp_path / "m1") as server:
        error = failure(door, server.machine)
        assert error.failure is SshFailure.UNKNOWN_KEY
        assert error.unknown_key
        assert error.unknown_key.fingerprint == server.fingerprint
        assert server.fingerprint in error.text
        assert f"swarmtui trust 127.0.0.1:{server.port}" in error.text
        assert "Accepted" not in server.log


@needs_sshd
def test_a_changed_host_key_is_refused_loudly(tmp_path: Path, home: Path, door: Door) -> None:
    with sshd(tmp_path / "m1") as server:
        know(home, server)
        server.stop()
        server.change_key()
        server.start()
        error = failure(door, server.machine)
        assert error.failure is SshFailure.CHANGED_KEY
        assert "HOST KEY HAS CHANGED" in error.text
        assert server.fingerprint in error.text
        assert error.unknown_key is None
        assert "Accepted" not in server.log


@needs_sshd
@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_a_server_with_several_keys_is_asked_for_the_one_that_is_known(
    tmp_path: Path, home: Path, door: Door, kind: str
) -> None:
    make_key(tmp_path / "other", kind=kind)
    with sshd(tmp_path / "m1", also=tmp_path / "other") as server:
        assert door.ask_key(server.machine).key.type == "ssh-ed25519"
        name = server.known_hosts_line.split()[0]
        public = (tmp_path / "other.pub").read_text()
        (home / ".ssh" / "known_hosts").write_text(f"{name} {public}")
        assert door.open(server.machine).is_active


@needs_sshd
def test_a_host_key_alias_stands_for_name_and_port(server: Sshd, door: Door, home: Path) -> None:
    kind, blob = server.known_hosts_line.split()[1:]
    (home / ".ssh" / "aliases").write_text(f"the-one {kind} {blob}\n")
    configure(home, "HostKeyAlias the-one\nUserKnownHostsFile ~/.ssh/aliases\n")
    assert door.open(server.machine).is_active


@needs_sshd
def test_asking_for_the_key_logs_nobody_in(tmp_path: Path, home: Path, door: Door) -> None:
    with sshd(tmp_path / "m1") as server:
        shown = door.ask_key(server.machine)
        assert (shown.verdict, shown.key.fingerprint) == (Verdict.UNKNOWN, server.fingerprint)
        know(home, server)
        assert door.ask_key(server.machine).verdict is Verdict.KNOWN
        wait_for(lambda: not server.connections, within_s=5, what="nobody is connected")
        assert "Accepted" not in server.log
        assert "Failed" not in server.log


@needs_sshd
def test_a_refused_key_is_said_to_be(server: Sshd, door: Door, home: Path, tmp_path: Path) -> None:
    know(home, server)
    make_key(tmp_path / "wrong")
    make_key(tmp_path / "wrong_too", kind="rsa")
    keys = (str(tmp_path / "wrong"), str(tmp_path / "wrong_too"))
    error = failure(door, msgspec.structs.replace(server.machine, key_files=keys))
    assert error.failure is SshFailure.DENIED
    assert "took none of the ssh keys (2 offered for root)" in error.text


@needs_sshd
def test_without_a_key_that_is_said(server: Sshd, door: Door, home: Path, tmp_path: Path) -> None:
    know(home, server)
    (tmp_path / "nonsense").write_text("no key at all")
    keys = (str(tmp_path / "missing"), str(tmp_path / "nonsense"), str(tmp_path))
    error = failure(door, msgspec.structs.replace(server.machine, key_files=keys))
    assert error.failure is SshFailure.DENIED
    assert "no ssh key to offer" in error.text


@needs_sshd
def test_a_key_with_a_passphrase_wants_ssh_add(
    server: Sshd, door: Door, home: Path, tmp_path: Path
) -> None:
    know(home, server)
    make_key(tmp_path / "locked", passphrase="secret")
    keys = (str(tmp_path / "locked"),)
    error = failure(door, msgspec.structs.replace(server.machine, key_files=keys))
    assert error.failure is SshFailure.DENIED
    assert f"{tmp_path}/locked has a passphrase; load it with ssh-add first" in error.text


@needs_sshd
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_keys_of_each_kind_are_taken(tmp_path: Path, home: Path, door: Door, kind: str) -> None:
    make_key(tmp_path / "key", kind=kind)
    with sshd(tmp_path / "m1", AuthorizedKeysFile=f"{tmp_path}/key.pub") as server:
        know(home, server)
        keys = (str(tmp_path / "key"),)
        assert door.open(msgspec.structs.replace(server.machine, key_files=keys)).is_active


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    socket = str(tmp_path / "agent.sock")
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: Path(socket).exists(), within_s=5, what="the agent is up")
    yield socket
    process.terminate()
    process.wait()


def add_key(agent: str, *paths: Path) -> None:
    env = {**os.environ, "SSH_AUTH_SOCK": agent}
    command = ["ssh-add", "-q", *map(str, paths)]
    subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL)


@needs_sshd
def test_keys_of_the_agent_are_offered(
    server: Sshd, home: Path, tmp_path: Path, agent: str
) -> None:
    know(home, server)
    make_key(tmp_path / "other")
    add_key(agent, tmp_path / "other", server.key)
    machine = msgspec.structs.replace(server.machine, key_files=("/missing",))
    door = Door(home=home, agent=agent)
    assert door.open(machine).is_active
    door.close()
    configure(home, "IdentitiesOnly yes\n")
    door = Door(home=home, agent=agent)
    assert "no ssh key to offer" in failure(door, machine).text
    door.close()


@needs_sshd
def test_of_the_agent_only_named_keys_are_offered_when_the_config_says_so(
    server: Sshd, home: Path, tmp_path: Path, agent: str
) -> None:
    """The public half of the key is enough to name it."""
    know(home, server)
    strangers = [tmp_path / f"stranger{n}" for n in range(8)]
    for path in strangers:
        make_key(path)
    add_key(agent, *strangers, server.key)
    public = str(server.key.with_suffix(".pub"))
    configure(home, f"IdentitiesOnly yes\nIdentityFile {public}\n")
    door = Door(home=home, agent=agent)
    assert door.open(msgspec.structs.replace(server.machine, key_files=())).is_active
    door.close()


@needs_sshd
def test_too_many_keys_in_the_agent_are_said_to_be(
    server: Sshd, home: Path, tmp_path: Path, agent: str
) -> None:
    know(home, server)
    strangers = [tmp_path / f"stranger{n}" for n in range(8)]
    for path in strangers:
        make_key(path)
    add_key(agent, *strangers)
    door = Door(home=home, agent=agent)
    error = failure(door, msgspec.structs.replace(server.machine, key_files=("/missing",)))
    assert error.failure is SshFailure.DENIED
    assert "MaxAuthTries" in error.text
    door.close()


@needs_sshd
def test_an_agent_that_is_gone_or_talks_nonsense_is_no_agent(server: Sshd, home: Path) -> None:
    know(home, server)
    door = Door(home=home, agent="/nonexistent/agent")
    assert door.open(server.machine).is_active
    door.close()


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
