"""What is told of one problem."""

import msgspec
import pytest

from swarmtui.insight.picture import Picture, Problem
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.lines import text_of, width_of
from swarmtui.tui.problem_dialog import ProblemDialog, problem_lines
from tests.factories import at
from tests.tui.event import PROBLEMS, event_picture
from tests.tui.shell import shell

COMMAND = "docker node update --availability drain w05 w11"


def problem(**fields: object) -> Problem:
    told: dict[str, object] = {
        "evidence": ("64 nodes turned down between 11:59:12 and 11:59:40", "136 are still ready"),
        "command": COMMAND,
        "nodes": tuple(f"w{n:02}" for n in range(5, 24)),
    }
    return msgspec.structs.replace(PROBLEMS[0], **(told | fields))


def picture(**fields: object) -> Picture:
    return event_picture(problems=(problem(**fields), *PROBLEMS[1:]))


def said(app: SwarmApp) -> str:
    assert isinstance(app.screen, ProblemDialog)
    return text_of(app.screen.lines)


async def test_i_tells_what_a_problem_is_concluded_from() -> None:
    async with shell(picture(), keys=["i"]) as (app, _, pilot):
        assert "136 are still ready" in said(app)
        assert "19 NODES" in said(app)
        assert "✗ nipa-cloud-5" in said(app)
        assert "13 more" in said(app)
        assert COMMAND in said(app)
        await pilot.press("escape")
        assert app.spot.view == "overview"


async def test_the_command_is_copied_and_never_run() -> None:
    async with shell(picture(), keys=["i", "c"]) as (app, _, _pilot):
        assert app.clipboard == COMMAND
        assert "copied" in said(app)


async def test_a_command_that_hides_something_is_not_copied() -> None:
    async with shell(picture(command="docker node rm x\x1b[8m; reboot"), keys=["i", "c"]) as (
        app,
        _,
        _pilot,
    ):
        assert app.clipboard == ""
        assert "\x1b" not in said(app)
        assert "not to be copied" in said(app)


async def test_enter_leads_from_there_to_the_nodes_and_escape_back_to_the_overview() -> None:
    async with shell(picture(), keys=["i", "enter"]) as (app, _, pilot):
        assert (app.spot.view, app.query_text) == ("nodes", PROBLEMS[0].query)
        await pilot.press("escape")
        assert app.spot.view == "overview"


async def test_it_follows_the_problem_and_says_when_it_is_over() -> None:
    async with shell(picture(), keys=["i"]) as (app, feed, pilot):
        feed.deliver(picture(text="ap-southeast-1: 70 of 200 nodes down"))
        await pilot.pause()
        assert "70 of 200" in said(app)
        feed.deliver(event_picture(problems=PROBLEMS[1:]))
        await pilot.pause()
        assert "over" in said(app)
        assert "70 of 200" in said(app)


async def test_without_a_problem_there_is_nothing_to_tell() -> None:
    async with shell(event_picture(problems=()), keys=["i"]) as (app, _, _pilot):
        assert not isinstance(app.screen, ProblemDialog)


@pytest.mark.parametrize("width", [60, 110])
def test_no_line_is_longer_than_the_dialog(width: int) -> None:
    told = problem(text="x" * 300, evidence=["y " * 200], command="docker node rm " + "z" * 300)
    lines = problem_lines(told, picture(), at(0), width=width)
    assert max(width_of(line.spans) for line in lines) <= width
    assert text_of(lines).count("z") == 300


async def test_problems_have_the_keys_as_soon_as_there_are_any() -> None:
    async with shell() as (app, feed, pilot):
        feed.deliver(picture())
        await pilot.pause()
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        assert "136 are still ready" in said(app)


async def test_i_tells_of_the_first_problem_while_another_pane_has_the_keys() -> None:
    async with shell(picture(), keys=["tab", "i"]) as (app, _, _pilot):
        assert "136 are still ready" in said(app)
