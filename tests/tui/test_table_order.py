"""Order, place and gathering of rows: pure."""

import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmtui.swarm.entities import Task
from swarmtui.tui.meaning import Span
from swarmtui.tui.table.column import Column, Sort
from swarmtui.tui.table.gathering import Gathering, Groups, Sifting, gather_all
from swarmtui.tui.table.order import Order
from swarmtui.tui.table.place import Place, hold
from tests.factories import make_task

VALUE: Column[int, None] = Column(
    key="value",
    head="VALUE",
    value=lambda row, _: row,
    cell=lambda row, _: (Span(str(row)),),
    width=5,
)
PARITY: Column[int, None] = Column(
    key="parity", head="PARITY", value=lambda row, _: row % 2, cell=lambda *_: (), width=5
)
AGE: Column[int, None] = Column(
    key="age", head="AGE", value=lambda row, _: row, cell=lambda *_: (), width=5, is_age=True
)


def make_order(rows: dict[str, int], sort: Sort | None = None) -> Order[int, None]:
    order = Order((VALUE, PARITY, AGE), sort or Sort("value"))
    order.take(rows, None)
    order.settle()
    return order


def test_rows_are_sorted_by_their_column() -> None:
    assert make_order({"a": 3, "b": 1, "c": 2}).ids == ["b", "c", "a"]


def test_rows_that_sort_equal_keep_their_order() -> None:
    rows = {"a": 3, "b": 1, "c": 2, "d": 4}
    order = make_order(rows)
    order.sort_by(Sort("parity", descends=True), rows, None)
    assert order.ids == ["b", "a", "c", "d"]


def test_ages_descend_from_the_oldest() -> None:
    moments = {"old": 1, "new": 9, "middle": 5}
    assert make_order(moments, Sort("age", descends=True)).ids == ["old", "middle", "new"]


def test_equal_rows_leave_the_order_alone() -> None:
    order = make_order({"a": 3, "b": 1})
    before = order.ids
    order.take({"a": 3, "b": 1}, None)
    assert order.is_settled
    assert order.ids is before


def test_a_row_that_is_gone_leaves_before_the_order_is_settled() -> None:
    order = make_order({"a": 3, "b": 1, "c": 2})
    order.take({"a": 3, "c": 0}, None, changed={"b", "c"})
    assert order.ids == ["c", "a"]
    assert not order.is_settled


def test_a_new_row_waits_for_its_place() -> None:
    order = make_order({"a": 3, "b": 1})
    order.take({"a": 3, "b": 1, "c": 2}, None, changed={"c"})
    assert order.ids == ["b", "a"]
    order.settle()
    assert order.ids == ["b", "c", "a"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 5)), max_size=8))
def test_changes_one_by_one_end_in_the_order_of_a_fresh_start(steps: list[dict[str, int]]) -> None:
    order = make_order({})
    rows: dict[str, int] = {}
    for step in steps:
        changed = rows.keys() | step.keys()
        rows = step
        order.take(rows, None, changed=changed)
        order.settle()
        assert sorted(order.ids) == sorted(rows)
        assert [rows[row_id] for row_id in order.ids] == sorted(rows.values())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from(["value", "age", "parity"]))
def test_few_changes_among_many_rows_end_sorted_too(seed: int, descends: bool, key: str) -> None:
    chance = random.Random(seed)
    rows = {f"r{i}": chance.randrange(300) for i in range(200)}
    order = make_order(rows, Sort(key, descends))
    for step in range(4):
        changed = set(chance.sample(sorted(rows), 8))
        for row_id in changed:
            rows[row_id] = chance.randrange(300)
        rows[f"new{step}"] = chance.randrange(300)
        gone = chance.choice(sorted(rows))
        del rows[gone]
        whole = None if step % 2 else changed | {f"new{step}", gone}
        order.take(rows, None, changed=whole)
        order.settle()
        shown = [rows[row_id] % 2 if key == "parity" else rows[row_id] for row_id in order.ids]
        assert shown == sorted(shown, reverse=descends is not (key == "age"))
        assert sorted(order.ids) == sorted(rows)


def test_the_cursor_stays_on_its_row_and_its_line_when_rows_come_in_above() -> None:
    before, after = list("abcdefghij"), list("xyzabcdefghij")
    place = hold(
        Place("e", 4, 2), before=before, after=after, left=set(after), height=5, resting=False
    )
    assert place == Place("e", 7, 5)


def test_the_cursor_goes_to_the_row_below_when_its_own_is_gone() -> None:
    before, after = list("abcde"), list("abe")
    place = hold(
        Place("c", 2, 0), before=before, after=after, left=set(after), height=9, resting=False
    )
    assert place.cursor == "e"


