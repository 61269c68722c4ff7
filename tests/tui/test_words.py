"""How the screens say ages, counts, rates and sizes."""

import pytest
from rich.cells import cell_len

from swarmtui.tui import words
from tests.factories import at


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m00"),
        (182, "3m02"),
        (3599, "59m59"),
        (7080, "1h58"),
        (86_400 * 3 + 4 * 3600, "3d04"),
        (-5, "0s"),
    ],
)
def test_an_age_keeps_two_places(seconds: float, said: str) -> None:
    assert words.age(seconds) == said


def test_an_age_never_lies_in_the_future() -> None:
    assert words.age_since(at(10), at(0)) == "0s"


def test_what_never_happened_has_a_dash_for_an_age() -> None:
    assert words.age_since(None, at(0)) == "–"


@pytest.mark.parametrize(
    ("seconds", "said"), [(48, "48s"), (725, "12m"), (18_000, "5h"), (300_000, "3d")]
)
def test_a_tenure_names_its_largest_unit(seconds: float, said: str) -> None:
    assert words.tenure(seconds) == said


@pytest.mark.parametrize(
    ("per_second", "said"),
    [
        (412.4, "+412/s"),
        (-1200.0, "-1,200/s"),
        (0.57, "+34/min"),
        (-0.05, "-3/min"),
        (0.0, "±0/min"),
        (0.001, "±0/min"),
    ],
)
def test_a_slow_rate_is_told_by_the_minute(per_second: float, said: str) -> None:
    assert words.rate(per_second) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 s to go"),
        (9.1, "9 s to go"),
        (240, "4 min to go"),
        (9_000, "2 h to go"),
    ],
)
def test_time_to_go_is_told_in_the_unit_one_waits_in(seconds: float, said: str) -> None:
    assert words.to_go(seconds) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (2291, 2384, "96 %"),
        (2383, 2384, "99 %"),
        (2384, 2384, "100 %"),
        (1, 2384, "1 %"),
        (0, 2384, "0 %"),
        (0, 0, "– %"),
    ],
)
def test_a_share_is_never_whole_while_one_is_missing(part: int, whole: int, said: str) -> None:
    assert words.percent(part, whole) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (512 << 20, "512 M"),
        (3 << 29, "1.5 G"),
        (1 << 30, "1 G"),
        (64 << 30, "64 G"),
    ],
)
def test_memory_is_told_in_binary_units(size: int, said: str) -> None:
    assert words.memory(size) == said


@pytest.mark.parametrize(
    ("size", "said"), [(640, "640 B"), (4_300_000, "4.3 MB"), (12_400_000, "12 MB")]
)
def test_traffic_is_told_in_decimal_units(size: int, said: str) -> None:
    assert words.traffic(size) == said


def test_counts_keep_their_thousands_apart() -> None:
    assert words.count(96287) == "96,287"
    assert words.plural(1, "node") == "1 node"
    assert words.plural(2384, "node") == "2,384 nodes"


def test_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert words.fit("ap-southeast-1", 8) == "ap-sout…"
    assert words.fit("iad", 8) == "iad"


def test_wide_characters_never_overflow_their_column() -> None:
    assert cell_len(words.left("日本のノード", 7)) == 7
    assert cell_len(words.right("日本のノード", 7)) == 7


def test_a_long_sentence_is_broken_at_blanks() -> None:
    assert words.wrap("no answer from mg0; is it up?", 15) == ["no answer from", "mg0; is it up?"]


def test_a_word_longer_than_the_line_is_broken_anywhere() -> None:
    assert words.wrap("see unix:///var/run/docker.sock", 10) == [
        "see",
        "unix:///va",
        "r/run/dock",
        "er.sock",
    ]


def test_what_stands_on_every_row_is_told_without_seconds_beside_minutes() -> None:
    ages = {48: "48s", 182: "3m", 7_080: "1h58", 273_600: "3d04"}
    for seconds, text in ages.items():
        assert words.standing_since(at(0), at(seconds)) == text
    assert words.standing_since(None, at(0)) == "–"
