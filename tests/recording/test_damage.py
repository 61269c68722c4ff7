"""A damaged recording is played as far as it is whole, and says from when to when it is not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.recording.blocks import HEAD_BYTES, KEYFRAMES, MAGIC, NAME, READ, BlockKind
from swarmtui.recording.damage import Damage
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.depth import every, examples
from tests.factories import at, make_stats, stats_seen, tail_seen
from tests.insight.random_stories import stories
from tests.insight.test_memory import assert_same
from tests.recording.tape import Tape, Told, joining, played, tape

STORY = list(joining(60))
TOLD = Told(STORY)


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a name that recordings take, one after the other."""
    return tmp_path_factory.mktemp("damage") / "evening.rec"


def lay() -> Tape:
    """Return a minute with a change a second, and a keyframe every ten: the third is whole.

    Keyframes come at 0 (whole), 10, 20, 30 (whole), 40, 50; each change has a block of its own.
    """
    return tape(STORY, keyframe_every=10, whole_every=3, cut_every=1)


def clock(second: float) -> str:
    return f"{at(second).astimezone():%H:%M:%S}"


def assert_live(head: Playhead, *seconds: float) -> None:
    for second in seconds:
        head.seek(at(second))
        assert_same(head.picture(), TOLD.picture(at(second)))


def losses(recording: Recording) -> Sequence[Damage]:
    return [each for each in recording.damage if each.is_loss]


@pytest.mark.parametrize("head", [False, True])
def test_without_a_block_of_changes_all_stands_still_until_the_next_keyframe(
    path: Path, head: bool
) -> None:
    laid = lay()
    laid.spoil(laid.all_of(BlockKind.CHANGES)[13], head=head)
    with played(laid.write(path)) as playing:
        assert_live(playing, 13, 20, 25)
        still = TOLD.live(at(13)).snapshot
        for second in (14, 19, 15):
            playing.seek(at(second))
            assert playing.snapshot == still
        playing.seek(at(12))
        assert playing.advance(at(59))
        assert_same(playing.picture(), TOLD.picture(at(59)))
        (damage,) = playing.recording.damage
        assert (damage.begins, damage.ends) == (at(13), at(20))
        assert damage.text == (
            f"from {clock(13)} to {clock(20)} the recording is damaged: the picture stands still"
            " until then"
        )


@pytest.mark.parametrize("head", [False, True])
def test_without_a_partial_keyframe_nothing_is_missing(path: Path, head: bool) -> None:
    laid = lay()
    laid.spoil(laid.all_of(BlockKind.PARTIAL)[0], head=head)
    with played(laid.write(path)) as playing:
        playing.seek(at(59))
        assert_live(playing, 10, 9, 11, 19, 35, 15)
        assert not losses(playing.recording)
        (damage,) = playing.recording.damage
        assert damage.begins == at(10)
        assert "nothing that was seen is missing" in damage.text


@pytest.mark.parametrize("head", [False, True])
def test_without_a_whole_keyframe_those_that_build_on_it_are_of_no_use(
    path: Path, head: bool
) -> None:
    laid = lay()
    laid.spoil(laid.all_of(BlockKind.WHOLE)[1], head=head)
    with played(laid.write(path)) as playing:
        for start in (59, 0, 25):
            playing.seek(at(start))
            assert_live(playing, 45, 35, 30, 29, 55)
        assert not losses(playing.recording)


@pytest.mark.parametrize("head", [False, True])
def test_without_a_whole_keyframe_lost_changes_are_lost_until_the_next_whole_one(
    path: Path, head: bool
) -> None:
    laid = lay()
    laid.spoil(laid.all_of(BlockKind.WHOLE)[0], head=head)
    laid.spoil(laid.all_of(BlockKind.CHANGES)[13])
    with played(laid.write(path)) as playing:
        for second in (0, 5, 15, 25):
            playing.seek(at(second))
            assert playing.snapshot == Snapshot()
        assert_live(playing, 30, 45)
        playing.seek(at(3))
        assert playing.advance(at(31))
        assert_same(playing.picture(), TOLD.picture(at(31)))
        (damage,) = losses(playing.recording)
        assert (damage.begins, damage.ends) == (playing.recording.begins, at(30))


@pytest.mark.parametrize("head", [False, True])
def test_without_a_keyframe_that_others_are_linked_to_nothing_is_missing(
    path: Path, head: bool
) -> None:
    laid = tape(STORY, keyframe_every=10, whole_every=5, cut_every=1)
    laid.spoil(laid.all_of(BlockKind.PARTIAL)[0], head=head)
    with played(laid.write(path)) as playing:
        for start in (59, 0, 25):
            playing.seek(at(start))
            assert_live(playing, 45, 35, 30, 29, 55, 12)
        assert not losses(playing.recording)


