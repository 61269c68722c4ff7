"""The event's time and the time on the wall."""

from datetime import UTC, datetime

from swarmtui.simulator.clock import Calendar, Clock

EPOCH = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


class Stopwatch:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.reads = 1000.0

    def __call__(self) -> float:
        return self.reads


def test_event_time_runs_from_its_start_at_its_speed() -> None:
    stopwatch = Stopwatch()
    clock = Clock(starts_at=450, speed=3, monotonic=stopwatch)

    stopwatch.reads += 10

    assert clock.now() == 480


def test_held_time_stands_still() -> None:
    stopwatch = Stopwatch()
    clock = Clock(starts_at=450, hold=True, monotonic=stopwatch)

    stopwatch.reads += 10

    assert clock.now() == 450


def test_stamps_are_rfc_3339_to_the_nanosecond_without_trailing_zeros() -> None:
    calendar = Calendar(EPOCH)

    assert calendar.stamp(0) == "2026-11-22T19:00:00Z"
    assert calendar.stamp(61.5) == "2026-11-22T19:01:01.5Z"
    assert calendar.stamp(0.123456789) == "2026-11-22T19:00:00.123456789Z"
    assert calendar.stamp(-3000) == "2026-11-22T18:10:00Z"


def test_a_fast_event_takes_less_time_on_the_wall() -> None:
    calendar = Calendar(EPOCH, speed=10)

    assert calendar.stamp(600) == "2026-11-22T19:01:00Z"
    assert calendar.second(EPOCH.timestamp() + 60) == 600
    assert calendar.moment(600) == datetime(2026, 11, 22, 19, 1, tzinfo=UTC)
