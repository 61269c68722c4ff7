"""The lab itself: what other tests rely on."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import claim, image, processes
from tests.lab.engine import EngineOptions
from tests.lab.errors import DockerFailedError, LabTimeoutError
from tests.lab.lab import Lab
from tests.lab.plugin import ENGINE_LABELS, NODE_LABELS
from tests.lab.proxy import Proxy
from tests.lab.rack import Rack
from tests.lab.request_log import LoggedRequest
from tests.lab.waiting import wait_for

ROOT = Path(__file__).parents[2]
OLDER_CLI = Path("/usr/bin/docker")

# A run with an engine and a container, which says when it is ready to be killed.
DOOMED = """
from tests.lab import image
from tests.lab.engine import EngineOptions
from tests.lab.rack import Rack
with Rack() as rack:
    rack.add_engines(EngineOptions("solo"))
    rack.docker("run", "--detach", "--network=host", image.NAME, on="solo")
    rack.freeze("solo")
    print(rack.engines["solo"].pid, rack.claim.record, flush=True)
    input()
"""


@pytest.fixture
def doomed_run(engines_allowed: None) -> Iterator[subprocess.Popen[str]]:
    """Return the process of another run, which has a lab of its own."""
    command = [sys.executable, "-c", DOOMED]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        yield run
        run.kill()


def test_a_swarm_forms(healthy_lab: Lab) -> None:
    """Managers and workers are ready, and each node's host name is its engine's name."""
    nodes = {node.name: node for node in healthy_lab.nodes()}
    assert {name: node.role for name, node in nodes.items()} == {
        **dict.fromkeys(["mg0", "mg1", "mg2"], "manager"),
        **dict.fromkeys(["w0", "w1"], "worker"),
    }
    assert {node.state for node in nodes.values()} == {"ready"}
    assert healthy_lab.leader() in healthy_lab.managers


def test_labels_are_set(healthy_lab: Lab) -> None:
    """Engine labels are the engines' own, node labels are the swarm's; `heal` restores them."""
    listed = healthy_lab.engines["mg0"].get("/nodes").body
    engines = {
        node["Description"]["Hostname"]: node["Description"]["Engine"].get("Labels", {})
        for node in listed
    }
    assert {name: labels for name, labels in engines.items() if labels} == ENGINE_LABELS
    healthy_lab.label("mg1", region="nowhere")
    assert _node_labels(healthy_lab) == {**NODE_LABELS, "mg1": {"region": "nowhere"}}
    healthy_lab.heal()
    assert _node_labels(healthy_lab) == NODE_LABELS


def test_engines_are_reached_over_tcp_from_this_machine(healthy_lab: Lab) -> None:
    """The docker CLI sees the same engine over both addresses."""
    engine = healthy_lab.engines["w1"]
    command = [str(healthy_lab.cli), "info", "--format={{.Name}}"]
    environment = healthy_lab.cli_environment(engine.tcp_url)
    over_tcp = subprocess.check_output(command, env=environment, text=True)
    assert over_tcp == healthy_lab.docker(*command[1:], on="w1") == "w1\n"


def test_services_run_real_tasks(healthy_lab: Lab) -> None:
    """Both modes converge; a removed service leaves no tasks."""
    healthy_lab.create_service("web", replicas=4, labels={"tier": "front"})
    healthy_lab.create_service("agent", replicas=None)
    listed = healthy_lab.docker("service", "ls", "--format={{.Name}} {{.Mode}} {{.Replicas}}")
    assert sorted(listed.splitlines()) == ["agent global 5/5", "web replicated 4/4"]
    healthy_lab.remove_service("web")
    tasks = healthy_lab.docker("node", "ps", "w0", "--format={{.Name}}")
    assert {name.partition(".")[0] for name in tasks.split()} == {"agent"}


def test_a_service_that_cannot_run_is_told(healthy_lab: Lab) -> None:
    """The wait has an end."""
    options = ["--constraint=node.labels.moon==yes"]
    with pytest.raises(LabTimeoutError, match="all tasks of nowhere run"):
        healthy_lab.create_service("nowhere", options=options, converge_within_s=0.5)
    healthy_lab.remove_service("nowhere")


def test_the_engines_log_shows_every_request_but_the_labs_own(healthy_lab: Lab) -> None:
    """Any client's request is there, whatever its method."""
    mark = healthy_lab.mark()
    healthy_lab.docker("node", "ls")
    healthy_lab.engines["mg0"].get("/nodes?filters={}")
    assert healthy_lab.requests("mg0", since=mark) == []
    _ask(healthy_lab.engines["mg0"].socket, b"GET /v1.41/nodes?a=b HTTP/1.0\r\n\r\n")
    _ask(healthy_lab.engines["mg0"].socket, b"DELETE /v1.41/nodes/none HTTP/1.0\r\n\r\n")
    assert healthy_lab.requests("mg0", since=mark) == [
        LoggedRequest("GET", "/v1.41/nodes?a=b"),
        LoggedRequest("DELETE", "/v1.41/nodes/none"),
    ]


