"""A recording of a small swarm's evening."""

from pathlib import Path

import pytest

from swarmtui.swarm.observation import Observation
from swarmtui.swarm.words import ServiceMode
from tests.factories import (
    at,
    make_manager,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)
from tests.recording.recorded import record
from tests.serving.making import manager_seen

MANAGERS = [
    make_manager("mg0" + "x" * 22, leader=True, hostname="mg0", arch="x86_64", os="linux"),
    make_manager("mg1" + "x" * 22, hostname="mg1"),
    make_manager("mg2" + "x" * 22, hostname="mg2"),
]
WORKERS = [make_node(f"w{n}" + "x" * 23, hostname=f"worker-{n}") for n in range(5)]
WEB = make_service(
    "web" + "x" * 22,
    name="shop_web",
    replicas=6,
    labels={"com.docker.stack.namespace": "shop"},
    constraints=("node.role==worker",),
    update_state="completed",
    update_message="update completed",
)
AGENT = make_service("agent" + "x" * 20, name="agent", mode=ServiceMode.GLOBAL, replicas=None)
JOB = make_service("job" + "x" * 22, name="job", mode=ServiceMode.REPLICATED_JOB, replicas=2)


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record ten minutes: at two of them a worker goes down, at five the leader changes."""
    path = tmp_path_factory.mktemp("recorded") / "evening.rec"
    web = [
        make_task(
            f"web{slot}" + "x" * 21,
            service=WEB.id,
            slot=slot,
            node_id=WORKERS[slot % 5].id,
            since=at(slot - 300),
            image="shop/web:1",
        )
        for slot in range(1, 6)
    ]
    waiting = make_task(
        "web6" + "x" * 21,
        service=WEB.id,
        slot=6,
        node_id="",
        state="pending",
        error="no suitable node (no room on 5 nodes)",
        image="shop/web:1",
    )
    failed = make_task(
        "old3" + "x" * 21,
        service=WEB.id,
        slot=3,
        node_id=WORKERS[4].id,
        state="failed",
        desired="shutdown",
        since=at(-400),
        error="task: non-zero exit (137)",
        image="shop/web:1",
    )
    agents = [
        make_task(f"agent{n}" + "x" * 19, service=AGENT.id, slot=0, node_id=node.id)
        for n, node in enumerate(WORKERS)
    ]
    down = make_node(WORKERS[1].id, hostname="worker-1", state="down", message="heartbeat failure")
    new_leader = [
        make_manager(MANAGERS[0].id, hostname="mg0", reachability="unreachable"),
        make_manager(MANAGERS[1].id, hostname="mg1", leader=True),
    ]
    story: list[Observation] = [
        manager_seen(MANAGERS[0].id),
        nodes_seen([*MANAGERS, *WORKERS], whole=True),
        services_seen([WEB, AGENT, JOB], whole=True),
        tasks_seen([*web, waiting, failed], service=WEB.id, whole=True),
        tasks_seen(agents, service=AGENT.id, whole=True),
        tasks_seen([], service=JOB.id, whole=True),
        *(nodes_seen([], second=second) for second in range(10, 120, 10)),
        nodes_seen([down], second=120),
        nodes_seen(new_leader, second=300),
        nodes_seen([], second=600),
    ]
    record(path, story, now=lambda: at(600))
    return path
