"""An evening recorded, cut off by a kill, and lived again on a real terminal."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.tmux import Terminal
from tests.cli.recorded import recording, wait_until_recorded
from tests.lab.waiting import wait_for
from tests.simulator.engines import simulating

pytestmark = pytest.mark.hosts

SWARM = ("--nodes", "90", "--tasks", "900", "--at", "launch", "--speed", "20")
"""Ten minutes of an event in half a minute: nodes are lost, and an election is held."""

PAUSED = re.compile(r"paused .*?([0-9]{2}:[0-9:.]+)")
END = re.compile(r"of ([0-9hms]+)")


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording through an election, cut off by a kill."""
    folder = tmp_path_factory.mktemp("evening")
    file = folder / "evening.rec"
    with (
        simulating(folder, *SWARM) as engine,
        recording(file, engine.address) as process,
    ):
        wait_until_recorded(file, lambda snapshot: snapshot.has_all_tasks)
        first = wait_until_recorded(file, lambda snapshot: snapshot.leader is not None).leader
        assert first is not None
        elected = wait_until_recorded(
            file,
            lambda snapshot: snapshot.leader is not None and snapshot.leader.id != first.id,
        ).taken_at
        assert elected is not None
        # So that there is something to step to behind the election.
        later = elected + timedelta(seconds=5)
        wait_until_recorded(file, lambda snapshot: (snapshot.taken_at or elected) > later)
        process.kill()
        process.wait(10)
    return file


@contextmanager
def replaying(file: Path, folder: Path, *options: str) -> Iterator[Terminal]:
    """Replay a file on a terminal."""
    command = [sys.executable, "-m", "swarmtui", "replay", str(file), *options]
    with Terminal(command, folder=folder, env={"XDG_CONFIG_HOME": str(folder)}) as terminal:
        terminal.wait_for("REPLAY", "quit")
        yield terminal


def look(terminal: Terminal) -> tuple[str, str]:
    """Return the time that the scrub bar tells, and what the screen above it shows."""
    lines = terminal.screen().splitlines()
    bar = next(line for line in reversed(lines) if PAUSED.search(line))
    return PAUSED.findall(bar)[0], "\n".join(lines[:-4])


def press(terminal: Terminal, key: str) -> tuple[str, str]:
    """Press a key that leads to another time, and return what is shown there."""
    before, _ = look(terminal)
    terminal.press(key)
    wait_for(lambda: look(terminal)[0] != before, within_s=10, what="another time")
    return look(terminal)


def test_an_evening_is_lived_again_at_any_speed(tape: Path, tmp_path: Path) -> None:
    with replaying(tape, tmp_path) as terminal:
        terminal.wait_for("playing", "1×", "NODES")
        terminal.press("]", "]", "]")
        terminal.wait_for("10×")
        terminal.wait_for("at end", within_s=40)
        assert terminal.quit() < 3


def test_one_jumps_to_the_election_and_steps_to_and_fro(tape: Path, tmp_path: Path) -> None:
    with replaying(tape, tmp_path) as terminal:
        terminal.press("p")
        terminal.wait_for("paused")
        while "election: " not in terminal.screen():
            press(terminal, "n")
        shown = [press(terminal, key) for key in (".", ".", ",", ",", ".")]
        there, then, back, before, again = shown
        assert there == back == again
        assert len({there, then, before}) == 3
        assert terminal.quit() < 3


def test_a_recording_is_seen_while_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "evening.rec"
    with simulating(tmp_path, *SWARM) as engine, recording(file, engine.address) as process:
        wait_until_recorded(file, lambda snapshot: snapshot.has_all_tasks)
        with replaying(file, tmp_path, "--follow") as terminal:
            ends = END.findall(terminal.screen())
            terminal.wait_until(lambda screen: END.findall(screen) != ends, 10, ["more"])
            process.terminate()
            assert process.wait(10) == 0
            terminal.wait_for("at end")
            assert terminal.quit() < 3
