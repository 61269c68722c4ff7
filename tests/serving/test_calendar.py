"""The recording's times on a client's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.serving.calendar import NEVER, Calendar
from tests.factories import at
from tests.serving.making import YEARS_LATER

TIMES = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001
    max_value=datetime(2199, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize("speed", [0.5, 1.0, 100.0])
def test_what_was_five_minutes_before_the_moment_is_five_minutes_ago(speed: float) -> None:
    calendar = Calendar(at=at(600), now=YEARS_LATER, speed=speed)

    assert calendar.on_wall(at(600)) == YEARS_LATER
    assert calendar.on_wall(at(300)) == YEARS_LATER - timedelta(minutes=5)


def test_what_comes_later_comes_at_the_speed_of_the_playing() -> None:
    calendar = Calendar(at=at(600), now=YEARS_LATER, speed=10.0)

    assert calendar.on_wall(at(700)) == YEARS_LATER + timedelta(seconds=10)


@given(moment=TIMES, shown=TIMES, now=TIMES)
def test_the_past_stays_past_and_the_future_future(
    moment: datetime, shown: datetime, now: datetime
) -> None:
    calendar = Calendar(at=shown, now=now, speed=3.0)

    assert (calendar.on_wall(moment) < now) == (moment < shown)


def test_a_time_that_is_not_known_stays_so() -> None:
    calendar = Calendar(at=at(0), now=YEARS_LATER)

    assert calendar.on_wall(datetime(1970, 1, 1, tzinfo=UTC)) == NEVER
    assert calendar.on_wall(datetime(1, 1, 1, tzinfo=UTC)) == NEVER
    assert calendar.on_wall(datetime(9999, 12, 31, tzinfo=UTC)) == NEVER


@pytest.mark.parametrize("second", [-100.0, 0.0, 100.0])
def test_events_are_found_by_the_times_they_are_told_with(second: float) -> None:
    calendar = Calendar(at=at(0), now=YEARS_LATER, speed=4.0)
    recorded = at(second).timestamp()

    told = calendar.unix_ns(recorded)
    assert told == calendar.on_wall(at(second)).timestamp() * 1e9
    assert calendar.second(told / 1e9) == pytest.approx(recorded, abs=1e-3)
