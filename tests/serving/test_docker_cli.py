"""The real docker CLI, old and new, shows a recorded moment."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.serving import serving
from tests.simulator.engines import Engine
from tests.simulator.test_docker_cli import INSTALLED, Docker

AT = "+2m"


@pytest.fixture(scope="module")
def past(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with serving(evening, tmp_path_factory.mktemp("past"), "--at", AT) as engine:
        yield engine


@pytest.fixture(scope="module", params=INSTALLED or ["missing"])
def docker(request: pytest.FixtureRequest, past: Engine) -> Docker:
    if request.param == "missing":
        pytest.skip("the docker CLI is not installed")
    return Docker(request.param, past.address)


def test_node_ls_shows_the_nodes_of_that_moment(docker: Docker) -> None:
    shown = docker.lines(
        "node", "ls", "--format", "{{.Hostname}} {{.Self}} {{.Status}} {{.ManagerStatus}}"
    )

    assert sorted(shown) == [
        "mg0 true Ready Leader",
        "mg1 false Ready Reachable",
        "mg2 false Ready Reachable",
        "worker-0 false Ready ",
        "worker-1 false Down ",
        "worker-2 false Ready ",
        "worker-3 false Ready ",
        "worker-4 false Ready ",
    ]


def test_node_inspect_shows_a_node(docker: Docker) -> None:
    pretty = " ".join("\n".join(docker.lines("node", "inspect", "--pretty", "worker-1")).split())
    (node,) = json.loads("\n".join(docker.lines("node", "inspect", "mg0")))

    assert "State: Down" in pretty
    assert "Message: Heartbeat failure" in pretty
    assert node["ManagerStatus"]["Leader"] is True


def test_inspect_finds_out_what_is_meant(docker: Docker) -> None:
    for name in ("worker-3", "shop_web", "web1"):
        (found,) = json.loads("\n".join(docker.lines("inspect", name)))
        assert found["ID"]


def test_node_ps_shows_the_tasks_of_a_node(docker: Docker) -> None:
    shown = docker.lines("node", "ps", "--format", "{{.Name}} {{.Node}}", "worker-4")

    assert sorted(line.strip() for line in shown) == [
        "agent.w4xxxxxxxxxxxxxxxxxxxxxxx worker-4",
        "shop_web.3 worker-4",
        "shop_web.4 worker-4",
    ]


def test_service_ls_shows_running_against_wanted(docker: Docker) -> None:
    shown = docker.lines("service", "ls", "--format", "{{.Name}}|{{.Mode}}|{{.Replicas}}")

    assert sorted(shown) == [
        "agent|global|5/5",
        "job|replicated job|0/2 (0/2 completed)",
        "shop_web|replicated|5/6",
    ]


def test_service_ps_shows_states_ages_and_errors(docker: Docker) -> None:
    shown = docker.lines(
        "service", "ps", "--no-trunc", "--format",
        "{{.Name}}|{{.Node}}|{{.DesiredState}}|{{.CurrentState}}|{{.Error}}", "shop_web",
    )  # fmt: skip

    assert shown == [
        "shop_web.1|worker-1|Running|Running 6 minutes ago|",
        "shop_web.2|worker-2|Running|Running 6 minutes ago|",
        "shop_web.3|worker-3|Running|Running 6 minutes ago|",
        'shop_web.3|worker-4|Shutdown|Failed 8 minutes ago|"task: non-zero exit (137)"',
        "shop_web.4|worker-4|Running|Running 6 minutes ago|",
        "shop_web.5|worker-0|Running|Running 6 minutes ago|",
        'shop_web.6||Running|Pending 2 minutes ago|"no suitable node (no room on 5 nodes)"',
    ]


def test_service_ps_puts_the_tasks_a_slot_had_before_below_it(docker: Docker) -> None:
    names = [line.split()[1] for line in docker.lines("service", "ps", "shop_web")[1:]]

    assert names[2:5] == ["shop_web.3", "\\_", "shop_web.4"]


@pytest.mark.parametrize("name", ["shop_web", "agent", "job"])
def test_service_inspect_shows_a_service(docker: Docker, name: str) -> None:
    pretty = "\n".join(docker.lines("service", "inspect", "--pretty", name))

    assert f"Name:\t\t{name}" in pretty
    assert "local/busybox:1" in pretty


def test_stack_ls_and_stack_ps_find_what_is_labelled(docker: Docker) -> None:
    assert docker.lines("stack", "ls", "--format", "{{.Name}} {{.Services}}") == ["shop 1"]
    assert len(docker.lines("stack", "ps", "--quiet", "shop")) == 7


def test_info_shows_the_swarm_and_says_that_it_is_a_recording(docker: Docker) -> None:
    completed = docker.run("info")

    assert completed.returncode == 0
    assert "Swarm: active" in completed.stdout
    assert "Nodes: 8" in completed.stdout
    assert "this is a recording, as of 2026-07-22 12:02:00 UTC" in completed.stderr


def test_version_shows_the_engine_that_was_asked_and_the_moment(docker: Docker) -> None:
    shown = docker.lines("version", "--format", "{{.Server.Version}} {{.Server.Platform.Name}}")

    assert shown == ["20.10.24 swarmtui serve, a recording at 2026-07-22 12:02:00 UTC"]


def test_events_end_when_told_and_are_none_while_time_stands(docker: Docker) -> None:
    assert docker.lines("events", "--since", "1m", "--until", "0s") == []


def test_neither_stats_nor_ps_hang(docker: Docker) -> None:
    assert len(docker.lines("stats", "--no-stream")) == 1
    assert len(docker.lines("ps")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("node", "update", "--availability", "drain", "mg0"),
        ("node", "rm", "worker-1"),
        ("service", "scale", "--detach", "shop_web=1"),
        ("swarm", "leave", "--force"),
    ],
)
def test_commands_that_change_something_are_refused(
    docker: Docker, arguments: tuple[str, ...]
) -> None:
    completed = docker.run(*arguments)

    assert "it can be looked at, not changed" in completed.stdout + completed.stderr


def test_there_are_no_join_tokens(docker: Docker) -> None:
    completed = docker.run("swarm", "join-token", "worker")

    assert completed.returncode == 1
    assert "a recording holds no join tokens" in completed.stderr
