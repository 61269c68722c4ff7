"""The work of an analyst grows with what changed; counted, not timed."""

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Place
from swarmtui.swarm.entities import Node
from swarmtui.swarm.stats import MachineSeen
from tests.factories import (
    at,
    machine_seen,
    make_machine,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
)
from tests.factories import tasks_seen as told_tasks


class Gazetteer:
    """Places nodes and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def place(self, node: Node) -> Place:
        self.asked += 1
        return Place(region=node.hostname)


def test_a_node_is_placed_once_whatever_happens_to_its_state() -> None:
    gazetteer = Gazetteer()
    analyst = Analyst(place=gazetteer.place)
    for second, state in enumerate(["ready", "unknown", "ready", "down"]):
        nodes = [make_node(f"n{i}", state=state, version=second) for i in range(50)]
        analyst.see(nodes_seen(nodes, second=second))
        analyst.picture(at(second))
    assert gazetteer.asked == 50


def test_a_node_is_placed_anew_when_its_name_or_its_labels_change() -> None:
    gazetteer = Gazetteer()
    analyst = Analyst(place=gazetteer.place)
    analyst.see(nodes_seen([make_node("a", hostname="x"), make_node("b")]))
    analyst.see(nodes_seen([make_node("a", hostname="y")], second=1))
    analyst.see(nodes_seen([make_node("b", labels={"k": "v"})], second=2))
    assert gazetteer.asked == 4
    assert analyst.picture(at(3)).places["a"] == Place(region="y")


def test_only_nodes_that_a_machine_says_it_is_are_placed_anew() -> None:
    gazetteer, heard = Gazetteer(), list[list[MachineSeen]]()
    machines = [make_machine(f"m{i}", addr=f"192.0.2.{i}") for i in range(50)]
    analyst = Analyst(
        place=gazetteer.place,
        machines=machines,
        hear=lambda seen: heard.append(list(seen)),
    )
    analyst.see(nodes_seen([make_node(f"n{i}") for i in range(50)]))
    answers = [machine_seen(f"m{i}", f"n{i}", second=1) for i in range(3)]
    for second in (1, 2, 3):  # what is said again is no news
        for answer in answers:
            analyst.see(answer)
        analyst.picture(at(second))
    assert gazetteer.asked == 50 + 3
    assert heard == [[answer] for answer in answers]


def test_parts_that_did_not_change_are_the_same_in_the_next_picture() -> None:
    analyst = Analyst(place=Gazetteer().place)
    analyst.see(nodes_seen([make_node(f"n{i}") for i in range(50)]))
    analyst.see(services_seen([make_service()]))
    analyst.see(told_tasks([make_task(f"t{i}", node_id=f"n{i}") for i in range(50)]))
    before = analyst.picture(at(1))
    analyst.see(told_tasks([make_task("t1", node_id="n1", state="failed")], second=2))
    after = analyst.picture(at(2))
    assert after.places is before.places
    assert after.states_since is before.states_since
    assert after.trails is before.trails
    assert after.loads is not before.loads
    unchanged = [id_ for id_ in before.loads if after.loads.get(id_) is before.loads[id_]]
    assert len(unchanged) == 49
