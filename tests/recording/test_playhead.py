"""A recording shows at each time what was live then, whichever way one came there."""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.memory import Memory
from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.keyframes import Moment, encode_whole
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.depth import examples
from tests.factories import (
    NOON,
    at,
    make_manager,
    make_node,
    make_stats,
    make_task,
    nodes_seen,
    stats_seen,
    tasks_seen,
)
from tests.insight.random_stories import make_analyst, stories
from tests.insight.test_memory import assert_same
from tests.recording.tape import Tape, Told, joining, played, tape

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=5)
LAYOUTS = st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(1, 5))


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a name that recordings take, one after the other."""
    return tmp_path_factory.mktemp("tape") / "evening.rec"


def times_in(told: Told, shares: Sequence[float]) -> list[datetime]:
    """Return times between the first observation and the last, and those of some."""
    begins, length = told.times[0], told.ends - told.times[0]
    between = [begins + timedelta(seconds=int(share * length.total_seconds())) for share in shares]
    return between + [told.times[int(share * (len(told.times) - 1))] for share in shares]


@examples(15)
@given(stories(), SHARES, LAYOUTS)
def test_a_time_shows_what_was_live_then_wherever_one_came_from(
    path: Path, story: list[Observation], shares: list[float], layout: tuple[int, int, int]
) -> None:
    told, (keyframes, wholes, cuts) = Told(story), layout
    laid = tape(story, keyframe_every=keyframes, whole_every=wholes, cut_every=cuts)
    with played(laid.write(path)) as head:
        for when in times_in(told, shares):
            head.seek(when)
            assert head.at == when
            assert head.snapshot == told.live(when).snapshot
            assert_same(head.picture(), told.picture(when))
        assert not head.recording.damage


@examples(10)
@given(stories(), SHARES)
def test_playing_on_shows_the_same_as_going_there(
    path: Path, story: list[Observation], shares: list[float]
) -> None:
    told = Told(story)
    with played(tape(story).write(path)) as head:
        for when in sorted(times_in(told, shares)):
            assert head.advance(when)
            head.picture()
            assert_same(head.picture(), told.picture(when))


@examples(10)
@given(stories(), st.integers(0, 9))
def test_playing_on_in_portions_shows_the_same_and_stops_between_two_times(
    path: Path, story: list[Observation], most: int
) -> None:
    told = Told(story)
    with played(tape(story).write(path)) as head:
        while not head.advance(told.ends, most=most):
            assert head.at in told.times
            assert head.snapshot == told.live(head.at).snapshot
            if not most:
                break
        else:
            assert head.at == told.ends
            assert_same(head.picture(), told.picture(told.ends))


def test_no_more_entries_are_seen_than_asked_for_unless_they_are_of_one_time(path: Path) -> None:
    seconds = [0, 1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 10]
    story = [tasks_seen([make_task(f"t{n}")], second=s) for n, s in enumerate(seconds)]
    with played(tape(story).write(path)) as head:
        steps = []
        while not head.advance(at(10), most=3):
            steps.append((head.at, len(head.snapshot.tasks["s1"])))
        assert steps == [(at(3), 4), (at(9), 11)]
        assert head.at == at(10)


def test_a_playhead_stands_at_the_beginning_first(path: Path) -> None:
    with played(tape(joining(20)).write(path)) as head:
        assert head.at == at(0)
        assert head.picture().at == at(0)
        assert list(head.snapshot.services) == ["s1"]


def test_nobody_goes_beyond_either_end(path: Path) -> None:
    with played(tape(joining(20)).write(path)) as head:
        head.seek(at(999))
        assert head.at == at(19)
        head.seek(at(-999))
        assert head.at == at(0)
        assert head.advance(at(999))
        assert head.at == at(19)


def test_going_on_to_a_time_that_is_over_changes_nothing(path: Path) -> None:
    with played(tape(joining(20)).write(path)) as head:
        head.seek(at(9))
        assert head.advance(at(3))
        assert head.at == at(9)


def test_changes_are_stepped_through_one_by_one_forth_and_back(path: Path) -> None:
    story = list(joining(20))
    with played(tape(story).write(path)) as head:
        steps = []
        while (following := head.next_change()) is not None:
            head.seek(following)
            steps.append(head.at)
        assert steps == [at(second) for second in range(1, 20)]
        while (before := head.previous_change()) is not None:
            head.seek(before)
            assert steps.pop() == head.at + timedelta(seconds=1)
        assert head.at == at(1)


@examples(10)
@given(stories(), SHARES)
def test_nothing_changes_between_two_steps(
    path: Path, story: list[Observation], shares: list[float]
) -> None:
    told = Told(story)
    with played(tape(story).write(path)) as head:
        for when in times_in(told, shares):
            head.seek(when)
            until = head.next_change() or told.ends + timedelta(seconds=1)
            for time in told.times:
                if when < time < until:
                    assert things_of(told.live(time).snapshot) == things_of(head.snapshot)
            back = head.previous_change()
            assert back is None or back < when


def things_of(snapshot: Snapshot) -> tuple[object, object, list[Task]]:
    return snapshot.nodes, snapshot.services, list(snapshot.iterate_tasks())


def test_going_on_a_little_reads_no_keyframe(path: Path) -> None:
    laid = tape(joining(200), keyframe_every=10, whole_every=1)
    with played(laid.write(path)) as head:
        for block in laid.all_of(BlockKind.WHOLE)[1:]:
            laid.spoil(block)
        laid.write(path)
        head.seek(at(15))
        head.seek(at(19))
        assert not head.recording.damage
        head.seek(at(5))
        assert not head.recording.damage


def test_going_far_reads_the_keyframe_there_and_not_what_is_between(path: Path) -> None:
    laid = tape(joining(200), keyframe_every=10, whole_every=1, cut_every=1)
    with played(laid.write(path)) as head:
        for block in laid.all_of(BlockKind.CHANGES)[30:90]:
            laid.spoil(block)
        laid.write(path)
        head.seek(at(185))
        assert not head.recording.damage
        assert len(head.snapshot.nodes) == 93


def test_a_recording_is_played_on_while_it_grows(path: Path) -> None:
    story = list(joining(60))
    laid, told = tape(story, ended=False), Told(story)
    ends = [block.end for block in laid.blocks[1:]]
    path.write_bytes(laid.data[: ends[0]])
    with Recording.open(path) as recording:
        head = Playhead(recording)
        for end in ends:
            path.write_bytes(laid.data[:end])
            recording.refresh()
            assert head.advance(at(999))
            assert head.at == recording.ends
            assert head.snapshot == told.live(head.at).snapshot
        assert head.at == at(59)
        assert_same(head.picture(), told.picture(at(59)))


def test_what_comes_later_at_the_time_one_stands_at_is_seen(path: Path) -> None:
    story = [*joining(5), nodes_seen([make_node("late")], second=4)]
    laid = tape(story, cut_every=1, keyframe_every=99, ended=False)
    path.write_bytes(laid.data[: laid.blocks[-1].start])
    with Recording.open(path) as recording:
        head = Playhead(recording)
        head.seek(at(4))
        assert "late" not in head.snapshot.nodes
        laid.write(path)
        recording.refresh()
        head.advance(at(4))
        assert "late" in head.snapshot.nodes


def test_a_file_that_took_the_name_is_played_from_where_it_begins(path: Path) -> None:
    with Recording.open(tape(joining(12)).write(path)) as recording:
        head = Playhead(recording)
        head.seek(at(11))
        path.rename(path.with_suffix(".1"))
        later = [nodes_seen([make_node("new")], second=100), *list(joining(130))[101:]]
        tape(later).write(path)
        assert recording.refresh()
        head.advance(at(11))
        assert head.at == at(100)
        assert list(head.snapshot.nodes) == ["new"]
        head.seek(at(129))
        assert_same(head.picture(), Told(later).picture(at(129)))


def test_a_file_cut_short_is_played_as_far_as_it_goes(path: Path) -> None:
    laid = tape(joining(40))
    with Recording.open(laid.write(path)) as recording:
        head = Playhead(recording)
        head.seek(at(39))
        os.truncate(path, laid.blocks[12].end)
        assert recording.refresh()
        head.seek(at(39))
        assert head.at == recording.ends < at(39)
        assert_same(head.picture(), Told(joining(40)).picture(head.at))


def test_a_recording_of_nothing_but_its_preface_shows_nothing(path: Path) -> None:
    with played(Tape().write(path)) as head:
        head.seek(at(9))
        assert head.at == NOON
        assert head.snapshot == Snapshot()
        assert head.next_change() is None
        assert head.previous_change() is None
        assert head.picture().at == NOON


def lay_keyframe(laid: Tape, second: float, **fields: object) -> None:
    analyst = make_analyst()
    moment = Moment(
        number=laid.packer.number, snapshot=analyst.snapshot, memory=Memory(), places={}
    )
    payload = encode_whole(msgspec.structs.replace(moment, **fields))
    laid.lay(BlockKind.WHOLE, payload, begins=at(second))


def test_a_memory_of_another_swarm_counts_as_damage(path: Path) -> None:
    laid = tape(joining(60), cut_every=1, ended=False)
    lay_keyframe(laid, 70, snapshot=Snapshot(nodes={"n1": make_node("n1")}))
    with played(laid.write(path)) as head:
        head.seek(at(70))
        assert head.snapshot == Told(joining(60)).live(at(59)).snapshot
        (damage,) = head.recording.damage
        assert damage.text.startswith("the keyframe of")


def test_what_is_known_stands_still_at_a_keyframe_that_makes_no_sense(path: Path) -> None:
    laid = tape(joining(60), cut_every=1, ended=False)
    laid.lay(BlockKind.CHANGES, b"nonsense", begins=at(61))
    lay_keyframe(laid, 70, snapshot=Snapshot(nodes={"n1": make_node("n1")}))
    laid.end(at(80))
    still = Told(joining(60)).live(at(59)).snapshot
    with played(laid.write(path)) as head:
        head.advance(at(80))
        assert head.snapshot == still
        head.seek(at(3))
        head.seek(at(75))
        assert head.snapshot == still


FAR = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize("far", FAR)
def test_what_no_swarm_could_do_is_damage_or_an_error_in_one_line(
    path: Path, far: datetime
) -> None:
    for story in (
        [nodes_seen([make_manager("m1", leader=True)], second=1, asked_at=far)],
        [nodes_seen([make_node("n1", state="down", updated_at=far)], whole=True)],
        [tasks_seen([make_task("t1", state="pending", since=far)], second=2)],
        [tasks_seen([make_task("t1", state="failed", since=far, error="x")], second=2)],
        [msgspec.structs.replace(stats_seen("m1", make_stats()), taken_at=far)],
        [msgspec.structs.replace(seen, taken_at=far) for seen in joining(4)],
    ):
        laid = Tape()
        lay_keyframe(laid, 0)
        laid.changes(*joining(3), begins=at(0), ends=at(2))
        laid.changes(*story, begins=at(3), ends=at(4))
        laid.changes(*joining(3), begins=at(5), ends=at(500))
        lay_keyframe(laid, 600)
        with played(laid.write(path)) as head:
            for when in (at(4), at(500), at(600), at(1)):
                head.seek(when)
                with suppress(RecordingError):
                    head.picture()
                head.recording.damage  # noqa: B018 - told without an exception
            assert head.snapshot == Told(joining(3)).live(at(1)).snapshot


def test_what_was_seen_late_comes_when_it_came(path: Path) -> None:
    seconds = [0, 5, 3, 4, 7, 6, 8]
    story = [tasks_seen([make_task(f"t{n}")], second=s) for n, s in enumerate(seconds)]
    told = Told(story)
    with played(tape(story, keyframe_every=4, cut_every=3).write(path)) as head:
        assert not head.advance(at(7), most=1)
        assert head.at == at(5)
        for second in (8, 7, 6, 5, 4, 0):
            head.seek(at(second))
            assert head.snapshot == told.live(at(second)).snapshot
        assert head.next_change() == at(5)
