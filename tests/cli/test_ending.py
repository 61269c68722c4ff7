"""The program ends when its terminal does."""

import os
import pty
import select
import signal
import sys
from pathlib import Path

import pytest

from tests.lab.waiting import wait_for

PATIENCE_S = 20
WATCH = ("watch", "-H", "unix:///nowhere.sock")


def ended(pid: int) -> tuple[int, int] | None:
    """Return pid and status once a process has ended."""
    found = os.waitpid(pid, os.WNOHANG)
    return found if found[0] else None


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("is_ignored", [False, True], ids=["as usual", "under nohup"])
def test_the_dashboard_ends_with_its_terminal(tmp_path: Path, is_ignored: bool) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        if is_ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.environ |= {"HOME": str(tmp_path), "TERM": "xterm-256color"}
        os.execv(sys.executable, [sys.executable, "-m", "swarmtui", *WATCH])  # noqa: S606
    try:
        shown = b""
        while b"quit" not in shown:
            assert select.select([terminal], [], [], PATIENCE_S)[0], shown
            shown += os.read(terminal, 65_536)
    finally:
        os.close(terminal)
    try:
        status = wait_for(lambda: ended(pid), within_s=10, what="it has ended")
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    assert status is not None
    assert os.waitstatus_to_exitcode(status[1]) == -signal.SIGHUP
