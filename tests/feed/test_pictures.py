"""Observations become pictures at a pace that a screen can use."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Event

import pytest

from swarmtui.feed.pictures import PictureFeed
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Extent, Picture, Place
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.recording.entries import Preface
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.recording.recorder import Recorder
from swarmtui.stream.interest import Interest
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import Observation, Pulse, Waiting
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import (
    NOON,
    at,
    machine_seen,
    make_machine,
    make_node,
    make_stats,
    nodes_seen,
    stats_seen,
    tasks_seen,
)


class Scripted:
    """A source that sees what it is told to."""

    def __init__(self) -> None:
        self.script: Queue[Observation | None] = Queue()
        self.wanted: list[Interest] = []
        self.closed = Event()

    def run(self, see: Callable[[Observation], None]) -> None:
        while (seen := self.script.get()) is not None:
            see(seen)

    def want(self, interest: Interest) -> None:
        self.wanted.append(interest)

    def close(self) -> None:
        self.closed.set()
        self.script.put(None)


class Counting:
    """An analyst that folds and counts how often it is asked."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.asked = 0
        self.extent = Extent.EVERYTHING

    def see(self, seen: Observation) -> None:
        self.snapshot = fold(self.snapshot, seen).snapshot

    def look_as(self, viewpoint: Viewpoint) -> None:
        self.viewpoint = viewpoint

    def picture(self, now: datetime) -> Picture:
        self.asked += 1
        return Picture(at=now, snapshot=self.snapshot)


def make_feed(**paces: float) -> tuple[PictureFeed, Scripted, Counting]:
    """Return a feed, what it reads, and who counts its pictures; as often as may be by default."""
    source, analyst = Scripted(), Counting()
    paces = {"pace_s": 0.001} | paces
    feed = PictureFeed(source, make_analyst=lambda: analyst, now=lambda: NOON, **paces)
    return feed, source, analyst


def test_what_is_seen_is_delivered() -> None:
    feed, source, _ = make_feed()
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n1")]))
    assert "n1" in pictures.get(timeout=10).snapshot.nodes
    source.script.put(nodes_seen([make_node("n2")]))
    assert set(pictures.get(timeout=10).snapshot.nodes) == {"n1", "n2"}
    feed.stop()
    assert source.closed.is_set()


def test_many_observations_make_few_pictures_and_the_last_one_is_in() -> None:
    feed, source, analyst = make_feed(pace_s=0.2)
    complete = Event()

    def take(picture: Picture) -> None:
        if len(picture.snapshot.nodes) == 500:
            complete.set()

    feed.start(take)
    for n in range(500):
        source.script.put(nodes_seen([make_node(f"n{n}")]))
    assert complete.wait(timeout=20)
    feed.stop()
    assert analyst.asked < 50


def test_while_nothing_moves_pictures_are_few_and_what_moves_is_not_waited_for() -> None:
    feed, source, _ = make_feed(quiet_pace_s=3_600)
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    node = make_node("n1")
    source.script.put(nodes_seen([node]))
    assert len(pictures.get(timeout=10).snapshot.nodes) == 1
    for _ in range(50):
        source.script.put(nodes_seen([], whole=False))
        source.script.put(Pulse(taken_at=NOON))
    with pytest.raises(Empty):
        pictures.get(timeout=0.3)
    source.script.put(nodes_seen([make_node("n2")], whole=False))
    assert len(pictures.get(timeout=10).snapshot.nodes) == 2
    feed.stop()


def test_while_nothing_moves_only_the_next_look_at_the_nodes_makes_a_picture() -> None:
    feed, source, _ = make_feed(quiet_pace_s=0.002, still_pace_s=3_600)
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n1")]))
    pictures.get(timeout=10)
    for second in range(50):
        source.script.put(Pulse(taken_at=at(second)))
        source.script.put(tasks_seen([], whole=False, second=second))
    with pytest.raises(Empty):
        pictures.get(timeout=0.3)
    source.script.put(nodes_seen([], whole=False, second=60))
    assert pictures.get(timeout=10).snapshot.nodes_at == at(60)
    feed.stop()


def test_pulses_alone_make_pictures_as_well() -> None:
    feed, source, _ = make_feed(quiet_pace_s=0.002, still_pace_s=0.003)
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    for _ in range(3):
        source.script.put(Pulse(taken_at=NOON))
        pictures.get(timeout=10)
    feed.stop()


def test_what_widens_the_first_look_is_not_waited_for() -> None:
    feed, source, analyst = make_feed(first_pace_s=3_600)
    analyst.extent = Extent.NOTHING
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n0")]))
    assert len(pictures.get(timeout=10).snapshot.nodes) == 1
    for count, extent in ((2, Extent.NODES), (3, Extent.EVERYTHING)):
        analyst.extent = extent
        source.script.put(nodes_seen([make_node(f"n{count}")]))
        while len(pictures.get(timeout=10).snapshot.nodes) < count:
            pass
    feed.stop()


