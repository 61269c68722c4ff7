"""`swarmtui record`: a process in front of a simulated swarm."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmtui.cli.main import swarmtui
from swarmtui.recording.reading import Recording
from tests.cli.recorded import read_last, recording, wait_until_recorded
from tests.simulator.engines import Engine, simulating

pytestmark = pytest.mark.hosts


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Serve a small swarm that is busy."""
    folder = tmp_path_factory.mktemp("busy")
    with simulating(folder, "--nodes", "60", "--tasks", "600", "--at", "crowded") as engine:
        yield engine


def test_it_records_for_as_long_as_it_is_told_to(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "evening.rec"
    with recording(file, engine.address, "--for", "4s") as process:
        assert process.wait(20) == 0
        assert process.stderr is not None
        told = process.stderr.read().splitlines()
    assert told[0].startswith("swarmtui: watching swarm ")
    assert told[-1].startswith("swarmtui: recorded ")
    assert told[-1].endswith(f" in {file}")
    with Recording.open(file) as opened:
        assert opened.is_ended
        assert opened.preface.asked == (engine.address,)
        assert 2 <= (opened.ends - opened.begins).total_seconds() <= 6
    assert len(read_last(file).nodes) >= 60
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(
    tmp_path: Path, engine: Engine, number: signal.Signals
) -> None:
    file = tmp_path / "evening.rec"
    with recording(file, engine.address) as process:
        wait_until_recorded(file, lambda snapshot: len(snapshot.nodes) >= 60)
        process.send_signal(number)
        assert process.wait(10) == 0
    with Recording.open(file) as opened:
        assert opened.is_ended


def test_what_was_recorded_survives_a_kill(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "evening.rec"
    with recording(file, engine.address) as process:
        wait_until_recorded(file, lambda snapshot: snapshot.has_all_tasks)
        process.kill()
        process.wait(10)
    assert len(read_last(file).nodes) >= 60
    with Recording.open(file) as opened:
        assert not opened.is_ended


def test_a_disk_that_takes_no_more_ends_it_with_one_line(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "evening.rec"
    command = f"{sys.executable} -m swarmtui record {file} --host={engine.address}"
    result = subprocess.run(
        # In kilobytes: room for the preface, and for no keyframe.
        ["bash", "-c", f"ulimit -f 8; exec {command}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith(f"swarmtui: {file}: a file may not become")


def test_it_neither_waits_for_nor_needs_a_screen(tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "evening.rec"
    profiled = {"PYTHONPROFILEIMPORTTIME": "1"}
    with recording(file, engine.address, "--for", "1s", env=profiled) as process:
        _, told = process.communicate(timeout=20)
    imported = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "swarmtui.recording.recorder" in imported
    assert not imported & {"textual", "rich", "docker", "paramiko"}


def test_a_file_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "evening.rec"
    file.write_text("mine")
    result = CliRunner().invoke(swarmtui, ["record", str(file), "-H", "unix:///none.sock"])
    assert result.exit_code == 2
    assert result.stderr == (
        f"swarmtui: {file}: the file is there already and is not overwritten; choose another name\n"
    )
    assert file.read_text() == "mine"


@pytest.mark.parametrize("command", [[], ["watch"]])
def test_the_dashboard_does_not_open_where_it_cannot_record_as_asked(
    tmp_path: Path, command: Sequence[str]
) -> None:
    file = tmp_path / "evening.rec"
    file.touch()
    asked = [*command, "-H", "unix:///none.sock", "--with-specs", "--record", str(file)]
    result = CliRunner().invoke(swarmtui, asked)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"swarmtui: {file}: the file is there already")
    assert result.stderr.count("\n") == 1


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    file = tmp_path / "none" / "evening.rec"
    result = CliRunner().invoke(swarmtui, ["record", str(file), "-H", "unix:///none.sock"])
    assert result.exit_code == 2
    assert "there is no such folder" in result.stderr


def test_no_manager_and_a_manager_contradict_each_other(tmp_path: Path) -> None:
    file = tmp_path / "evening.rec"
    asked = ["record", str(file), "-H", "unix:///none.sock", "--no-manager"]
    result = CliRunner().invoke(swarmtui, asked)
    assert result.exit_code == 2
    assert result.stderr == "swarmtui: --no-manager asks none: leave out -H and --context\n"
    assert not file.exists()


def test_a_swarm_that_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "evening.rec"
    address = f"unix://{tmp_path}/none.sock"
    with recording(file, address, "--for", "4s") as process:
        _, told = process.communicate(timeout=20)
        assert process.returncode == 0
    assert "none.sock" in told.splitlines()[0]
    lost = read_last(file).lost
    assert lost is not None
    assert "none.sock" in lost.text
