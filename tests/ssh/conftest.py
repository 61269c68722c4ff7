"""A home, a server and a door to it, of which nothing stays behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmtui.ssh.login import Door
from tests.lab.waiting import wait_for
from tests.ssh.sshd import Sshd, sshd


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


@pytest.fixture
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
