"""What the dashboard sends leads to the picture that Textual's own output leads to."""

import pytest

from tests.tui.wire.mirrored import LARGE, SMALL, Link, mirrored, press

EVERYWHERE = (
    "2",
    "down",
    "down",
    "space",
    "s",
    "escape",
    "slash",
    "r",
    "e",
    "escape",
    "4",
    "5",
    "1",
)


@pytest.mark.parametrize(
    ("theme", "size"), [("", LARGE), ("ansi-dark", SMALL), ("textual-light", SMALL)]
)
async def test_the_picture_is_textuals_on_every_screen(theme: str, size: tuple[int, int]) -> None:
    async with mirrored(Link(size), theme=theme) as (dashboard, pilot):
        assert dashboard.link.terminal.picture == dashboard.usual.picture
        for key in (*EVERYWHERE, "question_mark", "escape"):
            await press(pilot, [key])
            assert dashboard.link.terminal.picture == dashboard.usual.picture, key
        assert not dashboard.wire_failure


async def test_the_picture_follows_another_theme() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        dashboard.theme = "textual-light"
        await pilot.pause()
        await pilot.pause()
        assert dashboard.link.terminal.picture == dashboard.usual.picture


async def test_frames_are_left_out_while_the_line_is_jammed_and_the_newest_comes_after() -> None:
    link = Link()
    async with mirrored(link) as (dashboard, pilot):
        link.is_jammed = True
        sent = link.sent
        await press(pilot, EVERYWHERE)
        assert link.sent == sent
        link.is_jammed = False
        await pilot.pause(0.05)
        assert link.terminal.picture == dashboard.usual.picture


async def test_a_moved_cursor_costs_a_fraction_of_its_lines() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        await press(pilot, ["2"])
        sent, usually_sent = dashboard.link.sent, dashboard.usually_sent
        await press(pilot, ["down"])
        assert 0 < dashboard.link.sent - sent < (dashboard.usually_sent - usually_sent) * 0.7


async def test_redrawing_mends_a_screen_that_others_wrote_to() -> None:
    async with mirrored(Link()) as (dashboard, pilot):
        dashboard.link.terminal.feed("\x1b[5;5HBroadcast message from root")
        await press(pilot, ["ctrl+l"])
        assert dashboard.link.terminal.picture == dashboard.usual.picture


async def test_when_the_wire_fails_textual_draws_for_the_rest_of_the_session() -> None:
    link = Link()
    async with mirrored(link) as (dashboard, pilot):
        link.is_broken = True
        await press(pilot, ["2"])
        assert dashboard.wire_failure == "OSError: nobody there"
        link.is_broken = False
        sent = link.sent
        await press(pilot, ["down", "4"])
        assert link.sent == sent
        assert dashboard.spot.view == "services"
