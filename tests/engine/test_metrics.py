"""A manager's own counts, read from the metrics of a real engine."""

import pytest

from swarmtui.engine.address import metrics_address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.metrics import Metrics, parse_metrics
from swarmtui.engine.usage import AddressError
from swarmtui.swarm.observation import FailureKind
from swarmtui.swarm.words import NodeState, TaskState
from tests.factories import NOON
from tests.lab.lab import Lab
from tests.lab.waiting import wait_for

# As dockerd 20.10.24 serves them, shortened.
METRICS = b"""\
# HELP swarm_manager_nodes The number of nodes
# TYPE swarm_manager_nodes gauge
swarm_manager_nodes{state="disconnected"} 0
swarm_manager_nodes{state="down"} 74
swarm_manager_nodes{state="ready"} 2310
swarm_manager_tasks_total{state="pending"} 1044
swarm_manager_tasks_total{state="running"} 1.00096287e+06
swarm_manager_tasks_total{state="dreaming"} 3
swarm_node_info{node_id="xvhh48ekhd8o2ksaz18slse5g",swarm_id="qgwlhxckzmydvxdzbm70ggb63"} 1
"""


def test_counts_are_read_state_by_state_and_unknown_states_left_out() -> None:
    counts = parse_metrics(METRICS, at=NOON)
    assert counts.nodes == {NodeState.READY: 2310, NodeState.DOWN: 74, NodeState.DISCONNECTED: 0}
    assert counts.tasks == {TaskState.PENDING: 1_044, TaskState.RUNNING: 1_000_962}
    assert counts.cluster_id == "qgwlhxckzmydvxdzbm70ggb63"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff" * 100,
        b'swarm_manager_nodes{state="ready"} e+++9\n',
        b'swarm_manager_nodes{state="ready"} 1e999\n',
        b"swarm_manager_nodes",
    ],
)
def test_what_is_no_count_counts_nothing(body: bytes) -> None:
    counts = parse_metrics(body, at=NOON)
    assert not any(counts.nodes.values())
    assert not counts.tasks


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7:9323/metrics", "http://10.0.0.7:9323", "10.0.0.7:9323"]
)
def test_the_address_is_taken_with_and_without_its_usual_parts(url: str) -> None:
    assert metrics_address(url).url == "tcp://10.0.0.7:9323"


@pytest.mark.parametrize(
    "url", ["https://m:9323/metrics", "http:///metrics", "http://m:9323/graph", "http://m:0"]
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        metrics_address(url)


@pytest.mark.lab
def test_a_real_manager_counts_what_its_lists_show(healthy_lab: Lab) -> None:
    leader = healthy_lab.engines[healthy_lab.leader() or "mg0"]
    metrics = Metrics(metrics_address(leader.metrics_url))
    try:
        ready = sum(node.state == "ready" for node in healthy_lab.nodes())
        wait_for(
            lambda: metrics.read(NOON).nodes[NodeState.READY] == ready,
            within_s=20,
            what=f"{ready} nodes counted ready",
        )
        cluster = healthy_lab.docker(
            "info", "--format={{.Swarm.Cluster.ID}}", on=leader.name
        ).strip()
        assert metrics.read(NOON).cluster_id == cluster
    finally:
        metrics.close()


@pytest.mark.lab
def test_a_worker_has_no_counts_and_says_so(healthy_lab: Lab) -> None:
    metrics = Metrics(metrics_address(healthy_lab.engines["w0"].metrics_url))
    with pytest.raises(EngineError) as caught:
        metrics.read(NOON)
    metrics.close()
    assert caught.value.kind is FailureKind.NOT_MANAGER
