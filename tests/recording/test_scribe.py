"""What was seen goes to the file a second's worth at a time, and to another file in good time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from swarmtui.insight.analyst import Analyst
from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.discretion import Discretion
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.intake import Intake
from swarmtui.recording.redaction import Redaction
from swarmtui.recording.scribe import Item, Scribe
from swarmtui.recording.specs import Labels
from swarmtui.swarm.observation import Observation
from tests.factories import at, make_node, make_task, nodes_seen, tasks_seen
from tests.insight.random_stories import make_analyst
from tests.recording.played import Played
from tests.recording.recorded import INVENTORY, PREFACE, Player, assert_consistent


class Desk:
    """A scribe, and what is put before it, without any thread."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.analyst: Analyst = make_analyst()
        self._intake = Intake(self.analyst)
        discretion = Discretion(Redaction(), labels=Labels(with_specs=True, kept=()))
        self.scribe = Scribe(path, discretion=discretion, **({"preface": PREFACE} | options))

    def write(self, *story: Observation) -> None:
        """Write a second's worth of observations."""
        wanted = self.scribe.is_nearly_full
        items: list[Item] = []
        for seen in story:
            self.analyst.see(seen)
            items += self._intake.take(seen, wants_keyframe=wanted, can_keyframe=True)
        self.scribe.write(items)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


@contextmanager
def desk(path: Path, **options: Any) -> Iterator[Desk]:
    begun = Desk(path, **options)
    try:
        yield begun
    finally:
        begun.scribe.close()


def tell(second: int, *, tasks: int = 1) -> Observation:
    some = (f"t{(second + number) % 50}" for number in range(tasks))
    changed = [make_task(id_, error=f"error {second}", state="failed") for id_ in some]
    return tasks_seen(changed, second=second)


def test_a_bounded_recording_goes_on_in_another_file(path: Path) -> None:
    most, older = 60_000, path.with_name("evening.rec.1")
    with desk(path, max_bytes=most) as begun:
        begun.write(nodes_seen([make_node()], whole=True))
        rotated = 0
        for second in range(1, 1_500):
            number = older.stat().st_ino if older.exists() else 0
            begun.write(tell(second))
            rotated += older.exists() and older.stat().st_ino != number
            on_disk = path.stat().st_size + (older.stat().st_size if older.exists() else 0)
            assert begun.scribe.size_bytes == on_disk <= most
        begun.scribe.end(at(2_000))
    assert rotated > 3
    before, newer = Played(older), Played(path)
    assert len(older.read_bytes()) > most / 4
    for played in (before, newer):
        assert played.kinds[:2] == [BlockKind.PREFACE, BlockKind.WHOLE]
        assert played.is_ended
        assert_consistent(played)
    last = before.keyframes[-1]
    ended = Player(last.moment, **INVENTORY).play(before, after=last.after)
    assert newer.keyframes[0].moment.snapshot == ended.analyst.snapshot
    assert newer.keyframes[0].at == before.blocks[-1].begins
    assert newer.preface == replace(PREFACE, began_at=newer.keyframes[0].at, with_specs=False)


def test_an_incident_is_told_in_the_file_that_was_written_when_it_began(path: Path) -> None:
    older, second = path.with_name("evening.rec.1"), 0
    began = []
    with desk(path, max_bytes=60_000) as begun:
        begun.write(nodes_seen([make_node("n1", addr="")], whole=True))
        while not older.exists():
            second += 40
            began.append(at(second))
            begun.write(nodes_seen([make_node("n1", addr="", state="down")], second=second))
            for each in range(second + 1, second + 20):
                begun.write(tell(each))
            begun.write(nodes_seen([make_node("n1", addr="")], second=second + 21))
        begun.scribe.end(at(second + 100))
    before, newer = Played(older), Played(path)
    assert [mark.at for mark in (*before.landmarks, *newer.landmarks)] == began
    assert all(mark.at <= newer.preface.began_at for mark in before.landmarks)


def test_room_that_is_too_small_does_not_lead_to_keyframes_alone(path: Path) -> None:
    nodes = [make_node(f"n{i}") for i in range(500)]
    with desk(path, max_bytes=100) as begun:
        begun.write(nodes_seen(nodes, whole=True))
        for second in range(1, 100):
            begun.write(tell(second))
        begun.scribe.end(at(100))
    played = Played(path.with_name("evening.rec.1"))
    head = played.blocks[1].end
    assert len(played.data) > 2 * head
    assert len(played.entries) > 10


def test_much_at_once_makes_several_blocks(path: Path) -> None:
    tasks = [make_task(f"t{i}", error=f"error {i}" * 9) for i in range(9_000)]
    with desk(path) as begun:
        begun.write(nodes_seen([make_node()], whole=True))
        begun.write(*(tasks_seen(tasks[i : i + 1_000], second=1) for i in range(0, 9_000, 1_000)))
    changes = [block for block in Played(path).blocks if block.kind is BlockKind.CHANGES]
    assert len(changes) > 2
    assert sum(block.weight for block in changes) == 9_000


def test_what_is_no_text_is_refused_at_once(path: Path) -> None:
    preface = replace(PREFACE, mine="NIPA \udcff")
    with pytest.raises(RecordingError, match="NIPA · is no text that can be recorded"):
        Desk(path, preface=preface)
    assert not path.exists()


def test_nothing_is_left_behind_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such folder"):
        Desk(tmp_path / "nowhere" / "evening.rec")
    assert list(tmp_path.iterdir()) == []
