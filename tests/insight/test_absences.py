"""What ends with a node that goes away is no fault of its service, and makes no black hole."""

import pytest

from swarmtui.insight.analyst import Analyst
from swarmtui.swarm.entities import Task
from tests.factories import at, make_service, make_task
from tests.insight.of_failures import kinds
from tests.insight.story import Story, make_managers, make_nodes, place_by_labels

BLAMES = {"failing", "crash_loop", "black_hole"}
NODES = ("w0", "w1", "w2")


def begin() -> Story:
    """Return a story of a global service, `agent`, and four more nodes than go away."""
    story = Story()
    story.show([*make_managers(0), *make_nodes(7)], 0)
    story.serve([make_service("s1", name="agent", replicas=7)], 0)
    story.run([agent(f"w{i}", 0) for i in range(7)], 1)
    return story


def agent(node: str, turn: int, *, state: str = "running", since: float = 0) -> Task:
    return make_task(
        f"{node}-{turn}", slot=0, node_id=node, state=state, since=at(since),
        desired="running" if state == "running" else "shutdown",
    )  # fmt: skip


def restart(story: Story, node: str, turn: int, *, down: float, back: float, failed: float) -> None:
    """Lose a node and have it back; its task is seen to have failed, and another one to run."""
    story.turn([node], "down", down)
    steps = sorted([(back, "back"), (failed, "failed")])
    for second, step in steps:
        if step == "back":
            story.turn([node], "ready", second)
        else:
            over = agent(node, turn, state="failed", since=back)
            story.run([over, agent(node, turn + 1, since=second)], second)


def blames(story: Story) -> set[str]:
    return BLAMES & set(kinds(story.picture().problems))


@pytest.mark.parametrize("failed_after", [-1, 2, 55])
def test_nodes_that_go_away_and_come_back_blame_no_service(failed_after: float) -> None:
    story = begin()
    for turn in range(3):
        for place, node in enumerate(NODES):
            second = 10 + 90 * turn + place
            back = second + 20
            restart(story, node, turn, down=second, back=back, failed=back + failed_after)
            assert not blames(story)
    counts = story.picture().tasks
    assert counts.failed_5m == 9  # they are counted all the same


def test_what_goes_on_failing_after_a_node_came_back_is_blamed() -> None:
    story = begin()
    for place, node in enumerate(NODES):
        restart(story, node, 0, down=10 + place, back=30 + place, failed=32 + place)
    for turn in range(1, 4):
        for node in NODES:
            second = 95 + 10 * turn
            over = agent(node, turn, state="failed", since=second)
            story.run([over, agent(node, turn + 1, since=second)], second)
    assert blames(story)


def test_a_task_that_is_given_to_a_node_just_back_and_fails_is_blamed() -> None:
    story = begin()
    story.turn(["w0"], "down", 10)
    story.turn(["w0"], "ready", 30)
    fresh = [agent("w0", turn, state="failed", since=31 + turn) for turn in range(1, 7)]
    story.run(fresh, 40)
    assert blames(story)


def test_it_is_remembered_who_has_just_come_back() -> None:
    story = begin()
    story.turn(NODES, "down", 10)
    story.turn(NODES, "ready", 30)
    other = Analyst(place=place_by_labels)
    other.recall(story.analyst.snapshot, story.analyst.remember())
    story.analyst = other
    for turn, node in enumerate((*NODES, *NODES)):
        over = agent(node, turn // 3, state="failed", since=30)
        story.run([over, agent(node, turn // 3 + 1, since=32)], 32 + turn)
    assert not blames(story)


def test_who_is_away_is_known_from_the_nodes_themselves() -> None:
    story = begin()
    many = [f"w{i}" for i in range(6)]
    story.turn(many, "down", 10)
    other = Analyst(place=place_by_labels)
    other.recall(story.analyst.snapshot, story.analyst.remember())
    story.analyst = other
    story.turn(many, "ready", 30)
    story.run([agent(node, 0, state="failed", since=30) for node in many], 32)
    assert not blames(story)
    story.run([agent(node, 1, since=33) for node in many], 34)
    story.run([agent(node, 1, state="failed", since=99) for node in many], 99)
    assert blames(story)
