"""The Contributors screen."""

import msgspec

from swarmtui.insight.picture import Picture, Place
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.table.table_view import Summary
from swarmtui.tui.views.contributors import ContributorsView
from tests.factories import make_node
from tests.tui.event import event_picture, with_snapshot
from tests.tui.shell import seen, shell


def rows(app: SwarmApp) -> str:
    return seen(app.query_one(ContributorsView).table.body)


def with_unclaimed(hostname: str) -> Picture:
    picture = event_picture()
    node = make_node("lost", hostname=hostname)
    picture = with_snapshot(picture, nodes={**picture.snapshot.nodes, "lost": node})
    return msgspec.structs.replace(picture, places={**picture.places, "lost": Place()})


async def test_pledged_and_joined_stand_side_by_side() -> None:
    async with shell(event_picture(), keys=["6"]) as (app, _, _pilot):
        line = next(line for line in rows(app).splitlines() if "NIPA Technology" in line)
        assert line.split()[2:5] == ["200", "200", "136"]
        assert "pledged" in seen(app.query_one(ContributorsView).query_one(Summary))


async def test_enter_shows_the_nodes_of_a_contributor_and_escape_comes_back() -> None:
    async with shell(event_picture(), keys=["6", "down", "enter"]) as (app, _, pilot):
        assert app.spot.view == "nodes"
        assert app.query_text == 'contributor:"NIPA Technology"'
        await pilot.press("escape")
        await pilot.pause()
        assert (app.spot.view, app.query_text) == ("contributors", "")


async def test_unclaimed_nodes_are_told_by_their_names() -> None:
    async with shell(with_unclaimed("ip-10-0-0-7"), keys=["6", "end"]) as (app, _, pilot):
        assert "╰ ip-#-#-#-#" in rows(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.query_text.startswith("contributor:unclaimed hostname~")


async def test_the_filter_means_contributors_here() -> None:
    async with shell(event_picture(), keys=["6"], filter="nipa") as (app, _, _pilot):
        assert "Online Labs" not in rows(app)
        assert "NIPA Technology" in rows(app)


async def test_hostile_names_stay_text() -> None:
    async with shell(with_unclaimed("\x1b[2J[red]x"), keys=["6"]) as (app, _, _pilot):
        assert "\x1b" not in rows(app)
        assert "[red]x" in rows(app)


async def test_eighty_columns_leave_what_matters_most() -> None:
    async with shell(event_picture(), keys=["6"], size=(80, 24)) as (app, _, _pilot):
        line = rows(app).splitlines()[0].split()
        assert line == [
            "▸",
            "Online",
            "Labs",
            "2,000",
            "1,200",
            "1,178",
            "22",
            "47,120",
            "0",
            "51.4%",
        ]
