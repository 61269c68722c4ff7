"""The roster of hosts and the folder that leads to them."""

import ipaddress
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from swarmtui.cli.simulate import simulate
from swarmtui.httpd.journal import Journal
from swarmtui.simulator.hosts.folder import Folder, UnusableFolderError
from swarmtui.simulator.hosts.keys import new_key
from swarmtui.simulator.hosts.roster import Kind, make_roster
from swarmtui.simulator.hosts.troubles import parse_wishes
from swarmtui.simulator.settings import MAX_NODES, Settings
from swarmtui.simulator.simulation import Simulation


@pytest.mark.parametrize("nodes", [1, 120, 2384, MAX_NODES])
def test_every_host_has_a_name_and_a_loopback_address_of_its_own(nodes: int) -> None:
    settings = Settings(nodes=nodes, tasks=0, managers=1, hostile=True)
    roster = make_roster(Simulation(settings, Journal()).at(0), parse_wishes(["some"]))
    addresses = {host.address for host in roster.hosts}

    assert len({host.name for host in roster.hosts}) == len(addresses) == len(roster.hosts)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", host.name) for host in roster.hosts)
    assert all(ipaddress.ip_address(address) in NET for address in addresses)
    assert "127.0.0.1" not in addresses


NET = ipaddress.ip_network("127.0.0.0/8")


def test_a_node_has_the_id_that_was_foretold_in_every_event(simulation: Simulation) -> None:
    roster = make_roster(simulation.at(0), ())
    for second in (100, 820):
        world = simulation.at(second)
        nodes = [host.node(world) for host in roster.hosts if host.kind is Kind.WORKER]
        joined = [node.id for node in nodes if node is not None]
        assert len(joined) > 100
        assert set(joined) <= {host.node_id(world) for host in roster.hosts}


def test_names_stay_while_events_follow_one_another(simulation: Simulation) -> None:
    host = make_roster(simulation.at(0), ()).hosts[-1]
    first, second = host.node_id(simulation.at(0)), host.node_id(simulation.at(730))

    assert first != second


def test_the_inventory_tells_of_every_host(tmp_path: Path, simulation: Simulation) -> None:
    world = simulation.at(0)
    roster = make_roster(world, parse_wishes(["unjoined=3%"]))
    Folder(tmp_path / "ssh", roster, seed=1).write(world, port=2222, client_key=new_key())
    inventory = tomllib.loads((tmp_path / "ssh/inventory.toml").read_text())

    assert (inventory["port"], inventory["user"]) == (2222, "swarm")
    assert Path(inventory["key"]).read_text().startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert list(inventory["machines"]) == [host.name for host in roster.hosts]
    assert inventory["machines"]["crowsnest-sw001"] == {
        "addr": "127.20.0.1",
        "node_id": next(
            host.node_id(world) for host in roster.hosts if host.name == "crowsnest-sw001"
        ),
        "region": "sgp1",
        "contributor": "@bosun44, @CrowsNestHQ",
    }


def test_nobody_else_may_read_the_keys(tmp_path: Path, simulation: Simulation) -> None:
    world = simulation.at(0)
    folder = tmp_path / "ssh"
    Folder(folder, make_roster(world, ()), seed=1).write(world, port=1, client_key=new_key())

    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()} == {0o600}


def test_the_folder_is_also_a_home(tmp_path: Path, simulation: Simulation) -> None:
    world = simulation.at(0)
    folder = tmp_path / "ssh"
    Folder(folder, make_roster(world, ()), seed=1).write(world, port=1, client_key=new_key())

    assert (folder / ".ssh/known_hosts").samefile(folder / "known_hosts")


def test_a_folder_of_its_own_is_written_again(tmp_path: Path, simulation: Simulation) -> None:
    world = simulation.at(0)
    roster = make_roster(world, ())
    for port in (1, 2):
        Folder(tmp_path / "ssh", roster, seed=1).write(world, port=port, client_key=new_key())

    assert "  Port 2\n" in (tmp_path / "ssh/config").read_text()


def test_a_folder_with_anything_else_in_it_is_left_alone(
    tmp_path: Path, simulation: Simulation
) -> None:
    config = tmp_path / "config"
    config.write_text("Host mine\n")

    with pytest.raises(UnusableFolderError, match="holds other files"):
        Folder(tmp_path, make_roster(simulation.at(0), ()), seed=1)
    assert config.read_text() == "Host mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--ssh", "/proc/nowhere"), "cannot write to /proc/nowhere"),
        (("--ssh", "/etc"), "holds other files"),
        (("--ssh-trouble", "hang=nobody"), "no simulated host is called 'nobody'"),
        (("--ssh-trouble", "sick=5%"), "'sick' is none of some, none"),
    ],
)
def test_what_cannot_be_is_explained(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    listen = f"unix://{tmp_path / 'swarm.sock'}"
    fixed = ("--listen", listen, "--nodes", "8", "--tasks", "20", "--ssh", str(tmp_path / "ssh"))
    result = CliRunner().invoke(simulate, [*fixed, *arguments])

    assert result.exit_code == 2
    assert complaint in result.output.replace("\n", " ")
    assert not (tmp_path / "swarm.sock").exists()


def test_a_trouble_without_hosts_is_a_slip(tmp_path: Path) -> None:
    listen = f"unix://{tmp_path / 'swarm.sock'}"
    result = CliRunner().invoke(simulate, ["--listen", listen, "--ssh-trouble", "none"])

    assert result.exit_code == 2
    assert "--ssh-trouble is for the hosts that --ssh DIR serves" in result.output
