"""The scrub bar: where one is in a recording, and what happened when."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from swarmtui.feed.status import ReplayStatus
from swarmtui.recording.damage import Damage
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.panes.scrub_bar import ScrubBar
from swarmtui.tui.panes.scrub_lines import (
    Scrub,
    columns_of,
    draw_course,
    levels,
    scrub_lines,
    time_at,
)
from tests.factories import at
from tests.tui.playing import landmark, replay_status
from tests.tui.stage import line, staged

WIDE = 120


def scrub(status: ReplayStatus | None = None, *, width: int = WIDE, **fields: Any) -> Scrub:
    """Return a bar in which nothing but what a test says happened."""
    status = status or replay_status(landmarks=())
    return Scrub(status, draw_course(status, [0] * columns_of(status, width=width)), **fields)


def bar(shown: Scrub, *, width: int = WIDE) -> str:
    """Return the columns between the begin and the end."""
    first = text_of(scrub_lines(shown, width=width)).splitlines()[0]
    return first[len(" 11:40:00 ") : -len(" 12:10:00")]


def below(shown: Scrub, *, width: int = WIDE) -> str:
    """Return what stands below the bar."""
    return text_of(scrub_lines(shown, width=width)).splitlines()[1]


def test_it_says_begin_end_position_and_speed() -> None:
    status = replay_status(speed=20.0, landmarks=())
    first, second = text_of(scrub_lines(scrub(status), width=WIDE)).splitlines()
    assert first.startswith(" 11:40:00 ")
    assert first.endswith(" 12:10:00")
    assert second.split() == ["▶", "playing", "20×", "12:00:00", "20m00", "of", "30m00"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_it_fits_every_width(width: int) -> None:
    text = "a landmark with a great deal to say of itself " * 3
    full = replay_status(at=at(-48), landmarks=(landmark(-48, text=text),), lags=True, speed=1000.0)
    for shown in scrub_lines(scrub(full, width=width), width=width):
        assert width_of(shown.spans) <= width


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "▶ playing"),
        ({"is_paused": True}, "‖ paused"),
        ({"is_at_end": True}, "■ at end"),
        ({"is_at_end": True, "is_following": True}, "◉ following"),
        ({"is_following": True}, "▶ playing"),
    ],
)
def test_what_the_playing_does_has_a_sign_and_a_word(fields: dict[str, bool], word: str) -> None:
    assert below(scrub(replay_status(landmarks=(), **fields))).strip().startswith(word)


def test_a_speed_that_is_not_reached_says_so() -> None:
    assert "1000× lags" in below(scrub(replay_status(speed=1000.0, lags=True, landmarks=())))


def test_a_time_that_stands_is_told_to_the_millisecond() -> None:
    moment = at(0) + timedelta(milliseconds=250)
    assert "12:00:00.250" in below(scrub(replay_status(at=moment, is_paused=True, landmarks=())))


def test_a_recording_of_several_days_tells_the_day() -> None:
    days = replay_status(begins=at(-86_400), landmarks=())
    first = text_of(scrub_lines(scrub(days), width=WIDE)).splitlines()[0]
    assert first.startswith(" 21 Jul 12:00 ")
    assert first.endswith(" 22 Jul 12:10")


def test_the_position_stands_at_its_share_of_the_way() -> None:
    for share in (0.0, 0.25, 0.5, 1.0):
        status = replay_status(at=at(-1200 + 1800 * share), landmarks=())
        columns = bar(scrub(status))
        assert columns.index("┃") == min(len(columns) - 1, int(len(columns) * share))


def test_more_changes_make_higher_columns_and_none_the_lowest() -> None:
    assert levels([0, 1, 25, 100]) == [1, 2, 5, 8]
    assert levels([0, 0]) == [1, 1]


def test_elections_incidents_and_bookmarks_have_a_glyph_each() -> None:
    columns = bar(scrub(replay_status(at=at(600))))
    assert [glyph for glyph in columns if glyph in "★▲◆"] == ["★", "◆", "▲"]


def test_of_several_in_a_column_an_election_goes_before_an_incident() -> None:
    both = (landmark(-300, "election"), landmark(-300, "incident"))
    columns = bar(scrub(replay_status(landmarks=both)))
    assert "★" in columns
    assert "▲" not in columns


def test_what_is_missing_is_a_gap_and_says_so_where_one_is_in_it() -> None:
    gap = Damage(at(-600), at(-300), "5 min missing: 300 blocks are damaged")
    outside = scrub(replay_status(damage=(gap,), landmarks=()))
    columns = bar(outside)
    assert columns.count("░") == pytest.approx(len(columns) / 6, abs=2)
    assert "1 damaged place" in below(outside)
    inside = scrub(replay_status(at=at(-400), damage=(gap,), landmarks=()))
    assert "5 min missing: 300 blocks are damaged" in below(inside)


def test_a_landmark_that_was_reached_is_told_with_its_kind() -> None:
    status = replay_status(at=at(-300))
    assert below(scrub(status)).endswith("◆ bookmark: launch of web")


def test_one_that_was_passed_some_time_ago_is_told_no_more() -> None:
    assert "launch of web" not in below(scrub(replay_status(at=at(-200))))


def test_the_time_that_is_marked_stands_in_the_bar() -> None:
    assert "=" in bar(scrub(mark=at(-900)))


def test_errors_are_red_and_go_before_everything_else() -> None:
    shown = scrub(replay_status(at=at(-300), error="bookmarks cannot be written"), notice="hello")
    last = scrub_lines(shown, width=WIDE)[1].spans[-1]
    assert last.text == "✗ bookmarks cannot be written"
    assert last.meaning is Meaning.BAD


def test_a_seek_on_its_way_says_where_it_goes() -> None:
    assert "going to 11:50:00…" in below(scrub(replay_status(heading_for=at(-600))))


def test_notes_from_a_file_are_harmless() -> None:
    nasty = (landmark(-300, "bookmark", "\x1b[31mred\nand more"),)
    text = text_of(scrub_lines(scrub(replay_status(at=at(-300), landmarks=nasty)), width=WIDE))
    assert "\x1b" not in text
    assert len(text.splitlines()) == 2


def test_a_recording_of_one_moment_is_drawn() -> None:
    moment = replay_status(begins=at(0), ends=at(0), landmarks=(landmark(0),))
    assert "┃" in text_of(scrub_lines(scrub(moment), width=80))


def test_a_click_means_the_time_that_is_drawn_there() -> None:
    shown = scrub(width=100)
    first = len(" 11:40:00 ")
    columns = columns_of(shown.status, width=100)
    assert time_at(first, shown) == at(-1200)
    assert time_at(first + columns - 1, shown) == at(600)
    assert time_at(0, shown) == at(-1200)
    assert time_at(99, shown) == at(600)


def test_every_cell_of_the_bar_is_where_a_click_on_it_leads() -> None:
    shown = scrub()
    first = len(" 11:40:00 ")
    for place in range(columns_of(shown.status, width=WIDE)):
        clicked = time_at(first + place, shown)
        assert clicked is not None
        assert bar(scrub(replay_status(at=clicked, landmarks=()))).index("┃") == place


class Densities:
    """Tells how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, columns: int) -> list[int]:
        self.asked.append(columns)
        return [0] * columns


