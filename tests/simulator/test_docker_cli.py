"""The real docker CLI works against the simulated swarm and shows what it holds."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.engines import Engine, simulating

CANDIDATES = ("/usr/bin/docker", "/usr/local/bin/docker", shutil.which("docker") or "")
INSTALLED = sorted({path for path in CANDIDATES if path and Path(path).exists()})


@pytest.fixture(scope="module", params=INSTALLED or ["missing"])
def docker(request: pytest.FixtureRequest, peak: Engine) -> "Docker":
    if request.param == "missing":
        pytest.skip("the docker CLI is not installed")
    return Docker(request.param, peak.address)


class Docker:
    """A docker CLI that talks to one engine."""

    def __init__(self, binary: str, address: str) -> None:
        self.binary = binary
        self.address = address

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.binary, "-H", self.address, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        )

    def lines(self, *arguments: str) -> list[str]:
        completed = self.run(*arguments)
        assert completed.returncode == 0, completed.stderr
        return completed.stdout.splitlines()


def test_node_ls_shows_every_node_with_its_state(docker: Docker, peak: Engine) -> None:
    shown = docker.lines("node", "ls", "--format", "{{.ID}} {{.Hostname}} {{.Status}}")
    held = [
        f"{n['ID']} {n['Description']['Hostname']} {n['Status']['State'].capitalize()}"
        for n in peak.get("/nodes").json
    ]

    assert sorted(shown) == sorted(held)


def test_node_ls_shows_who_leads_and_which_node_answers(docker: Docker) -> None:
    leader = docker.lines("node", "ls", "--filter", "role=manager")[1].split()

    assert leader[1:6] == ["*", "mg0", "Ready", "Drain", "Leader"]


def test_node_inspect_shows_a_node(docker: Docker) -> None:
    text = "\n".join(docker.lines("node", "inspect", "--pretty", "crowsnest-sw001"))
    node = json.loads("\n".join(docker.lines("node", "inspect", "crowsnest-sw001")))[0]

    assert "State:\t\t\tReady" in text
    assert node["Description"]["Engine"]["Labels"]["region"] == "sgp1"


def test_node_ps_shows_the_tasks_of_a_node(docker: Docker, peak: Engine) -> None:
    name = "crowsnest-sw001"
    shown = docker.lines("node", "ps", "--no-trunc", "--format", "{{.ID}} {{.Node}}", name)
    held = [task["ID"] for task in peak.get("/tasks", filters={"node": [name]}).json]

    assert sorted(shown) == sorted(f"{identity} {name}" for identity in held)
    assert held


def test_service_ls_shows_running_against_wanted(docker: Docker, peak: Engine) -> None:
    shown = docker.lines("service", "ls", "--format", "{{.Name}} {{.Replicas}}")
    held = [
        f"{s['Spec']['Name']} "
        f"{s['ServiceStatus']['RunningTasks']}/{s['ServiceStatus']['DesiredTasks']}"
        for s in peak.get("/services", status="true").json
    ]

    assert sorted(shown) == sorted(held)


def test_service_ps_shows_states_and_errors(docker: Docker, peak: Engine) -> None:
    shown = docker.lines(
        "service", "ps", "--no-trunc", "--format", "{{.DesiredState}}|{{.Error}}", "ml_trainer"
    )

    assert all(line.startswith("Running|") for line in shown)
    assert all("no suitable node (insufficient resources" in line for line in shown)
    assert len(shown) == len(peak.get("/tasks", filters={"service": ["ml_trainer"]}).json)


def test_service_ps_indents_the_tasks_a_slot_had_before(docker: Docker, peak: Engine) -> None:
    slots = Counter((task["ServiceID"], task.get("Slot")) for task in peak.get("/tasks").json)
    (service, slot), kept = slots.most_common(1)[0]
    shown = docker.lines("service", "ps", "--filter", f"name=x.{slot}", service)
    everything = docker.lines("service", "ps", service)

    assert kept > 1
    assert len(shown) == 1
    assert any("\\_" in line for line in everything)


def test_service_inspect_shows_a_service(docker: Docker) -> None:
    text = "\n".join(docker.lines("service", "inspect", "--pretty", "shop_web"))

    assert "Name:\t\tshop_web" in text
    assert "registry.example/shop/web:4.2.0" in text


def test_stack_ls_counts_the_services_of_each_stack(docker: Docker) -> None:
    shown = docker.lines("stack", "ls", "--format", "{{.Name}} {{.Services}}")

    assert "blog 2" in shown
    assert len(shown) == 11


def test_info_shows_the_swarm(docker: Docker) -> None:
    text = "\n".join(docker.lines("info"))

    assert "Swarm: active" in text
    assert "Is Manager: true" in text
    assert "Managers: 3" in text
    assert "Nodes: 120" in text


def test_version_shows_client_and_server(docker: Docker) -> None:
    shown = docker.lines("version", "--format", "{{.Server.Version}} {{.Server.APIVersion}}")

    assert shown == ["20.10.24 1.41"]


def test_network_ls_and_ps_work(docker: Docker) -> None:
    assert any("ingress" in line for line in docker.lines("network", "ls"))
    assert len(docker.lines("ps")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("node", "update", "--availability", "drain", "mg0"),
        ("service", "scale", "--detach", "shop_web=1"),
        ("service", "rm", "shop_web"),
        ("swarm", "leave", "--force"),
    ],
)
def test_commands_that_change_something_are_refused(
    docker: Docker, arguments: tuple[str, ...]
) -> None:
    completed = docker.run(*arguments)

    assert "it can be looked at, not changed" in completed.stdout + completed.stderr


def test_what_is_not_there_is_said_so(docker: Docker) -> None:
    completed = docker.run("node", "inspect", "nowhere")

    assert completed.returncode == 1
    assert "nowhere" in completed.stderr


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("moving")
    with simulating(folder, "--nodes", "1000", "--tasks", "300", "--at", "20") as engine:
        yield engine


def test_events_are_shown_as_they_happen(docker: Docker, moving: Engine) -> None:
    watching = Docker(docker.binary, moving.address)
    shown = watching.lines("events", "--since", "10s", "--until", "0s", "--filter", "type=node")

    assert any("node create" in line for line in shown)
    assert any("state.new=ready" in line for line in shown)


@pytest.mark.parametrize(
    ("face", "words"),
    [
        ("worker", "This node is not a swarm manager. Worker nodes can't be used"),
        ("locked", "Swarm is encrypted and needs to be unlocked"),
    ],
)
def test_an_engine_that_is_no_manager_is_reported(
    docker: Docker, tmp_path: Path, face: str, words: str
) -> None:
    with simulating(tmp_path, "--nodes", "5", "--tasks", "5", "--as", face) as engine:
        completed = Docker(docker.binary, engine.address).run("node", "ls")

    assert completed.returncode == 1
    assert words in completed.stderr
