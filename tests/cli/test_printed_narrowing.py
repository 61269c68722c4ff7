"""What `status --filter` leaves."""

from swarmtui.cli.printed.narrowing import narrow
from swarmtui.insight.picture import Health, NodeCounts, Place
from swarmtui.insight.query import parse_query
from tests.cli.pictures import (
    make_group,
    make_leadership,
    make_picture,
    make_problem,
    make_snapshot,
)
from tests.factories import make_node


def test_no_filter_leaves_the_picture_as_it_is() -> None:
    picture = make_picture()
    assert narrow(picture, parse_query("")) is picture


def test_only_matching_nodes_are_counted() -> None:
    narrowed = narrow(make_picture(), parse_query("state:down"))
    assert narrowed.nodes == NodeCounts(total=1, down=1)


def test_groups_have_only_their_matching_nodes() -> None:
    (region,) = narrow(make_picture(), parse_query("hostname:node-2")).regions
    assert (region.name, region.nodes, region.ready, region.down) == ("fr-par", 1, 1, 0)
    assert (region.tasks_running, region.failures_5m) == (3, 0)
    assert (region.health, region.reason) == (Health.HEALTHY, "")


def test_groups_are_the_worst_first() -> None:
    nodes = {
        "a": make_node("a"),
        "b": make_node("b", state="down"),
        "c": make_node("c", state="down", hostname="else"),
        "d": make_node("d"),
    }
    picture = make_picture(
        snapshot=make_snapshot(nodes=nodes),
        places={"a": Place("well"), "b": Place("gone"), "c": Place("half"), "d": Place("half")},
        regions=(make_group("gone"), make_group("half"), make_group("well")),
    )
    regions = narrow(picture, parse_query("state:*")).regions
    assert [(region.name, region.health) for region in regions] == [
        ("half", Health.CRITICAL),
        ("gone", Health.CRITICAL),
        ("well", Health.HEALTHY),
    ]


def test_a_ghost_counts_as_one_also_when_its_living_twin_does_not_match() -> None:
    nodes = {
        "a": make_node("a", hostname="twin"),
        "b": make_node("b", hostname="twin", state="down"),
    }
    picture = make_picture(snapshot=make_snapshot(nodes=nodes))
    assert narrow(picture, parse_query("state:down")).nodes.ghosts == 1


def test_nodes_on_their_way_back_do_not_count_against_their_group() -> None:
    nodes = {"w1": make_node("w1", state="unknown")}
    picture = make_picture(
        snapshot=make_snapshot(nodes=nodes), leadership=make_leadership(settling=1)
    )
    (region,) = narrow(picture, parse_query("id:w1")).regions
    assert region.health is Health.HEALTHY


def test_problems_of_other_nodes_are_left_out() -> None:
    picture = make_picture(
        problems=(make_problem(nodes=("w1", "w2")), make_problem(nodes=("w2",), text="not mine"))
    )
    (problem,) = narrow(picture, parse_query("id:w1")).problems
    assert problem.nodes == ("w1",)


def test_problems_of_the_whole_swarm_stay() -> None:
    picture = make_picture(problems=(make_problem(kind="no_leader", nodes=()),))
    assert len(narrow(picture, parse_query("id:w1")).problems) == 1


def test_what_belongs_to_the_whole_swarm_stays_whole() -> None:
    picture = make_picture()
    narrowed = narrow(picture, parse_query("id:w1"))
    assert narrowed.health is picture.health
    assert narrowed.tasks == picture.tasks
    assert narrowed.leadership == picture.leadership
