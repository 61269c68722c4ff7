"""A recorder keeps what an analyst sees, so that it can be seen again."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from msgspec.structs import replace

from swarmtui.recording.blocks import BlockKind
from swarmtui.recording.entries import LandmarkKind, Placed
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.redaction import KINDS, Redaction
from swarmtui.swarm.observation import (
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    WatcherLost,
)
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen
from tests.depth import examples
from tests.factories import (
    at,
    make_manager,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    stats_seen,
    tasks_seen,
)
from tests.insight.random_stories import MACHINES, make_analyst, stories
from tests.recording.played import Played
from tests.recording.recorded import (
    END,
    INVENTORY,
    PREFACE,
    Player,
    Recording,
    assert_consistent,
    first_look,
    pulse,
    record,
    recording,
    wait_until,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evening.rec"


def test_it_begins_with_everything_that_is_known(path: Path) -> None:
    analyst = make_analyst()
    for seen in first_look():
        analyst.see(seen)
    played = record(path, [pulse(5)], analyst=analyst)
    assert played.kinds == [BlockKind.PREFACE, BlockKind.WHOLE, BlockKind.END]
    moment = played.keyframes[0].moment
    assert moment.snapshot == analyst.snapshot
    assert moment.memory == analyst.remember()
    assert moment.places == analyst.places


def test_it_says_what_it_is_a_recording_of(path: Path) -> None:
    redaction = Redaction(["hostnames"])
    played = record(path, [], redaction=redaction, with_specs=False)
    assert played.preface == replace(PREFACE, redacted=("hostnames",))


def test_observations_follow_in_their_order(path: Path) -> None:
    story = [*first_look(), pulse(1), stats_seen("m1", second=2), pulse(3)]
    played = record(path, story)
    assert played.seen == story[1:]  # the first one is in the keyframe
    assert [each.at for each in played.entries if not isinstance(each.entry, Placed)] == [
        seen.taken_at for seen in story[1:]
    ]


def test_its_time_never_goes_back(path: Path) -> None:
    played = record(path, [pulse(0), pulse(10), pulse(4), pulse(11)])
    assert [each.at for each in played.entries] == [at(10), at(10), at(11)]
    assert [each.taken_at for each in played.seen] == [at(10), at(4), at(11)]


def test_it_tells_that_it_ended(path: Path) -> None:
    played = record(path, [pulse(0)])
    assert played.is_ended
    assert played.blocks[-1].begins == END


def test_what_a_watcher_sends_anew_weighs_what_differs(path: Path) -> None:
    tasks = [make_task(f"t{i}") for i in range(100)]
    changed = [make_task("t0", state="failed"), *tasks[1:]]
    with recording(path) as begun:
        begun.see(*first_look(tasks=100), WatcherLost(taken_at=at(1), text="", retry_s=1))
        first = begun.play().blocks
        weight = sum(block.weight for block in first)
    with recording(path.with_name("again.rec"), analyst=begun.analyst) as again:
        again.see(
            pulse(2),
            tasks_seen(changed[:50], second=2, whole=True, complete=False),
            tasks_seen(changed[50:], second=2),
            nodes_seen([*begun.analyst.snapshot.nodes.values()], second=3, whole=True),
            services_seen([make_service()], second=3, whole=True),
        )
        assert sum(block.weight for block in again.play().blocks) == 1
    assert weight == 1 + 100 + 1  # a service, its tasks, and the loss of the watcher


def test_nodes_are_placed_before_they_are_seen(path: Path) -> None:
    story = [
        *first_look(),
        nodes_seen([make_node("n2", addr="", hostname="x-eu-west-1-2")], second=1),
        nodes_seen([make_node("n2", addr="", state="down", hostname="x-eu-west-1-2")], second=2),
        nodes_seen([make_node("n2", addr="", hostname="x-us-east-1-2")], second=3),
    ]
    played = record(path, story)
    kinds = [type(each.entry) for each in played.entries]
    assert kinds[-5:] == [Placed, NodesSeen, NodesSeen, Placed, NodesSeen]
    regions = [{id_: place.region for id_, place in each.places.items()} for each in played.placed]
    assert regions == [{"n2": "eu-west-1"}, {"n2": "us-east-1"}]


def test_places_known_at_a_keyframe_are_not_said_again(path: Path) -> None:
    analyst = make_analyst()
    analyst.see(first_look()[0])
    node = make_node("n1", state="down")
    assert record(path, [pulse(1), nodes_seen([node], second=2)], analyst=analyst).placed == []


def replays(played: Played) -> Iterator[tuple[int, Player]]:
    """Yield players, each from a keyframe to the end, with how many observations they have seen."""
    for keyframe in played.keyframes:
        count = 1 + sum(
            not isinstance(each.entry, Placed) for each in played.entries[: keyframe.after]
        )
        player = Player(keyframe.moment, **INVENTORY)
        yield count, player
        for timed in played.entries[keyframe.after :]:
            player.take(timed.entry)
            if not isinstance(timed.entry, Placed):
                count += 1
                yield count, player


@examples(20)
@given(stories())
def test_what_is_played_is_what_was_seen_from_whichever_keyframe(story: list[Observation]) -> None:
    analyst, lived = make_analyst(), []
    with (
        tempfile.TemporaryDirectory() as folder,
        recording(Path(folder) / "evening.rec", analyst=analyst) as begun,
    ):
        for seen in story:
            begun.see(seen)
            lived.append(analyst.snapshot)
        played = begun.play()
    for count, player in replays(played):
        assert player.analyst.snapshot == lived[count - 1]
    assert played.keyframes[0].at == story[0].taken_at


@examples(20)
@given(stories())
def test_what_is_remembered_at_a_keyframe_is_what_playing_leads_to(
    story: list[Observation],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        played = record(Path(folder) / "evening.rec", story)
    assert_consistent(played)


def named(story: Sequence[Observation]) -> Iterator[Observation]:
    """Yield a story whose nodes are called otherwise than by their ids, as real ones are.

    Nor are machines called by ids of nodes that nobody has seen yet.
    """
    for seen in story:
        if isinstance(seen, StatsSeen | TailSeen | MachineSeen):
            yield replace(seen, machine=f"machine-{seen.machine}")
            continue
        if isinstance(seen, NodesSeen):
            nodes = [replace(n, hostname=n.hostname and f"host-{n.hostname}") for n in seen.changed]
            yield replace(seen, changed=tuple(nodes))
        elif isinstance(seen, ManagerSeen):
            yield replace(seen, host=seen.host.replace("mg", "host-mg"))
        elif isinstance(seen, ManagerLost):
            fields = ("host", "text", "next_host")
            yield replace(seen, **{f: getattr(seen, f).replace("mg", "host-mg") for f in fields})
        else:
            yield seen


@examples(20)
@given(stories())
def test_a_redacted_recording_is_consistent_in_itself(story: list[Observation]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evening.rec"
        redaction = Redaction(KINDS, salt=b"salt")
        played = record(path, named(story), redaction=redaction, with_specs=False)
    machines = played.preface.machines
    assert not machines or machines != MACHINES
    assert_consistent(played)


def landmarks(played: Played) -> list[tuple[datetime, LandmarkKind, str]]:
    return [(each.at, each.kind, each.text) for each in played.landmarks]


def test_an_election_is_a_landmark_at_once(path: Path) -> None:
    managers = [make_manager("m0"), make_manager("m1", leader=True)]
    with recording(path) as begun:
        begun.see(*first_look(), nodes_seen(managers, second=5))
        wait_until(lambda: bool(Played(path).landmarks))
    assert landmarks(Played(path)) == [(at(5), LandmarkKind.ELECTION, "leader host-m0 → host-m1")]


def test_an_incident_is_told_once_with_what_became_of_it(path: Path) -> None:
    nodes = [make_node(f"n{i}", state="down", addr="") for i in range(5)]
    story: list[Observation] = [
        nodes_seen([make_node(f"n{i}", addr="") for i in range(5)], whole=True),
        nodes_seen(nodes[:1], second=5),
        nodes_seen(nodes[1:4], second=20),
        pulse(30),
        pulse(49),
        pulse(50),
        nodes_seen(nodes[4:], second=100),
    ]
    assert landmarks(record(path, story)) == [
        (at(5), LandmarkKind.INCIDENT, "4 nodes went down"),
        (at(100), LandmarkKind.INCIDENT, "node host-n4 went down"),
    ]


def test_what_was_before_the_recording_is_no_landmark(path: Path) -> None:
    analyst = make_analyst()
    for seen in first_look():
        analyst.see(seen)
    analyst.see(nodes_seen([make_node("n1", state="down")], second=5))
    analyst.see(nodes_seen([make_manager("m0"), make_manager("m1", leader=True)], second=6))
    assert landmarks(record(path, [pulse(7), pulse(60)], analyst=analyst)) == []


def test_a_bookmark_is_kept_with_its_note(path: Path) -> None:
    with recording(path) as begun:
        begun.see(pulse(0))
        begun.recorder.bookmark("  the\x1b[31m peak\n", at(3))
        begun.recorder.bookmark("x" * 9_000, at(4))
        played = begun.play()
    assert landmarks(played)[0] == (at(3), LandmarkKind.BOOKMARK, "the· peak")
    assert len(played.landmarks[1].text) == 500


def test_a_second_after_it_was_seen_it_is_in_the_file(path: Path) -> None:
    with recording(path) as begun:
        begun.see(*first_look())
        began = monotonic()
        wait_until(lambda: len(Played(path).seen) == 2)
        assert monotonic() - began < 3
        begun.see(pulse(9))
        wait_until(lambda: len(Played(path).seen) == 3)
        assert begun.recorder.status.size_bytes == path.stat().st_size


def test_a_recording_of_nothing_is_one_too(path: Path) -> None:
    played = record(path, [])
    assert played.kinds == [BlockKind.PREFACE, BlockKind.END]


def test_what_is_seen_after_the_end_is_not_in_it(path: Path) -> None:
    with recording(path) as begun:
        begun.see(pulse(0), pulse(1))
        begun.recorder.close()
        size = path.stat().st_size
        begun.see(pulse(2))
        begun.recorder.close()
    assert path.stat().st_size == size


def test_where_there_is_no_file_to_be_made_there_is_no_recorder(path: Path) -> None:
    path.touch()
    with pytest.raises(RecordingError, match="there already"):
        Recording(path)


def stopped(begun: Recording) -> str:
    wait_until(lambda: bool(begun.recorder.status.error))
    begun.see(pulse(99))  # and nothing comes of it
    return begun.recorder.status.error


def test_it_stops_when_its_file_is_deleted_and_says_so(path: Path) -> None:
    with recording(path) as begun:
        begun.see(pulse(0), pulse(1))
        path.unlink()
        assert stopped(begun) == (
            f"{path}: deleted or moved while it was written; record to a new file"
        )
    assert not path.exists()


def test_it_stops_when_its_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with recording(folder / "evening.rec") as begun:
        begun.see(pulse(0))
        folder.rename(tmp_path / "away")
        assert "deleted or moved" in stopped(begun)


def test_it_stops_before_memory_is_full_of_what_cannot_be_written(path: Path) -> None:
    tasks = [make_task(f"t{i}") for i in range(60)]
    with recording(path, most_waiting=100) as begun:
        begun.hurry(*first_look(), tasks_seen(tasks, second=2), tasks_seen(tasks, second=3))
        assert stopped(begun) == (
            f"{path}: the disk is slower than the swarm changes; record to a faster one"
        )
        wait_until(lambda: not begun.recorder._queue)


def test_nothing_that_is_kept_up_with_stops_it(path: Path) -> None:
    tasks = [make_task(f"t{i}") for i in range(60)]
    with recording(path, most_waiting=100) as begun:
        begun.see(*first_look())
        for second in range(2, 5):
            begun.see(tasks_seen(tasks, second=second))
            wait_until(lambda: begun.recorder._put == begun.recorder._taken)
        assert len(begun.play().seen) == 5
