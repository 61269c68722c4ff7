"""Keyframes build on what leaves little to write, and little to read."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from swarmtui.recording.keyframes import Moment
from swarmtui.recording.ladder import Ladder, Rung
from tests.depth import examples
from tests.insight.random_stories import make_analyst

DEEPEST = 15
"""As many as a reader follows: see `recording/index.py`."""


def make_moment(number: int) -> Moment:
    analyst = make_analyst()
    return Moment(number=number, snapshot=analyst.snapshot, memory=analyst.remember(), places={})


def climb(steps: Iterable[Iterable[int]], *, total: int) -> Sequence[int | None]:
    """Return on which keyframe each builds, by its number; `None` where it is whole.

    Of so many things, `steps` say which change between two keyframes.
    """
    ladder, bases = Ladder(), list[int | None]()
    ladder.add(make_moment(0), None, total=total)
    for number, changed in enumerate(steps, 1):
        ladder.see([f"t{thing}" for thing in changed])
        base = ladder.find_base(total)
        ladder.add(make_moment(number), base, total=total)
        bases.append(None if base is None else base.moment.number)
    return bases


def test_each_builds_on_the_one_before_where_something_else_changes() -> None:
    fresh = [range(10 * n, 10 * n + 10) for n in range(8)]
    assert climb(fresh, total=1_000) == [*range(8)]


def test_where_the_same_changes_again_and_again_those_between_are_skipped() -> None:
    assert climb([range(10)] * 8, total=1_000) == [0, 1, 2, 0, 4, 5, 6, 4]


def test_after_so_many_links_those_between_are_skipped_anyway() -> None:
    fresh = [range(10 * n, 10 * n + 10) for n in range(10)]
    assert climb(fresh, total=1_000) == [*range(8), 0, 9]


def test_where_most_is_other_by_now_none_is_skipped() -> None:
    fresh = [range(10 * n, 10 * n + 10) for n in range(10)]
    assert climb(fresh, total=100) == [*range(10)]


def test_one_is_whole_where_most_changed_at_once() -> None:
    assert climb([range(81), range(80)], total=100) == [None, 1]


def test_one_is_whole_where_too_many_others_would_have_to_be_read() -> None:
    fresh = [range(10 * n, 10 * n + 10) for n in range(40)]
    bases = climb(fresh, total=100)
    assert bases.index(None) == DEEPEST
    many = [range(50_000 * n, 50_000 * n + 50_000) for n in range(3)]
    assert climb(many, total=10**6) == [0, 1, None]


def test_one_is_whole_where_few_things_are_left_of_many() -> None:
    ladder = Ladder()
    ladder.add(make_moment(0), None, total=100_000)
    ladder.see([f"t{thing}" for thing in range(1_000)])
    assert ladder.find_base(100_000) is not None
    assert ladder.find_base(19_000) is not None
    assert ladder.find_base(18_000) is None


@examples(60)
@given(
    st.lists(st.sets(st.integers(0, 60), max_size=30), max_size=60),
    st.integers(30, 200),
)
def test_what_changed_since_a_keyframe_is_known_of_each_that_can_be_built_on(
    steps: list[set[int]], total: int
) -> None:
    ladder = Ladder()
    ladder.add(make_moment(0), None, total=total)
    depths, since = {0: 0}, {0: set[str]()}
    for number, step in enumerate(steps, 1):
        changed = {f"t{thing}" for thing in step}
        ladder.see(changed)
        for known in since.values():
            known.update(changed)
        base = ladder.find_base(total)
        if base is not None:
            assert_known(base, since)
        ladder.add(make_moment(number), base, total=total)
        depths[number] = 0 if base is None else depths[base.moment.number] + 1
        since[number] = set()
        assert depths[number] <= DEEPEST


def assert_known(base: Rung, since: dict[int, set[str]]) -> None:
    assert base.changed == since[base.moment.number]
