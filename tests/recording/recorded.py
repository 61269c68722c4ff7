"""Record what is told, and play it again from any keyframe."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Place
from swarmtui.recording.entries import Entry, Placed, Preface
from swarmtui.recording.keyframes import Moment
from swarmtui.recording.recorder import Recorder
from swarmtui.swarm.entities import Node
from swarmtui.swarm.observation import Observation, Pulse
from tests.factories import (
    NOON,
    at,
    make_manager,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)
from tests.insight.random_stories import MACHINES, make_analyst
from tests.insight.test_memory import in_order
from tests.recording.played import Played

PREFACE = Preface(began_at=NOON, program="0.1.0", asked=("unix:///var/run/docker.sock",))
END = at(100_000)
INVENTORY: Mapping[str, Any] = {"machines": MACHINES, "pledges": {"NIPA": 3, "nobody": 1}}
"""What `make_analyst` knows beforehand."""


class Recording:
    """A recorder, and the analyst it looks at."""

    def __init__(self, path: Path, *, analyst: Analyst | None = None, **options: Any) -> None:
        self.path = path
        self.analyst = analyst or make_analyst()
        usual: dict[str, Any] = {"preface": PREFACE, "with_specs": True, "now": lambda: END}
        self.recorder = Recorder(path, analyst=self.analyst, **(usual | options))

    def see(self, *story: Observation) -> None:
        """Have both of them see these, and keyframes written as if they came as slowly as told."""
        for seen in story:
            self.analyst.see(seen)
            self.recorder.see(seen)
            wait_until(lambda: self._is_told_of_keyframes)

    def hurry(self, *story: Observation) -> None:
        """Have both of them see these at once."""
        for seen in story:
            self.analyst.see(seen)
            self.recorder.see(seen)

    @property
    def _is_told_of_keyframes(self) -> bool:
        recorder = self.recorder
        is_over = bool(recorder.status.error) or not recorder._thread.is_alive()
        return is_over or recorder._keyframes_put == recorder._keyframes_taken

    def play(self) -> Played:
        """End the recording and read it."""
        self.recorder.close()
        error = self.recorder.status.error
        assert not error, error
        return Played(self.path)


def pulse(second: float) -> Pulse:
    """Return that somebody asks, and nothing else."""
    return Pulse(taken_at=at(second))


def first_look(tasks: int = 3) -> list[Observation]:
    """Return a swarm of three managers, a node and a service."""
    managers = [make_manager(f"m{i}", leader=i == 0) for i in range(3)]
    return [
        nodes_seen([*managers, make_node("n1")], whole=True),
        services_seen([make_service()], whole=True),
        tasks_seen([make_task(f"t{i}") for i in range(tasks)], whole=True),
    ]


def wait_until(is_so: Callable[[], bool], *, within_s: float = 10) -> None:
    """Return as soon as something is so."""
    began = monotonic()
    while not is_so():
        assert monotonic() - began < within_s
        sleep(0.001)


@contextmanager
def recording(path: Path, **options: Any) -> Iterator[Recording]:
    """Begin a recording, and see to it that its thread ends."""
    begun = Recording(path, **options)
    try:
        yield begun
    finally:
        begun.recorder.close()


def record(path: Path, story: Iterable[Observation], **options: Any) -> Played:
    """Return the recording of a story."""
    with recording(path, **options) as begun:
        begun.see(*story)
        return begun.play()


class Player:
    """An analyst who goes on from a keyframe, with nodes placed as they were."""

    def __init__(self, moment: Moment, **analyst: Any) -> None:
        self._places = dict(moment.places)
        self.analyst = Analyst(place=self._place, **analyst)
        self.analyst.recall(moment.snapshot, moment.memory)

    def take(self, entry: Entry) -> None:
        """Take the next entry."""
        if isinstance(entry, Placed):
            self._places |= entry.places
            self.analyst.place_anew(entry.places)
        else:
            self.analyst.see(entry)

    def play(self, played: Played, *, after: int, until: int | None = None) -> Self:
        """Take the entries between these two."""
        for timed in played.entries[after:until]:
            self.take(timed.entry)
        return self

    def _place(self, node: Node) -> Place:
        return self._places[node.id]


def assert_consistent(played: Played) -> None:
    """Assert that playing from each keyframe leads to what the next one says."""
    for keyframe, following in zip(played.keyframes, played.keyframes[1:], strict=False):
        player = Player(keyframe.moment, **INVENTORY)
        player.play(played, after=keyframe.after, until=following.after)
        assert player.analyst.snapshot == following.moment.snapshot
        assert in_order(player.analyst.remember()) == in_order(following.moment.memory)