def test_a_chain_of_keyframes_without_a_beginning_or_without_an_end_is_damage(path: Path) -> None:
    laid = tape(STORY, keyframe_every=2, whole_every=100, cut_every=1)
    analyst = TOLD.live(at(59))
    for _ in range(40):
        laid.keyframe(analyst, at(59), kind=BlockKind.LINKED)
    laid.end(at(59))
    with played(laid.write(path)) as playing:
        playing.seek(at(59))
        assert_same(playing.picture(), TOLD.picture(at(59)))
        with pytest.raises(RecordingError):
            playing.recording.file.read_keyframe(playing.recording.file.index.keyframes[-1])


@pytest.mark.parametrize("back", [1, 10_000])
def test_a_keyframe_that_builds_on_what_is_no_keyframe_is_damage(path: Path, back: int) -> None:
    laid = tape(STORY, keyframe_every=10, whole_every=3, cut_every=1, ended=False)
    laid.lay(BlockKind.LINKED, b"", begins=at(59), base=laid.packer.number - back)
    with played(laid.write(path)) as playing:
        playing.seek(at(59))
        assert_same(playing.picture(), TOLD.picture(at(59)))
        file = playing.recording.file
        with pytest.raises(RecordingError, match="builds on one that is missing"):
            file.read_keyframe(file.index.keyframes[-1])


def test_changes_lost_at_the_end_are_lost_for_good(path: Path) -> None:
    laid = lay()
    laid.spoil(laid.all_of(BlockKind.CHANGES)[-3])
    with played(laid.write(path)) as playing:
        playing.seek(at(59))
        assert playing.at == at(59)
        assert playing.snapshot == TOLD.live(at(56)).snapshot
        (damage,) = playing.recording.damage
        assert (damage.begins, damage.ends) == (at(56), at(59))


def test_losses_that_run_into_each_other_are_told_as_one(path: Path) -> None:
    laid = lay()
    changes = laid.all_of(BlockKind.CHANGES)
    for number in (12, 14, 17):
        laid.spoil(changes[number], head=True)
    laid.spoil(laid.all_of(BlockKind.LINKED)[0])
    laid.spoil(changes[22], head=True)
    with played(laid.write(path)) as playing:
        assert [(each.begins, each.ends) for each in losses(playing.recording)] == [
            (at(12), at(20)),
            (at(22), at(30)),
        ]
        playing.seek(at(25))
        assert [(each.begins, each.ends) for each in losses(playing.recording)] == [
            (at(12), at(30))
        ]


def test_a_lost_keyframe_between_changes_leaves_no_name_mistaken(path: Path) -> None:
    # Names of containers are numbered anew behind each keyframe.
    story: list[Observation] = [tail_seen()]
    story += [
        stats_seen("m1", make_stats(f"c{second % 7}"), make_stats(f"d{second}"), second=second)
        for second in range(1, 40)
    ]
    told, laid = Told(story), tape(story, keyframe_every=10, cut_every=1)
    for keyframe in laid.all_of(*KEYFRAMES)[1:]:
        laid.spoil(keyframe, head=True)
    with played(laid.write(path)) as playing:
        for second in (39, 11, 25, 9):
            playing.seek(at(second))
            assert_same(playing.picture(), told.picture(at(second)))


@pytest.mark.parametrize("payload", [b"\xff", b"o\x00\x00\x00\x01\xc1", b"o\x00\x00\x00\x99"])
def test_changes_that_make_no_sense_count_as_damaged(path: Path, payload: bytes) -> None:
    laid = tape(STORY[:30], keyframe_every=10, whole_every=1, ended=False)
    laid.lay(BlockKind.CHANGES, payload, begins=at(30), ends=at(31), weight=1)
    laid.end(at(40))
    with played(laid.write(path)) as playing:
        assert playing.next_change() == at(1)
        playing.seek(at(35))
        assert playing.snapshot == TOLD.live(at(29)).snapshot
        assert playing.next_change() is None
        assert playing.previous_change() == at(29)
        assert [(each.begins, each.ends) for each in losses(playing.recording)] == [
            (at(29), at(40))
        ]


@pytest.mark.parametrize("kind", sorted(KEYFRAMES))
def test_a_keyframe_that_makes_no_sense_counts_as_damaged(path: Path, kind: BlockKind) -> None:
    laid = tape(STORY, keyframe_every=100, cut_every=1, ended=False)
    laid.lay(kind, b"\x80", begins=at(59))
    with played(laid.write(path)) as playing:
        playing.seek(at(59))
        assert_same(playing.picture(), TOLD.picture(at(59)))
        assert len(playing.recording.damage) == 1
        assert not losses(playing.recording)


