"""What happens to nodes is told in waves."""

import pytest

from swarmtui.insight.picture import HappeningKind, Phase, Severity
from swarmtui.insight.timeline import MOST
from tests.factories import make_node
from tests.insight.story import Story, in_region, make_managers, make_nodes


def begin() -> Story:
    story = Story()
    east = make_nodes(10, "e", **in_region("east"))
    west = make_nodes(10, "w", **in_region("west"))
    story.show([*make_managers(0), *east, *west], 0)
    return story


def texts(story: Story) -> list[str]:
    return story.texts(HappeningKind.NODES)


def test_nothing_happened_at_the_first_look() -> None:
    story = Story()
    story.show([*make_managers(0), make_node("w0", state="down")], 0)
    assert story.picture().happenings == ()


def test_one_node_that_goes_down_is_named_with_the_reason() -> None:
    story = begin()
    story.turn(["w0"], "down", 10, message="heartbeat failure")
    assert texts(story) == ["node w0 went down: heartbeat failure"]
    assert story.picture().happenings[-1].severity is Severity.WARNING
    assert story.picture().happenings[-1].query == "id~^(w0)$"


def test_nodes_of_a_region_that_go_within_half_a_minute_are_one_line() -> None:
    story = begin()
    story.turn(["w0", "w1"], "down", 10)
    story.turn(["w2"], "down", 20)
    story.turn(["w3"], "down", 39)
    assert texts(story) == ["4 nodes went down, west"]


def test_a_node_that_goes_later_begins_a_new_line() -> None:
    story = begin()
    story.turn(["w0", "w1"], "down", 10)
    story.turn(["w2"], "down", 41)
    assert texts(story) == ["2 nodes went down, west", "node w2 went down"]


def test_regions_have_lines_of_their_own() -> None:
    story = begin()
    story.turn(["w0", "w1", "e0", "e1"], "down", 10)
    assert texts(story) == ["2 nodes went down, west", "2 nodes went down, east"]


def test_nodes_that_come_back_are_told_too() -> None:
    story = begin()
    story.turn(["w0", "w1"], "down", 10)
    story.turn(["w0"], "ready", 53)
    assert texts(story)[-1] == "node w0 came back after 43 s"
    story.turn(["w1"], "ready", 54)
    assert texts(story)[-1] == "2 nodes came back, west"


def test_a_node_that_was_down_at_the_first_look_comes_back() -> None:
    story = Story()
    story.show([*make_managers(0), *make_nodes(3, state="down")], 0)
    story.turn(["w0"], "ready", 30)
    assert texts(story) == ["node w0 came back after 30 s"]


def test_joining_is_one_line_for_all_regions_while_it_goes_on() -> None:
    story = begin()
    for step in range(4):
        name = f"j{step}-"
        story.show(make_nodes(100, name, **in_region("north" if step % 2 else "south")), 25 * step)
    assert texts(story) == ["400 nodes joined"]


def test_a_node_that_joins_and_registers_a_moment_later_only_joined() -> None:
    story = begin()
    story.show([make_node("new", hostname="new", state="unknown")], 10)
    story.turn(["new"], "ready", 12)
    assert texts(story) == ["node new joined"]


def test_nodes_that_were_about_to_join_at_the_first_look_do_not_come_back() -> None:
    story = Story()
    nameless = [make_node(f"w{i}", hostname="", state="unknown") for i in range(9)]
    story.show([*make_managers(0), *make_nodes(3, "e"), *nameless], 0)
    assert story.picture().leadership.phase is Phase.LED
    story.show(make_nodes(9), 2)
    assert texts(story) == []
    story.turn(["w0"], "down", 10)
    story.turn(["w0"], "ready", 40)
    assert texts(story)[-1] == "node w0 came back after 30 s"


def test_removed_nodes_are_one_line() -> None:
    story = begin()
    story.remove(["w0"], 10)
    assert texts(story) == ["node w0 was removed"]
    story.remove(["w1", "e1"], 12)
    assert texts(story) == ["3 nodes were removed"]


@pytest.mark.parametrize("states", [("disconnected", "down"), ("down", "disconnected")])
def test_a_node_that_is_lost_in_two_steps_is_lost_once(states: tuple[str, str]) -> None:
    story = begin()
    for second, state in enumerate(states):
        story.turn(["w0"], state, 10 + second)
    assert texts(story) == ["node w0 went down"]


def test_hostile_hostnames_and_messages_are_made_harmless() -> None:
    story = begin()
    story.show([make_node("x", hostname="\x1b]0;owned\x07x", state="ready")], 10)
    story.turn(["x"], "down", 50, message="\x1b[2Jgone\n")
    assert all("\x1b" not in text and "\n" not in text for text in texts(story))


def test_the_timeline_is_bounded() -> None:
    story = begin()
    for step in range(MOST + 200):
        story.turn(["w0"], "ready" if step % 2 else "down", 60 * step)
    assert len(story.picture().happenings) == MOST


def test_states_of_a_node_are_kept_from_the_first_look_on() -> None:
    story = begin()
    assert story.picture().trails == {}
    story.turn(["w0"], "down", 10)
    story.turn(["w0"], "ready", 20)
    trail = story.picture().trails["w0"]
    assert [stay.state for stay in trail] == ["ready", "down", "ready"]
    assert trail[0].since == story.nodes["w0"].updated_at
    assert story.picture().states_since["w0"] == trail[-1].since
    story.remove(["w0"], 30)
    assert story.picture().trails == {}


def test_a_node_that_flaps_all_night_keeps_a_bounded_trail() -> None:
    story = begin()
    for step in range(200):
        story.turn(["w0"], "ready" if step % 2 else "down", step)
    assert len(story.picture().trails["w0"]) == 50
