"""Known keys only, and the keys that one has: what real sshd is shown, and what it refuses."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from swarmtui.ssh.errors import SshFailure
from swarmtui.ssh.known_hosts import Verdict
from swarmtui.ssh.login import Door
from tests.lab.waiting import wait_for
from tests.ssh.doors import configure, failure, know
from tests.ssh.sshd import Sshd, make_key, needs_sshd, sshd

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("nothing_left")]


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
