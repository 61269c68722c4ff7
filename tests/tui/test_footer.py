"""The line of keys at the bottom."""

from tests.tui.event import event_picture
from tests.tui.machines import tailed_picture
from tests.tui.playing import FakeReplaying
from tests.tui.shell import seen, shell


async def test_views_give_up_their_names_before_a_key_is_lost() -> None:
    async with shell(tailed_picture(), opens="nodes", size=(80, 24)) as (app, _, _pilot):
        said = seen(app.query_one("Footer"))
        assert said.startswith(" 1 2 3 4 5 6 7 8 9 views")
        assert "x tail" in said
        assert said.endswith("q quit")


async def test_views_have_names_where_there_is_room() -> None:
    async with shell(event_picture(), size=(120, 40)) as (app, _, _pilot):
        said = seen(app.query_one("Footer"))
        assert said.startswith(" 1 overview  2 nodes  3 wall  4 services  5 tasks  6 contributors")


async def test_a_click_on_a_bare_key_presses_it() -> None:
    async with shell(tailed_picture(), size=(80, 24)) as (app, _, pilot):
        await pilot.click("Footer", offset=(13, 0))
        await pilot.pause()
        assert app.spot.view == "stats"


async def test_keys_that_do_the_same_both_ways_share_a_word() -> None:
    replaying = FakeReplaying()
    async with shell(event_picture(), size=(120, 40), replaying=replaying) as (app, _, _pilot):
        said = seen(app.query_one("Footer"))
        assert "p pause  [ ] speed  , . step  N n jump  t time" in said


async def test_a_click_on_one_of_them_presses_that_one() -> None:
    replaying = FakeReplaying()
    async with shell(event_picture(), size=(120, 40), replaying=replaying) as (app, _, pilot):
        said = seen(app.query_one("Footer"))
        await pilot.click("Footer", offset=(said.index("[ ]") + 2, 0))
        await pilot.pause()
        assert replaying.stands.speed == 2.0
        await pilot.click("Footer", offset=(said.index("[ ]"), 0))
        await pilot.pause()
        assert replaying.stands.speed == 1.0


async def test_keys_of_a_recording_are_the_last_to_be_left_out() -> None:
    replaying = FakeReplaying()
    async with shell(tailed_picture(), opens="nodes", size=(80, 24), replaying=replaying) as (
        app,
        _,
        _pilot,
    ):
        said = seen(app.query_one("Footer"))
        assert "p pause  [ ] speed" in said
        assert "x tail" not in said
