"""`swarmtui rollcall` and `swarmtui stats` against simulated hosts: which machines are meant."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.hosts

WORKING = "region:fr-par state:ready tasks>0"


class Hosts(NamedTuple):
    """A simulated swarm whose hosts serve ssh."""

    manager: str
    home: Path
    inventory: Path

    @property
    def text(self) -> str:
        return self.inventory.read_text()


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    base = tmp_path_factory.mktemp("simulated")
    manager, home = f"unix://{base}/engine.sock", base / "hosts"
    options = ["--listen", manager, "--ssh", str(home), "--ssh-trouble", "none"]
    crowd = ["--nodes", "12", "--tasks", "36", "--at", "peak", "--speed", "0.1"]
    command = [sys.executable, "-m", "swarmtui", "simulate", *options, *crowd]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout
        assert simulator.stdout.readline().strip() == manager
        if not (home / ".ssh").exists():
            (home / ".ssh").symlink_to(home)
        yield Hosts(manager, home, home / "inventory.toml")
        simulator.terminate()


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "SSH_AUTH_SOCK": ""}
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "MACHINE_STORAGE_PATH", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "swarmtui", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env=environment,
    )


def rows_of(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def nodes(hosts: Hosts, *arguments: str) -> list[dict[str, Any]]:
    answer = run(hosts.home, "nodes", "-H", hosts.manager, "--format", "json", *arguments)
    rows: list[dict[str, Any]] = json.loads(answer.stdout)
    return rows


def test_the_roll_call_of_a_swarm_in_order_ends_with_0(hosts: Hosts) -> None:
    answer = run(hosts.home, "rollcall", "--inventory", str(hosts.inventory), "--format", "json")
    rows = json.loads(answer.stdout)
    up = {node["id"] for node in nodes(hosts) if node["state"] == "ready"}
    assert {row["node_id"] for row in rows if row["reachable"]} == up
    assert answer.returncode == (0 if len(up) == len(rows) else 1)


def test_a_filter_says_which_nodes_are_tailed(hosts: Hosts) -> None:
    wanted = nodes(hosts, "--filter", WORKING)
    assert 0 < len(wanted) < 12
    inventory = ("--inventory", str(hosts.inventory))
    filter_ = ("--filter", WORKING)
    rows = rows_of(run(hosts.home, "stats", "-H", hosts.manager, *inventory, *filter_, "--once"))
    assert {(row["node_id"], row["hostname"]) for row in rows} == {
        (node["id"], node["hostname"]) for node in wanted
    }


def test_machines_at_other_addresses_are_asked_which_node_they_are(
    hosts: Hosts, tmp_path: Path
) -> None:
    """The simulated hosts are at 127.x.x.x, and their nodes at 10.x.x.x."""
    inventory = tmp_path / "machines.toml"
    inventory.write_text(re.sub(r"^node_id = .*\n", "", hosts.text, flags=re.MULTILINE))
    wanted = {node["id"] for node in nodes(hosts, "--filter", WORKING)}
    options = ("--inventory", str(inventory), "--filter", WORKING, "--once")
    rows = rows_of(run(hosts.home, "stats", "-H", hosts.manager, *options))
    assert wanted
    assert {row["node_id"] for row in rows} == wanted


def test_without_a_manager_mine_means_what_the_inventory_says(hosts: Hosts) -> None:
    contributors = re.findall(r'^contributor = "(.*)"$', hosts.text, re.MULTILINE)
    mine = max(set(contributors), key=contributors.count)
    options = ("--inventory", str(hosts.inventory), "--mine", mine.upper(), "--once")
    rows = [json.loads(line) for line in run(hosts.home, "stats", *options).stdout.splitlines()]
    blocks = re.split(r"^\[machines\.", hosts.text, flags=re.MULTILINE)[1:]
    names = {b.split('"')[1] for b in blocks if f'contributor = "{mine}"' in b}
    assert rows
    assert {row["hostname"] for row in rows} <= names


def test_without_an_inventory_nodes_are_looked_for_at_their_addresses(hosts: Hosts) -> None:
    """~/.ssh/config of the simulated home knows those addresses."""
    rows = rows_of(
        run(hosts.home, "stats", "-H", hosts.manager, "--filter", "region:fr-par", "--once")
    )
    assert {row["node_id"] for row in rows} == {
        node["id"] for node in nodes(hosts, "--filter", WORKING)
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["rollcall"], "no machines to ask: name an inventory"),
        (["rollcall", "--inventory", "/none.toml"], "/none.toml"),
        (["rollcall", "--config", "/none/config.toml"], "/none/config.toml"),
        (["stats", "--format", "text"], "needs a terminal"),
        (
            ["stats", "--once", "--inventory", "{inventory}", "--filter", "tasks>1"],
            "name a manager",
        ),
        (
            ["stats", "--once", "--inventory", "{inventory}", "--mine", "nobody"],
            "contributor nobody",
        ),
        (["stats", "--once", "-H", "{manager}", "--filter", "hostname:none"], "no node matches"),
    ],
)
def test_what_names_no_machine_ends_with_one_line(
    hosts: Hosts, tmp_path: Path, arguments: list[str], text: str
) -> None:
    given = [each.format(inventory=hosts.inventory, manager=hosts.manager) for each in arguments]
    answer = run(tmp_path, *given)
    assert answer.returncode == 2
    assert text in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stdout == ""
