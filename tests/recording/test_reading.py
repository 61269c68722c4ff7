"""A recording is opened as far as it is whole, says what is missing, and is followed."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from swarmtui.recording.blocks import KEYFRAMES, MAGIC, BlockKind
from swarmtui.recording.entries import Landmark, LandmarkKind, Preface
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.file_bytes import FileBytes
from swarmtui.recording.reading import Recording
from tests.factories import NOON, at
from tests.recording.tape import PREFACE, Tape, joining, played, tape


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


def clock(second: float) -> str:
    return f"{at(second).astimezone():%H:%M:%S}"


def test_a_recording_says_what_it_is_of_and_how_long(path: Path) -> None:
    with Recording.open(tape(joining(40)).write(path)) as recording:
        assert recording.preface == PREFACE
        assert (recording.begins, recording.ends) == (at(0), at(39))
        assert recording.is_ended
        assert recording.size_bytes == path.stat().st_size
        assert not recording.damage


def test_opening_reads_no_payloads_but_the_preface(path: Path) -> None:
    laid = tape(joining(40))
    for block in laid.all_of(*KEYFRAMES, BlockKind.CHANGES):
        laid.spoil(block)
    with Recording.open(laid.write(path)) as recording:
        assert recording.preface == PREFACE
        assert not recording.damage
        assert sum(recording.density(3)) == 39


def test_what_was_recorded_after_the_last_change_belongs_to_it(path: Path) -> None:
    laid = tape(joining(10), ended=False)
    laid.end(at(60))
    with Recording.open(laid.write(path)) as recording:
        assert recording.ends == at(60)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing has been recorded into it yet"),
        (MAGIC[:9], "nothing has been recorded into it yet"),
        (MAGIC, "nothing that was recorded in it is whole"),
        (MAGIC + b"\x93SWM" * 20, "nothing that was recorded in it is whole"),
        (b"swarmtui recording 5\nwhatever", "of version 5; this program reads those up to 4"),
        (b"\x7fELF" + bytes(4_000), "not a recording of swarmtui"),
        (b"swarmtui stream 1\nwhatever", "not a recording of swarmtui"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_in_one_line(
    path: Path, content: bytes, words: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=words) as refused:
        Recording.open(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def test_a_name_without_a_file_is_refused(tmp_path: Path) -> None:
    for name, words in (
        ("nothing.rec", "no such file"),
        ("nothing.rec/x", "no such file"),
        (".", "not a file"),
        ("a\0b", "no such file"),
    ):
        with pytest.raises(RecordingError, match=words):
            Recording.open(tmp_path / name)


def test_a_pipe_is_refused_and_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(RecordingError, match="not a file"):
        Recording.open(path)


def test_a_name_with_escape_sequences_is_told_without_them(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"/·evening\.rec: there is no such file"):
        Recording.open(tmp_path / "\x1b[31mevening.rec")


def test_damage_to_the_first_bytes_keeps_nothing_from_being_read(path: Path) -> None:
    laid = tape(joining(20))
    laid.data[3] ^= 1
    with Recording.open(laid.write(path)) as recording:
        assert recording.preface == PREFACE
        (damage,) = recording.damage
        assert damage.text.startswith(f"{len(MAGIC)} bytes at {clock(0)} are damaged")


@pytest.mark.parametrize("head", [False, True])
def test_a_damaged_preface_leaves_the_rest(path: Path, head: bool) -> None:
    laid = tape(joining(20))
    laid.spoil(laid.blocks[0], head=head)
    with Recording.open(laid.write(path)) as recording:
        assert recording.preface == Preface(began_at=NOON, program="")
        (damage,) = recording.damage
        assert damage.text.startswith("the preface is damaged: who was asked")
    with played(path) as head_:
        head_.seek(at(19))
        assert len(head_.snapshot.nodes) == 10


def test_a_preface_that_makes_no_sense_counts_as_damaged(path: Path) -> None:
    laid = tape(joining(20))
    for payload in (b"\xc1", msgspec.msgpack.encode({"began_at": "2026-07-22T12:00:00"})):
        other = Tape()
        other.data = bytearray(MAGIC)
        other.packer.number = 0
        other.lay(BlockKind.PREFACE, payload, begins=NOON)
        other.data += laid.data[laid.blocks[1].start :]
        with Recording.open(other.write(path)) as recording:
            assert recording.preface.asked == ()
            assert [damage.text[:23] for damage in recording.damage] == ["the preface is damaged:"]


def test_a_recording_that_was_cut_off_says_so(path: Path) -> None:
    laid = tape(joining(20))
    end = laid.all_of(BlockKind.CHANGES)[-1].end
    path.write_bytes(laid.data[: end - 1])
    with Recording.open(path) as recording:
        assert not recording.is_ended
        (damage,) = recording.damage
        assert damage.begins == damage.ends == recording.ends
        assert damage.text.startswith("cut off at ")


def test_density_is_where_things_changed(path: Path) -> None:
    laid = tape([*joining(2), *list(joining(61))[50:]], cut_every=1)
    with Recording.open(laid.write(path)) as recording:
        density = recording.density(6)
        assert density[1:5] == [0, 0, 0, 0]
        assert density[0] == 1
        assert density[5] == 11
        assert recording.density(0) == []
        assert recording.density(1) == [12]


def test_density_of_a_single_moment_is_in_its_first_part(path: Path) -> None:
    laid = tape(joining(5, every=0.0))
    with Recording.open(laid.write(path)) as recording:
        assert recording.density(3) == [4, 0, 0]


def test_landmarks_come_in_order_of_time_with_the_bookmarks_among_them(path: Path) -> None:
    laid = tape(joining(20))
    laid.landmark(9, "new leader mg2\x1b[0m")
    laid.landmark(4)
    with Recording.open(laid.write(path)) as recording:
        before = path.read_bytes()
        assert [mark.text for mark in recording.landmarks] == ["new leader mg1", "new leader mg2·"]
        recording.add_bookmark("here", at(7))
        assert [mark.kind for mark in recording.landmarks] == [
            LandmarkKind.ELECTION,
            LandmarkKind.BOOKMARK,
            LandmarkKind.ELECTION,
        ]
        assert path.read_bytes() == before
    with Recording.open(path) as again:
        assert [mark.at for mark in again.landmarks] == [at(4), at(7), at(9)]


def test_landmarks_outside_the_recording_are_left_out(path: Path) -> None:
    laid = tape(joining(20))
    laid.landmark(-100)
    laid.landmark(10**9)
    with Recording.open(laid.write(path)) as recording:
        assert recording.landmarks == ()


def test_a_damaged_landmark_costs_no_more_than_itself(path: Path) -> None:
    laid = tape(joining(20))
    laid.landmark(4)
    laid.spoil(laid.blocks[-1])
    laid.lay(BlockKind.LANDMARK, b"\xc1", begins=at(5))
    naive = {"at": "2026-07-22T12:00:05", "kind": "bookmark", "text": ""}
    laid.lay(BlockKind.LANDMARK, msgspec.msgpack.encode(naive), begins=at(6))
    laid.landmark(9, "whole")
    with Recording.open(laid.write(path)) as recording:
        assert [mark.text for mark in recording.landmarks] == ["whole"]
        assert [damage.text for damage in recording.damage] == [
            f"a landmark of {clock(second)} is damaged" for second in (4, 5, 6)
        ]


def test_a_landmark_whose_head_is_damaged_is_told_as_bytes(path: Path) -> None:
    laid = tape(joining(20), ended=False)
    laid.landmark(4)
    laid.spoil(laid.blocks[-1], head=True)
    laid.end(at(19))
    with Recording.open(laid.write(path)) as recording:
        (damage,) = recording.damage
        assert damage.begins == damage.ends == at(19)
        assert "nothing that was seen is missing, perhaps a landmark" in damage.text


def test_a_recording_is_followed_byte_by_byte(path: Path) -> None:
    laid = tape(joining(12))
    path.write_bytes(laid.data[: laid.blocks[1].end])
    with Recording.open(path) as recording:
        for length in range(laid.blocks[1].end + 7, len(laid.data) + 1, 7):
            path.write_bytes(laid.data[:length])
            was = recording.ends
            grew = recording.refresh()
            whole = [block for block in laid.blocks if block.end <= length]
            assert grew == (whole[-1].end > length - 7)
            assert recording.ends >= was
            assert not recording.damage
        path.write_bytes(laid.data)
        recording.refresh()
        assert recording.is_ended
        assert recording.ends == at(11)
        assert not recording.refresh()


def test_landmarks_that_come_while_it_is_followed_are_seen(path: Path) -> None:
    laid = tape(joining(12), ended=False)
    with Recording.open(laid.write(path)) as recording:
        assert not recording.landmarks
        laid.landmark(4)
        laid.write(path)
        assert recording.refresh()
        assert [each.at for each in recording.landmarks] == [at(4)]


def test_what_seemed_cut_off_was_on_its_way(path: Path) -> None:
    laid = tape(joining(12))
    path.write_bytes(laid.data[:-3])
    with Recording.open(path) as recording:
        assert recording.damage
        assert not recording.refresh()
        assert recording.damage
        laid.write(path)
        assert recording.refresh()
        assert not recording.damage


def test_a_file_that_took_the_name_is_followed_once_this_one_ends(path: Path) -> None:
    old, new = tape(joining(12)), tape(joining(30))
    path.write_bytes(old.data[: old.blocks[4].end])
    with Recording.open(path) as recording:
        path.rename(path.with_suffix(".1"))
        path.with_suffix(".1").write_bytes(old.data)
        path.write_bytes(new.data[:5])
        assert recording.refresh()
        assert recording.ends == at(11)
        assert not recording.refresh()
        new.write(path)
        assert recording.refresh()
        assert recording.ends == at(29)
        assert recording.size_bytes == len(new.data)


def test_a_file_that_is_gone_stays_readable(path: Path) -> None:
    with Recording.open(tape(joining(12)).write(path)) as recording:
        path.unlink()
        assert not recording.refresh()
        assert recording.ends == at(11)


def test_a_file_that_is_cut_short_is_read_anew(path: Path) -> None:
    laid = tape(joining(30))
    with Recording.open(laid.write(path)) as recording:
        os.truncate(path, laid.blocks[8].end + 3)
        assert recording.refresh()
        assert recording.ends < at(29)
        assert not recording.is_ended


def test_a_file_that_is_written_over_is_read_anew(path: Path) -> None:
    laid, other = tape(joining(12)), tape(joining(30, every=2.0))
    with Recording.open(laid.write(path)) as recording:
        other.write(path)
        assert recording.refresh()
        assert recording.ends == at(58)


def test_a_file_that_is_emptied_is_an_error_until_something_is_in_it_again(path: Path) -> None:
    laid = tape(joining(12))
    with Recording.open(laid.write(path)) as recording:
        os.truncate(path, 0)
        for _ in range(2):
            with pytest.raises(RecordingError, match="nothing has been recorded into it yet"):
                recording.refresh()
        laid.write(path)
        recording.refresh()
        assert recording.ends == at(11)


def test_a_copy_taken_at_any_byte_opens(path: Path) -> None:
    laid = tape(joining(12))
    copy = path.with_suffix(".copy")
    for length in range(laid.blocks[0].end, len(laid.data), 5):
        path.write_bytes(laid.data[:length])
        shutil.copy(path, copy)
        with Recording.open(copy) as recording:
            times = [block.end for block in laid.all_of(BlockKind.CHANGES) if block.end <= length]
            assert recording.begins == at(0)
            assert (recording.ends > at(0)) == bool(times)
        copy.unlink()


def test_a_mark_is_found_across_the_pieces_that_are_read(path: Path) -> None:
    for before in ((1 << 18) - 2, 1 << 18, (1 << 18) + 2):
        path.write_bytes(bytes(before) + b"MARK" + bytes(9))
        data = FileBytes(path)
        assert data.find(b"MARK", 0) == before
        assert data.find(b"MARK", before + 1) == -1
        assert data.find(b"MARK", before + 99) == -1
        data.close()


def test_bytes_that_are_not_there_any_more_are_fewer(path: Path) -> None:
    path.write_bytes(bytes(100))
    data = FileBytes(path)
    os.truncate(path, 40)
    assert len(data[30:50]) == 10
    assert data[50:60] == b""
    assert data.find(b"x", 0) == -1
    data.close()


def test_landmarks_have_texts_of_bounded_length(path: Path) -> None:
    laid = tape(joining(20))
    mark = Landmark(at=at(3), kind=LandmarkKind.INCIDENT, text="x" * 99_999)
    laid.lay(BlockKind.LANDMARK, msgspec.msgpack.encode(mark), begins=mark.at)
    with Recording.open(laid.write(path)) as recording:
        assert len(recording.landmarks[0].text) == 1_000
