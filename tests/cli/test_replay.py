"""`swarmtui replay`: what it says when there is nothing to show."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmtui.cli.main import swarmtui
from tests.feed.tapes import make_recording


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recording(tmp_path_factory.mktemp("tapes") / "event.rec")


def run(*arguments: object) -> Result:
    environment = {"XDG_CONFIG_HOME": "/nonexistent"}
    return CliRunner(env=environment).invoke(swarmtui, ["replay", *map(str, arguments)])


def refusal(*arguments: object) -> str:
    """Return the lines with which it ends at once, as an error of use."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return result.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    told = refusal(tmp_path / "none.rec")
    assert told == f"swarmtui: {tmp_path}/none.rec: there is no such file; check the name\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing has been recorded into it yet"),
        (b"swarmtui rec", "nothing has been recorded into it yet"),
        (b"hosts = 3\n" * 9, "not a recording of swarmtui"),
        (b"swarmtui recording 9\n" + b"x" * 99, "version 9; this program reads those up to 4"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_said_in_one_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "evening.rec"
    file.write_bytes(content)
    told = refusal(file)
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("moment", "marked"),
    [("25:00", "^^"), ("+3h", "^^^"), ("120%", "^^^^"), ("1999-01-01 12:00", "^" * 16)],
)
def test_a_time_that_is_none_of_the_recording_is_pointed_at(
    tape: Path, moment: str, marked: str
) -> None:
    told = refusal(tape, "--at", moment).splitlines()
    assert told[0].startswith("swarmtui: --at: ")
    assert told[1:] == [moment, marked]


def test_a_speed_beyond_all_measure_is_refused(tape: Path) -> None:
    assert "0.1<=x<=1000" in refusal(tape, "--speed", "5000")


def test_a_filter_or_a_config_that_is_wrong_is_said_as_for_the_dashboard(
    tape: Path, tmp_path: Path
) -> None:
    assert refusal(tape, "--filter", "colour:red").startswith("swarmtui: --filter: no field colour")
    (tmp_path / "config.toml").write_text("mine = 3\n")
    assert "mine: found a number" in refusal(tape, "--config", tmp_path / "config.toml")
