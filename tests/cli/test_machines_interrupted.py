"""Ctrl-C while machines are asked."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.hosts


@pytest.mark.parametrize("command", [["trust"], ["rollcall"], ["stats", "--once"]])
def test_ctrl_c_ends_it_at_once_and_without_a_word(tmp_path: Path, command: list[str]) -> None:
    """The machine takes the connection and says nothing: it would be waited for."""
    inventory = tmp_path / "machines.toml"
    environment = {**os.environ, "HOME": str(tmp_path), "SSH_AUTH_SOCK": ""}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        inventory.write_text(f'[machines]\nm1 = {{ addr = "127.0.0.1", port = {port} }}\n')
        listening.settimeout(20)
        with (
            subprocess.Popen(
                [sys.executable, "-m", "swarmtui", *command, f"--inventory={inventory}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
            ) as asking,
            listening.accept()[0],
        ):
            asking.send_signal(signal.SIGINT)
            told = asking.communicate(timeout=5)
    assert (asking.returncode, told) == (130, (b"", b""))
