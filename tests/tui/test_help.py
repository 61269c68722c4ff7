"""The help: what it says, and how one gets around in it and out of it."""

from textual.containers import VerticalScroll

from swarmtui.tui.help import HelpScreen
from swarmtui.tui.lines import text_of
from swarmtui.tui.panes.pane import Pane
from tests.tui.event import event_picture
from tests.tui.shell import shell


async def test_help_explains_the_keys_of_the_screen_and_the_filters() -> None:
    async with shell(event_picture(), opens="nodes", keys=["question_mark"]) as (app, _, pilot):
        help_screen = app.screen
        assert isinstance(help_screen, HelpScreen)
        said = text_of(help_screen.query_one("#help-lines", Pane).lines)
        assert "KEYS ON NODES" in said
        assert "Mark" in said
        assert "contributor" in said
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_q_quits_from_the_help_as_well() -> None:
    async with shell(event_picture(), keys=["question_mark"]) as (app, feed, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running
    assert feed.stops == 1


async def test_home_and_end_lead_to_the_first_and_the_last_line() -> None:
    async with shell(event_picture(), size=(80, 24), keys=["question_mark"]) as (app, _, pilot):
        box = app.screen.query_one("#help-box", VerticalScroll)
        await pilot.press("end")
        assert box.scroll_y == box.max_scroll_y > 0
        await pilot.press("home")
        assert box.scroll_y == 0
