"""What the options that say which swarm to see, and how, add up to."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmtui.cli.main import swarmtui
from swarmtui.cli.viewing import View, open_view
from tests.factories import NOON, make_node, nodes_seen

CONNECTION = {
    "hosts": ("unix:///none.sock",),
    "context": "",
    "tls": None,
    "tlsverify": None,
    "tlscacert": "",
    "tlscert": "",
    "tlskey": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hosts.ini").write_text("m ansible_host=10.0.0.1 region=bkk contributor=NIPA\n")
    (tmp_path / "config.toml").write_text('mine = "nipa"\ninventory = ["hosts.ini"]\n')
    (tmp_path / "other.toml").write_text('region = "lab"\nhosts = ["10.0.0.1"]\n')
    return tmp_path


def view(folder: Path, *inventories: str, config: str = "config.toml") -> View:
    viewing = {"filter_": "", "mine": "", "claims": None, "config": folder / config}
    names = [str(folder / name) for name in inventories]
    return open_view({**viewing, **CONNECTION, "inventory": names})


def test_what_makes_pictures_is_imported_when_it_is_wanted(folder: Path) -> None:
    """The collector waits for what the options say, and the first paint for neither."""
    options = {"filter_": "", "mine": "", "claims": None, "config": None, **CONNECTION}
    program = (
        "import sys; from swarmtui.cli.viewing import open_view\n"
        f"seen = open_view({options!r})\n"
        "assert 'swarmtui.insight.analyst' not in sys.modules\n"
        "assert seen.analyst is seen.analyst"
    )
    env = {"XDG_CONFIG_HOME": str(folder / "none"), "HOME": str(folder)}
    subprocess.run([sys.executable, "-c", program], env=env, check=True)


def region_of(seen: View) -> str:
    seen.analyst.see(nodes_seen([make_node("n1", hostname="x", addr="10.0.0.1")]))
    return seen.analyst.picture(NOON).places["n1"].region


def run(folder: Path, *arguments: str) -> Result:
    """Run a command at the home `folder`, with a manager that does not answer."""
    environment = {"HOME": str(folder), "MACHINE_STORAGE_PATH": None, "XDG_CONFIG_HOME": None}
    command = [*arguments, "-H", "unix:///none.sock"]
    return CliRunner(env=environment).invoke(swarmtui, command)


def test_an_inventory_says_where_nodes_are_and_whose(folder: Path) -> None:
    seen = view(folder, "hosts.ini")
    assert region_of(seen) == "bkk"
    place = seen.analyst.picture(NOON).places["n1"]
    assert (place.contributor, place.contributor_from, place.mine) == ("NIPA", "inventory", True)
    assert [machine.name for machine in seen.inventory.machines] == ["m"]


def test_the_config_names_the_inventory_and_the_command_line_goes_before_it(folder: Path) -> None:
    assert region_of(view(folder)) == "bkk"
    assert region_of(view(folder, "other.toml")) == "lab"


def test_what_has_no_inventory_of_its_own_has_none(folder: Path) -> None:
    viewing = {"filter_": "", "mine": "", "claims": None, "config": folder / "config.toml"}
    assert open_view({**viewing, **CONNECTION}).inventory.machines == ()
    alone = {"inventory": (), "finds_machines": False}
    assert open_view({**viewing, **CONNECTION, **alone}).inventory.machines == ()


def test_machines_alone_need_no_manager(folder: Path) -> None:
    viewing = {"filter_": "", "mine": "", "claims": None, "config": folder / "config.toml"}
    seen = open_view({**viewing, **CONNECTION, "inventory": (), "asks_managers": False})
    assert seen.addresses == ()
    row = seen.analyst.picture(NOON).machines["m"]
    assert (row.region, row.contributor, row.mine) == ("bkk", "NIPA", True)


def test_neither_managers_nor_machines_is_nothing_to_watch(folder: Path) -> None:
    environment = {"HOME": str(folder), "MACHINE_STORAGE_PATH": None, "XDG_CONFIG_HOME": None}
    for arguments in (["--no-manager"], ["--no-manager", "watch"]):
        result = CliRunner(env=environment).invoke(swarmtui, arguments)
        assert result.exit_code == 2
        assert "no machines: name an inventory with --inventory FILE" in result.stderr


def test_no_manager_and_a_manager_contradict_each_other(folder: Path) -> None:
    result = run(folder, "watch", "--no-manager")
    assert result.exit_code == 2
    assert result.stderr == "swarmtui: --no-manager asks none: leave out -H and --context\n"


@pytest.mark.parametrize("command", ["nodes", "services", "tasks", "status"])
def test_an_inventory_that_cannot_be_used_ends_with_one_line(folder: Path, command: str) -> None:
    result = run(folder, command, "--inventory", "none.ini")
    assert result.exit_code == 2
    assert result.stderr == "swarmtui: none.ini: no such file; is the path right?\n"


def lines_of(result: Result) -> Sequence[str]:
    """Return what is on stderr but for the manager that does not answer."""
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    return result.stderr.splitlines()[:-1]


def test_a_machine_that_cannot_be_used_is_said_and_the_command_goes_on(folder: Path) -> None:
    (folder / "hosts.ini").write_text("a ansible_port=x\nb\n")
    told = lines_of(run(folder, "nodes", "--inventory", f"{folder}/hosts.ini"))
    assert told == [f"swarmtui: {folder}/hosts.ini: a: x is not a port; left out"]


def test_the_store_of_docker_machine_is_found_by_itself(folder: Path) -> None:
    broken = folder / ".docker" / "machine" / "machines" / "broken"
    broken.mkdir(parents=True)
    (broken / "config.json").write_text("nonsense")
    told = lines_of(run(folder, "nodes"))
    assert len(told) == 1
    assert "broken: config.json is not what docker-machine writes" in told[0]


def test_hosts_of_ssh_config_are_named_by_pattern(folder: Path) -> None:
    (folder / ".ssh").mkdir(mode=0o700)
    (folder / ".ssh" / "config").write_text("Host web-1 web-2\nHost web-1\n  Port x\nHost *\n")
    assert lines_of(run(folder, "nodes", "--inventory", "ssh:web-*")) == []
    result = run(folder, "nodes", "--inventory", "ssh:db-*")
    assert result.exit_code == 2
    assert result.stderr == "swarmtui: ssh:db-*: no Host of ~/.ssh/config matches\n"
