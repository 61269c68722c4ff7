"""The command `serve`: what it takes, prints and leaves behind."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmtui.cli.serve import serve
from swarmtui.recording.blocks import MARK
from tests.factories import NOON
from tests.serving.serving import SERVE, first_line, serving
from tests.simulator.engines import Engine


def states(engine: Engine) -> dict[str, str]:
    return {
        node["Description"]["Hostname"]: node["Status"]["State"]
        for node in engine.get("/nodes").json
    }


def leader(engine: Engine) -> list[str]:
    managers = engine.get("/nodes", filters={"role": ["manager"]}).json
    return [m["Description"]["Hostname"] for m in managers if m["ManagerStatus"].get("Leader")]


@pytest.mark.parametrize(
    ("at", "state", "leads"),
    [
        ("+1m", "ready", "mg0"),
        ("2026-07-22T12:02:00Z", "down", "mg0"),
        ("12:05Z", "down", "mg1"),
        ("50%", "down", "mg1"),
        ("-9m", "ready", "mg0"),
    ],
)
def test_it_shows_the_swarm_of_the_moment_asked_for(
    evening: Path, tmp_path: Path, at: str, state: str, leads: str
) -> None:
    with serving(evening, tmp_path, f"--at={at}") as engine:
        assert states(engine)["worker-1"] == state
        assert leader(engine) == [leads]


def test_it_shows_the_end_unless_told_otherwise(evening: Path, tmp_path: Path) -> None:
    with serving(evening, tmp_path) as engine:
        assert leader(engine) == ["mg1"]
        assert "12:10:00 UTC" in engine.get("/version").json["Platform"]["Name"]


def test_it_says_on_stderr_what_is_shown(evening: Path, tmp_path: Path) -> None:
    with serving(evening, tmp_path) as engine:
        engine.process.terminate()
        _, said = engine.process.communicate(timeout=10)
    assert said == ("evening.rec at 2026-07-22 12:10:00 UTC: 8 nodes, 3 services, 12 tasks\n")


def test_ages_are_those_of_the_moment(evening: Path, tmp_path: Path) -> None:
    with serving(evening, tmp_path, "--at", "+2m") as engine:
        before = datetime.now(UTC)
        task = engine.get("/tasks/" + "web1" + "x" * 21).json
    began = datetime.fromisoformat(task["Status"]["Timestamp"])

    assert (
        timedelta(0)
        <= before + timedelta(seconds=5) - began - timedelta(seconds=419)
        < (timedelta(seconds=10))
    )


def test_times_are_left_as_recorded_on_demand(evening: Path, tmp_path: Path) -> None:
    with serving(evening, tmp_path, "--recorded-times") as engine:
        task = engine.get("/tasks/" + "web1" + "x" * 21).json
    assert datetime.fromisoformat(task["Status"]["Timestamp"]) == NOON - timedelta(seconds=299)


def test_it_goes_on_in_time_and_tells_what_happens(evening: Path, tmp_path: Path) -> None:
    options = ("--follow-replay", "--at", "+1m55s", "--speed", "10")
    with serving(evening, tmp_path, *options) as engine, engine.connect() as plain:
        assert states(engine)["worker-1"] == "ready"
        plain.sendall(b"GET /events HTTP/1.1\r\nHost: d\r\n\r\n")
        received = b""
        while b"heartbeat" not in received and b"state.new" not in received:
            received += plain.recv(65536)
        event = json.loads(received[received.index(b'{"Type"') : received.rindex(b"}") + 1])
        assert states(engine)["worker-1"] == "down"
    assert event["Actor"]["Attributes"] == {
        "name": "worker-1", "state.old": "ready", "state.new": "down",
    }  # fmt: skip
    assert abs(event["time"] - time.time()) < 10


@pytest.fixture
def on_its_own(evening: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [*SERVE, str(evening), "--exit-with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_it_makes_a_socket_of_its_own_and_takes_it_away(
    on_its_own: "subprocess.Popen[str]",
) -> None:
    path = Path(first_line(on_its_own).strip().removeprefix("unix://"))

    assert path.stat().st_mode & 0o777 == 0o600
    on_its_own.send_signal(signal.SIGINT)
    assert on_its_own.wait(10) == 0
    assert not path.parent.exists()


def test_it_ends_when_the_standard_input_is_closed_if_asked_to(
    on_its_own: "subprocess.Popen[str]",
) -> None:
    first_line(on_its_own)
    assert on_its_own.stdin is not None
    on_its_own.stdin.close()
    assert on_its_own.wait(10) == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--at", "tomorrow"), "tomorrow is not a time"),
        (("--at", "+3h"), "is longer than the recording"),
        (("--at", "13:00Z"), "is not in the recording"),
        (("--speed", "10"), "--speed is for --follow-replay"),
        (("--speed", "0", "--follow-replay"), "not in the range"),
        (("--listen", "tcp://0.0.0.0:0"), "could be reached from other machines"),
        (("--listen", "nowhere"), "neither unix:///PATH nor tcp://127.0.0.1:PORT"),
        (("--listen", "unix:///nonexistent/past.sock"), "No such file or directory"),
    ],
)
def test_a_wrong_argument_is_explained(
    evening: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    result = CliRunner().invoke(serve, [str(evening), *arguments])

    assert result.exit_code == 2
    assert complaint in result.output.replace("\n", " ")


def test_a_damaged_recording_is_served_as_far_as_it_is_whole_and_that_is_said(
    evening: Path, tmp_path: Path
) -> None:
    data = bytearray(evening.read_bytes())
    data[data.rindex(MARK, 0, len(data) // 2)] ^= 0xFF
    path = tmp_path / "bent.rec"
    path.write_bytes(data)
    with serving(path, tmp_path) as engine:
        assert len(states(engine)) == 8
        engine.process.terminate()
        _, said = engine.process.communicate(timeout=10)
    assert "Traceback" not in said
    assert "damaged" in said


def test_what_is_no_recording_is_said_so_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    for file in (path, tmp_path / "nowhere.rec"):
        result = CliRunner().invoke(serve, [str(file)])
        assert result.exit_code == 1
        assert result.output.startswith("swarmtui: ")
        assert result.output.count("\n") == 1
