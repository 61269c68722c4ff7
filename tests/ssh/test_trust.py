"""`swarmtui trust`: shown, compared, typed yes; never replaced."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.ssh.sshd import Sshd, needs_sshd, sshd

pytestmark = [needs_sshd, pytest.mark.hosts]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "m1") as server:
        yield server


def run(home: Path, *arguments: str, typed: str | None = None) -> tuple[int, str, str]:
    """Return exit status, stdout and stderr; `typed` on a terminal, or else there is none."""
    env = {**os.environ, "HOME": str(home), "SSH_AUTH_SOCK": ""}
    command = [sys.executable, "-m", "swarmtui", "trust", *arguments]
    near, far = pty.openpty()
    with os.fdopen(near, "wb", buffering=0) as keyboard, os.fdopen(far, "rb") as terminal:
        process = subprocess.Popen(
            command,
            stdin=terminal if typed is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            text=True,
        )
        if typed is not None:
            keyboard.write(f"{typed}\n".encode())
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def known(home: Path) -> str:
    with suppress(FileNotFoundError):
        return (home / ".ssh" / "known_hosts").read_text()
    return ""


def address(server: Sshd) -> str:
    return f"127.0.0.1:{server.port}"


def test_after_a_typed_yes_the_key_is_known(server: Sshd, home: Path) -> None:
    status, out, err = run(home, address(server), typed="yes")
    assert (status, err) == (0, "")
    assert f"ssh-ed25519  {server.fingerprint}  new" in out
    assert known(home).split()[2] == server.known_hosts_line.split()[2]
    status, out, _ = run(home, address(server))
    assert status == 0
    assert out.rstrip().endswith("known")
    assert "Accepted" not in server.log


@pytest.mark.parametrize("typed", ["", "y", "no", "yes please"])
def test_anything_but_yes_is_no(server: Sshd, home: Path, typed: str) -> None:
    assert run(home, address(server), typed=typed)[0] == 1
    assert known(home) == ""


def test_without_a_terminal_nothing_is_written(server: Sshd, home: Path) -> None:
    status, out, err = run(home, address(server))
    assert status == 1
    assert server.fingerprint in out
    assert "--fingerprint" in err
    assert known(home) == ""


def test_the_fingerprint_given_stands_for_the_yes(server: Sshd, home: Path) -> None:
    status, _, err = run(home, address(server), "--fingerprint", "SHA256:another")
    assert status == 1
    assert "its key is not the one given" in err
    assert known(home) == ""
    assert run(home, address(server), "--fingerprint", server.fingerprint)[0] == 0
    assert known(home)


def test_a_changed_key_is_never_replaced(server: Sshd, home: Path) -> None:
    run(home, address(server), typed="yes")
    before = known(home)
    server.stop()
    server.change_key()
    server.start()
    status, out, err = run(home, address(server), "--fingerprint", server.fingerprint, typed="yes")
    assert (status, out) == (1, "")
    assert "HOST KEY HAS CHANGED" in err
    assert "ssh-keygen -R" in err
    assert known(home) == before


def test_a_machine_that_does_not_answer_is_said_and_the_others_go_on(
    server: Sshd, home: Path
) -> None:
    status, out, err = run(home, "127.0.0.1:1", address(server), typed="yes")
    assert status == 1
    assert "nobody listens" in err
    assert "trusted, in" in out
    assert known(home)


@pytest.mark.parametrize("host", ["-oProxyCommand=x", "a b:c"])
def test_what_is_no_host_is_said_in_one_line(home: Path, host: str) -> None:
    status, out, err = run(home, "--", host)
    assert status != 0
    assert out == ""
    assert "Traceback" not in err
    assert err.count("\n") == 1
