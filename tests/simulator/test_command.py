"""The command `simulate`: what it takes, prints and leaves behind."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmtui.cli.simulate import simulate
from swarmtui.simulator.scenarios import SCENARIOS
from tests.simulator.engines import EPOCH, SIMULATE, first_line, simulating

TINY = ("--nodes", "8", "--tasks", "20")


def test_it_prints_the_address_alone_on_a_line_once_it_answers(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY) as engine:
        assert engine.get("/_ping").status == 200


def test_port_0_takes_a_free_port_and_prints_it() -> None:
    command = [*SIMULATE, "--listen", "tcp://127.0.0.1:0", *TINY]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address = first_line(process).strip()
        host, port = address.removeprefix("tcp://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            plain.sendall(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n")
            assert plain.recv(15) == b"HTTP/1.1 200 OK"
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_also_while_somebody_listens(
    tmp_path: Path, number: signal.Signals
) -> None:
    with simulating(tmp_path, *TINY) as engine:
        with engine.connect() as plain:
            plain.sendall(b"GET /events HTTP/1.1\r\nHost: d\r\n\r\n")
            plain.recv(10)
            engine.process.send_signal(number)
            assert engine.process.wait(10) == 0
        assert engine.process.stderr is not None
        assert engine.process.stderr.read() == ""
        assert not engine.path.exists()


def test_it_ends_when_the_standard_input_is_closed_if_asked_to(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--exit-with-parent") as engine:
        assert engine.get("/_ping").status == 200
        assert engine.process.stdin is not None
        engine.process.stdin.close()
        assert engine.process.wait(10) == 0


def test_a_socket_left_behind_is_taken_over(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY) as engine:
        engine.process.kill()
        engine.process.wait(10)
        assert engine.path.exists()
    with simulating(tmp_path, *TINY) as engine:
        assert engine.get("/_ping").status == 200


def test_a_socket_in_use_is_left_alone(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY) as engine:
        second = CliRunner().invoke(simulate, ["--listen", engine.address, *TINY])

        assert second.exit_code == 2
        assert "exists already" in second.output
        assert engine.get("/_ping").status == 200


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")

    result = CliRunner().invoke(simulate, ["--listen", f"unix://{path}", *TINY])

    assert result.exit_code == 2
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--listen", "nowhere"), "neither unix:///PATH nor tcp://127.0.0.1:PORT"),
        (("--listen", "tcp://0.0.0.0:0"), "could be reached from other machines"),
        (("--listen", "tcp://example.com:2375"), "could be reached from other machines"),
        (("--listen", "tcp://127.0.0.1"), "has no port"),
        (("--listen", "tcp://127.0.0.1:99999"), "Port out of range"),
        (("--listen", "unix:///nonexistent/swarm.sock"), "No such file or directory"),
        (("--at", "yesterday"), "nor one of joining, launch"),
        (("--at", "-1"), "not a second of the event"),
        (("--at", "nan"), "not a second of the event"),
        (("--epoch", "soon"), "not a time such as"),
        (("--nodes", "0"), "not in the range"),
        (("--nodes", "10001"), "not in the range"),
        (("--tasks", "200001"), "not in the range"),
        (("--nodes", "2", "--managers", "3"), "3 managers do not fit among 2 nodes"),
        (("--scenario", "swarm3k"), "swarm3k"),
        (("--as", "king"), "king"),
        (("--speed", "0"), "not in the range"),
    ],
)
def test_a_wrong_argument_is_explained(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    listen = ("--listen", f"unix://{tmp_path / 'swarm.sock'}")
    result = CliRunner().invoke(simulate, [*listen, *TINY, *arguments])

    assert result.exit_code == 2
    assert complaint in result.output.replace("\n", " ")


def test_a_socket_path_that_is_too_long_is_explained(tmp_path: Path) -> None:
    result = CliRunner().invoke(simulate, ["--listen", f"unix://{tmp_path / ('x' * 120)}", *TINY])

    assert result.exit_code == 2
    assert "cannot listen on" in result.output


def test_a_moment_is_known_by_name_and_by_second(tmp_path: Path) -> None:
    pictures = []
    for moment in ("peak", "450"):
        with simulating(tmp_path, *TINY, "--at", moment, "--hold", "--epoch", EPOCH) as engine:
            pictures.append(engine.get("/tasks").body)

    assert pictures[0] == pictures[1]


def test_another_seed_gives_another_swarm(tmp_path: Path) -> None:
    ids = []
    for seed in ("1", "2"):
        with simulating(tmp_path, *TINY, "--seed", seed, "--hold") as engine:
            ids.append(engine.get("/info").json["Swarm"]["Cluster"]["ID"])

    assert ids[0] != ids[1]


def test_time_goes_on_at_the_speed_asked_for(tmp_path: Path) -> None:
    with simulating(tmp_path, "--nodes", "500", "--tasks", "0", "--speed", "50") as engine:
        before = len(engine.get("/nodes").json)
        while len(engine.get("/nodes").json) < before + 100:
            pass


def test_a_hostile_swarm_is_still_sound_json(tmp_path: Path) -> None:
    options = ("--nodes", "600", "--tasks", "3000", "--at", "region-down", "--hold", "--hostile")
    with simulating(tmp_path, *options) as engine:
        hostnames = [node["Description"]["Hostname"] for node in engine.get("/nodes").json]
        errors = {task["Status"].get("Err", "") for task in engine.get("/tasks").json}

    assert any("\x1b" in name for name in hostnames)
    assert any("[bold red]" in name for name in hostnames)
    assert any("\u202e" in error or "\x1b" in error or "[/" in error for error in errors)


def test_help_names_the_moments() -> None:
    text = CliRunner().invoke(simulate, ["--help"]).output

    assert "region-lost" in text
    assert "docker -H unix:///tmp/swarm.sock node ls" in text


def test_the_scenarios_are_listed_with_what_they_show() -> None:
    printed = CliRunner().invoke(simulate, ["--help"]).output

    for scenario in SCENARIOS.values():
        assert f"{scenario.name:<22} {scenario.shows}" in printed


@pytest.mark.parametrize(("options", "nodes"), [((), 80), (("--nodes", "12"), 12)])
def test_a_scenario_has_its_own_size_unless_another_is_wanted(
    tmp_path: Path, options: tuple[str, ...], nodes: int
) -> None:
    with simulating(tmp_path, "--scenario", "calm", *options, "--hold") as engine:
        assert len(json.loads(engine.get("/v1.41/nodes").body)) == nodes


def test_an_engine_that_hangs_takes_a_request_and_does_not_answer(tmp_path: Path) -> None:
    hanging = simulating(tmp_path, "--scenario", "no-data", "--at", "95", "--hold")
    with hanging as engine, engine.connect() as plain:
        plain.settimeout(0.5)
        plain.sendall(b"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n")
        with pytest.raises(TimeoutError):
            plain.recv(1)
