"""Observations become pictures at a pace that a screen can use."""

from collections.abc import Callable
from datetime import datetime
from queue import Queue
from threading import Event

from swarmtui.feed.pictures import PictureFeed
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Extent, Picture, Place
from swarmtui.stream.interest import Interest
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import (
    NOON,
    machine_seen,
    make_machine,
    make_node,
    make_stats,
    nodes_seen,
    stats_seen,
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

    def picture(self, now: datetime) -> Picture:
        self.asked += 1
        return Picture(at=now, snapshot=self.snapshot)


def make_feed(*, pace_s: float) -> tuple[PictureFeed, Scripted, Counting]:
    source, analyst = Scripted(), Counting()
    return (
        PictureFeed(source, analyst=analyst, now=lambda: NOON, pace_s=pace_s),
        source,
        analyst,
    )


def test_what_is_seen_is_delivered() -> None:
    feed, source, _ = make_feed(pace_s=0.001)
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


def test_what_widens_the_first_look_is_not_waited_for() -> None:
    source, analyst = Scripted(), Counting()
    analyst.extent = Extent.NOTHING
    feed = PictureFeed(source, analyst=analyst, now=lambda: NOON, pace_s=0.001, first_pace_s=3_600)
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
    feed = PictureFeed(source, analyst=analyst, now=lambda: NOON, first_pace_s=0.001)
    feed.start(pictures.put)
    source.script.put(stats_seen("m1", make_stats()))
    assert len(pictures.get(timeout=10).containers) == 1
    source.script.put(machine_seen("m1", "n1"))
    while pictures.get(timeout=10).machines["m1"].seen is None:
        pass
    feed.stop()


def test_what_is_on_screen_reaches_the_source() -> None:
    feed, source, _ = make_feed(pace_s=0.001)
    feed.want(Interest(frozenset({"s1"})))
    assert source.wanted == [Interest(frozenset({"s1"}))]
