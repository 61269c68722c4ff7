"""A recording that goes on in time while it is served."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import pytest

from swarmtui.httpd.journal import Journal
from swarmtui.recording.damage import Damage
from swarmtui.recording.errors import RecordingError
from swarmtui.serving.calendar import tell
from swarmtui.serving.course import Course
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import at, make_node
from tests.serving.making import make_snapshot

WORDS = ("ready", "down")


class Tape:
    """A recording that is its own playhead: in each second one node changes its state."""

    def __init__(self, *, length: int, is_ended: bool = True) -> None:
        self.at = at(0)
        self.ends = at(length)
        self.is_ended = is_ended
        self.more = 0
        self.portions: list[int] = []
        self.is_damaged = False
        self.damage: Sequence[Damage] = ()
        self._second = 0

    @property
    def snapshot(self) -> Snapshot:
        return make_snapshot([make_node("n1", state=WORDS[self._second % 2])])

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        if self.is_damaged:
            raise RecordingError("evening.rec is damaged")
        assert most is not None
        last = int((until - at(0)).total_seconds())
        taken = min(last - self._second, most)
        self.portions.append(taken)
        self._second += taken
        if self._second < last:
            self.at = at(self._second)
            return False
        self.at = until
        return True

    def refresh(self) -> bool:
        grew, self.more = self.more, 0
        self.ends = at((self.ends - at(0)).total_seconds() + grew)
        return bool(grew)


class Clock:
    def __init__(self) -> None:
        self.second = 1000.0

    def __call__(self) -> float:
        return self.second


class Played:
    """A tape on its course, with the clock in hand."""

    def __init__(self, tape: Tape, *, speed: float = 1.0) -> None:
        self.tape = tape
        self.clock = Clock()
        self.journal = Journal()
        self.course = Course(tape, tape, self.journal, speed=speed, clock=self.clock)
        self.complaints: list[str] = []

    async def begin(self) -> None:
        """Set out, and come to rest before the first second has passed."""
        self.running = asyncio.create_task(self.course.run(complain=self.complaints.append))
        await asyncio.sleep(0)
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running

    async def wait(self, seconds: float) -> float:
        """Let time pass, and return which second of the recording is shown then."""
        self.clock.second += seconds
        self.course.look_for_more()
        await self.course.catch_up()
        return (self.course.scene.at - at(0)).total_seconds()


async def test_time_passes_at_its_speed_up_to_the_end() -> None:
    played = Played(Tape(length=100), speed=10.0)
    await played.begin()

    assert [await played.wait(0.5) for _ in range(3)] == [5.0, 10.0, 15.0]
    assert [await played.wait(0.5) for _ in range(20)][-3:] == [100.0, 100.0, 100.0]


async def test_what_changed_on_the_way_is_told_with_its_time() -> None:
    played = Played(Tape(length=100))
    await played.begin()
    await played.wait(0.9)
    await played.wait(0.9)

    (told,) = played.journal.between(0, float("inf"))
    assert told.attributes["state.new"] == "down"
    assert told.at == pytest.approx(at(1.8).timestamp())


async def test_a_scene_is_of_a_whole_moment_also_while_the_next_is_played() -> None:
    played = Played(Tape(length=1000), speed=500.0)
    await played.begin()
    played.clock.second += 1
    catching_up = asyncio.create_task(played.course.catch_up())
    await asyncio.sleep(0)

    assert played.tape.at > at(0)
    assert played.course.scene.at == at(0)
    await catching_up
    assert played.course.scene.at == at(500)
    assert max(played.tape.portions) <= 32


async def test_where_it_cannot_keep_up_it_goes_on_from_where_it_is() -> None:
    played = Played(Tape(length=1000), speed=10.0)
    await played.begin()

    assert await played.wait(30) == 10.0
    assert await played.wait(0.5) == 15.0


async def test_a_recording_that_grows_goes_on_from_its_old_end() -> None:
    played = Played(Tape(length=10, is_ended=False))
    await played.begin()
    for _ in range(12):
        await played.wait(1)
    assert played.course.scene.at == at(10)

    await played.wait(300)
    played.tape.more = 60
    assert await played.wait(2) == 10.0
    assert await played.wait(0.5) == 10.5


async def test_a_scene_in_a_damaged_part_says_so() -> None:
    tape = Tape(length=10)
    tape.damage = [Damage(at(2), at(4), "damaged until noon")]
    played = Played(tape)
    await played.begin()
    flaws = []
    for _ in range(5):
        await played.wait(1)
        flaws.append(played.course.scene.flaw)

    assert flaws == ["", "damaged until noon", "damaged until noon", "", ""]


async def test_where_it_cannot_be_read_time_stands_and_that_is_said() -> None:
    tape = Tape(length=10)
    played = Played(tape)
    await played.begin()
    await played.wait(0.5)
    tape.is_damaged = True
    running = asyncio.create_task(played.course.run(complain=played.complaints.append))
    await asyncio.sleep(0)
    played.clock.second += 1
    await running

    assert played.complaints == [f"evening.rec is damaged; time stands at {tell(at(0.5))}"]
    assert played.course.scene.at == at(0.5)
