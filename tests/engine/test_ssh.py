"""Engines behind ssh: one command, known keys only, built anew after a drop."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from swarmtui.engine.address import Address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.session import Listener, Session
from swarmtui.engine.ssh_door import machine_of
from swarmtui.ssh.config import find_target
from swarmtui.swarm.observation import FailureKind
from tests.engine.fake_engine import FakeEngine, answer, hang, unix_engine
from tests.engine.ssh_host import DIAL, SshHost, ssh_host

pytestmark = pytest.mark.hosts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".ssh").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeEngine]:
    with unix_engine(tmp_path, answer("[]")) as engine:
        yield engine


@pytest.fixture
def host(engine: FakeEngine, home: Path) -> Iterator[SshHost]:
    with ssh_host(Path(engine.host.removeprefix("unix://"))) as host:
        allow(host, home)
        yield host


def allow(host: SshHost, home: Path) -> None:
    """Give this home the key for the host, and the host's own key."""
    host.user_key.write_private_key_file(str(home / ".ssh" / "key"))
    (home / ".ssh" / "config").write_text(f"Host *\n  IdentityFile {home}/.ssh/key\n")
    (home / ".ssh" / "known_hosts").write_text(host.known_hosts_line())


def session_to(host: SshHost, home: Path, listener: Listener | None = None) -> Session:
    return Session(Address(url=host.url), home=home, listener=listener)


def failure(session: Session) -> EngineError:
    with pytest.raises(EngineError) as caught:
        session.read("/nodes")
    session.close()
    return caught.value


def test_all_requests_go_through_one_command(host: SshHost, home: Path, engine: FakeEngine) -> None:
    session = session_to(host, home)
    for service in "abc":
        assert session.read("/tasks", filters={"service": (service,)}) == b"[]"
    session.close()
    assert host.commands == [DIAL]
    assert len(host.transports) == 1
    assert {request.method for request in engine.requests} == {"GET"}


def test_after_a_drop_the_next_request_connects_anew(host: SshHost, home: Path) -> None:
    session = session_to(host, home)
    session.read("/nodes")
    host.drop()
    host.transports[0].join()
    outcomes = []
    for _ in range(3):
        try:
            outcomes.append(session.read("/nodes"))
        except EngineError as error:
            assert error.kind is FailureKind.REFUSED  # noqa: PT017 - may happen once, need not
    session.close()
    assert len(outcomes) >= 2
    assert len(host.transports) == 2


def test_an_unknown_host_key_is_refused_with_its_fingerprint(host: SshHost, home: Path) -> None:
    (home / ".ssh" / "known_hosts").unlink()
    error = failure(session_to(host, home))
    assert error.kind is FailureKind.DENIED
    assert host.host_key.fingerprint in error.text
    assert f"`swarmtui trust 127.0.0.1:{host.port}`" in error.text
    assert host.commands == []


def test_a_changed_host_key_is_refused(host: SshHost, home: Path) -> None:
    other = host.known_hosts_line(paramiko.ECDSAKey.generate())
    (home / ".ssh" / "known_hosts").write_text(other)
    error = failure(session_to(host, home))
    assert error.kind is FailureKind.DENIED
    assert "is not the one in known_hosts" in error.text
    assert host.commands == []


