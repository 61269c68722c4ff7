"""Which machine a wanted node or name means."""

from swarmtui.collector.reach import Reach
from swarmtui.collector.settings import SshDefaults
from swarmtui.swarm.machine import Machine
from tests.factories import machine_seen, make_machine, make_node, nodes_seen

DEFAULTS = SshDefaults(user="root", port=2222, key="/keys/id")


def make_reach(*machines: Machine) -> Reach:
    return Reach(machines, ssh=DEFAULTS)


def names_of(reach: Reach, *wanted: str) -> list[str]:
    return [machine.name for machine in reach.find(wanted).machines]


def test_a_machine_is_meant_by_its_name() -> None:
    machine = make_machine()
    assert make_reach(machine).find(["m1"]).machines == (machine,)


def test_a_node_means_the_machine_of_the_inventory_that_it_is() -> None:
    reach = make_reach(make_machine("by-address", addr="10.0.0.7"), make_machine(node_id="n2"))
    reach.see_nodes(nodes_seen([make_node("n1", addr="10.0.0.7"), make_node("n2")]))
    assert names_of(reach, "n1", "n2") == ["by-address", "m1"]


def test_a_node_in_no_inventory_is_reached_at_its_address_as_the_config_says() -> None:
    reach = make_reach()
    reach.see_nodes(nodes_seen([make_node("n1", addr="10.0.0.7")]))
    (machine,) = reach.find(["n1"]).machines
    assert (machine.name, machine.addr, machine.node_id) == ("n1", "10.0.0.7", "n1")
    assert (machine.user, machine.port, machine.key_files) == ("root", 2222, ("/keys/id",))


def test_addresses_that_are_made_up_are_not_tried() -> None:
    reach = Reach((), ssh=SshDefaults(tries_addresses=False))
    reach.see_nodes(nodes_seen([make_node("n1", addr="10.0.0.7")]))
    assert reach.find(["n1"]).missing == ["n1"]


def test_what_a_machine_says_it_is_goes_before_its_address() -> None:
    reach = make_reach(make_machine("m1", addr="10.0.0.7"))
    reach.see_nodes(
        nodes_seen([make_node("n1", addr="10.0.0.7"), make_node("n2", addr="10.0.0.8")])
    )
    assert reach.hear(machine_seen("m1", "n2"))
    assert names_of(reach, "n2") == ["m1"]
    assert not reach.hear(machine_seen("m1", "n2", second=60))


def test_a_node_and_its_machine_are_one() -> None:
    reach = make_reach(make_machine("m1", node_id="n1"))
    reach.see_nodes(nodes_seen([make_node("n1")]))
    assert names_of(reach, "m1", "n1") == ["m1"]


def test_a_node_without_an_address_of_its_own_is_missing() -> None:
    reach = make_reach()
    shared = [make_node(f"n{i}", addr="10.0.0.7") for i in range(2)]
    reach.see_nodes(nodes_seen([*shared, make_node("n3", addr="")]))
    found = reach.find(["n1", "n3", "nobody"])
    assert (found.machines, found.missing) == ((), ["n1", "n3", "nobody"])
    assert [reach.knows(name) for name in found.missing] == [True, True, False]


def test_nodes_that_change_their_state_mean_the_same_machines() -> None:
    reach = make_reach()
    assert reach.see_nodes(nodes_seen([make_node("n1")], whole=True))
    assert not reach.see_nodes(nodes_seen([make_node("n1", state="unknown")]))
    assert reach.see_nodes(nodes_seen([make_node("n1", state="unknown", addr="10.0.0.9")]))
    assert not reach.see_nodes(nodes_seen([], removed=("n9",)))


def test_a_node_that_is_gone_leads_nowhere() -> None:
    reach = make_reach()
    reach.see_nodes(nodes_seen([make_node("n1"), make_node("n2", addr="10.0.0.2")]))
    assert reach.see_nodes(nodes_seen([], removed=("n1",)))
    assert reach.find(["n1", "n2"]).missing == ["n1"]
    assert reach.see_nodes(nodes_seen([], whole=True))
    assert reach.find(["n2"]).missing == ["n2"]
