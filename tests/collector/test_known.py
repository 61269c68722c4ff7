"""Only what changed is told."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from swarmtui.collector.known import MOST_TASKS, Known
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from tests.collector.fakes import FakePiece, RawTask, convert
from tests.factories import NOON, at, make_manager, make_node, make_service, make_task


def see_tasks(known: Known, *batches: Sequence[RawTask]) -> list[TasksSeen]:
    digests = known.digests_of("s1")
    pieces = [FakePiece.of(batch, digests) for batch in batches]
    return list(known.see_tasks("s1", pieces, convert=convert, now=lambda: NOON))


def raw(ids: Iterable[int], *, version: int = 1) -> list[RawTask]:
    return [RawTask(make_task(f"t{n}"), index=version) for n in ids]


def test_the_first_node_list_is_told_whole_and_the_same_list_not_again() -> None:
    known = Known()
    nodes = [make_node("n1"), make_node("n2")]
    first = known.see_nodes(nodes, taken_at=NOON, asked_at=NOON)
    again = known.see_nodes(nodes, taken_at=at(2), asked_at=at(2))
    assert (first.whole, len(first.changed)) == (True, 2)
    assert (again.whole, again.changed, again.removed) == (False, (), ())


def test_a_change_of_leader_is_told_though_no_version_moved() -> None:
    known = Known()
    known.see_nodes([make_manager("m0", leader=True)], taken_at=NOON, asked_at=NOON)
    seen = known.see_nodes([make_manager("m0", leader=False)], taken_at=NOON, asked_at=NOON)
    assert [node.is_leader for node in seen.changed] == [False]


def test_nodes_and_services_that_left_are_told() -> None:
    known = Known()
    known.see_nodes([make_node("n1"), make_node("n2")], taken_at=NOON, asked_at=NOON)
    known.see_services([make_service("s1"), make_service("s2")], taken_at=NOON)
    assert known.see_nodes([make_node("n2")], taken_at=NOON, asked_at=NOON).removed == ("n1",)
    assert known.see_services([make_service("s1")], taken_at=NOON).removed == ("s2",)
    assert known.service_ids == ["s1"]


def test_a_task_is_looked_into_only_when_its_version_moved() -> None:
    known = Known()
    see_tasks(known, raw(range(10)))
    (seen,) = see_tasks(known, raw(range(9)) + raw([9], version=2))
    assert [task.id for task in seen.changed] == ["t9"]


def test_a_large_list_comes_in_parts_and_only_the_last_is_complete() -> None:
    known = Known()
    parts = see_tasks(known, raw(range(1_500)), raw(range(1_500, 2_500)))
    assert [len(part.changed) for part in parts] == [MOST_TASKS, MOST_TASKS, 500]
    assert [part.complete for part in parts] == [False, False, True]
    assert [part.whole for part in parts] == [True, False, False]


def test_tasks_that_are_gone_are_told_with_the_last_part() -> None:
    known = Known()
    see_tasks(known, raw(range(3)))
    (seen,) = see_tasks(known, raw([1]))
    assert set(seen.removed) == {"t0", "t2"}


def test_a_list_that_breaks_off_loses_nothing_and_drops_nothing() -> None:
    known, snapshot = Known(), Snapshot()
    for seen in see_tasks(known, raw(range(3))):
        snapshot = fold(snapshot, seen).snapshot

    def broken() -> Iterable[FakePiece]:
        yield FakePiece.of(raw(range(2_000), version=2))
        raise ConnectionResetError

    told = known.see_tasks("s1", broken(), convert=convert, now=lambda: NOON)
    try:
        for seen in told:
            snapshot = fold(snapshot, seen).snapshot
    except ConnectionResetError:
        pass
    assert len(snapshot.tasks["s1"]) == 2_000
    for seen in see_tasks(known, raw(range(2_100), version=2)):
        snapshot = fold(snapshot, seen).snapshot
    assert len(snapshot.tasks["s1"]) == 2_100


def test_what_was_not_told_when_the_list_broke_off_is_told_the_next_time() -> None:
    known = Known()
    see_tasks(known, raw(range(3)))

    def broken() -> Iterable[FakePiece]:
        yield FakePiece.of(raw(range(500), version=2))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        list(known.see_tasks("s1", broken(), convert=convert, now=lambda: NOON))
    (seen,) = see_tasks(known, raw(range(500), version=2))
    assert len(seen.changed) == 500


class Unreadable(FakePiece):
    """A piece that was told before: nobody may look into it."""

    @property
    def objects(self) -> Sequence[RawTask]:
        raise AssertionError("looked into")

    def __init__(self, tasks: Sequence[RawTask]) -> None:
        object.__setattr__(self, "digest", FakePiece.of(tasks).digest)


def follow(known: Known, *pieces: FakePiece) -> list[TasksSeen]:
    return list(known.see_tasks("s1", pieces, convert=convert, now=lambda: NOON))


def test_a_piece_of_the_list_before_is_not_looked_into() -> None:
    known = Known()
    see_tasks(known, raw(range(3)), raw(range(3, 6)))
    for _ in range(2):
        (seen,) = follow(known, Unreadable(raw(range(3))), Unreadable(raw(range(3, 6))))
        assert (seen.changed, seen.removed, seen.complete) == ((), (), True)


def test_what_is_new_beside_a_piece_of_the_list_before_is_told() -> None:
    known = Known()
    see_tasks(known, raw(range(3)), raw(range(3, 6)))
    (seen,) = follow(
        known, Unreadable(raw(range(3))), FakePiece.of(raw([3, 7]) + raw([4], version=2))
    )
    assert {task.id for task in seen.changed} == {"t7", "t4"}
    assert seen.removed == ("t5",)


def test_tasks_of_a_piece_that_is_no_longer_listed_are_gone() -> None:
    known = Known()
    see_tasks(known, raw(range(3)), raw(range(3, 6)))
    (seen,) = follow(known, Unreadable(raw(range(3, 6))))
    assert set(seen.removed) == {"t0", "t1", "t2"}
    (again,) = follow(known, FakePiece.of(raw(range(3))), Unreadable(raw(range(3, 6))))
    assert {task.id for task in again.changed} == {"t0", "t1", "t2"}


def test_pieces_that_cannot_be_told_apart_are_looked_into_each_time() -> None:
    known = Known()
    follow(known, FakePiece(raw(range(3)), None))
    (seen,) = follow(known, FakePiece(raw([1], version=2), None))
    assert [task.id for task in seen.changed] == ["t1"]
    assert set(seen.removed) == {"t0", "t2"}
    assert list(known.digests_of("s1")) == []  # type: ignore[call-overload] # a mapping


def test_no_piece_is_known_after_a_list_that_broke_off() -> None:
    known = Known()
    see_tasks(known, raw(range(3)))

    def broken() -> Iterable[FakePiece]:
        yield FakePiece.of(raw(range(3), version=2))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        list(known.see_tasks("s1", broken(), convert=convert, now=lambda: NOON))
    assert FakePiece.of(raw(range(3))).digest not in known.digests_of("s1")


def test_a_service_that_comes_back_is_told_whole() -> None:
    known = Known()
    known.see_services([make_service("s1")], taken_at=NOON)
    see_tasks(known, raw(range(3)))
    known.see_services([], taken_at=NOON)
    known.see_services([make_service("s1")], taken_at=NOON)
    (seen,) = see_tasks(known, raw(range(3)))
    assert (seen.whole, len(seen.changed)) == (True, 3)


def test_the_same_list_as_before_is_no_news_without_a_look_at_the_nodes() -> None:
    class Unlooked(list[Node]):
        """A list that can be gone through once."""

        looks = 0

        def __iter__(self) -> Iterator[Node]:
            self.looks += 1
            return super().__iter__()

    known, nodes = Known(), Unlooked([make_node("n1")])
    known.see_nodes(nodes, taken_at=NOON, asked_at=NOON)
    again = known.see_nodes(nodes, taken_at=at(2), asked_at=at(2))
    assert (again.taken_at, again.whole, again.changed, again.removed) == (at(2), False, (), ())
    assert nodes.looks == 1
