"""An analyst who recalls is one who lived through it, and none is changed by being asked."""

import gc
import weakref
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.history import MOST
from swarmtui.insight.memory import Memory
from swarmtui.insight.picture import Picture
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.stats import TrustOutcome, TrustWish
from tests.depth import every, examples
from tests.factories import NOON, at, machine_seen, make_node, make_unknown_key, nodes_seen
from tests.insight.random_stories import long_story, make_analyst, reorder, stories
from tests.insight.story import Story, make_managers

CUTS = st.floats(0, 1)


def live(story: list[Observation], analyst: Analyst | None = None) -> Analyst:
    analyst = analyst or make_analyst()
    for seen in story:
        analyst.see(seen)
    return analyst


def split(story: list[Observation], cut: float) -> tuple[list[Observation], list[Observation]]:
    place = round(cut * len(story))
    return story[:place], story[place:]


def carry(memory: Memory) -> Memory:
    """Return a memory as it comes back from a file."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=Memory)


def second_of(analyst: Analyst) -> float:
    moment = analyst.snapshot.taken_at
    return (moment - NOON).total_seconds() if moment else 0.0


def assert_same(one: Picture, other: Picture) -> None:
    """Assert that two pictures are equal; say which part is not."""
    for name in Picture.__struct_fields__:
        assert getattr(one, name) == getattr(other, name), name
    assert one == other


def assert_alike(one: Analyst, other: Analyst, *, later: float = 0.0) -> None:
    now = at(second_of(one) + later)
    assert_same(one.picture(now), other.picture(now))
    assert one.extent == other.extent
    assert (one.happenings, one.elections) == (other.happenings, other.elections)


@examples(25)
@given(stories(), CUTS, st.randoms(use_true_random=False))
def test_who_recalls_goes_on_like_who_lived_through_it(
    story: list[Observation], cut: float, chance: Random
) -> None:
    past, future = split(story, cut)
    lived = live(past)
    recalled = make_analyst()
    recalled.recall(reorder(lived.snapshot, chance), carry(lived.remember()))
    assert_alike(lived, recalled)
    assert_alike(lived, recalled, later=2)
    for seen in future:
        lived.see(seen)
        recalled.see(seen)
        assert_alike(lived, recalled)
    assert_alike(lived, recalled, later=299)


@examples(40)
@given(stories(), stories(), CUTS)
def test_what_an_analyst_knew_before_it_recalls_is_gone(
    story: list[Observation], other: list[Observation], cut: float
) -> None:
    past, future = split(story, cut)
    lived, used = live(past), live(other)
    used.picture(at(second_of(used)))
    used.recall(lived.snapshot, carry(lived.remember()))
    for seen in (None, *future):
        if seen is not None:
            lived.see(seen)
            used.see(seen)
        assert_alike(lived, used)


@examples(25)
@given(stories(), st.lists(st.tuples(CUTS, st.sampled_from([-400, -7, 0, 0.5, 40, 400]))))
def test_pictures_and_memories_taken_in_between_change_nothing(
    story: list[Observation], asked: list[tuple[float, float]]
) -> None:
    silent, asking = live(story), make_analyst()
    questions = sorted((round(cut * len(story)), later) for cut, later in asked)
    for number, seen in enumerate(story):
        asking.see(seen)
        for place, later in questions:
            if place == number:
                asking.picture(at(second_of(asking) + later))
                asking.remember()
    assert_alike(silent, asking)
    assert_alike(silent, asking, later=60)


@examples(25)
@given(stories())
def test_what_is_remembered_after_recalling_is_what_was_recalled(story: list[Observation]) -> None:
    lived, recalled = live(story), make_analyst()
    recalled.recall(lived.snapshot, carry(lived.remember()))
    assert in_order(recalled.remember()) == in_order(lived.remember())


def test_what_seldom_happens_is_recalled_too() -> None:
    lived = make_analyst()
    for number, seen in enumerate(long_story(800)):
        lived.see(seen)
        if number % every(5):
            continue
        recalled = make_analyst()
        recalled.recall(lived.snapshot, lived.remember())
        assert in_order(recalled.remember()) == in_order(lived.remember())


def in_order(memory: Memory) -> Memory:
    """Return a memory without the accidents of a heap."""
    failures = memory.workload.failures
    failures = replace(failures, kept=tuple(sorted(failures.kept)))
    return replace(memory, workload=replace(memory.workload, failures=failures))


@examples(20)
@given(stories(most=15))
def test_a_memory_never_changes(story: list[Observation]) -> None:
    analyst, kept = make_analyst(), []
    for seen in story:
        analyst.see(seen)
        memory = analyst.remember()
        kept.append((memory, carry(memory)))
        analyst.picture(at(second_of(analyst)))
    assert all(memory == as_it_was for memory, as_it_was in kept)


def test_a_long_history_goes_on_where_it_was_thinned() -> None:
    story, recalled = Story(), Story()
    story.show(make_managers(0), 0)
    story.serve([], 0)
    for step in range(1, 1_700):
        story.lead(f"mg{step // 400 % 3}", 2 * step)
    for step in range(1_700, 2_000):
        if step in {1_701, 1_900}:
            analyst = story.analyst
            recalled.analyst.recall(analyst.snapshot, carry(analyst.remember()))
        story.lead(f"mg{step // 300 % 3}", 2 * step)
        recalled.see(nodes_seen(story.nodes.values(), second=2 * step))
    assert len(story.picture().history) > MOST // 2
    assert_alike(story.analyst, recalled.analyst)


def test_a_machine_that_is_silent_is_still_the_node_it_said() -> None:
    lived, recalled = make_analyst(), make_analyst()
    for seen in (
        nodes_seen([make_node("n1", addr="")]),
        machine_seen("m1", "n1", second=1),
        machine_seen("m1", reachable=False, second=2),
    ):
        lived.see(seen)
    recalled.recall(lived.snapshot, carry(lived.remember()))
    assert recalled.picture(at(2)).machine_of == {"n1": "m1"}
    assert_alike(lived, recalled)


def test_what_came_of_a_yes_to_a_host_key_is_remembered_after_the_next_answer() -> None:
    lived, recalled = make_analyst(), make_analyst()
    wish = TrustWish(machine="m1", key=make_unknown_key(), asked_at=NOON)
    trust = TrustOutcome(wish=wish, text="the file cannot be written")
    lived.see(machine_seen("m1", trust=trust))
    lived.see(machine_seen("m1", second=1))
    recalled.recall(lived.snapshot, carry(lived.remember()))
    assert recalled.picture(at(2)).machines["m1"].trust == trust
    assert_alike(lived, recalled)


def test_what_an_analyst_knew_is_gone_with_it_and_waits_for_no_collector() -> None:
    analyst = live(long_story(200))
    analyst.picture(at(3600))
    parts = [weakref.ref(part) for part in vars(analyst).values() if _can_be_watched(part)]
    assert len(parts) > 5
    gc.disable()
    try:
        del analyst
        assert [part() for part in parts if part() is not None] == []
    finally:
        gc.enable()


def _can_be_watched(part: object) -> bool:
    return type(part).__module__.startswith("swarmtui.insight") and "__weakref__" in dir(part)
