"""The real ssh client against the simulated hosts: what is right with them."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import paramiko
import pytest

from tests.simulator.conftest import SMALL
from tests.simulator.engines import EPOCH
from tests.simulator.hosts import DIAL, INFO, STATS, VERSION, Hosts, hosting, need_ssh

pytestmark = pytest.mark.hosts

WORKER = "crowsnest-sw001"
AT_PEAK = (*SMALL, "--at", "peak", "--hold", "--epoch", EPOCH)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Serve a small event at the peak, all of whose hosts are well but those that never joined."""
    need_ssh()
    folder = tmp_path_factory.mktemp("hosts")
    with hosting(folder, *AT_PEAK, "--ssh-trouble", "unjoined=4%") as running:
        yield running


def node_of(hosts: Hosts, hostname: str) -> Any:
    return hosts.engine.get(f"/nodes/{hostname}").json


def running_on(hosts: Hosts, hostname: str) -> set[str]:
    tasks = hosts.engine.get("/tasks", filters={"node": [hostname]}).json
    return {task["ID"] for task in tasks if task["Status"]["State"] == "running"}


def next_piece(process: "subprocess.Popen[bytes]") -> bytes:
    assert process.stdout is not None
    return os.read(process.stdout.fileno(), 65536)


def first_frames(hosts: Hosts, name: str, *, until: bytes) -> bytes:
    """Return what `docker stats` writes up to the third `until`."""
    with subprocess.Popen(hosts.command(name, STATS), stdout=subprocess.PIPE) as process:
        seen = b""
        while seen.count(until) < 3:
            piece = next_piece(process)
            assert piece, seen
            seen += piece
        process.terminate()
    return seen[: seen.rindex(until)]


def hostname_with_engine(hosts: Hosts, *versions: str) -> str:
    """Return a hostname that one node has, with an engine of one of the versions and tasks."""
    nodes = hosts.engine.get("/nodes").json
    names: list[str] = [node["Description"]["Hostname"] for node in nodes]
    return next(
        name
        for node, name in zip(nodes, names, strict=True)
        if names.count(name) == 1
        and node["Description"]["Engine"]["EngineVersion"].startswith(versions)
        and node["Status"]["State"] == "ready"
        and running_on(hosts, node["ID"])
    )


def test_docker_info_says_which_node_a_host_is(hosts: Hosts) -> None:
    info = hosts.run(WORKER, INFO).json
    node = node_of(hosts, WORKER)

    assert info["Swarm"]["NodeID"] == node["ID"]
    assert info["Swarm"]["NodeAddr"] == node["Status"]["Addr"]
    assert info["Swarm"]["LocalNodeState"] == "active"
    assert info["Swarm"]["ControlAvailable"] is False
    assert info["Name"] == WORKER
    assert info["ServerVersion"] == node["Description"]["Engine"]["EngineVersion"]
    assert info["MemTotal"] == node["Description"]["Resources"]["MemoryBytes"]
    assert info["ContainersRunning"] == len(running_on(hosts, WORKER))
    assert [manager["Addr"] for manager in info["Swarm"]["RemoteManagers"]] == [
        "10.0.0.1:2377", "10.0.0.2:2377", "10.0.0.3:2377",
    ]  # fmt: skip


def test_docker_info_of_a_manager_is_that_of_the_engine_api(hosts: Hosts) -> None:
    over_ssh = hosts.run("mg0", INFO).json

    assert over_ssh["Swarm"] == hosts.engine.get("/info").json["Swarm"]


def test_docker_info_is_also_told_as_people_read_it(hosts: Hosts) -> None:
    text = hosts.run(WORKER, "docker info").output.decode()

    assert " Swarm: active\n" in text
    assert f"  NodeID: {node_of(hosts, WORKER)['ID']}\n" in text
    assert "  Is Manager: false\n" in text


def test_a_node_is_also_found_by_its_own_address(hosts: Hosts) -> None:
    address = node_of(hosts, WORKER)["Status"]["Addr"]

    assert hosts.run(address, INFO).json["Name"] == WORKER


def test_docker_version_tells_client_and_server(hosts: Hosts) -> None:
    old = hosts.run(hostname_with_engine(hosts, "20.10"), VERSION).json
    new = hosts.run(hostname_with_engine(hosts, "23.", "24."), VERSION).json

    assert old["Client"]["Version"] == "20.10.24"
    assert new["Client"]["Version"] == "28.2.2"
    assert new["Server"]["Version"].startswith(("23.", "24."))


def test_stats_of_an_old_cli_clear_the_screen_before_each_frame(hosts: Hosts) -> None:
    name = hostname_with_engine(hosts, "20.10")
    _, *frames = first_frames(hosts, name, until=b"\x1b[2J\x1b[H").split(b"\x1b[2J\x1b[H")

    assert len(frames) == 2
    for frame in frames:
        lines = [json.loads(line) for line in frame.splitlines()]
        assert {line["Name"].split(".")[2] for line in lines} == running_on(hosts, name)


def test_stats_of_a_new_cli_come_twice_in_each_frame(hosts: Hosts) -> None:
    name = hostname_with_engine(hosts, "23.", "24.")
    stream = first_frames(hosts, name, until=b" \x1b[K\n\x1b[J")

    home, plain, erasing = stream.split(b" \x1b[K\n\x1b[J")[0].split(b"\x1b[H")
    assert home == b""
    assert erasing == plain.replace(b"\n", b" \x1b[K\n")
    lines = [json.loads(line) for line in plain.splitlines()]
    assert {line["Name"].split(".")[2] for line in lines} == running_on(hosts, name)


