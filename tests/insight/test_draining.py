"""Of nodes that are drained it is told what is left, how fast it goes, and when it does not."""

from collections.abc import Sequence

from msgspec.structs import replace

from swarmtui.insight.picture import Problem, Severity
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import Availability
from tests.factories import make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes


def tasks_on(node_id: str, count: int) -> Sequence[Task]:
    return [make_task(f"{node_id}t{i}", node_id=node_id, slot=i + 1) for i in range(count)]


def begin(*, tasks: int = 30, nodes: int = 3) -> Story:
    story = Story()
    managers = [replace(node, availability=Availability.DRAIN) for node in make_managers(0)]
    story.show([*managers, *make_nodes(nodes)], 0)
    story.serve([make_service(replicas=tasks * nodes)], 0)
    story.run([t for i in range(nodes) for t in tasks_on(f"w{i}", tasks)], 1, whole=True)
    return story


def drain(story: Story, *ids: str, second: float, to: Availability = Availability.DRAIN) -> None:
    story.show([replace(story.nodes[id_], availability=to) for id_ in ids], second)


def leave(story: Story, count: int, *, of: int = 30, node: str = "w0", second: float) -> None:
    """Tell that so many tasks are left on a node, and that nodes were looked at after that."""
    gone = [f"{node}t{i}" for i in range(count, of)]
    story.run([], second, service="s1", removed=tuple(gone))
    story.show([], second + 0.1)


def draining(story: Story, second: float | None = None) -> Problem:
    problem = story.problem("draining", second)
    assert problem is not None
    return problem


def test_managers_that_are_drained_and_empty_are_no_problem() -> None:
    assert begin().problem("draining") is None


def test_a_node_that_is_drained_says_what_is_left() -> None:
    story = begin()
    drain(story, "w0", second=10)
    problem = draining(story)
    assert problem.text == "w0 draining: 30 tasks left, none gone yet"
    assert (problem.severity, problem.subject) == (Severity.INFO, "nodes")
    assert problem.nodes == ("w0",)
    assert problem.evidence == [
        "w0: 30 left",
        "to call it off: docker node update --availability active w0",
    ]


def test_a_drain_that_goes_on_says_how_fast_and_how_long_still() -> None:
    story = begin()
    drain(story, "w0", second=10)
    leave(story, 20, second=30)
    leave(story, 10, second=50)
    problem = draining(story)
    assert problem.text == "w0 draining: 10 tasks left, 30 a minute, 20 s to go"
    assert problem.severity is Severity.INFO


def test_a_drain_that_is_done_is_over() -> None:
    story = begin()
    drain(story, "w0", second=10)
    leave(story, 0, second=30)
    assert story.problem("draining") is None


def test_a_drain_that_is_called_off_is_over() -> None:
    story = begin()
    drain(story, "w0", second=10)
    drain(story, "w0", second=20, to=Availability.ACTIVE)
    assert story.problem("draining") is None


def test_tasks_on_a_drained_node_that_is_down_are_not_draining() -> None:
    story = begin()
    drain(story, "w0", second=10)
    story.turn(["w0"], "down", 20)
    assert story.problem("draining") is None


def test_a_drain_from_which_nothing_goes_any_more_is_a_warning() -> None:
    story = begin()
    drain(story, "w0", second=10)
    leave(story, 5, second=30)
    leave(story, 5, of=5, second=200)
    assert draining(story).severity is Severity.INFO
    leave(story, 5, of=5, second=215)
    problem = draining(story)
    assert problem.severity is Severity.WARNING
    assert problem.text == "w0 draining: 5 tasks left, none went for 3 min"
    assert problem.command == "docker node ps w0"


def test_a_drain_of_which_nothing_was_seen_is_not_said_to_stand_still() -> None:
    story = begin()
    drain(story, "w0", second=10)
    leave(story, 5, second=30)
    for second in range(40, 600, 20):
        story.show([], second)
    assert draining(story).severity is Severity.INFO


def test_tasks_that_become_known_after_the_nodes_are_seen() -> None:
    story = Story()
    nodes = [replace(node, availability=Availability.DRAIN) for node in make_nodes(2)]
    story.show([*make_managers(0), *nodes], 0)
    story.serve([make_service()], 0)
    story.run(tasks_on("w0", 3), 1, whole=True)
    story.show([], 10)
    story.show([], 62)
    assert draining(story).nodes == ("w0",)


def test_several_nodes_are_one_problem_with_the_fullest_first() -> None:
    story = begin()
    drain(story, "w0", "w1", second=10)
    leave(story, 5, second=30)
    problem = draining(story)
    assert problem.text.startswith("2 nodes draining: 35 tasks left, ")
    assert problem.evidence[:2] == ["w1: 30 left", "w0: 5 left"]
