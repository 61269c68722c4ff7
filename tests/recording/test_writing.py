"""The file of a recording belongs to its owner, overwrites nothing, and is watched over."""

import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmtui.recording.errors import RecordingError
from swarmtui.recording.writing import RecordingFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


@pytest.fixture
def file(path: Path) -> Iterator[RecordingFile]:
    file = RecordingFile(path)
    yield file
    file.close()


def test_only_the_owner_may_read_it_from_the_first_byte_on(file: RecordingFile, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.append(b"something")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_written_is_there(file: RecordingFile, path: Path) -> None:
    file.append(b"one")
    file.append(b"")
    file.append(b"two")
    file.sync()
    assert path.read_bytes() == b"onetwo"
    assert file.size_bytes == file.total_bytes == 6


def test_a_file_that_is_there_is_not_touched(path: Path) -> None:
    path.write_bytes(b"precious")
    with pytest.raises(RecordingError, match=r"evening.rec: .* there already and is not overwr"):
        RecordingFile(path)
    assert path.read_bytes() == b"precious"


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordingError, match="there already"):
        RecordingFile(path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no such folder/evening.rec", "there is no such folder"),
        ("x" * 300, "the name is too long"),
        ("nul\0", "no file can have this name"),
        (".", "there already"),
        ("..", "there already"),
        ("/", "there already"),
    ],
)
def test_where_no_file_can_be_made_it_is_said_in_a_line(
    tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(RecordingError, match=words) as caught:
        RecordingFile(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_file_where_the_folder_should_be_is_named(path: Path) -> None:
    path.touch()
    with pytest.raises(RecordingError, match="what should be its folder is none"):
        RecordingFile(path / "evening.rec")


def test_a_file_that_was_deleted_is_noticed(file: RecordingFile, path: Path) -> None:
    path.unlink()
    with pytest.raises(RecordingError, match="deleted or moved while it was written; record to a"):
        file.sync()


def test_a_file_that_was_replaced_is_noticed(file: RecordingFile, path: Path) -> None:
    path.unlink()
    path.write_bytes(b"")
    with pytest.raises(RecordingError, match="deleted or moved"):
        file.sync()


def test_a_folder_that_is_gone_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = RecordingFile(folder / "evening.rec")
    folder.rename(tmp_path / "moved")
    with pytest.raises(RecordingError, match="deleted or moved"):
        file.sync()
    file.close()


@pytest.mark.parametrize("size", [0, 2, 30])
def test_a_file_that_somebody_else_cut_or_wrote_to_is_noticed(
    file: RecordingFile, path: Path, size: int
) -> None:
    file.append(b"something")
    with path.open("r+b") as other:
        other.truncate(size)
    with pytest.raises(RecordingError, match="changed by another program"):
        file.sync()


def test_a_bounded_recording_begins_anew_and_keeps_the_file_before(path: Path) -> None:
    file = RecordingFile(path, max_bytes=20)
    file.append(b"first")
    assert file.has_room(5)
    assert not file.has_room(6)
    file.begin_anew()
    file.append(b"second")
    assert (path.read_bytes(), file.older.read_bytes()) == (b"second", b"first")
    assert file.total_bytes == 11
    file.begin_anew()
    file.append(b"third")
    assert (path.read_bytes(), file.older.read_bytes()) == (b"third", b"second")
    for each in (path, file.older):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    file.close()


def test_an_unbounded_recording_always_has_room(file: RecordingFile) -> None:
    assert file.has_room(1 << 60)


def test_an_older_file_of_another_recording_is_not_lost(path: Path) -> None:
    older = path.with_name("evening.rec.1")
    older.write_bytes(b"precious")
    with pytest.raises(RecordingError, match=r"evening.rec.1: .* not overwritten"):
        RecordingFile(path, max_bytes=1_000)
    older.unlink()
    file = RecordingFile(path, max_bytes=1_000)
    older.write_bytes(b"precious")
    with pytest.raises(RecordingError, match=r"evening.rec.1: .* not overwritten"):
        file.begin_anew()
    assert older.read_bytes() == b"precious"
    file.close()


def test_what_does_not_fit_any_more_is_said_and_what_was_written_stays(path: Path) -> None:
    script = f"""
import resource
from pathlib import Path
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.writing import RecordingFile
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))
file = RecordingFile(Path({str(path)!r}))
try:
    for _ in range(1000):
        file.append(b"seven b")
except RecordingError as error:
    print(error)
"""
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert said == f"{path}: a file may not become larger here; record with a smaller --max-size\n"
    assert path.read_bytes() == (b"seven b" * 143)[:1000]
