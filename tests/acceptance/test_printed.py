"""What the printing commands say of a real swarm is what the docker CLI says."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.lab.lab import Lab


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swarmtui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def ask(lab: Lab, *arguments: str, on: str = "mg0") -> Any:
    answer = run(*arguments, "-H", lab.engines[on].url, "--format", "json")
    assert answer.stderr == ""
    return json.loads(answer.stdout)


def docker_rows(lab: Lab, *arguments: str) -> list[dict[str, Any]]:
    """Return what `docker … --format json` prints, a dictionary a line."""
    printed = lab.docker(*arguments, "--format={{json .}}", on="mg0")
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("asked", ["mg0", "mg1", "mg2"])
def test_status_equals_what_the_docker_cli_says(swarm: Lab, asked: str) -> None:
    status = ask(swarm, "status", on=asked)
    info = json.loads(swarm.docker("info", "--format={{json .}}", on=asked))
    version = json.loads(swarm.docker("version", "--format={{json .}}", on=asked))
    nodes = docker_rows(swarm, "node", "ls")
    leader = next(node for node in nodes if node["ManagerStatus"] == "Leader")
    services = docker_rows(swarm, "service", "ls")

    assert status["schema"] == 1
    assert status["cluster_id"] == info["Swarm"]["Cluster"]["ID"]
    assert status["manager"] == {
        "host": swarm.engines[asked].url,
        "api_version": version["Server"]["ApiVersion"],
        "engine_version": version["Server"]["Version"],
        "role": "leader" if leader["Hostname"] == asked else "follower",
    }
    assert status["leader"] == {
        "id": leader["ID"],
        "hostname": leader["Hostname"],
        "addr": swarm.engines[leader["Hostname"]].address,
    }
    assert status["quorum"] == {"managers": 3, "reachable": 3, "needed": 2, "margin": 1}
    assert status["nodes"] == {
        "total": info["Swarm"]["Nodes"],
        "ready": len([node for node in nodes if node["Status"] == "Ready"]),
        "down": 0,
        "unknown": 0,
        "disconnected": 0,
        "drain": 0,
        "pause": 0,
    }
    assert {
        (each["id"][:12], each["name"], each["mode"], f"{each['running']}/{each['desired']}")
        for each in status["services"]
    } == {(each["ID"], each["Name"], each["Mode"], each["Replicas"]) for each in services}
    tasks = _tasks(swarm)
    assert status["tasks"]["desired"] == 13
    assert status["tasks"]["running"] == len([t for t in tasks if _state(t) == "running"])
    assert status["tasks"]["running_on_ready"] == status["tasks"]["running"]
    assert status["tasks"]["running_on_lost"] == 0
    assert status["tasks"]["by_state"] == {
        state: len([t for t in tasks if _state(t) == state]) for state in {_state(t) for t in tasks}
    }
    regions = {region["name"]: (region["nodes"], region["ready"]) for region in status["regions"]}
    assert regions == {
        "us-east-1": (1, 1),
        "eu-west-1": (2, 2),
        "ams3": (1, 1),
        "unplaced": (1, 1),
    }
    contributors = {group["name"]: group["nodes"] for group in status["contributors"]}
    assert contributors == {"Organiser": 1, "Internet Thailand": 2, "unclaimed": 2}
    assert {problem["kind"] for problem in status["problems"]} == {"unplaceable"}
    assert all(0 <= age < 10 for age in status["ages"].values())


def test_nodes_equal_those_of_the_docker_cli(swarm: Lab) -> None:
    printed = {row["id"]: row for row in ask(swarm, "nodes")}
    for node in docker_rows(swarm, "node", "ls"):
        row = printed.pop(node["ID"])
        assert (row["hostname"], row["state"].title()) == (node["Hostname"], node["Status"])
        assert row["availability"].title() == node["Availability"]
        assert row["engine_version"] == node["EngineVersion"]
        assert row["leader"] == (node["ManagerStatus"] == "Leader")
        assert bool(row["reachability"]) == bool(node["ManagerStatus"])
        inspected = json.loads(swarm.docker("node", "inspect", node["ID"]))[0]
        assert row["memory_bytes"] == inspected["Description"]["Resources"]["MemoryBytes"]
        assert row["labels"] == inspected["Spec"].get("Labels", {})
        assert row["addr"] == swarm.engines[row["hostname"]].address
    assert printed == {}


def test_services_and_tasks_equal_those_of_the_docker_cli(swarm: Lab) -> None:
    services = {row["name"]: row for row in ask(swarm, "services")}
    for service in docker_rows(swarm, "service", "ls"):
        row = services.pop(service["Name"])
        assert f"{row['running']}/{row['desired']}" == service["Replicas"]
        assert (row["mode"], row["image"]) == (service["Mode"], service["Image"])
    assert services == {}
    rows = ask(swarm, "tasks")
    seen = {(row["id"][:12], row["state"], row["desired_state"], row["hostname"]) for row in rows}
    assert seen == {
        (task["ID"], _state(task), task["DesiredState"].lower(), task["Node"])
        for task in _tasks(swarm)
    }
    pending = [row for row in rows if row["service"] == "nowhere"]
    assert [row["state"] for row in pending] == ["pending", "pending"]
    assert all("no suitable node (scheduling constraints" in row["error"] for row in pending)


def test_a_filter_prints_what_it_means(swarm: Lab) -> None:
    rows = ask(swarm, "nodes", "--filter", 'contributor:"Internet Thailand" region:eu-west-1')
    assert [(row["hostname"], row["region_from"]) for row in rows] == [
        ("w0", "engine label"),
        ("w1", "node label"),
    ]
    rows = ask(swarm, "tasks", "--filter", "hostname:w0 service:agent state:running")
    assert {row["hostname"] for row in rows} == {"w0"}


def test_the_exit_status_tells_the_health(swarm: Lab) -> None:
    status = run("status", "-H", swarm.engines["mg0"].url)
    assert status.returncode == 1
    assert "2 tasks of nowhere cannot be placed" in status.stdout


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("worker", "is a worker of its swarm"),
        ("idle", "is in no swarm"),
        ("locked", "is locked; unlock it there"),
        ("nothing", "no socket at"),
    ],
)
def test_what_is_no_manager_is_one_line_with_the_next_step(
    swarm: Lab, engine: str, text: str
) -> None:
    url = {
        "worker": lambda: swarm.engines["w0"].url,
        "idle": lambda: swarm.idle_engine().url,
        "locked": lambda: swarm.locked_engine().url,
        "nothing": lambda: f"unix://{swarm.folder}/nothing.sock",
    }[engine]()
    for command in ("status", "nodes", "tasks"):
        answer = run(command, "-H", url)
        assert answer.returncode == 3
        assert answer.stdout == ""
        assert len(answer.stderr.splitlines()) == 1
        assert text in answer.stderr


def test_tls_goes_by_the_given_ca_whatever_the_environment_says(
    swarm: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = swarm.tls_engine()
    files = engine.options.tls
    assert files is not None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = ["--tlscert", str(files.cert), "--tlskey", str(files.key), "-H", engine.tcp_url]
    # The engine is in no swarm: to be told so, one has to get through to it.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files.wrong_ca))
    trusted = run("status", "--tlsverify", "--tlscacert", str(files.ca), *client)
    assert (trusted.returncode, "is in no swarm" in trusted.stderr) == (3, True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files.ca))
    refused = run("status", "--tlsverify", "--tlscacert", str(files.wrong_ca), *client)
    assert (refused.returncode, "not signed by the given CA" in refused.stderr) == (3, True)


def _tasks(swarm: Lab) -> list[dict[str, Any]]:
    names = [service["Name"] for service in docker_rows(swarm, "service", "ls")]
    return [task for name in names for task in docker_rows(swarm, "service", "ps", name)]


def _state(task: dict[str, Any]) -> str:
    return str(task["CurrentState"]).split()[0].lower()
