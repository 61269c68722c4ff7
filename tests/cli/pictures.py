"""Small pictures made by hand, for what is printed of them."""

from datetime import datetime
from typing import Any

from swarmtui.insight.picture import (
    Group,
    Health,
    Leadership,
    ManagerLine,
    NodeCounts,
    NodeLoad,
    Phase,
    Picture,
    Place,
    Problem,
    Quorum,
    ServiceLoad,
    Severity,
    TaskCounts,
)
from swarmtui.swarm.observation import ManagerSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Reachability, TaskState
from tests.factories import at, make_manager, make_node, make_service, make_task

TEN_PAST = at(10)
"""Ten seconds past noon."""

HOSTILE = "evil\x1b]0;owned\x07[red]\u202egpj\nnext\x9b31m"
"""A name with an escape sequence, markup, a direction override, a line end and a C1 control."""


def make_picture(*, now: datetime = TEN_PAST, **fields: Any) -> Picture:
    """Return a degraded swarm: three managers, two workers, `web` (3 of 3) and `api` (1 of 2)."""
    return Picture(**({"at": now, "snapshot": make_snapshot(), **_meaning()} | fields))


def make_snapshot(**fields: Any) -> Snapshot:
    """Return everything seen within the ten seconds after noon."""
    nodes = [
        make_manager("m1", leader=True, addr="10.0.0.1", hostname="mg1"),
        make_manager("m2", addr="10.0.0.2", hostname="mg2"),
        make_manager("m3", addr="10.0.0.3", hostname="mg10"),
        make_node("w1", hostname="node-2", addr="10.0.1.1", labels={"disk": "ssd", "az": "b;1"}),
        make_node("w2", hostname="node-10", addr="10.0.1.2", state="down"),
    ]
    web = [make_task(f"t{i}", slot=i, node_id="w1") for i in (1, 2, 3)]
    api = [
        make_task("t4", service="s2", slot=1, node_id="w2"),
        make_task(
            "t5", service="s2", slot=2, node_id="", state="pending", error="no suitable node"
        ),
    ]
    seen: dict[str, Any] = {
        "taken_at": at(9),
        "manager": ManagerSeen(
            taken_at=at(1),
            host="tcp://10.0.0.2:2376",
            cluster_id="8f3kq2",
            node_id="m2",
            api_version="1.41",
            engine_version="20.10.24",
        ),
        "nodes": {node.id: node for node in nodes},
        "services": {
            "s1": make_service("s1", name="web"),
            "s2": make_service("s2", name="api", replicas=2),
        },
        "tasks": {"s1": {t.id: t for t in web}, "s2": {t.id: t for t in api}},
        "nodes_at": at(9),
        "services_at": at(9),
        "tasks_at": {"s1": at(9), "s2": at(7.5)},
    }
    return Snapshot(**(seen | fields))


def make_group(name: str = "fr-par", **fields: Any) -> Group:
    """Return a group of two nodes, one down."""
    defaults: dict[str, Any] = {
        "nodes": 2,
        "ready": 1,
        "down": 1,
        "tasks_running": 4,
        "failures_5m": 7,
        "health": Health.DEGRADED,
        "reason": "1 of 2 nodes down",
    }
    return Group(name=name, **(defaults | fields))


def make_problem(**fields: Any) -> Problem:
    """Return a loud problem of node `w2`."""
    defaults: dict[str, Any] = {
        "severity": Severity.CRITICAL,
        "kind": "nodes_down",
        "subject": "fr-par",
        "text": "1 of 2 nodes down within 30 s",
        "since": at(2),
        "nodes": ("w2",),
    }
    return Problem(**(defaults | fields))


def make_leadership(**fields: Any) -> Leadership:
    """Return `mg1` leading three managers."""
    managers = [
        ManagerLine(
            node_id=f"m{i}",
            hostname=f"mg{i}",
            addr=f"10.0.0.{i}",
            leader=i == 1,
            reachability=Reachability.REACHABLE,
        )
        for i in (1, 2, 3)
    ]
    defaults: dict[str, Any] = {
        "phase": Phase.LED,
        "leader_id": "m1",
        "leader": "mg1",
        "leading_since": at(1),
        "managers": managers,
        "quorum": Quorum(managers=3, reachable=3, needed=2),
    }
    return Leadership(**(defaults | fields))


def _meaning() -> dict[str, Any]:
    return {
        "health": Health.DEGRADED,
        "nodes": NodeCounts(total=5, ready=4, down=1),
        "tasks": TaskCounts(
            desired=5,
            running=4,
            running_on_ready=3,
            running_on_lost=1,
            by_state={TaskState.RUNNING: 4, TaskState.PENDING: 1},
            oldest={TaskState.PENDING: at(0)},
        ),
        "loads": {"w1": NodeLoad(3, 3, 0), "w2": NodeLoad(1, 1, 7)},
        "service_loads": {"s1": ServiceLoad(3, 3, 0), "s2": ServiceLoad(2, 1, 7)},
        "places": {
            "w1": Place("fr-par", "node label", "@scaleway", "claims file"),
            "w2": Place("fr-par", "node label", "@scaleway", "claims file"),
        },
        "regions": (make_group(),),
        "contributors": (make_group("@scaleway"),),
        "leadership": make_leadership(),
        "problems": (make_problem(),),
    }
