"""Against a real engine, and what the docker CLI says of the same."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from swarmtui.collector.portions import Portions
from swarmtui.engine.address import Address
from swarmtui.engine.decode import to_task
from swarmtui.engine.errors import EngineError
from swarmtui.engine.events import iterate_events
from swarmtui.engine.session import Session
from swarmtui.engine.swarm_api import check_is_manager, open_manager, read_info
from swarmtui.swarm.entities import task_name
from swarmtui.swarm.observation import EventSeen, FailureKind
from tests.engine.real_engine import RealEngine, real_engine
from tests.lab.waiting import wait_for


@pytest.fixture(scope="module")
def lonely(engines_allowed: None) -> Iterator[RealEngine]:
    """Return an engine in no swarm."""
    with real_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def engine(lonely: RealEngine) -> RealEngine:
    """Return a swarm of one with two services that nobody can run."""
    lonely.begin_swarm()
    node = lonely.docker("node", "ls", "-q")
    lonely.docker("node", "update", "--label-add", "region=here", "--availability=pause", node)
    create = ("service", "create", "--detach", "--network=host", "--label=a=b")
    lonely.docker(*create, "--name=web", "--replicas=3", "--env=SECRET=1", "local/none:1")
    lonely.docker(*create, "--name=probe", "--mode=global", "local/none:2")
    wait_for(
        lambda: len(lonely.docker("service", "ps", "web", "-q").split()) == 3,
        within_s=20,
        what="three tasks",
    )
    return lonely


@pytest.mark.parametrize("path", ["/info", "/nodes", "/services", "/tasks"])
def test_an_engine_in_no_swarm_says_so_whatever_is_asked(lonely: RealEngine, path: str) -> None:
    """First in this file: the engine joins a swarm for the tests that follow."""
    session = Session(Address(url=lonely.host, api_version="1.41"))
    with pytest.raises(EngineError) as caught:
        check_is_manager(read_info(session), host="m1") if path == "/info" else session.read(path)
    session.close()
    assert caught.value.kind is FailureKind.NOT_IN_SWARM


def rows(engine: RealEngine, *args: str) -> list[dict[str, Any]]:
    """Return what the docker CLI prints as JSON lines."""
    text = engine.docker(*args, "--no-trunc", "--format", "{{json .}}")
    return [json.loads(row) for row in text.splitlines()]


def rows_of(engine: RealEngine, *args: str) -> list[dict[str, Any]]:
    """Return what the docker CLI prints as JSON lines, for commands that never cut ids short."""
    return [json.loads(r) for r in engine.docker(*args, "--format", "{{json .}}").splitlines()]


@pytest.mark.parametrize("version", ["1.11", "1.99"])
def test_versions_the_engine_does_not_speak_are_refused(engine: RealEngine, version: str) -> None:
    with pytest.raises(EngineError) as caught:
        open_manager(Address(url=engine.host, api_version=version))
    assert caught.value.kind is FailureKind.VERSION


def test_the_manager_is_who_the_docker_cli_says(engine: RealEngine) -> None:
    manager = open_manager(Address(url=engine.host))
    manager.close()
    info = json.loads(engine.docker("info", "--format", "{{json .}}"))
    assert manager.cluster_id == info["Swarm"]["Cluster"]["ID"]
    assert manager.node_id == info["Swarm"]["NodeID"]
    assert manager.engine_version == info["ServerVersion"]
    assert manager.hostname == info["Name"]
    assert manager.api_version == engine.docker("version", "--format", "{{.Server.APIVersion}}")


def test_nodes_are_what_the_docker_cli_prints(engine: RealEngine) -> None:
    manager = open_manager(Address(url=engine.host))
    (node,) = manager.read_nodes()
    manager.close()
    (row,) = rows_of(engine, "node", "ls")
    assert (node.id, node.hostname, node.engine_version) == (
        row["ID"],
        row["Hostname"],
        row["EngineVersion"],
    )
    assert node.state.title() == row["Status"]
    assert node.availability.title() == row["Availability"]
    assert node.is_leader
    assert row["ManagerStatus"] == "Leader"
    inspected = json.loads(engine.docker("node", "inspect", node.id))[0]
    assert node.labels == inspected["Spec"]["Labels"] == {"region": "here"}
    assert node.addr == inspected["Status"]["Addr"]
    assert node.memory_bytes == inspected["Description"]["Resources"]["MemoryBytes"]
    assert node.version == inspected["Version"]["Index"]


def test_tasks_asked_for_in_portions_are_all_of_them_and_none_twice(engine: RealEngine) -> None:
    manager = open_manager(Address(url=engine.host))
    web = next(service for service in manager.read_services() if service.name == "web")
    portions = Portions()

    def ask() -> list[str]:
        pieces = (manager.iterate_service_tasks(web.id, ids) for ids in portions.of(web.id))
        return [task.id for asked in pieces for piece in asked for task in piece.objects]

    for _ in range(2):
        before = ask()
        portions.refine(web.id)
        found = ask()
        assert len(set(found)) == len(found)
        # Tasks of an image that is nowhere fail, and new ones take their places meanwhile.
        assert set(found) >= set(before) & set(ask())
        assert found
    manager.close()


def test_tasks_of_a_service_that_was_removed_are_gone_and_nothing_else_is_wrong(
    engine: RealEngine,
) -> None:
    manager = open_manager(Address(url=engine.host))
    with pytest.raises(EngineError) as caught:
        list(manager.iterate_service_tasks("q9oax0i7wpfn5kn6sx0j7xarg"))
    assert caught.value.kind is FailureKind.GONE
    assert manager.read_nodes()
    manager.close()


def test_services_and_tasks_are_what_the_docker_cli_prints(engine: RealEngine) -> None:
    manager = open_manager(Address(url=engine.host))
    services = {service.name: service for service in manager.read_services()}
    seen = {
        task_name(task, service): task
        for service in services.values()
        for piece in manager.iterate_service_tasks(service.id)
        for task in (to_task(json_) for json_ in piece.objects)
    }
    manager.close()
    printed = {row["Name"]: row for row in rows_of(engine, "service", "ls")}
    assert {name: service.mode for name, service in services.items()} == {
        name: row["Mode"] for name, row in printed.items()
    }
    assert services["web"].replicas == 3
    assert services["web"].labels == {"a": "b"}
    for name, service in services.items():
        assert service.image == printed[name]["Image"]
        for row in rows(engine, "service", "ps", name):
            # For global services the CLI names the task by its node's id.
            task = seen.pop(row["Name"])
            assert task.id == row["ID"]
            assert task.state.title() == row["CurrentState"].split()[0]
            assert task.desired.title() == row["DesiredState"]
            assert task.error == row["Error"].strip('"')
            assert task.image == row["Image"]
    assert seen == {}


def test_events_are_seen_while_they_happen(engine: RealEngine) -> None:
    session = Session(Address(url=engine.host))
    events: list[EventSeen] = []

    def follow() -> None:
        try:
            for event in iterate_events(session, now=lambda: datetime.now(UTC)):
                events.append(event)  # noqa: PERF402 - the list is looked at meanwhile
        except EngineError as error:
            assert "closed here" in error.text  # noqa: PT017 - the thread's own end

    thread = threading.Thread(target=follow)
    thread.start()
    node = engine.docker("node", "ls", "-q")

    def has_seen() -> bool:
        for availability in ("active", "pause"):
            engine.docker("node", "update", f"--availability={availability}", node)
        return any(event.detail == "availability pause → active" for event in events)

    try:
        wait_for(has_seen, within_s=20, what="an event of the node")
    finally:
        session.close()
        thread.join(timeout=5)
    assert not thread.is_alive()
    seen = next(event for event in events if event.detail)
    assert (seen.type, seen.action, seen.actor_id) == ("node", "update", node)


@pytest.fixture
def sshd(engine: RealEngine, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Return the address of a real sshd whose docker CLI reaches the engine, and a home for it."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    Path("/run/sshd").mkdir(exist_ok=True)
    keys = tmp_path / "authorized_keys"
    keys.write_text((tmp_path / "user.pub").read_text())
    keys.chmod(0o600)
    options = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": keys,
        "PasswordAuthentication": "no",
        "StrictModes": "no",
        "PidFile": "none",
        # A home of its own: the shell would run what this machine's user has in .bashrc.
        "SetEnv": f"DOCKER_HOST={engine.host} HOME={tmp_path}",
    }
    flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", *flags])
    host_key = " ".join((tmp_path / "host.pub").read_text().split()[:2])
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    (home / ".ssh" / "config").write_text(f"IdentityFile {tmp_path / 'user'}\n")
    try:
        wait_for(lambda: _listens(port), within_s=10, what="sshd")
        yield f"ssh://root@127.0.0.1:{port}", home
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_a_manager_behind_a_real_sshd_is_read(engine: RealEngine, sshd: tuple[str, Path]) -> None:
    url, home = sshd
    manager = open_manager(Address(url=url), home=home)
    (node,) = manager.read_nodes()
    assert node.id == engine.docker("node", "ls", "-q")
    assert len(manager.read_services()) == 2
    manager.close()


def test_an_engine_that_was_killed_is_refused_at_once(engine: RealEngine) -> None:
    """Last in this file: it takes the engine away."""
    manager = open_manager(Address(url=engine.host))
    engine.stop()
    with pytest.raises(EngineError) as caught:
        manager.read_nodes()
    assert caught.value.kind is FailureKind.REFUSED
    manager.close()
