"""The swarm's own nodes as machines."""

from swarmtui.inventory.node_addresses import machines_of_nodes
from swarmtui.swarm.entities import ManagerStatus
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.words import Reachability
from tests.factories import make_node

NOWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound


def ids(*nodes: object) -> list[str]:
    return [machine.node_id for machine in machines_of_nodes(nodes)]  # type: ignore[arg-type]


def test_a_node_is_the_machine_at_its_address() -> None:
    found = machines_of_nodes([make_node("n1", addr="10.0.0.1")], user="me", port=2200, key="/k")
    assert found == (
        Machine(
            name="n1",
            addr="10.0.0.1",
            port=2200,
            user="me",
            key_files=("/k",),
            node_id="n1",
            source="node address",
        ),
    )


def test_without_settings_ssh_config_decides() -> None:
    machine = machines_of_nodes([make_node("n1")])[0]
    assert (machine.user, machine.port, machine.key_files) == ("", None, ())


def test_a_manager_that_sees_itself_nowhere_is_where_the_others_reach_it() -> None:
    status = ManagerStatus(leader=True, reachability=Reachability.REACHABLE, addr="10.0.0.7:2377")
    assert machines_of_nodes([make_node(addr=NOWHERE, manager=status)])[0].addr == "10.0.0.7"


def test_a_node_without_an_address_is_no_machine() -> None:
    assert ids(make_node(addr=""), make_node("n2", addr=NOWHERE)) == []


def test_of_a_node_and_its_ghosts_the_living_one_is_the_machine() -> None:
    ghost, node = make_node("ghost", state="down"), make_node("node", state="ready")
    assert ids(ghost, node) == ["node"]


def test_nodes_behind_one_address_are_not_guessed_at() -> None:
    assert ids(make_node("n1"), make_node("n2"), make_node("n3", addr="10.0.0.3")) == ["n3"]
