"""From an unknown host key to live stats, in a real terminal, on a real sshd."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.tmux import Terminal
from tests.ssh.sshd import DOCKER_WITH_STATS, Sshd, needs_sshd, sshd

pytestmark = [
    needs_sshd,
    pytest.mark.hosts,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]

WITHIN_S = 30


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / ".ssh"
    folder.mkdir(parents=True)
    (folder / "config").write_text("HashKnownHosts no\n")
    return tmp_path / "home"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "m1", docker=DOCKER_WITH_STATS) as server:
        yield server


@pytest.fixture
def terminal(tmp_path: Path, home: Path, server: Sshd) -> Iterator[Terminal]:
    """Return the dashboard without a manager, on the dialog of the only machine."""
    inventory = home / "machines.toml"
    inventory.write_text(
        f'user = "root"\nkey = "{server.key}"\n'
        f'[machines]\nm1 = {{ addr = "127.0.0.1", port = {server.port} }}\n'
    )
    command = [
        sys.executable,
        "-m",
        "swarmtui",
        "watch",
        "--no-manager",
        f"--inventory={inventory}",
    ]
    env = {"HOME": str(home), "SSH_AUTH_SOCK": ""}
    with Terminal(command, folder=tmp_path, columns=80, rows=24, env=env) as terminal:
        terminal.wait_for("unknown key, see i", within_s=WITHIN_S)
        terminal.press("x", "7")
        terminal.wait_for("✗ m1", "refused", within_s=WITHIN_S)
        terminal.press("i")
        terminal.wait_for("Trust this key?", server.fingerprint)
        yield terminal


def test_a_yes_in_the_dialog_writes_that_line_and_the_tail_goes_live(
    terminal: Terminal, home: Path, server: Sshd
) -> None:
    known = home / ".ssh" / "known_hosts"
    assert not known.exists()
    terminal.press("y")
    terminal.wait_for("✓ The key of", "not in a swarm", within_s=WITHIN_S)
    assert known.read_text() == server.known_hosts_line
    terminal.press("Escape")
    terminal.wait_for("● m1", "live", "99.37%", within_s=WITHIN_S)
    terminal.press("9")
    terminal.wait_for("▲ m1", "not in a swarm", "0 of 1 in", within_s=WITHIN_S)
    assert terminal.quit() < 2
    assert known.read_text() == server.known_hosts_line


def test_without_a_yes_nothing_is_written(terminal: Terminal, home: Path) -> None:
    terminal.press("Enter")
    terminal.press("Enter", "n", "i")
    terminal.wait_for("Trust this key?")
    terminal.press("n")
    terminal.quit()
    assert not (home / ".ssh" / "known_hosts").exists()


def test_another_key_than_the_one_seen_is_not_written_unless_that_is_looked_at_too(
    terminal: Terminal, home: Path, server: Sshd
) -> None:
    server.stop()
    server.change_key()
    server.start()
    terminal.press("y")
    terminal.wait_for("✗ Not trusted", server.fingerprint, "look again", within_s=WITHIN_S)
    assert not (home / ".ssh" / "known_hosts").exists()
    terminal.press("y", "n", "i")
    terminal.wait_for("Trust this key?", server.fingerprint)
    assert not (home / ".ssh" / "known_hosts").exists()
    terminal.press("y")
    terminal.wait_for("✓ The key of", within_s=WITHIN_S)
    assert (home / ".ssh" / "known_hosts").read_text() == server.known_hosts_line
