"""`swarmtui rollcall` and `swarmtui stats` on a real swarm say what its engines say."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import Lab
from tests.lab.ssh_server import SshServer

MACHINES = ("mg0", "w0", "w1")


@pytest.fixture
def home(swarm: Lab, tmp_path: Path) -> Path:
    """Return a home that knows the hosts, with an inventory of them."""
    (tmp_path / ".ssh").mkdir()
    for name in MACHINES:
        add_machine(tmp_path, name, swarm.sshd(name))
    return tmp_path


def add_machine(home: Path, name: str, server: SshServer) -> None:
    """Make a machine known and write it into the inventory."""
    with (home / ".ssh" / "known_hosts").open("a") as known:
        known.write(f"{server.known_hosts_line}\n")
    with (home / "machines.toml").open("a") as inventory:
        inventory.write(f'[machines.{name}]\naddr = "{server.host}"\n')
        inventory.write(f'user = "root"\nkey = "{server.key_path}"\n\n')


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "SSH_AUTH_SOCK": ""}


def command(home: Path, *arguments: str) -> list[str]:
    inventory = str(home / "machines.toml")
    return [sys.executable, "-m", "swarmtui", *arguments, "--inventory", inventory]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(home, *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
        env=environment(home),
    )


def info(lab: Lab, name: str) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(lab.docker("info", "--format={{json .}}", on=name))
    return answer


def test_the_roll_call_tells_who_is_in(swarm: Lab, home: Path) -> None:
    answer = run(home, "rollcall", "--format", "json")
    assert (answer.returncode, answer.stderr) == (0, "")
    rows = {row["machine"]: row for row in json.loads(answer.stdout)}
    assert set(rows) == set(MACHINES)
    for name, row in rows.items():
        said = info(swarm, name)
        assert row["node_id"] == said["Swarm"]["NodeID"] == swarm.node_id(name)
        assert row["swarm_state"] == said["Swarm"]["LocalNodeState"] == "active"
        assert row["is_manager"] == said["Swarm"]["ControlAvailable"] == (name == "mg0")
        assert row["docker_version"] == said["ServerVersion"]
        assert row["managers"] == sorted(m["Addr"] for m in said["Swarm"]["RemoteManagers"])
        assert row["addr"] == swarm.engines[name].address
        assert abs(row["clock_offset_s"]) < 2  # it is one machine, and one clock


def test_the_roll_call_tells_who_is_not_in_and_why(swarm: Lab, home: Path) -> None:
    add_machine(home, "idle", swarm.sshd(swarm.idle_engine().name))
    swarm.sshd("w0").stop()
    swarm.cut("w1")
    try:
        answer = run(home, "rollcall", "--format", "csv")
    finally:
        swarm.mend("w1")
        swarm.sshd("w0")
    assert answer.returncode == 1
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert [row["machine"] for row in rows] == ["w0", "w1", "idle", "mg0"]
    assert [row["swarm_state"] for row in rows] == ["", "", "inactive", "active"]
    assert [row["reachable"] for row in rows] == ["false", "false", "true", "true"]
    assert "nobody listens" in rows[0]["error"]
    assert "in time" in rows[1]["error"]
    text = run(home, "rollcall").stdout.splitlines()
    assert text[-1] == "4 machines: 3 in, 1 in no swarm"


def test_the_stats_of_the_swarms_nodes_are_joined_to_their_tasks(swarm: Lab, home: Path) -> None:
    manager = swarm.engines["mg0"].url
    answer = run(home, "stats", "-H", manager, "--once", "--filter", "hostname:mg0")
    assert answer.returncode == 0, answer.stderr
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert {(row["node_id"], row["hostname"]) for row in rows} == {(swarm.node_id("mg0"), "mg0")}
    _check_tasks(swarm, rows, ["mg0"])


def test_the_stats_of_the_inventory_need_no_manager(swarm: Lab, home: Path) -> None:
    answer = run(home, "stats", "--once")
    assert answer.returncode == 0, answer.stderr
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert {(row["hostname"], row["node_id"]) for row in rows} == {
        (name, swarm.node_id(name)) for name in MACHINES
    }
    _check_tasks(swarm, rows, MACHINES)


def test_the_stats_follow_and_ctrl_c_ends_them_at_once(swarm: Lab, home: Path) -> None:
    with subprocess.Popen(
        command(home, "stats"), stdout=subprocess.PIPE, env=environment(home), text=True
    ) as following:
        assert following.stdout
        seen: dict[str, set[str]] = {name: set() for name in MACHINES}
        while min(map(len, seen.values())) < 3:
            row = json.loads(following.stdout.readline())
            seen[row["hostname"]].add(row["taken_at"])
        following.send_signal(signal.SIGINT)
        assert following.wait(2) == 0


def _check_tasks(
    swarm: Lab, rows: list[dict[str, Any]], names: tuple[str, ...] | list[str]
) -> None:
    """Check that every container of a task is there, by the task's own account."""
    nodes = {swarm.node_id(name) for name in names}
    tasks = [
        task
        for task in swarm.engines["mg0"].get("/tasks").body
        if task.get("NodeID") in nodes and task["Status"]["State"] == "running"
    ]
    services = {
        each["ID"]: each["Spec"]["Name"] for each in swarm.engines["mg0"].get("/services").body
    }
    assert tasks
    assert {
        (row["task_id"], row["service"], row["container_id"], row["node_id"])
        for row in rows
        if row["task_id"]
    } == {
        (
            task["ID"],
            services[task["ServiceID"]],
            task["Status"]["ContainerStatus"]["ContainerID"],
            task["NodeID"],
        )
        for task in tasks
    }