def test_the_cursor_goes_to_the_row_above_when_there_is_none_below() -> None:
    place = hold(
        Place("c", 2, 0),
        before=list("abc"),
        after=list("ab"),
        left=set("ab"),
        height=9,
        resting=False,
    )
    assert place == Place("b", 1, 0)


def test_whoever_scrolled_away_from_the_cursor_keeps_the_first_line() -> None:
    before, after = list("abcdefghij"), list("xxabcdefghij")
    place = hold(
        Place("a", 0, 5), before=before, after=after, left=set(after), height=3, resting=False
    )
    assert (place.cursor, after[place.top]) == ("a", "f")


def test_whoever_rests_at_the_top_stays_there() -> None:
    before, after = list("abc"), list("xyabc")
    resting = hold(
        Place("a", 0, 0), before=before, after=after, left=set(after), height=4, resting=True
    )
    assert resting == Place("a", 2, 0)
    pushed_out = hold(
        Place("a", 0, 0), before=before, after=after, left=set(after), height=2, resting=True
    )
    assert pushed_out == Place("x", 0, 0)


def test_no_rows_are_no_place() -> None:
    gone = hold(Place("a", 0, 0), before=["a"], after=[], left=set(), height=4, resting=False)
    assert gone == Place()
    back = hold(gone, before=[], after=["b"], left={"b"}, height=4, resting=False)
    assert back == Place("b", 0, 0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_cursor_in_sight_stays_in_sight(seed: int, height: int) -> None:
    chance = random.Random(seed)
    before = [f"r{i}" for i in range(chance.randrange(1, 40))]
    left = [row_id for row_id in before if chance.random() < 0.7]
    after = [*left, *(f"n{i}" for i in range(chance.randrange(20)))]
    chance.shuffle(after)
    top = chance.randrange(max(1, len(before) - height + 1))
    index = min(len(before) - 1, top + chance.randrange(height))
    place = Place(before[index], index, top)
    held = hold(place, before=before, after=after, left=set(after), height=height, resting=False)
    if after:
        assert after[held.index] == held.cursor
        assert held.top <= held.index < held.top + height
        assert place.cursor not in after or held.cursor == place.cursor


def keep_failed(tasks: Iterable[Task]) -> list[Task]:
    return [task for task in tasks if task.state == "failed"]


def grouped(*tasks: Task) -> Groups[Task]:
    groups: dict[str, dict[str, Task]] = {}
    for task in tasks:
        groups.setdefault(task.service_id, {})[task.id] = task
    return groups


def test_only_groups_that_are_other_objects_are_looked_at() -> None:
    looked: list[str] = []

    def sift(tasks: Iterable[Task]) -> list[Task]:
        found = list(tasks)
        looked.extend(task.id for task in found)
        return found

    gathering: Gathering[Task] = Gathering()
    first = grouped(make_task("a"), make_task("b", service="s2"))
    gathering.start(gather_all(first), first)
    second = {**first, "s2": {"b": make_task("b", service="s2", state="failed")}}
    assert gathering.follow(second, sift) == {"b"}
    assert looked == ["b"]
    assert gathering.rows["b"].state == "failed"


def test_tasks_that_come_go_and_change_are_told_apart_from_those_that_stay() -> None:
    gathering: Gathering[Task] = Gathering()
    kept = make_task("kept")
    before = grouped(kept, make_task("gone"), make_task("turned"))
    gathering.start(gather_all(before), before)
    after = grouped(kept, make_task("turned", state="failed"), make_task("new"))
    assert gathering.follow(after, list) == {"gone", "turned", "new"}
    assert gathering.rows == {"kept": kept, **after["s1"]}


def test_a_service_that_is_gone_takes_its_tasks_along() -> None:
    gathering: Gathering[Task] = Gathering()
    before = grouped(make_task("a"), make_task("b", service="s2"))
    gathering.start(gather_all(before), before)
    assert gathering.follow({"s1": before["s1"]}, list) == {"b"}
    assert set(gathering.rows) == {"a"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abcdef"), st.sampled_from(["running", "failed"]), max_size=6
        ),
        max_size=6,
    )
)
def test_following_ends_where_sifting_anew_would(steps: list[dict[str, str]]) -> None:
    gathering: Gathering[Task] = Gathering()
    for step in steps:
        groups = grouped(*(make_task(id_, state=state) for id_, state in step.items()))
        gathering.follow(groups, keep_failed)
        assert gathering.rows.keys() == {id_ for id_, state in step.items() if state == "failed"}


def test_sifting_comes_in_slices() -> None:
    groups = grouped(*(make_task(f"t{i}", state="failed") for i in range(25)))
    sifting = Sifting(groups, keep_failed, slice_=10)
    assert [sifting.advance() for _ in range(3)] == [False, False, True]
    assert sifting.rows == groups["s1"]
