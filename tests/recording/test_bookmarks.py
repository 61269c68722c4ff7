"""Bookmarks set while replaying stand beside the recording, which stays as it is."""

import os
import stat
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from swarmtui.recording.bookmarks import add_bookmark, bookmarks_of, read_bookmarks
from swarmtui.recording.entries import LandmarkKind
from swarmtui.recording.errors import RecordingError
from tests.factories import at


def test_bookmarks_come_back_with_their_notes(tmp_path: Path) -> None:
    recording = tmp_path / "evening.rec"
    add_bookmark(recording, "it begins", at(1))
    add_bookmark(recording, "", at(0.25).astimezone(timezone(timedelta(hours=7))))
    found = read_bookmarks(recording)
    assert [(mark.at, mark.text) for mark in found] == [(at(1), "it begins"), (at(0.25), "")]
    assert {mark.kind for mark in found} == {LandmarkKind.BOOKMARK}
    assert bookmarks_of(recording) == tmp_path / "evening.rec.bookmarks"


def test_bookmarks_are_for_their_owner_alone(tmp_path: Path) -> None:
    recording = tmp_path / "evening.rec"
    add_bookmark(recording, "note", at(1))
    assert stat.S_IMODE(bookmarks_of(recording).stat().st_mode) == 0o600


def test_a_note_is_one_harmless_line(tmp_path: Path) -> None:
    recording = tmp_path / "evening.rec"
    mark = add_bookmark(recording, "two\nlines \x1b[31mred\u202e" + "x" * 900, at(1))
    assert mark.text.startswith("two lines ·red·x")
    assert len(mark.text) == 500
    assert read_bookmarks(recording) == (mark,)


def test_where_there_are_no_bookmarks_there_are_none(tmp_path: Path) -> None:
    assert read_bookmarks(tmp_path / "evening.rec") == ()


def test_lines_that_are_no_bookmarks_are_left_out(tmp_path: Path) -> None:
    recording = tmp_path / "evening.rec"
    bookmarks_of(recording).write_bytes(
        b'\xff\xfe\n{"at":"2026-07-22T12:00:00","note":"no zone"}\n[]\n{"at":"'
        b'2026-07-22T12:00:01Z","note":"\\u001b[31mwhole"}\n' + b"[" * 9_999 + b"\n"
        b'{"at":"2026-07-22T12:00:02Z","no'
    )
    add_bookmark(recording, "after half a line", at(3))
    found = read_bookmarks(recording)
    assert [(mark.at, mark.text) for mark in found] == [
        (at(1), "·whole"),
        (at(3), "after half a line"),
    ]


def test_a_bookmark_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"evening\.rec\.bookmarks: .* not saved .*copy"):
        add_bookmark(tmp_path / "nowhere" / "evening.rec", "note", at(1))


def test_a_pipe_of_that_name_is_not_waited_for(tmp_path: Path) -> None:
    recording = tmp_path / "evening.rec"
    os.mkfifo(bookmarks_of(recording))
    assert read_bookmarks(recording) == ()
    with pytest.raises(RecordingError, match="not saved"):
        add_bookmark(recording, "note", at(1))