def test_a_proxy_records_what_the_docker_cli_does(healthy_lab: Lab, tmp_path: Path) -> None:
    """The same requests, in the same order, as the engine itself logs."""
    mark = healthy_lab.mark()
    with Proxy(healthy_lab.engines["mg0"].url, f"unix://{tmp_path}/proxy.sock") as proxy:
        _run_cli(healthy_lab, proxy.address, "node", "ls")
        _run_cli(healthy_lab, proxy.address, "node", "update", "--label-add=a=b", "w0")
        seen = [(request.method, request.path) for request in proxy.traffic.requests]
        assert {"HEAD", "GET", "POST"} <= proxy.traffic.methods
    logged = healthy_lab.requests("mg0", since=mark)
    assert seen == [(request.method, request.path) for request in logged]


def test_another_docker_cli_can_be_chosen(healthy_lab: Lab) -> None:
    """Versions differ in what they ask and print."""
    if not OLDER_CLI.exists():
        pytest.skip(f"there is no {OLDER_CLI}")
    client = healthy_lab.docker("version", "--format={{.Client.Version}}", binary=OLDER_CLI)
    expected = subprocess.check_output([OLDER_CLI, "--version"], text=True)
    assert client.strip() in expected


def test_a_failing_docker_cli_says_why(healthy_lab: Lab) -> None:
    """Its words are in the error."""
    with pytest.raises(DockerFailedError, match="not a swarm manager"):
        healthy_lab.docker("node", "ls", on="w0")


def test_ssh_leads_to_the_engine(healthy_lab: Lab) -> None:
    """The real ssh client gets in with strict checking, and `docker` works there."""
    server = healthy_lab.sshd("mg1")
    command = ["ssh", *server.client_options, f"{server.user}@{server.host}"]
    asked = [*command, "docker version --format '{{.Server.Version}}'; hostname"]
    version = healthy_lab.docker("version", "--format={{.Server.Version}}", on="mg1")
    assert subprocess.check_output(asked, text=True) == f"{version}mg1\n"


