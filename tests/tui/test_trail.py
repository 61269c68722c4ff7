"""Where Escape leads."""

from swarmtui.tui.trail import Trail
from swarmtui.tui.view import Spot


def test_a_visit_forgets_where_one_came_from() -> None:
    trail = Trail(Spot("overview"))
    trail.drill(Spot("nodes"), filtered_by="")
    trail.visit(Spot("tasks"))
    assert trail.here == Spot("tasks")
    assert not trail.leads_back


def test_going_back_returns_to_the_filter_that_stood_there() -> None:
    trail = Trail(Spot("nodes"))
    trail.drill(Spot("node", node_id="n1"), filtered_by="state:down")
    assert trail.go_back() == Spot("nodes", filter="state:down")


def test_drilling_into_where_one_is_already_leaves_the_way_back_alone() -> None:
    trail = Trail(Spot("overview"))
    trail.drill(Spot("nodes"), filtered_by="")
    trail.drill(Spot("nodes"), filtered_by="x")
    assert trail.go_back().view == "overview"


def test_where_there_is_no_way_back_one_stays() -> None:
    assert Trail(Spot("overview")).go_back() == Spot("overview")
