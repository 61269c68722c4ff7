"""The manager's own counts come every second, and are missed in words."""

from datetime import datetime

from swarmtui.collector.counting import RETRY_S, Counting
from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import CountsSeen, FailureKind
from tests.collector.fakes import FakeClock
from tests.factories import at


class FakeCounts:
    """Counts that take a time to read, or fail."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.fails = False

    def read(self, at: datetime) -> CountsSeen:
        self.clock.pass_(0.25)
        if self.fails:
            raise EngineError(FailureKind.REFUSED, "nobody listens")
        return CountsSeen(taken_at=at)


def make_counting() -> tuple[Counting, FakeCounts, FakeClock, list[CountsSeen]]:
    clock = FakeClock()
    counts = FakeCounts(clock)
    seen: list[CountsSeen] = []
    return Counting(counts, emit=seen.append, now=clock.now, rest=clock.pass_), counts, clock, seen


def test_counts_come_once_a_second_whatever_reading_them_takes() -> None:
    counting, _, clock, seen = make_counting()
    for _ in range(3):
        clock.pass_(counting.count_once())
    assert [each.taken_at for each in seen] == [at(0), at(1), at(2)]


def test_a_failure_is_said_with_the_time_it_began_and_retried_less_often() -> None:
    counting, counts, clock, seen = make_counting()
    counts.fails = True
    for _ in range(2):
        rest_s = counting.count_once()
        clock.pass_(rest_s)
        assert rest_s == RETRY_S
    counts.fails = False
    counting.count_once()
    assert [(each.taken_at, each.error) for each in seen[:2]] == [(at(0), "nobody listens")] * 2
    assert seen[2].error == ""
