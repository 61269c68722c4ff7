"""What is half known of nodes when a recording is entered is known as well as before."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Problem
from swarmtui.swarm.words import Availability
from tests.factories import at, make_node, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes


def begin() -> Story:
    story = Story()
    bobs = [
        make_node(f"b{i}", hostname=f"b{i}", labels={"region": f"r{i % 5}", "contributor": "bob"})
        for i in range(20)
    ]
    others = [
        make_node(f"o{i}", hostname=f"o{i}", labels={"region": f"r{i % 5}"}) for i in range(80)
    ]
    story.show([*make_managers(0), *make_nodes(5), *bobs, *others], 0)
    story.serve([make_service(replicas=40)], 0)
    story.run([make_task(f"t{i}", node_id="w0", slot=i + 1) for i in range(40)], 1, whole=True)
    return story


def flap(story: Story, recall: Callable[[], None]) -> None:
    for step in range(3):
        story.turn(["w1"], "down", 100 + 60 * step)
        recall()
        story.turn(["w1"], "ready", 120 + 60 * step)
    recall()


def lose_bob(story: Story, recall: Callable[[], None]) -> None:
    story.turn([f"b{i}" for i in range(15)], "down", 100)
    recall()
    story.show([], 106)
    recall()
    story.turn(["b15"], "down", 110)
    story.turn(["b1"], "ready", 120)
    recall()


def drain(story: Story, recall: Callable[[], None]) -> None:
    story.show([replace(story.nodes["w0"], availability=Availability.DRAIN)], 100)
    recall()
    for second in (110, 120):
        gone = tuple(f"t{i}" for i in range(second - 100))
        story.run([], second, removed=gone)
        story.show([], second)
    recall()


def move(story: Story, recall: Callable[[], None]) -> None:
    for step, address in enumerate(("10.9.0.1", "10.9.0.2", "10.9.0.1")):
        story.show([replace(story.nodes["w0"], addr=address)], 100 + 10 * step)
        recall()
    story.show([replace(story.nodes["w0"], addr="10.9.0.2")], 200)


def put_a_clock_ahead(story: Story, recall: Callable[[], None]) -> None:
    story.show([], 100)
    story.show([replace(story.nodes["w2"], updated_at=at(101))], 102)
    recall()
    story.run([make_task("t0", node_id="w0", since=at(170))], 110)
    recall()
    story.show([], 112)


BEFALLS = {
    "flapping": flap,
    "contributor_down": lose_bob,
    "draining": drain,
    "identity_twice": move,
    "clock_skew": put_a_clock_ahead,
}


def told(story: Story) -> list[Problem]:
    return [problem for problem in story.picture().problems if problem.kind in BEFALLS]


@pytest.mark.parametrize("kind", BEFALLS)
def test_what_befalls_nodes_is_told_alike_however_often_a_recording_is_entered(kind: str) -> None:
    lived, recalled = begin(), begin()

    def recall() -> None:
        analyst = recalled.analyst
        memory = msgspec.msgpack.encode(analyst.remember())
        analyst.recall(analyst.snapshot, msgspec.msgpack.decode(memory, type=Memory))

    BEFALLS[kind](lived, lambda: None)
    BEFALLS[kind](recalled, recall)
    assert kind in {problem.kind for problem in told(lived)}
    assert told(recalled) == told(lived)
