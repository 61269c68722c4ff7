"""Recordings of every version of the format there was can still be read.

What is in `data` is never made again once a version is released: see `make_sample`.
"""

from pathlib import Path

import pytest

from swarmtui.insight.picture import Phase
from swarmtui.recording.entries import Landmark, LandmarkKind
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from tests.factories import NOON, at

DATA = Path(__file__).parent / "data"
RECORDINGS = sorted(DATA.glob("*.rec"))


every_version = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)


@every_version
def test_an_old_recording_plays_from_its_beginning_to_its_end(path: Path) -> None:
    with Recording.open(path) as recording:
        head = Playhead(recording)
        assert head.advance(recording.ends)
        assert head.at == recording.ends
        assert recording.is_ended
        assert recording.damage == []
        last = head.picture()
        head.seek(recording.begins)
        head.seek(recording.ends)
        assert head.picture() == last


def test_there_is_one_of_the_version_written_now() -> None:
    assert [path.name for path in RECORDINGS] == [f"version-{n}.rec" for n in range(1, 5)]
    assert RECORDINGS[-1].read_bytes().startswith(b"swarmtui recording 4\n")


@every_version
def test_it_says_what_it_said(path: Path) -> None:
    with Recording.open(path) as recording:
        preface = recording.preface
        assert (recording.begins, recording.ends) == (NOON, at(310))
        assert preface.asked == ("tcp://10.0.0.1:2375", "ssh://10.0.0.2")
        assert (preface.mine, preface.pledges) == ("NIPA", {"NIPA": 3})
        assert [machine.name for machine in preface.machines] == ["m1", "m2", "m3", "m4"]
        assert recording.landmarks[2:5] == (
            Landmark(
                at=at(40),
                kind=LandmarkKind.INCIDENT,
                text="the swarm does not have a leader; asking ssh://10.0.0.2",
            ),
            Landmark(
                at=at(42),
                kind=LandmarkKind.ELECTION,
                text="leader host-mg0 → host-mg1, 12 s without a leader",
            ),
            Landmark(at=at(45), kind=LandmarkKind.BOOKMARK, text="the new leader"),
        )


@pytest.mark.parametrize(
    ("second", "ready", "running", "leader", "phase"),
    [
        (0, 0, 0, "", Phase.UNKNOWN),
        (5, 23, 61, "host-mg0", Phase.LED),
        (25, 19, 57, "host-mg0", Phase.LED),
        (41, 19, 57, "host-mg0", Phase.LOST),
        (45, 19, 57, "host-mg1", Phase.LED),
        (61, 19, 57, "host-mg1", Phase.LED),  # a list comes anew, and is not all there yet
        (63, 19, 56, "host-mg1", Phase.LED),
        (305, 19, 56, "host-mg1", Phase.LED),
    ],
)
@every_version
def test_it_shows_what_it_showed(
    path: Path, second: int, ready: int, running: int, leader: str, phase: Phase
) -> None:
    with Recording.open(path) as recording:
        head = Playhead(recording)
        head.seek(at(second))
        picture = head.picture()
    assert (picture.nodes.ready, picture.tasks.running) == (ready, running)
    assert (picture.leadership.leader, picture.leadership.phase) == (leader, phase)


@every_version
def test_it_knows_where_nodes_are_and_what_was_heard_of_machines(path: Path) -> None:
    with Recording.open(path) as recording:
        head = Playhead(recording)
        head.seek(at(200))
        picture = head.picture()
    assert {group.name: group.nodes for group in picture.regions} == {
        "bkk": 5,
        "unplaced": 4,
        "eu-west-1": 5,
        "us-east-1": 5,
        "chiang-mai": 3,
    }
    (stats,) = picture.snapshot.stats["m1"].containers
    assert (stats.container, stats.cpu_percent, stats.pids) == ("svc-s1.1.t1", 12.5, 9)
    assert picture.snapshot.machines["m2"].node_id == "n2"


@every_version
def test_it_knows_labels_and_errors(path: Path) -> None:
    with Recording.open(path) as recording:
        head = Playhead(recording)
        head.seek(at(5))
        assert head.snapshot.nodes["n3"].labels == {"region": "bkk", "disk": "ssd"}
        head.seek(at(25))
        errors = {group.text: group.count for group in head.picture().errors}
    assert errors == {"exit (137)": 4, "no suitable node: insufficient resources": 4}
