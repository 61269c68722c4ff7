"""Looking at processes that end meanwhile."""

import signal
import subprocess
import sys
import threading

import pytest

from tests.lab import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc of Linux")


def test_a_process_that_is_reaped_while_it_is_looked_at_has_no_children() -> None:
    for _ in range(100):
        process = subprocess.Popen(["sleep", "60"])
        reaper = threading.Timer(0.003, lambda gone: (gone.kill(), gone.wait()), [process])
        reaper.start()
        try:
            while process.returncode is None:
                assert processes.children_of(process.pid) == ()
        finally:
            reaper.join()


def test_children_of_children_are_found() -> None:
    script = "sh -c 'sleep 60 & echo; wait' & wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (child,) = processes.children_of(process.pid)
        (grandchild,) = processes.children_of(child)
        found = processes.descendants_of(process.pid)
        for pid in found:
            processes.send(pid, signal.SIGKILL)
    assert found == (child, grandchild)
