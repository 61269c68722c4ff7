"""A yes to a host key: done if it is still the one that was shown, and else not at all."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.login import Door
from swarmtui.ssh.trusting import trust_key
from swarmtui.swarm.stats import UnknownKey
from tests.ssh.sshd import Sshd, needs_sshd, sshd

pytestmark = [needs_sshd, pytest.mark.hosts]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / ".ssh"
    folder.mkdir(parents=True)
    (folder / "config").write_text("HashKnownHosts no\n")  # as elsewhere than on Debian
    return tmp_path / "home"


@pytest.fixture
def known(home: Path) -> Path:
    return home / ".ssh" / "known_hosts"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "m1") as server:
        yield server


def refused_key(door: Door, server: Sshd) -> UnknownKey:
    """Return the key for which the machine is left alone."""
    with pytest.raises(SshError) as caught:
        door.open(server.machine)
    assert caught.value.unknown_key
    return caught.value.unknown_key


def why_not(door: Door, server: Sshd, key: UnknownKey) -> SshError:
    with pytest.raises(SshError) as caught:
        trust_key(server.machine, key, door=door)
    return caught.value


def test_the_key_that_was_shown_is_written_once(door: Door, server: Sshd, known: Path) -> None:
    key = refused_key(door, server)
    assert (key.name, key.file) == (f"[127.0.0.1]:{server.port}", str(known))
    for _ in range(2):
        assert trust_key(server.machine, key, door=door) == str(known)
    assert known.read_text() == server.known_hosts_line
    assert door.open(server.machine).is_active


def test_another_key_than_the_one_shown_is_refused(door: Door, server: Sshd, known: Path) -> None:
    key = refused_key(door, server)
    server.stop()
    server.change_key()
    server.start()
    error = why_not(door, server, key)
    assert f"{server.fingerprint} now, not the key you saw: nothing was written" in error.text
    assert error.unknown_key == refused_key(door, server)
    assert not known.exists()


def test_a_key_that_changed_meanwhile_is_refused_loudly(
    door: Door, server: Sshd, known: Path
) -> None:
    key = refused_key(door, server)
    before = server.known_hosts_line
    known.write_text(before)
    server.stop()
    server.change_key()
    server.start()
    error = why_not(door, server, key)
    assert error.failure is SshFailure.CHANGED_KEY
    assert "HOST KEY HAS CHANGED" in error.text
    assert error.unknown_key is None
    assert known.read_text() == before


def test_another_place_than_the_one_shown_is_refused(
    door: Door, server: Sshd, home: Path, known: Path
) -> None:
    key = refused_key(door, server)
    elsewhere = msgspec.structs.replace(key, file=str(home / "elsewhere"))
    error = why_not(door, server, elsewhere)
    assert f"its key would be {key.name} in {known} now: nothing was written" in error.text
    assert not known.exists()
    assert not (home / "elsewhere").exists()


def test_a_file_that_cannot_be_written_is_said(door: Door, server: Sshd, known: Path) -> None:
    key = refused_key(door, server)
    known.mkdir()
    error = why_not(door, server, key)
    assert error.text == f"cannot write {known}: Is a directory"
    assert error.unknown_key == key


def test_a_machine_that_is_gone_is_said(door: Door, server: Sshd, known: Path) -> None:
    key = refused_key(door, server)
    server.stop()
    assert "nobody listens" in why_not(door, server, key).text
    assert not known.exists()
