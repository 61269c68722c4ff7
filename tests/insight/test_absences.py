"""What ends with a node that goes away is no fault of its service, and makes no black hole."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import NodeState
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


def lose(story: Story, nodes: Sequence[str], second: float) -> None:
    """Tell that the manager took nodes for lost just now."""
    fields = {"state": NodeState.DOWN, "updated_at": at(second)}
    story.show([replace(story.nodes[node], **fields) for node in nodes], second)


def restart(story: Story, nodes: Sequence[str], turn: int, *, down: float, failed: float) -> None:
    """Lose nodes for 20 s; their tasks are seen to have failed, and others to run."""
    lose(story, nodes, down)
    steps = [(down + 20, "back"), (failed, "failed")]
    for second, step in sorted(steps):
        if step == "back":
            story.turn(nodes, "ready", second)
        else:
            over = [agent(node, turn, state="failed", since=down + 20) for node in nodes]
            story.run([*over, *(agent(node, turn + 1, since=second) for node in nodes)], second)


def of(service: str, task: Task) -> Task:
    return replace(task, id=f"{service}-{task.id}", service_id=service)


def continued(story: Story) -> Analyst:
    """Return an analyst who begins with what the other one remembered."""
    other = Analyst(place=place_by_labels)
    other.recall(story.analyst.snapshot, story.analyst.remember())
    return other


def blames(story: Story) -> set[str]:
    return BLAMES & set(kinds(story.picture().problems))


@pytest.mark.parametrize("failed_after", [-1, 2, 55])
def test_nodes_that_go_away_and_come_back_blame_no_service(failed_after: float) -> None:
    story = begin()
    for turn in range(3):
        down = 10 + 90 * turn
        restart(story, NODES, turn, down=down, failed=down + 20 + failed_after)
        assert not blames(story)
    assert story.picture().tasks.failed_5m == 9  # they are counted all the same


def test_a_node_that_restarts_with_tasks_of_many_services_is_no_black_hole() -> None:
    story = begin()
    names = [f"svc{i}" for i in range(20)]
    story.serve([make_service(name, name=name, replicas=7) for name in names], 1)
    for name in names:
        story.run([of(name, agent(f"w{i}", 0)) for i in range(7)], 1, service=name)
    for turn in range(2):
        down = 10 + 100 * turn
        lose(story, ["w0"], down)
        story.turn(["w0"], "ready", down + 20)
        for name in names:
            over = agent("w0", turn, state="failed", since=down + 20)
            fresh = agent("w0", turn + 1, since=down + 22)
            story.run([of(name, over), of(name, fresh)], down + 22, service=name)
        assert not blames(story)


def test_what_goes_on_failing_after_a_node_came_back_is_blamed() -> None:
    story = begin()
    restart(story, NODES, 0, down=10, failed=32)
    for turn in range(1, 4):
        second = 40 + 10 * turn
        over = [agent(node, turn, state="failed", since=second) for node in NODES]
        story.run([*over, *(agent(node, turn + 1, since=second) for node in NODES)], second)
    assert blames(story)


@pytest.mark.parametrize("seen_first", [False, True])
def test_a_task_that_is_given_to_a_node_just_back_and_fails_is_blamed(*, seen_first: bool) -> None:
    story = begin()
    lose(story, ["w0"], 10)
    story.turn(["w0"], "ready", 30)
    if seen_first:
        story.run([agent("w0", turn, state="starting", since=31) for turn in range(1, 9)], 32)
    story.run([agent("w0", turn, state="failed", since=35) for turn in range(1, 9)], 36)
    assert blames(story)


def test_what_was_whole_in_a_list_since_a_node_is_back_failed_by_itself() -> None:
    story = begin()
    lose(story, NODES, 10)
    story.turn(NODES, "ready", 30)
    for second in (50, 52, 54):
        story.run([], second)
    story.run([agent(node, 0, state="failed", since=56) for node in NODES], 57)
    story.run([agent(node, 1, since=58) for node in NODES], 58)
    story.run([agent(node, 1, state="failed", since=60) for node in NODES], 61)
    assert blames(story)


def test_an_election_does_not_make_a_lost_node_one_that_is_back() -> None:
    story = begin()
    many = [f"w{i}" for i in range(6)]
    lose(story, many, 10)
    story.turn(many, "unknown", 15)
    story.analyst = continued(story)
    story.turn(many, "ready", 100)
    story.run([agent(node, 0, state="failed", since=100) for node in many], 102)
    assert not blames(story)


def test_it_is_remembered_who_has_just_come_back() -> None:
    story = begin()
    lose(story, NODES, 10)
    story.turn(NODES, "ready", 30)
    story.analyst = continued(story)
    for turn, node in enumerate((*NODES, *NODES)):
        over = agent(node, turn // 3, state="failed", since=30)
        story.run([over, agent(node, turn // 3 + 1, since=32)], 32 + turn)
    assert not blames(story)


def test_who_is_away_is_known_from_the_nodes_themselves() -> None:
    story = begin()
    many = [f"w{i}" for i in range(6)]
    lose(story, many, 10)
    story.analyst = continued(story)
    story.turn(many, "ready", 30)
    story.run([agent(node, 0, state="failed", since=30) for node in many], 32)
    assert not blames(story)
    story.run([agent(node, 1, since=33) for node in many], 34)
    story.run([agent(node, 1, state="failed", since=99) for node in many], 99)
    assert blames(story)
