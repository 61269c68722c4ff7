"""What a picture shows depends on what was seen, not on who asked before, or on any order."""

from itertools import permutations

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Place, Problem, Severity
from swarmtui.insight.problems import rank
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import compare
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import TailState
from tests.factories import (
    NOON,
    at,
    machine_seen,
    make_machine,
    make_node,
    make_service,
    make_stats,
    make_task,
    nodes_seen,
    stats_seen,
    tail_seen,
)
from tests.insight.story import Story, make_managers, make_nodes


def make_analyst() -> Analyst:
    machines = (make_machine("m1"), make_machine("m2", addr="192.0.2.2"))
    attribution = Attribution(Rules(machines=machines))
    return Analyst(place=attribution.place, machines=machines, hear=attribution.hear)


def tell(*story: Observation, asks: bool = False) -> Analyst:
    """Tell a story to an analyst who is asked for a picture all the time, or never."""
    analyst = make_analyst()
    for seen in story:
        analyst.see(seen)
        if asks:
            analyst.picture(seen.taken_at)
    return analyst


def test_of_two_machines_that_say_they_are_one_node_it_leads_to_the_first_of_the_inventory() -> (
    None
):
    story: list[Observation] = [
        nodes_seen([make_node("n1")]),
        machine_seen("m1", "n1"),
        machine_seen("m2", "n1"),
    ]
    for told in permutations(story):
        for asks in (True, False):
            assert tell(*told, asks=asks).picture(at(9)).machine_of == {"n1": "m1"}


def test_a_trend_ends_with_its_tail_also_when_nobody_looks() -> None:
    story: list[Observation] = [
        stats_seen("m1", make_stats(cpu_percent=1.0)),
        tail_seen("m1", TailState.ENDED, second=1),
        stats_seen("m1", make_stats(cpu_percent=2.0), second=2),
    ]
    for asks in (True, False):
        assert tell(*story, asks=asks).picture(at(2)).machines["m1"].cpu_trend == [2.0]


def test_a_node_that_goes_down_is_told_where_its_machine_said_it_is() -> None:
    machines = (make_machine("m1", addr="", region="bkk"),)
    attribution = Attribution(Rules(machines=machines))
    analyst = Analyst(place=attribution.place, machines=machines, hear=attribution.hear)
    nodes = [make_node(f"n{i}", addr=f"10.0.0.{i}") for i in range(3)]
    analyst.see(nodes_seen(nodes))
    analyst.see(machine_seen("m1", "n0", second=1))
    down = [make_node("n0", state="down"), make_node("n1", state="down")]
    analyst.see(nodes_seen(down, second=2))
    told = [happening.text for happening in analyst.picture(at(3)).happenings]
    assert told == ["node host-n0 went down", "node host-n1 went down"]


def test_how_long_a_service_is_short_does_not_depend_on_who_asked() -> None:
    for asks in (True, False):
        story = Story()
        story.serve([make_service(replicas=5)], 0)
        story.run([make_task()], 1)
        for second in range(2, 90):
            if asks:
                story.picture()
            # For a moment it is better off, and then as before: that is no step further.
            helped = [make_task("t2")] if second == 20 else []
            story.run(helped, second, removed=() if helped else ("t2",))
        problem = story.problem("short")
        assert problem is not None
        assert problem.since == at(20)


def test_failures_too_old_for_a_later_question_count_for_an_earlier_one() -> None:
    story = Story()
    story.run([make_task("t1", state="failed", node_id="n1", since=at(0))], 1)
    assert story.picture(301).tasks.failed_5m == 0
    picture = story.picture(300)
    assert (picture.tasks.failed_5m, picture.failures) == (1, {"n1": {"s1": 1}})


def test_a_pause_of_five_minutes_ends_a_black_hole_whether_or_not_it_is_asked_for() -> None:
    for asks in (True, False):
        story = Story()
        story.show([*make_managers(0), *make_nodes(4)], 0)
        story.run([make_task(f"r{i}", node_id=f"w{i}") for i in range(4)], 0)
        for begins in (10, 400):
            tasks = [make_task(f"f{begins}-{i}", node_id="w1") for i in range(9)]
            story.run(tasks, begins - 1)
            failed = [make_task(task.id, node_id="w1", state="failed") for task in tasks]
            story.run(failed, begins)
            if asks:
                story.picture(begins + 320)
        problem = story.problem("black_hole", 401)
        assert problem is not None
        assert problem.since == at(400)


def test_the_rank_of_problems_does_not_depend_on_the_order_they_are_found_in() -> None:
    def make(**fields: object) -> Problem:
        known = {"kind": "update", "subject": "same", "text": "same", "since": NOON}
        return Problem(severity=Severity.INFO, **(known | fields))  # type: ignore[arg-type]

    problems = [make(nodes=("a",)), make(nodes=("b",)), make(since=at(1)), make(text="x")]
    assert len({rank(order) for order in permutations(problems)}) == 1


def test_what_is_gone_is_told_in_the_order_of_ids() -> None:
    nodes = {id_: make_node(id_) for id_ in "bca"}
    gone = compare(Snapshot(nodes=nodes), Snapshot())
    assert [change.before.id for change in gone.nodes if change.before] == ["a", "b", "c"]


def test_nodes_are_placed_anew_when_somebody_says_so() -> None:
    places = {"n1": Place(region="x"), "n2": Place(region="x")}

    def place(node: Node) -> Place:
        return places[node.id]

    analyst = Analyst(place=place)
    analyst.see(nodes_seen([make_node("n1"), make_node("n2")]))
    before = analyst.places
    assert analyst.places is before
    places["n1"] = places["later"] = Place(region="y")
    analyst.place_anew(["n1", "later"])
    assert analyst.places == {"n1": Place(region="y"), "n2": Place(region="x")}
    assert before["n1"] == Place(region="x")
    assert [group.name for group in analyst.picture(at(1)).regions] == ["x", "y"]
