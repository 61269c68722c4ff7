"""The Contributors screen."""

import msgspec
import pytest

from swarmtui.insight.picture import Group, Picture, Place
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.header import Header
from swarmtui.tui.lines import text_of
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


def with_mine() -> Picture:
    picture = event_picture()
    places = {id_: msgspec.structs.replace(p, mine=True) for id_, p in picture.places.items()}
    return msgspec.structs.replace(picture, places=places)


SHARES = (
    (200, "mine 27 of 2,384 nodes ✗ 4 · 1,080 tasks · 1 %"),
    (120, "mine 27 ✗ 4 · 1,080 tasks · 1 %"),
    (80, "mine 27 ✗ 4 · 1 %"),
)


async def test_pledged_and_joined_stand_side_by_side() -> None:
    async with shell(event_picture(), opens="contributors") as (app, _, _pilot):
        line = next(line for line in rows(app).splitlines() if "NIPA Technology" in line)
        assert line.split()[2:5] == ["200", "200", "136"]
        assert "pledged" in seen(app.query_one(ContributorsView).query_one(Summary))


async def test_enter_shows_the_nodes_of_a_contributor_and_escape_comes_back() -> None:
    async with shell(event_picture(), opens="contributors", keys=["down", "enter"]) as (
        app,
        _,
        pilot,
    ):
        assert app.spot.view == "nodes"
        assert app.query_text == 'contributor:"NIPA Technology"'
        await pilot.press("escape")
        await pilot.pause()
        assert (app.spot.view, app.query_text) == ("contributors", "")


async def test_unclaimed_nodes_are_told_by_their_names() -> None:
    async with shell(with_unclaimed("ip-10-0-0-7"), opens="contributors", keys=["end"]) as (
        app,
        _,
        pilot,
    ):
        assert "╰ ip-#-#-#-#" in rows(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.query_text.startswith("contributor:unclaimed hostname~")


async def test_the_filter_means_contributors_here() -> None:
    async with shell(event_picture(), opens="contributors", filter="nipa") as (app, _, _pilot):
        assert "Online Labs" not in rows(app)
        assert "NIPA Technology" in rows(app)


async def test_hostile_names_stay_text() -> None:
    async with shell(with_unclaimed("\x1b[2J[red]x"), opens="contributors") as (app, _, _pilot):
        assert "\x1b" not in rows(app)
        assert "[red]x" in rows(app)


async def test_eighty_columns_leave_what_matters_most() -> None:
    async with shell(event_picture(), opens="contributors", size=(80, 24)) as (app, _, _pilot):
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


async def test_m_makes_a_contributor_mine_and_again_no_more() -> None:
    async with shell(event_picture(), opens="contributors", keys=["m"]) as (_, feed, pilot):
        assert feed.viewpoints == [Viewpoint(mine="Online Labs")]
        await pilot.press("m")
        assert feed.viewpoints[-1] == Viewpoint()


async def test_who_i_was_at_the_start_is_no_more_me_after_m() -> None:
    async with shell(with_mine(), opens="contributors", keys=["m"], mine="NIPA Technology") as (
        app,
        feed,
        _pilot,
    ):
        assert rows(app).startswith(" ▸ ★ NIPA") or "★ NIPA Technology" in rows(app)
        assert feed.viewpoints == [Viewpoint()]


async def test_m_makes_unclaimed_nodes_of_a_pattern_mine() -> None:
    async with shell(with_unclaimed("ip-10-0-0-7"), opens="contributors", keys=["end", "m"]) as (
        _,
        feed,
        _pilot,
    ):
        assert feed.viewpoints == [Viewpoint(pattern="ip-#-#-#-#")]


async def test_the_unclaimed_all_together_are_nobodys() -> None:
    picture = with_unclaimed("ip-10-0-0-7")
    async with shell(picture, opens="contributors", keys=["end", "up", "m"]) as (_, feed, _pilot):
        assert feed.viewpoints == []


@pytest.mark.parametrize(("width", "said"), SHARES)
async def test_my_share_stays_in_the_header_on_every_screen(width: int, said: str) -> None:
    async with shell(with_mine(), size=(width, 40)) as (app, _, pilot):
        for key in "123456785":
            await pilot.press(key)
            assert said in text_of(app.query_one(Header).lines)


def with_promise(name: str) -> Picture:
    """Return a picture in which I promised nodes, and none has joined."""
    picture = event_picture()
    promise = Group(name=name, pledged=12, mine=True)
    return msgspec.structs.replace(picture, contributors=(*picture.contributors, promise))


@pytest.mark.parametrize("width", [200, 120, 80])
async def test_what_i_promised_is_in_the_header_before_any_node_has_joined(width: int) -> None:
    async with shell(with_promise("Eve"), keys=["6"], size=(width, 40)) as (app, _, _pilot):
        assert "mine 0 of 12 pledged" in text_of(app.query_one(Header).lines)
        assert "★ Eve" in rows(app)


async def test_m_takes_back_a_promise_of_mine() -> None:
    keys = ["6", "slash", *"eve", "enter", "m"]
    async with shell(with_promise("Eve"), keys=keys, mine="Eve") as (_app, feed, _pilot):
        assert feed.viewpoints == [Viewpoint()]


@pytest.mark.parametrize(("width", "said"), [(200, "mine 0 · none of "), (80, "mine 0")])
async def test_a_name_that_nobody_has_is_said_to_own_nothing(width: int, said: str) -> None:
    async with shell(event_picture(), mine="Alcie", size=(width, 40)) as (app, _, _pilot):
        header = text_of(app.query_one(Header).lines)
        assert said in header
        assert ("nodes is Alcie’s" in header) == (width == 200)


async def test_before_the_nodes_are_known_a_name_owns_nothing_yet() -> None:
    picture = event_picture()
    unseen = msgspec.structs.replace(picture.snapshot, nodes={}, nodes_at=None)
    blank = msgspec.structs.replace(picture, snapshot=unseen)
    async with shell(blank, mine="Alcie") as (app, _, _pilot):
        assert "mine" not in text_of(app.query_one(Header).lines)


async def test_where_nothing_is_mine_there_is_no_share() -> None:
    async with shell(event_picture()) as (app, _, _pilot):
        assert "mine" not in text_of(app.query_one(Header).lines)
