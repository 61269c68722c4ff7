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


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "m2") as server:
        yield server


@pytest.fixture
def inventory(home: Path, server: Sshd, other: Sshd) -> str:
    """Return an inventory of two machines, the second of which shares its key with a third."""
    path = home / "machines.toml"
    entries = [("m1", server), ("m2", other)]
    lines = [f'{name} = {{ addr = "127.0.0.1", port = {s.port} }}' for name, s in entries]
    path.write_text("[machines]\n" + "\n".join(lines) + "\n")
    return f"--inventory={path}"


def fingerprints(text: str) -> set[str]:
    return {word for word in text.split() if word.startswith("SHA256:")}


def test_machines_of_the_inventory_go_by_their_names(
    inventory: str, server: Sshd, other: Sshd, home: Path
) -> None:
    status, out, err = run(home, inventory, "m2", typed="yes")
    assert (status, err) == (0, "")
    assert out.startswith(f"m2 (127.0.0.1)  127.0.0.1:{other.port}  ssh-ed25519")
    assert fingerprints(out) == {other.fingerprint}
    assert other.known_hosts_line.split()[2] in known(home)
    # What is no machine of the inventory is a host still.
    status, out, _ = run(home, inventory, address(server), typed="yes")
    assert status == 0
    assert known(home).count("\n") == 2


def test_with_nothing_named_all_machines_with_an_unknown_key_are_one_list(
    inventory: str, server: Sshd, other: Sshd, home: Path
) -> None:
    run(home, inventory, "m1", typed="yes")
    status, out, err = run(home, inventory, typed="yes")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "1 known already"
    assert fingerprints(out) == {other.fingerprint}
    status, out, _ = run(home, inventory)
    assert (status, out) == (0, "2 known already\n")


def test_one_yes_is_for_all_of_them(inventory: str, server: Sshd, other: Sshd, home: Path) -> None:
    status, out, _ = run(home, inventory, typed="yes")
    assert status == 0
    assert "Trust these 2 new keys from now on?" in out
    assert fingerprints(out) == {server.fingerprint, other.fingerprint}
    assert known(home).count("\n") == 2


def test_each_can_be_asked_for_one_by_one(
    inventory: str, server: Sshd, other: Sshd, home: Path
) -> None:
    status, out, _ = run(home, inventory, typed="each\nno\nyes")
    assert status == 1
    assert other.known_hosts_line.split()[2] in known(home)
    assert server.known_hosts_line.split()[2] not in known(home)
    assert "m2 (127.0.0.1): trusted, in" in out


def test_no_is_for_all_of_them_too(inventory: str, home: Path) -> None:
    assert run(home, inventory, typed="no")[0] == 1
    assert known(home) == ""


def test_with_nothing_named_and_no_inventory_that_is_said(home: Path) -> None:
    status, out, err = run(home)
    assert (status, out) == (2, "")
    assert "no machines to ask" in err


@pytest.mark.parametrize("named", [True, False], ids=["by -J", "by inventory"])
def test_those_on_the_way_come_first_and_then_the_machines_behind_them(
    tmp_path: Path, server: Sshd, other: Sshd, home: Path, named: bool
) -> None:
    """The gate is logged in to once it is known; its key alone is asked for before."""
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text(
        f"Host gate\n HostName 127.0.0.1\n Port {server.port}\n User root\n"
        f" IdentityFile {server.key}\n"
    )
    behind = f'm2 = {{ addr = "127.0.0.1", port = {other.port}, jump = "gate" }}'
    (home / "machines.toml").write_text(f"[machines]\n{behind}\n")
    asked = (
        ["-J", "gate", address(other)] if named else [f"--inventory={home / 'machines.toml'}", "m2"]
    )
    status, out, err = run(home, *asked, typed="yes\nyes")
    assert (status, err) == (0, "")
    told = [line for line in out.splitlines() if "SHA256:" in line]
    assert f"{server.fingerprint}  new, on the way to" in told[0]
    assert f"{other.fingerprint}  new" in told[1]
    assert known(home).count("\n") == 2
    assert "Accepted" in server.log
    assert "Accepted" not in other.log


def test_a_machine_behind_one_that_is_not_accepted_is_not_trusted(
    server: Sshd, other: Sshd, home: Path
) -> None:
    config = f"Host gate\n HostName 127.0.0.1\n Port {server.port}\n"
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text(config)
    assert run(home, "-J", "gate", address(other), typed="no")[0] == 1
    assert known(home) == ""


def test_the_end_of_the_input_is_no_yes(server: Sshd, home: Path) -> None:
    status, _, err = run(home, address(server), typed="\x04")
    assert (status, err.strip()) == (130, "")
    assert known(home) == ""