def test_ssh_connections_can_be_dropped_and_refused(healthy_lab: Lab) -> None:
    """A dropped client ends; a stopped server refuses; a started one welcomes again."""
    server = healthy_lab.sshd("mg1")
    command = ["ssh", *server.client_options, f"{server.user}@{server.host}"]
    with subprocess.Popen(
        [*command, "echo in; sleep 60"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as client:
        assert client.stdout
        assert client.stdout.readline() == b"in\n"
        server.drop_connections()
        assert client.wait(10) == 255
    assert subprocess.run([*command, "true"], check=False).returncode == 0
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=5)
    server.start()
    assert subprocess.run([*command, "true"], check=False).returncode == 0


def test_an_engine_outside_any_swarm_says_so(healthy_lab: Lab) -> None:
    """It answers 503 with the next step."""
    reply = healthy_lab.idle_engine().get("/nodes")
    assert reply.status == 503
    assert 'Use "docker swarm init" or "docker swarm join"' in reply.body["message"]


def test_a_worker_says_so(healthy_lab: Lab) -> None:
    """It answers 503 too, in other words."""
    reply = healthy_lab.engines["w0"].get("/nodes")
    assert reply.status == 503
    assert "Worker nodes can't be used to view" in reply.body["message"]


def test_a_locked_engine_says_so(healthy_lab: Lab) -> None:
    """It answers 503 until it is unlocked."""
    reply = healthy_lab.locked_engine().get("/nodes")
    assert reply.status == 503
    assert "Swarm is encrypted and needs to be unlocked" in reply.body["message"]


def test_a_tls_engine_wants_the_right_certificates(healthy_lab: Lab) -> None:
    """The right ones get in; a wrong authority and no certificate do not."""
    engine = healthy_lab.tls_engine()
    files = engine.options.tls
    assert files
    ours = ["--tlsverify", f"--tlscert={files.cert}", f"--tlskey={files.key}"]
    name = ["info", "--format={{.Name}}"]
    right = _run_cli(healthy_lab, engine.tcp_url, *ours, f"--tlscacert={files.ca}", *name)
    assert right.stdout == "tls\n"
    wrong = _run_cli(healthy_lab, engine.tcp_url, *ours, f"--tlscacert={files.wrong_ca}", *name)
    assert "unknown authority" in wrong.stderr
    trusting = ssl.create_default_context(cafile=str(files.ca))
    with (
        socket.create_connection((engine.address, 2376), timeout=10) as plain,
        trusting.wrap_socket(plain, server_hostname=engine.address) as bare,
        pytest.raises(ssl.SSLError, match=r"certificate required|bad certificate"),
    ):
        # TLS 1.3 tells a client only after the handshake that it was refused.
        bare.recv(1)


def test_cut_and_frozen_workers_are_down_and_come_back(healthy_lab: Lab) -> None:
    """A cut machine is unreachable, a frozen engine hangs; both turn down, then ready again."""
    healthy_lab.cut("w0")
    healthy_lab.freeze("w1")
    with pytest.raises(TimeoutError):
        healthy_lab.engines["w1"].get("/_ping", timeout_s=0.5)
    assert healthy_lab.engines["w0"].get("/_ping").status == 200
    _wait_for_states(healthy_lab, {"w0": "down", "w1": "down"}, within_s=30)
    with pytest.raises(OSError, match=r"No route to host|timed out"):
        socket.create_connection((healthy_lab.engines["w0"].address, 2375), timeout=5)
    healthy_lab.mend("w0")
    healthy_lab.thaw("w1")
    _wait_for_states(healthy_lab, {"w0": "ready", "w1": "ready"}, within_s=30)


def test_a_worker_that_left_joins_again_as_another_node(healthy_lab: Lab) -> None:
    """Its former self is removed, its labels are set again."""
    before = healthy_lab.node_id("w1")
    healthy_lab.leave("w1")
    healthy_lab.heal()
    assert healthy_lab.node_id("w1") != before
    assert len(healthy_lab.nodes()) == 5
    assert _node_labels(healthy_lab) == NODE_LABELS


def test_a_killed_leader_is_replaced_and_rejoins(healthy_lab: Lab) -> None:
    """Another manager leads within 30 s; the killed one comes back as a follower."""
    old = healthy_lab.leader()
    assert old
    pid = healthy_lab.engines[old].pid
    healthy_lab.kill(old)
    assert processes.started_at(pid) is None
    new = healthy_lab.wait_for(healthy_lab.leader, 30, "another leader")
    assert new != old
    healthy_lab.start(old)
    healthy_lab.heal()
    assert healthy_lab.leader() == new


def test_quorum_is_lost_with_two_of_three_managers_and_regained(healthy_lab: Lab) -> None:
    """The last manager says that there is no leader; with the others back there is one."""
    last = "mg1"
    healthy_lab.kill("mg0", "mg2")
    healthy_lab.wait_for(lambda: _has_no_leader(healthy_lab, last), 60, "quorum is lost")
    assert healthy_lab.leader() is None
    healthy_lab.start("mg0", "mg2")
    healthy_lab.wait_for(healthy_lab.leader, 60, "a leader")
    assert len(healthy_lab.nodes()) == 5


def test_two_labs_do_not_meet_and_leave_nothing(lab: Lab) -> None:
    """Another lab has another subnet, and is gone without a trace when it ends."""
    with Rack() as rack:
        rack.add_engines(EngineOptions("mg0"))
        assert rack.engines["mg0"].address != lab.engines["mg0"].address
        rack.docker("run", "--detach", "--network=host", image.NAME)
        rack.freeze("mg0")
        assert claim.traces(rack.claim)
    assert claim.traces(rack.claim) == []


def test_a_lab_whose_owner_was_killed_is_swept_away(
    lab: Lab, doomed_run: subprocess.Popen[str]
) -> None:
    """Its engines end at once, even a frozen one; the rest at the sweep. Living labs stay."""
    assert doomed_run.stdout
    pid, record = doomed_run.stdout.readline().split()
    remains = claim.read_claim(Path(record))
    assert remains.name not in claim.sweep()
    doomed_run.kill()
    doomed_run.wait(10)
    wait_for(
        lambda: processes.started_at(int(pid)) is None, within_s=10, what="the engine has ended"
    )
    assert claim.leftovers() != []
    assert remains.name in claim.sweep()
    assert claim.traces(remains) == []
    assert claim.leftovers() == []
    assert lab.engines["mg0"].get("/_ping").status == 200


def _node_labels(lab: Lab) -> dict[str, dict[str, str]]:
    return {node.name: dict(node.labels) for node in lab.nodes() if node.labels}


def _wait_for_states(lab: Lab, wanted: dict[str, str], *, within_s: float) -> None:
    lab.wait_for(lambda: wanted.items() <= lab.states().items(), within_s, f"{wanted}")


def _has_no_leader(lab: Lab, name: str) -> bool:
    try:
        reply = lab.engines[name].get("/nodes", timeout_s=3)
    except TimeoutError:
        return False
    return reply.status == 500 and "does not have a leader" in reply.body["message"]


def _run_cli(lab: Lab, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(lab.cli), *arguments],
        env=lab.cli_environment(address),
        capture_output=True,
        check=False,
        text=True,
    )


def _ask(path: Path, request: bytes) -> None:
    """Send raw bytes as a client that is not the lab, and wait for the end of the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall(request)
        while connection.recv(4096):
            pass
