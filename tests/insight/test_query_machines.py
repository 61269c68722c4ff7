"""Filters that mean containers and machines."""

from datetime import datetime
from typing import Any

import pytest

from swarmtui.insight.completion import complete
from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import ContainerStats, MachineSeen, SwarmState
from tests.factories import NOON, make_node


def make_machine(name: str, *, node_id: str = "", **fields: Any) -> MachineRow:
    defaults: dict[str, Any] = {
        "hostname": name,
        "region": "",
        "contributor": "NIPA",
        "mine": False,
        "tail": None,
        "seen": None,
        "in_inventory": True,
        "containers": 1,
        "cpu_percent": 5.0,
        "memory_bytes": 0,
        "cpu_trend": (),
        "taken_at": NOON,
    }
    return MachineRow(name=name, node_id=node_id, **(defaults | fields))


def make_container(machine: str, *, taken_at: datetime = NOON, **stats: Any) -> ContainerRow:
    return ContainerRow(
        key=f"{machine}/c1",
        machine=machine,
        node_id=machine,
        hostname=machine,
        service="web",
        task="web.1",
        task_id="t1",
        stats=ContainerStats(container_id="c1f00d", container="web.1.t1", **stats),
        taken_at=taken_at,
    )


def make_picture(*machines: MachineRow, nodes: tuple[str, ...] = ()) -> Picture:
    known = {id_: make_node(id_, labels={"disk": "ssd"}) for id_ in nodes}
    return Picture(
        at=NOON,
        snapshot=Snapshot(nodes=known),
        machines={machine.name: machine for machine in machines},
    )


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("service:web", True),
        ("service:w*", True),
        ("service:api", False),
        ("hostname:n1", True),
        ("contributor:NIPA", True),
        ("region:unplaced", True),
        ("label:disk=ssd", True),
        ("state:ready", False),  # has no state of its own
        ("cpu>50", True),
        ("cpu>100", False),
        ("memory>1M", False),  # the engine did not tell
        ("id:c1f", True),
        ("web.1", True),
        ("-web", False),
    ],
)
def test_a_container_is_meant_by_itself_its_service_and_its_node(
    text: str, *, is_meant: bool
) -> None:
    picture = make_picture(make_machine("n1", node_id="n1"), nodes=("n1",))
    rows = [make_container("n1", cpu_percent=80.0)]
    assert bool(parse_query(text).filter_containers(rows, picture)) is is_meant


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("state:unreachable", ["b"]),
        ("state:inactive", ["c"]),
        ("-state:active", ["b", "c", "d"]),
        ("error:handshake", ["b"]),
        ("mine:yes", ["d"]),
        ("hostname:a", ["a"]),
        ("id:node", ["a"]),
        ("cpu>=5", ["a", "b", "c"]),
        ("c", ["c"]),
    ],
)
def test_a_machine_is_meant_by_what_it_answered_and_by_the_inventory(
    text: str, names: list[str]
) -> None:
    seen: dict[str, Any] = {"taken_at": NOON, "reachable": True}
    active, inactive = SwarmState.ACTIVE, SwarmState.INACTIVE
    machines = [
        make_machine(
            "a", node_id="node", seen=MachineSeen(machine="a", swarm_state=active, **seen)
        ),
        make_machine(
            "b",
            seen=MachineSeen(machine="b", taken_at=NOON, reachable=False, error="no handshake"),
        ),
        make_machine("c", seen=MachineSeen(machine="c", swarm_state=inactive, **seen)),
        make_machine("d", mine=True, taken_at=None),
    ]
    found = parse_query(text).filter_machines(machines, make_picture(*machines))
    assert [machine.name for machine in found] == names


def test_names_of_machines_are_offered_where_no_node_is_known() -> None:
    picture = make_picture(make_machine("box-1"), make_machine("box-2"))
    offered = complete("hostname:b", 10, picture, Kind.MACHINES).candidates
    assert [candidate.text for candidate in offered] == ["box-1", "box-2"]


def test_a_field_of_tasks_says_that_it_means_nothing_for_machines() -> None:
    (misfit,) = parse_query("slot:7").misfits(Kind.MACHINES)
    assert misfit.reason == "slot does not apply to machines"
