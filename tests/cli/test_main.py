"""The command line: which command is meant, and how it ends when it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmtui.cli.main import COMMANDS, swarmtui


def run(*arguments: str) -> Result:
    return CliRunner().invoke(swarmtui, list(arguments))


def test_the_list_of_commands_is_printed_without_importing_them() -> None:
    code = (
        "import sys; from swarmtui.cli.main import swarmtui\n"
        "swarmtui.main(['--help'], standalone_mode=False)\n"
        "assert not {'textual', 'docker', 'rich', 'swarmtui.cli.status'} & set(sys.modules)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert all(f"\n  {name} " in printed for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "-H", "unix:///none.sock"],
        ["-H", "unix:///none.sock", "status"],
        ["-Hunix:///none.sock", "--tlscacert=", "status"],
        ["--host=unix:///none.sock", "status", "--format", "json"],
    ],
)
def test_a_command_may_stand_before_or_behind_the_common_options(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 3
    assert result.stderr.startswith("swarmtui: no socket at /none.sock")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["status", "-H", "gopher://mg0"], "gopher"),
        (["-c", "nowhere"], "nowhere"),
        (["status", "-c", "prod", "-H", "unix:///a.sock"], "both -H and --context"),
        (["nodes", "--filter", "regin:x"], "did you mean region"),
        (["--filter", "state:redy"], "redy"),
        (["nodes", "--claims", "/none/claims.txt"], "/none/claims.txt"),
        (["--config", "/none/config.toml"], "/none/config.toml"),
        (["--duty", "much"], "much"),
        (["--duty", "200%"], "200%"),
        (["nodse"], "nodse"),
    ],
)
def test_what_cannot_be_meant_ends_with_what_to_mend(arguments: list[str], text: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert text in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_theme_is_said_with_those_there_are(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = "neon"\n')
    result = run("-H", "unix:///none.sock", "--config", str(config))
    assert result.exit_code == 2
    assert "neon" in result.stderr
    assert "swarm-light" in result.stderr