def test_machines_alone_make_pictures() -> None:
    source, pictures = Scripted(), Queue[Picture]()
    analyst = Analyst(place=lambda _: Place(), machines=[make_machine("m1")])
    feed = PictureFeed(source, make_analyst=lambda: analyst, now=lambda: NOON, first_pace_s=0.001)
    feed.start(pictures.put)
    source.script.put(stats_seen("m1", make_stats()))
    assert len(pictures.get(timeout=10).containers) == 1
    source.script.put(machine_seen("m1", "n1"))
    while pictures.get(timeout=10).machines["m1"].seen is None:
        pass
    feed.stop()


def test_what_is_on_screen_reaches_the_source() -> None:
    feed, source, _ = make_feed()
    feed.want(Interest(frozenset({"s1"})))
    assert source.wanted == [Interest(frozenset({"s1"}))]


class Noting:
    """A recorder that notes what it is told, and what the analyst knew by then."""

    def __init__(self, analyst: Counting) -> None:
        self._analyst = analyst
        self.seen: list[tuple[Observation, Snapshot]] = []

    def see(self, seen: Observation) -> None:
        self.seen.append((seen, self._analyst.snapshot))


def test_another_viewpoint_makes_another_picture_at_once_and_is_recorded(tmp_path: Path) -> None:
    source = Scripted()
    attribution = Attribution(Rules())
    analyst = Analyst(place=attribution.place, look_as=attribution.look_as)
    feed = PictureFeed(source, make_analyst=lambda: analyst, now=lambda: NOON, pace_s=0.001)
    pictures: Queue[Picture] = Queue()
    recorder = Recorder(
        tmp_path / "event.rec",
        preface=Preface(began_at=NOON, program="test"),
        analyst=analyst,
        now=lambda: NOON,
    )
    feed.record(recorder)
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n1", labels={"owner": "eve"})], whole=True))
    assert not pictures.get(timeout=10).places["n1"].mine
    feed.look_as(Viewpoint(mine="Eve"))
    while not pictures.get(timeout=10).places["n1"].mine:
        pass
    source.script.put(nodes_seen([make_node("n2")], second=5))
    while "n2" not in pictures.get(timeout=10).places:
        pass
    feed.stop()
    recorder.close()
    with Recording.open(tmp_path / "event.rec") as recording:
        head = Playhead(recording)
        head.seek(at(5))
        assert head.picture().places["n1"].mine


def test_when_nothing_hangs_any_more_that_is_shown_at_once() -> None:
    feed, source, _ = make_feed(quiet_pace_s=3_600, still_pace_s=7_200)
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    source.script.put(Pulse(taken_at=at(1), waiting=Waiting("/tasks", at(0))))
    assert pictures.get(timeout=10).snapshot.waiting
    source.script.put(Pulse(taken_at=at(2)))
    assert not pictures.get(timeout=10).snapshot.waiting
    source.script.put(Pulse(taken_at=at(3)))
    with pytest.raises(Empty):
        pictures.get(timeout=0.3)
    feed.stop()


def test_another_viewpoint_is_not_waited_for_when_everything_was_seen() -> None:
    feed, source, analyst = make_feed(quiet_pace_s=3_600, still_pace_s=7_200)
    pictures: Queue[Picture] = Queue()
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n1")]))
    pictures.get(timeout=10)
    feed.look_as(Viewpoint(mine="Eve"))
    pictures.get(timeout=10)
    assert analyst.viewpoint == Viewpoint(mine="Eve")
    feed.stop()


def test_a_recorder_is_told_what_the_analyst_has_taken_in_as_long_as_it_records() -> None:
    feed, source, analyst = make_feed()
    recorder, pictures = Noting(analyst), Queue[Picture]()
    feed.start(pictures.put)
    for name, recording in (("n1", None), ("n2", recorder), ("n3", recorder), ("n4", None)):
        feed.record(recording)
        source.script.put(nodes_seen([make_node(name)]))
        while name not in pictures.get(timeout=10).snapshot.nodes:
            pass
    feed.stop()
    assert [seen for seen, _ in recorder.seen] == [
        nodes_seen([make_node(name)]) for name in ("n2", "n3")
    ]
    assert [list(known.nodes) for _, known in recorder.seen] == [["n1", "n2"], ["n1", "n2", "n3"]]


def test_a_recording_begun_midway_holds_what_was_known_before(tmp_path: Path) -> None:
    source, pictures = Scripted(), Queue[Picture]()
    analyst = Analyst(place=lambda _: Place())
    feed = PictureFeed(source, make_analyst=lambda: analyst, now=lambda: NOON, first_pace_s=0.001)
    feed.start(pictures.put)
    source.script.put(nodes_seen([make_node("n1")]))
    pictures.get(timeout=10)
    recorder = Recorder(
        tmp_path / "midway.rec",
        preface=Preface(began_at=NOON, program="test"),
        analyst=analyst,
        now=lambda: at(10),
    )
    feed.record(recorder)
    source.script.put(nodes_seen([make_node("n2")], second=10))
    while len(pictures.get(timeout=10).snapshot.nodes) < 2:
        pass
    feed.record(None)
    recorder.close()
    feed.stop()
    with Recording.open(tmp_path / "midway.rec") as recording:
        assert recording.begins == at(10)
        assert set(Playhead(recording).snapshot.nodes) == {"n1", "n2"}
