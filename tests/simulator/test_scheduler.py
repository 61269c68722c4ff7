"""Nodes for tasks, and the words when there is none."""

import pytest

from swarmtui.simulator.catalogue import Demand
from swarmtui.simulator.fleet import Machine
from swarmtui.simulator.lots import Trouble
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.scheduler import Scheduler, explain
from swarmtui.simulator.states import Availability, NodeState, Role


def make_node(
    name: str = "node", *, state: NodeState = NodeState.READY, trouble: Trouble | None = None
) -> Node:
    machine = Machine(
        hostname=name,
        address="10.16.0.1",
        region=None,
        contributor=None,
        engine_version="20.10.24",
        memory_bytes=512 << 20,
        trouble=trouble,
    )
    node = Node(name, machine, role=Role.WORKER, created_at=0)
    node.state = state
    return node


def offered(*nodes: Node) -> Scheduler:
    scheduler = Scheduler()
    for node in nodes:
        scheduler.offer(node)
    return scheduler


def test_tasks_are_spread_evenly() -> None:
    nodes = [make_node(name) for name in "abc"]
    scheduler = offered(*nodes)

    for _ in range(9):
        scheduler.pick()

    assert [node.load for node in nodes] == [3, 3, 3]


def test_a_node_that_comes_late_catches_up_first() -> None:
    old, new = make_node("old"), make_node("new")
    scheduler = offered(old)
    for _ in range(4):
        scheduler.pick()
    scheduler.offer(new)

    assert [scheduler.pick() for _ in range(4)] == [new] * 4


def test_a_black_hole_looks_empty_again_as_soon_as_a_task_has_failed() -> None:
    hole, sound = make_node("hole", trouble=Trouble.DISK_FULL), make_node("sound")
    scheduler = offered(hole, sound)
    for _ in range(40):
        scheduler.pick()
    assert (hole.load, sound.load) == (5, 35)

    scheduler.release(hole)

    assert scheduler.pick() is hole
    assert scheduler.pick() is sound


@pytest.mark.parametrize("state", [NodeState.DOWN, NodeState.UNKNOWN])
def test_only_ready_nodes_are_chosen(state: NodeState) -> None:
    assert offered(make_node(state=state)).pick() is None


def test_a_drained_node_is_not_chosen_until_it_is_offered_again() -> None:
    node = make_node()
    scheduler = offered(node)
    node.availability = Availability.DRAIN
    assert scheduler.pick() is None

    node.availability = Availability.ACTIVE
    scheduler.offer(node)

    assert scheduler.pick() is node


def test_the_most_frequent_reason_comes_first() -> None:
    nodes = [make_node() for _ in range(3)] + [make_node(state=NodeState.DOWN)]

    assert explain(nodes, Demand.MEMORY) == (
        "no suitable node (insufficient resources on 3 nodes; 1 node not available for new tasks)"
    )


def test_a_constraint_that_no_node_meets_is_said_so() -> None:
    assert explain([make_node()], Demand.GPU_LABEL) == (
        "no suitable node (scheduling constraints not satisfied on 1 node)"
    )


def test_without_ready_nodes_that_alone_is_the_reason() -> None:
    nodes = [make_node(state=NodeState.UNKNOWN) for _ in range(2)]

    assert explain(nodes, Demand.NOTHING) == (
        "no suitable node (2 nodes not available for new tasks)"
    )


def test_without_any_reason_nothing_is_made_up() -> None:
    assert explain([], Demand.NOTHING) == "no suitable node"
