"""What `swarmtui record` says while it records."""

import io
import os
import pty
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from swarmtui.cli.telling import Teller, describe_progress, spell_time
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import FailureKind, ManagerLost, ManagerSeen, Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import at, make_node, nodes_seen

FILE = Path("a/evening.rec")
MANAGER = ManagerSeen(
    taken_at=at(0),
    host="tcp://mg1:2376",
    cluster_id="8f3kq2",
    node_id="m1",
    api_version="1.41",
    engine_version="20.10.24",
)
LOST = ManagerLost(
    taken_at=at(9), host="tcp://mg1:2376", kind=FailureKind.REFUSED, text="mg1: refused\x1b[2J"
)


def seen(*observations: Observation) -> Snapshot:
    snapshot = Snapshot()
    for each in observations:
        snapshot = fold(snapshot, each).snapshot
    return snapshot


def tell(teller: Teller, *observations: Observation, size_bytes: int = 0) -> None:
    teller.tell(seen(*observations), size_bytes=size_bytes, elapsed_s=5)


@contextmanager
def terminal() -> Iterator[tuple[TextIO, int]]:
    """Give a stream that is a terminal, and the end at which it can be read."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 40))
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        yield stream, master
    os.close(master)


def test_away_from_terminals_only_news_are_told() -> None:
    out = io.StringIO()
    teller = Teller(out, path=FILE)
    tell(teller)
    for _ in range(3):
        tell(teller, MANAGER)
    tell(teller, MANAGER, LOST)
    tell(teller, MANAGER, LOST)
    tell(teller, MANAGER)
    teller.clear()
    assert out.getvalue().splitlines() == [
        "swarmtui: watching swarm 8f3kq2 through tcp://mg1:2376",
        "swarmtui: mg1: refused·",
        "swarmtui: watching swarm 8f3kq2 through tcp://mg1:2376",
    ]


def test_a_terminal_has_a_line_that_is_rewritten_and_never_wraps() -> None:
    with terminal() as (stream, master):
        teller = Teller(stream, path=Path("x" * 500))
        tell(teller, MANAGER)
        shown = ""
        while "recording" not in shown:
            shown += os.read(master, 4_096).decode()
    news, line = shown.removeprefix("\r\x1b[K").split("\r\n\r\x1b[K")
    assert news == "swarmtui: watching swarm 8f3kq2 through tcp://mg1:2376"
    assert line == "recording xxxxxxxxxxxxxxxxxxxxxxxxxxxxx"


def test_progress_tells_time_size_nodes_and_tasks() -> None:
    snapshot = seen(MANAGER, nodes_seen([make_node("n1"), make_node("n2")]))
    line = describe_progress(snapshot, path=FILE, size_bytes=12_345_678, elapsed_s=729)
    assert line == "recording evening.rec for 12m09s · 12.3 MB · 2 nodes · 0 tasks"
    lost = describe_progress(seen(LOST), path=FILE, size_bytes=0, elapsed_s=7500)
    assert lost == "recording evening.rec for 2h05m · 0 bytes · nobody answers"


def test_times_are_short() -> None:
    assert [spell_time(s) for s in (0, 59.9, 60, 3599, 3600)] == [
        "0s",
        "59s",
        "1m00s",
        "59m59s",
        "1h00m",
    ]