def test_times_that_go_back_in_the_heads_never_go_back_in_the_recording(path: Path) -> None:
    laid = tape(STORY[:20], keyframe_every=10, cut_every=1, ended=False)
    laid.changes(*STORY[20:22], begins=at(-500), ends=at(-400))
    laid.changes(*STORY[22:24], begins=at(22), ends=at(23))
    laid.end(at(-900))
    with played(laid.write(path)) as playing:
        assert playing.recording.ends == at(23)
        playing.seek(at(23))
        assert playing.snapshot.nodes == TOLD.live(at(23)).snapshot.nodes
        assert playing.recording.density(5)


@examples(15)
@given(
    stories(),
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=4),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_whatever_is_damaged_the_rest_shows_what_was_live(
    path: Path,
    story: list[Observation],
    spoilt: list[tuple[float, bool]],
    shares: list[float],
) -> None:
    told, laid = Told(story), tape(story, keyframe_every=4)
    for share, head in spoilt:
        laid.spoil(laid.blocks[1 + int(share * (len(laid.blocks) - 2))], head=head)
    length = told.ends - told.times[0]
    times = sorted(
        told.times[0] + timedelta(seconds=int(s * length.total_seconds())) for s in shares
    )
    laid.write(path)
    with Recording.open(path) as recording:
        linear = Playhead(recording)
        shown = []
        for when in times:
            linear.advance(when)
            shown.append((linear.at, linear.picture()))
        linear.advance(told.ends)
        jumping = Playhead(recording)
        for when, picture in reversed(shown):
            jumping.seek(when)
            assert_same(jumping.picture(), picture)
            if is_whole(when, recording):
                assert_same(picture, told.picture(when))


def is_whole(when: datetime, recording: Recording) -> bool:
    return not any(each.begins <= when <= each.ends for each in losses(recording)) and (
        recording.begins <= when <= recording.ends
    )


LATER = NAME + b"5\n"
SMALL = tape(STORY[:7], keyframe_every=3, whole_every=2)
TIMES = [at(second) for second in (6, 2, 4)]
LIVE = {when: TOLD.picture(when) for when in TIMES}


def test_a_flipped_bit_anywhere_stops_nobody_and_is_told(path: Path) -> None:
    ends = SMALL.blocks[-1].start + HEAD_BYTES  # behind it is the payload of the end: nothing
    for place in range(len(MAGIC), ends, every(29)):
        data = bytearray(SMALL.data)
        data[place] ^= 1 << place % 8
        path.write_bytes(data)
        with Recording.open(path) as recording:
            assert recording.check()
            play_all(recording)


def test_a_flipped_bit_in_the_first_line_is_told_or_another_version(path: Path) -> None:
    for place in range(len(MAGIC)):
        for bit in (0x01, 0x80):
            data = bytearray(SMALL.data)
            data[place] ^= bit
            path.write_bytes(data)
            if bytes(data[: len(MAGIC)]) in READ:
                continue
            if data[:-1].startswith(LATER):
                with pytest.raises(RecordingError, match="of version 5"):
                    Recording.open(path)
                continue
            with Recording.open(path) as recording:
                play_all(recording)
                assert recording.damage


def test_a_file_cut_off_anywhere_is_played_to_there(path: Path) -> None:
    ends = {block.end for block in SMALL.blocks}
    for length in range(SMALL.blocks[1].end, len(SMALL.data), every(41)):
        path.write_bytes(SMALL.data[:length])
        with Recording.open(path) as recording:
            play_all(recording)
            assert not recording.is_ended
            assert bool(recording.check()) is (length not in ends)


def play_all(recording: Recording) -> None:
    """Go everywhere; what is not said to be damaged is as it was."""
    head = Playhead(recording)
    head.advance(recording.ends)
    shown = []
    for when in TIMES:
        head.seek(when)
        shown.append((when, head.picture()))
    for when, picture in shown:
        # Without the preface nobody knows the inventory.
        if is_whole(when, recording) and recording.preface.program:
            assert_same(picture, LIVE[when])


def test_a_recording_of_which_all_but_the_preface_is_damaged_says_so(path: Path) -> None:
    laid = tape(STORY[:4])
    for block in laid.blocks[1:-1]:
        laid.spoil(block, head=True)
    with played(laid.write(path)) as playing:
        playing.seek(at(2))
        assert playing.snapshot == Snapshot()
        assert [each.is_loss for each in playing.recording.damage] == [True]
