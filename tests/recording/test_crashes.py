"""Whatever ends a recorder, its file is whole up to about a second before."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.stats import StatsSeen
from tests.lab.waiting import wait_for
from tests.recording.endless import SPEED
from tests.recording.played import Played
from tests.recording.recorded import Player

ROOT = Path(__file__).parents[2]
LOST_AT_MOST = timedelta(seconds=2)
"""A second, and what a machine with much else to do may add to it."""


@contextmanager
def endless(path: Path, *limit: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that records; it is killed at the end of the block."""
    command = [sys.executable, "-m", "tests.recording.endless", str(path), *limit]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    """Return the whole lines that a process has printed until its end."""
    assert process.stdout is not None
    return [line for line in process.stdout.read().split("\n")[:-1] if line]


def assert_whole(played: Played) -> None:
    """Assert that what was told, one number after the other, is there without a gap."""
    assert played.gaps == []
    numbers = [
        row.pids for each in played.seen if isinstance(each, StatsSeen) for row in each.containers
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    player = Player(played.keyframes[0].moment).play(played, after=0)
    last = played.keyframes[-1]
    again = Player(last.moment).play(played, after=last.after)
    assert again.analyst.snapshot == player.analyst.snapshot


def assert_opens(path: Path) -> None:
    """Assert that it can be played to its end, and that nothing is missing before that."""
    with Recording.open(path) as recording:
        head = Playhead(recording)
        head.seek(recording.ends)
        assert not recording.is_ended
        assert all(damage.begins == recording.ends for damage in recording.damage)


def test_a_recorder_that_is_killed_loses_the_last_second_and_no_more(tmp_path: Path) -> None:
    chance = Random(5)
    files = [tmp_path / f"{number}.rec" for number in range(4)]
    began = monotonic()
    for path in files:
        with endless(path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            sleep(chance.uniform(0.2, 2.0))
            if path == files[-1]:
                wait_for(lambda: len(Played(files[-1]).keyframes) > 1, within_s=30, what="another")
            process.kill()
            newest = datetime.fromisoformat(lines_of(process)[-1])
        played = Played(path)
        assert not played.is_ended
        last = played.entries[-1].at if played.entries else played.preface.began_at
        assert newest - last < SPEED * LOST_AT_MOST
        assert_opens(path)
        if played.entries:
            assert_whole(played)
    assert monotonic() - began < 60
    assert sum(len(Played(path).keyframes) for path in files) > len(files)


def test_where_no_file_may_grow_recording_stops_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "evening.rec"
    with endless(path, "15000") as process:
        *_, said = lines_of(process)
    assert said == f"{path}: a file may not become larger here; record with a smaller --max-size"
    assert path.stat().st_size == 15_000
    assert_opens(path)
    assert_whole(Played(path))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder on a disk of its own, of 16 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_where_the_disk_is_full_recording_stops_and_what_was_written_stays(
    small_disk: Path,
) -> None:
    path = small_disk / "evening.rec"
    with endless(path) as process:
        *_, said = lines_of(process)
    assert said == f"{path}: the disk is full; make room, or record to another one"
    assert_opens(path)
    assert_whole(Played(path))