def test_a_refused_user_key_is_said_to_be(
    host: SshHost, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paramiko.ECDSAKey.generate().write_private_key_file(str(home / ".ssh" / "key"))
    with caplog.at_level(logging.CRITICAL):
        error = failure(session_to(host, home))
    assert error.kind is FailureKind.DENIED
    assert "ssh" in error.text


def test_what_the_far_side_complains_of_is_shown(home: Path) -> None:
    with ssh_host(None, complaint="sh: 1: docker: not found\n") as host:
        allow(host, home)
        error = failure(session_to(host, home))
    assert error.kind is FailureKind.REFUSED
    assert error.text.endswith("no way from there to its engine: sh: 1: docker: not found")


def test_a_port_that_is_no_ssh_is_said_to_be_none(home: Path, engine: FakeEngine) -> None:
    del engine
    error = failure(Session(Address(url="ssh://me@127.0.0.1:1"), home=home))
    assert error.kind is FailureKind.REFUSED
    assert "is sshd running there" in error.text


def test_a_hanging_request_over_ssh_can_be_closed_from_another_thread(
    tmp_path: Path, home: Path
) -> None:
    arrived = threading.Event()

    def script(visit: object) -> bool:
        arrived.set()
        return hang(visit)  # type: ignore[arg-type] # a Visit

    caught: list[EngineError] = []

    def ask(session: Session) -> None:
        try:
            session.read("/nodes")
        except EngineError as error:
            caught.append(error)

    with (
        unix_engine(tmp_path, script) as engine,
        ssh_host(Path(engine.host.removeprefix("unix://"))) as host,
    ):
        allow(host, home)
        session = session_to(host, home)
        thread = threading.Thread(target=ask, args=(session,))
        thread.start()
        assert arrived.wait(timeout=10)
        session.close()
        thread.join(timeout=5)
        assert not thread.is_alive()
    assert "closed here" in caught[0].text


def test_nothing_is_printed_when_ssh_fails(
    host: SshHost, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / ".ssh" / "known_hosts").unlink()
    failure(session_to(host, home))
    assert capfd.readouterr().err == ""


def test_the_url_goes_before_the_ssh_config(home: Path) -> None:
    (home / ".ssh" / "config").write_text("Host m1\n  HostName 10.0.0.7\n  Port 2222\n  User ops\n")
    by_config = find_target(machine_of("ssh://m1"), home=home)
    assert (by_config.host, by_config.port, by_config.user) == ("10.0.0.7", 2222, "ops")
    by_url = find_target(machine_of("ssh://me@m1:22"), home=home)
    assert (by_url.host, by_url.port, by_url.user) == ("10.0.0.7", 22, "me")


def test_an_engine_behind_a_jump_host_is_reached_through_it(host: SshHost, home: Path) -> None:
    with ssh_host(None) as gate:
        write_config(gate, host, home)
        session = Session(Address(url="ssh://me@inner"), home=home)
        assert session.read("/nodes") == b"[]"
        session.close()
    assert gate.destinations == [("127.0.0.1", host.port)]
    assert gate.commands == []


def write_config(gate: SshHost, host: SshHost, home: Path) -> None:
    """Make `inner` a name for the host, reached through the gate only."""
    gate.user_key.write_private_key_file(str(home / ".ssh" / "gate_key"))
    with (home / ".ssh" / "config").open("a") as config:
        config.write(
            f"Host inner\n  HostName 127.0.0.1\n  Port {host.port}\n"
            f"  ProxyJump me@gate:{gate.port}\n"
            f"Host gate\n  HostName 127.0.0.1\n  IdentityFile {home}/.ssh/gate_key\n"
        )
    with (home / ".ssh" / "known_hosts").open("a") as known:
        known.write(gate.known_hosts_line())


def test_paramiko_and_docker_are_loaded_for_ssh_alone() -> None:
    """Loading them takes longer than all else of a collector's start."""
    program = (
        "import sys; from pathlib import Path; import swarmtui.engine.swarm_api;"
        "from swarmtui.engine.address import Address; from swarmtui.engine.session import Session;"
        "heavy = {'paramiko', 'docker', 'cryptography', 'urllib3'};"
        "Session(Address(url='unix:///none.sock')); assert not heavy & set(sys.modules);"
        "Session(Address(url='ssh://m1'), home=Path('/none')); assert heavy <= set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_proxy_command_is_the_only_way_when_there_is_one(host: SshHost, home: Path) -> None:
    config = (home / ".ssh" / "config").read_text()
    (home / ".ssh" / "config").write_text(f"{config}  ProxyCommand false\n")
    assert failure(session_to(host, home)).kind is FailureKind.REFUSED
    assert host.transports == []