def test_those_who_watch_the_same_host_see_the_same(hosts: Hosts) -> None:
    frames = {first_frames(hosts, WORKER, until=b"\x1b[H").split(b"\x1b[H")[1] for _ in range(2)}

    assert len(frames) == 1


def test_dial_stdio_leads_to_the_engine_api_of_a_manager(hosts: Hosts) -> None:
    request = b"GET /v1.41/nodes HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
    answer = hosts.run("mg1", DIAL, given=request).output

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert node_of(hosts, WORKER)["ID"].encode() in answer


def test_dial_stdio_of_a_worker_is_refused(hosts: Hosts) -> None:
    ran = hosts.run(WORKER, DIAL)

    assert ran.status == 1
    assert ran.complaint.startswith("failed to open the raw stream connection")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("uptime", "sh: 1: uptime: not found\n"),
        ("docker ps", "sh: 1: docker ps: not found\n"),
        ("docker info; rm -rf /", "sh: 1: docker info;: not found\n"),
        ("docker info --format {{json .}}", "sh: 1: docker info: not found\n"),
        ("'", "sh: 1: ': not found\n"),
    ],
)
def test_any_other_command_is_not_found(hosts: Hosts, line: str, complaint: str) -> None:
    ran = hosts.run(WORKER, line)

    assert (ran.status, ran.output, ran.complaint) == (127, b"", complaint)


def test_machines_that_never_joined_say_why(hosts: Hosts) -> None:
    names = [
        line.split()[1]
        for line in (hosts.folder / "config").read_text().splitlines()
        if line.startswith("Host ") and "-late" in line
    ]
    swarms = [hosts.run(name, INFO).json["Swarm"] for name in names]

    assert {swarm["LocalNodeState"] for swarm in swarms} == {"pending", "error", "inactive"}
    assert {swarm["NodeID"] for swarm in swarms} == {""}
    assert any("i/o timeout" in swarm["Error"] for swarm in swarms)
    assert any("certificate has expired or is not yet valid" in swarm["Error"] for swarm in swarms)


def test_the_eleventh_session_of_a_connection_is_refused(hosts: Hosts) -> None:
    key = paramiko.Ed25519Key.from_private_key_file(str(hosts.folder / "id_ed25519"))
    transport = paramiko.Transport(("127.1.0.1", hosts.port))
    try:
        transport.connect(username="swarm", pkey=key)
        sessions = [transport.open_session(timeout=10) for _ in range(10)]
        with pytest.raises(paramiko.ChannelException, match="Connect failed"):
            transport.open_session(timeout=10)
        sessions.pop().close()
        transport.open_session(timeout=10)
    finally:
        transport.close()
        transport.join(10)


@pytest.mark.parametrize(("user", "has_key"), [("root", True), ("swarm", False)])
def test_only_the_one_user_with_the_one_key_gets_in(hosts: Hosts, user: str, has_key: bool) -> None:
    key = paramiko.Ed25519Key.from_private_key_file(str(hosts.folder / "id_ed25519"))
    transport = paramiko.Transport(("127.1.0.1", hosts.port))
    try:
        transport.start_client(timeout=10)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey(user, key if has_key else paramiko.RSAKey.generate(2048))
    finally:
        transport.close()
        transport.join(10)


def test_an_address_of_no_host_is_hung_up_on(hosts: Hosts) -> None:
    with socket.create_connection(("127.0.0.1", hosts.port), timeout=10) as plain:
        assert plain.recv(100) == b""


def test_a_connection_costs_one_thread_and_only_while_it_lasts(hosts: Hosts) -> None:
    hosts.run(WORKER, "true")
    while hosts.count_threads() > 1:
        pass
    with subprocess.Popen(hosts.command(WORKER, STATS), stdout=subprocess.PIPE) as process:
        assert next_piece(process)
        assert hosts.count_threads() == 2
        process.terminate()
    while hosts.count_threads() > 1:
        pass


def test_a_client_that_does_not_read_holds_up_nobody(hosts: Hosts) -> None:
    with subprocess.Popen(hosts.command(WORKER, STATS), stdout=subprocess.PIPE) as process:
        assert next_piece(process)
        process.send_signal(signal.SIGSTOP)
        try:
            assert hosts.run("mg0", INFO, within_s=10).status == 0
            assert hosts.engine.get("/_ping").status == 200
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_hosts_are_watched(
    tmp_path_factory: pytest.TempPathFactory, number: signal.Signals
) -> None:
    need_ssh()
    with hosting(tmp_path_factory.mktemp("ends"), *AT_PEAK) as hosts:
        watching = [
            subprocess.Popen(
                hosts.command(name, STATS), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            for name in ("mg0", WORKER, "crowsnest-sw002")
        ]
        for process in watching:
            assert next_piece(process)
        hosts.engine.process.send_signal(number)

        assert hosts.engine.process.wait(10) == 0
        assert hosts.engine.process.stderr is not None
        assert hosts.engine.process.stderr.read() == ""
        for process in watching:
            with process:
                assert process.wait(10) == 255
