"""A moment as people write it."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.insight.moments import MomentError, parse_duration, parse_moment

BEGINS = datetime(2016, 10, 27, 14, 0, 3, tzinfo=UTC)
ENDS = datetime(2016, 10, 27, 15, 0, 0, tzinfo=UTC)
BANGKOK = timezone(timedelta(hours=7))


def parse(text: str, **options: datetime | timezone) -> str:
    chosen = {"begins": BEGINS, "ends": ENDS, "zone": UTC} | options
    return parse_moment(text, **chosen).isoformat(" ").removesuffix("+00:00")  # type: ignore[arg-type]


def refusal(text: str, **options: datetime | timezone) -> tuple[str, str]:
    """Return what is said about a text, and the part of it that is pointed at."""
    with pytest.raises(MomentError) as raised:
        parse(text, **options)
    error = raised.value
    return error.message, text[error.position : error.position + error.length]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:05", "14:05:00"),
        ("14:05:30", "14:05:30"),
        ("14:05:30.25", "14:05:30.250000"),
        ("2016-10-27 14:05", "14:05:00"),
        ("2016-10-27T14:05:30Z", "14:05:30"),
        ("2016-10-27T16:05:30+02:00", "14:05:30"),
        ("2016-10-27T16:05:30+0200", "14:05:30"),
        ("14:05Z", "14:05:00"),
        ("10:35-03:30", "14:05:00"),
        ("14:05 UTC", "14:05:00"),
        ("2016-10-27Z", "14:00:03"),
        ("+10m", "14:10:03"),
        ("+ 1m30s", "14:01:33"),
        ("-5m", "14:55:00"),
        ("-0.5h", "14:30:00"),
        ("0%", "14:00:03"),
        ("50%", "14:30:01.500000"),
        ("100 %", "15:00:00"),
        ("  14:05 ", "14:05:00"),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, moment: str) -> None:
    assert parse(text) == f"2016-10-27 {moment}"


def test_a_time_without_a_zone_is_one_where_the_reader_sits() -> None:
    assert parse("21:05", zone=BANGKOK) == "2016-10-27 14:05:00"
    assert parse("2016-10-27 21:05", zone=BANGKOK) == "2016-10-27 14:05:00"
    assert parse("14:05Z", zone=BANGKOK) == "2016-10-27 14:05:00"


def test_the_minute_or_day_that_the_recording_begins_in_means_its_begin() -> None:
    assert parse("14:00") == "2016-10-27 14:00:03"
    assert parse("2016-10-27") == "2016-10-27 14:00:03"
    assert "is not in the recording" in refusal("14:00:00")[0]


def test_a_time_of_day_is_found_on_the_day_that_has_it() -> None:
    night = {"begins": BEGINS + timedelta(hours=8), "ends": BEGINS + timedelta(hours=12)}
    assert parse("23:30", **night) == "2016-10-27 23:30:00"
    assert parse("01:30", **night) == "2016-10-28 01:30:00"


def test_of_several_days_the_one_nearby_is_meant() -> None:
    week = {"ends": BEGINS + timedelta(days=7)}
    assert parse("15:00", **week) == "2016-10-27 15:00:00"
    assert parse("13:00", **week) == "2016-10-28 13:00:00"
    near = BEGINS + timedelta(days=4, hours=11)
    assert parse("15:00", near=near, **week) == "2016-10-31 15:00:00"
    assert parse("00:30", near=near, **week) == "2016-11-01 00:30:00"
    assert parse("14:00", near=BEGINS + timedelta(days=7), **week) == "2016-11-03 14:00:00"


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("", "write 14:05", ""),
        ("yesterday", "yesterday is not a time: write 14:05", "yesterday"),
        ("14:65", "65 is no minute, which is from 0 to 59", "65"),
        ("24:05", "24 is no hour, which is from 0 to 23", "24"),
        ("2016-13-27 14:05", "13 is no month", "13"),
        ("0001-01-01 14:05", "0001 is no year, which is from 1970", "0001"),
        ("2016-02-30 14:05", "2016-02-30 is not in the calendar", "2016-02-30"),
        ("14:05 o'clock", "o'clock does not belong to a time", "o'clock"),
        ("14:05+99:00", "+99:00 is not a zone", "+99:00"),
        ("2016-10-27x", "x does not belong to a time", "x"),
        (
            "13:05",
            "13:05 is not in the recording, which is from 14:00:03 to 15:00:00",
            "13:05",
        ),
        (
            "2016-10-28 14:05",
            "2016-10-28 14:05 is not in the recording, which is from 14:00:03 to 15:00:00",
            "2016-10-28 14:05",
        ),
        ("+10", "10 needs a unit: s, m, h or d", "10"),
        ("+1h30", "30 needs a unit: s, m, h or d", "30"),
        ("-ten m", "ten m is not a length of time", "ten m"),
        ("+2h", "+2h is longer than the recording, which has 59m57s", "+2h"),
        ("120%", "120% is more than all of it", "120%"),
        ("x%", "x% is not a share of the way", "x%"),
        ("1" * 100, "too long for a time", "1" * 100),
        ("  14:65", "65 is no minute", "65"),
        ("１４:05", "１４:05 is not a time", "１４:05"),
    ],
)
def test_what_is_no_moment_is_pointed_at(text: str, said: str, marked: str) -> None:
    message, pointed = refusal(text)
    assert message.startswith(said)
    assert pointed == marked


def test_the_days_are_named_where_a_recording_has_several() -> None:
    message, _ = refusal("2016-11-27 14:05", ends=ENDS + timedelta(days=1))
    assert "from 2016-10-27 14:00:03 to 2016-10-28 15:00:00" in message


def test_foreign_text_cannot_paint_the_screen() -> None:
    assert refusal("\x1b[31m9:00")[0].startswith("·9:00 is not a time")


def attempt(text: str) -> datetime | MomentError:
    try:
        return parse_moment(text, begins=BEGINS, ends=ENDS, zone=UTC)
    except MomentError as error:
        return error


@given(st.text(max_size=80) | st.from_regex(re.compile(r"[+-]?[0-9:.smhdTZ% -]{1,24}")))
def test_any_text_is_a_moment_of_the_recording_or_refused_within_itself(text: str) -> None:
    result = attempt(text)
    if isinstance(result, datetime):
        assert BEGINS <= result <= ENDS
    else:
        assert result.message
        assert 0 <= result.position <= len(text)
        assert result.length >= 1


@given(st.integers(0, 59 * 60 + 57))
def test_every_second_of_the_recording_can_be_written(second: int) -> None:
    moment = BEGINS + timedelta(seconds=second)
    for text in (f"{moment:%H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}", f"+{second}s"):
        assert parse_moment(text, begins=BEGINS, ends=ENDS, zone=UTC) == moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5d", 129_600), ("2H", 7200)],
)
def test_a_duration_has_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "2", "h", "2x", "-2h", "1e9h", "2 h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_duration(text)