async def test_a_click_on_the_bar_asks_for_that_time() -> None:
    widget = ScrubBar(Densities())
    async with staged(widget, width=80) as (stage, pilot):
        widget.show(replay_status())
        await pilot.click(ScrubBar, offset=(10, 0))
        await pilot.click(ScrubBar, offset=(10, 1))
        await pilot.pause()
        assert [each.at for each in stage.told(ScrubBar.Sought)] == [at(-1200)]


async def test_densities_are_found_once_while_nothing_is_added() -> None:
    densities, status = Densities(), replay_status()
    widget = ScrubBar(densities)
    async with staged(widget, width=80) as (_, pilot):
        for second in range(100):
            copied = tuple(msgspec.structs.replace(each) for each in status.landmarks)
            widget.show(msgspec.structs.replace(status, at=at(second), landmarks=copied))
        await pilot.pause()
        assert densities.asked == [60]
        widget.show(msgspec.structs.replace(status, landmarks=(*status.landmarks, landmark(500))))
        assert "★" in text_of(widget.lines)[60:]
        assert len(densities.asked) == 2


async def test_a_recording_that_grows_is_looked_at_again_when_it_has_grown_by_a_column() -> None:
    densities = Densities()
    widget = ScrubBar(densities)
    async with staged(widget, width=80) as (_, pilot):
        for second in range(60):
            widget.show(replay_status(ends=at(600 + second), is_following=True))
        await pilot.pause()
        assert len(densities.asked) == 2


async def test_only_lines_that_differ_are_painted() -> None:
    widget = ScrubBar(Densities())
    async with staged(widget, width=80) as (_, pilot):
        widget.show(replay_status())
        await pilot.pause()
        lines = widget.lines
        widget.show(replay_status(at=at(0.2)))
        assert widget.lines == lines
        assert line(widget, 1).split()[:2] == ["▶", "playing"]
