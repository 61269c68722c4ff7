"""The shell: views, keys, filters, mouse, sizes."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from textual.binding import Binding
from textual.geometry import Size
from textual.widgets import Input

from swarmtui import tui
from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Picture
from swarmtui.stream.interest import Interest
from swarmtui.swarm.observation import FailureKind, ManagerLost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.footer import Footer, Hint, chosen
from swarmtui.tui.header import Header
from swarmtui.tui.help import HelpScreen
from swarmtui.tui.lines import text_of
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.panes.figures import Figures
from swarmtui.tui.panes.groups import Groups
from swarmtui.tui.panes.nothing_yet import NothingYet
from swarmtui.tui.panes.problems import Problems
from swarmtui.tui.panes.timeline import Timeline
from swarmtui.tui.recording import LiveScreen
from swarmtui.tui.too_small import TooSmall
from swarmtui.tui.view import Spot
from tests.factories import NOON, at
from tests.tui.event import HOST, PROBLEMS, FakeFeed, StandingClock, event_picture, with_snapshot
from tests.tui.machines import tailed_picture
from tests.tui.shell import make_app, shell

VIEWS = {
    "2": "nodes",
    "3": "wall",
    "4": "services",
    "5": "tasks",
    "6": "contributors",
    "7": "stats",
    "8": "happenings",
    "9": "rollcall",
    "1": "overview",
}


def header(app: SwarmApp) -> str:
    return text_of(app.query_one(Header).lines)


def footer(app: SwarmApp) -> list[str]:
    return [hint.does for hint in app.query_one(Footer).hints]


def screen_of(app: SwarmApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


class CountingApp(SwarmApp):
    """Counts what was painted."""

    CSS_PATH = str(Path(tui.__file__).with_name("style.tcss"))
    frames = 0

    def post_display_hook(self) -> None:
        self.frames += 1


class LateFeed(FakeFeed):
    """Remembers how much was painted when it was started."""

    app: CountingApp
    frames_before = 0

    def start(self, deliver: Callable[[Picture], None]) -> None:
        self.frames_before = self.app.frames
        super().start(deliver)


async def test_the_feed_begins_after_the_first_paint() -> None:
    feed = LateFeed(event_picture())
    feed.app = CountingApp(
        feed=feed,
        clock=StandingClock(at(0)),
        options=ScreenOptions(asked=HOST),
        settle_memory=lambda: None,
    )
    async with feed.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert feed.frames_before > 0


async def test_it_shows_a_frame_before_anything_answered_and_counts() -> None:
    clock = StandingClock(at(0))
    async with shell(clock=clock) as (app, _, _pilot):
        assert f"connecting to {HOST}… 0s" in header(app)
        clock.advance(2)
        app.tick()
        assert f"connecting to {HOST}… 2s" in header(app)
        assert f"connecting to {HOST}… 2s" in text_of(app.query_one(NothingYet).lines)


async def test_an_error_before_the_first_answer_is_shown_whole() -> None:
    error = "cannot connect to unix:///nowhere.sock: no such file; is the engine running? " * 2
    lost = ManagerLost(taken_at=at(0), host=HOST, kind=FailureKind.REFUSED, text=error)
    picture = msgspec.structs.replace(event_picture(), snapshot=Snapshot(lost=lost))
    async with shell(picture, size=(80, 24)) as (app, _, _pilot):
        said = " ".join(text_of(app.query_one(NothingYet).lines).split())
        assert error.strip() in said


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_overview_shows_regions_and_problems_at_every_size(size: tuple[int, int]) -> None:
    async with shell(event_picture(), size=size) as (app, _, _pilot):
        assert "ap-southeast-1" in text_of(app.query_one("#regions", Groups).lines)
        assert "64 of 200 nodes down" in text_of(app.query_one(Problems).lines)
        assert app.query_one(Timeline).lines
        for pane in app.query(Problems):
            assert pane.region.bottom <= size[1] - 1


async def test_number_keys_switch_views() -> None:
    async with shell(tailed_picture()) as (app, _, pilot):
        for key, view in VIEWS.items():
            await pilot.press(key)
            assert app.spot.view == view


@pytest.mark.parametrize("key", [*VIEWS])
async def test_a_picture_brings_the_ages_of_now_on_every_screen(key: str) -> None:
    clock = StandingClock(at(0))
    async with shell(tailed_picture(), clock=clock, keys=[key]) as (app, feed, pilot):
        clock.advance(100)
        feed.deliver(tailed_picture())
        await pilot.pause()
        shown = screen_of(app)
        app.tick()
        await pilot.pause()
        assert screen_of(app) == shown


async def test_views_are_made_only_when_they_are_wanted() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        assert not app.query("#nodes")
        await pilot.press("2")
        assert app.query("#nodes")


async def test_only_the_newest_of_waiting_pictures_is_shown() -> None:
    async with shell() as (app, feed, pilot):
        for n in range(100):
            counts = msgspec.structs.replace(event_picture().nodes, total=n)
            feed.deliver(event_picture(nodes=counts))
        await pilot.pause()
        assert "NODES  99" in text_of(app.query_one(Figures).lines)


async def test_enter_on_a_problem_leads_to_its_nodes_and_escape_back() -> None:
    async with shell(event_picture(), keys=["enter"]) as (app, _, pilot):
        assert app.spot.view == "nodes"
        assert app.query_text == PROBLEMS[0].query
        await pilot.press("escape")
        assert app.spot.view == "overview"
        assert not app.query_text


async def test_the_cursor_stays_on_its_problem_when_others_come_before() -> None:
    async with shell(event_picture(problems=PROBLEMS[1:]), keys=["down"]) as (app, feed, pilot):
        feed.deliver(event_picture())
        await pilot.pause()
        assert app.query_one(Problems).cursor == 2


async def test_a_click_on_a_region_leads_to_it() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        await pilot.click("#regions", offset=(5, 2))
        await pilot.pause()
        assert app.spot == Spot("group", group=GroupName("region", "fr-par"))


async def test_g_shows_contributors_in_the_place_of_regions() -> None:
    async with shell(event_picture(), keys=["g"]) as (app, _, pilot):
        assert "NIPA Technology" in text_of(app.query_one("#contributors", Groups).lines)
        await pilot.click("#contributors", offset=(5, 1))
        await pilot.pause()
        assert app.spot.group == GroupName("contributor", "NIPA Technology")


async def test_a_click_on_a_manager_leads_to_its_node() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        await pilot.click("#managers", offset=(5, 3))
        await pilot.pause()
        assert (app.spot.view, app.spot.node_id) == ("node", "m0")


async def test_escape_returns_to_the_row_one_came_from() -> None:
    async with shell(event_picture(), opens="nodes", keys=["down", "down", "enter"]) as (
        app,
        _,
        pilot,
    ):
        assert app.spot.node_id == "m2"
        await pilot.press("escape")
        await pilot.press("enter")
        await pilot.pause()
        assert app.spot.node_id == "m2"


async def test_a_filter_is_kept_from_view_to_view() -> None:
    async with shell(event_picture(), opens="nodes", keys=["slash", *"m1", "enter"]) as (
        app,
        _,
        pilot,
    ):
        assert app.query_text == "m1"
        await pilot.press("5")
        assert app.query_text == "m1"


async def test_a_filter_can_be_asked_for_from_the_overview() -> None:
    async with shell(event_picture(), keys=["slash"]) as (app, _, _pilot):
        assert app.spot.view == "nodes"
        assert isinstance(app.focused, Input)


async def test_letters_typed_in_the_filter_are_no_keys() -> None:
    async with shell(event_picture(), opens="nodes", keys=["slash", "q", "2"]) as (app, _, _pilot):
        assert app.is_running
        assert app.query_one(Input).value == "q2"


async def test_the_filter_of_the_command_line_stands_at_the_start() -> None:
    async with shell(event_picture(), filter="state:down") as (app, _, _pilot):
        assert app.query_text == "state:down"


async def test_a_wrong_filter_at_the_start_does_not_stop_the_dashboard() -> None:
    async with shell(event_picture(), filter='region:"open') as (app, _, _pilot):
        assert not app.query_text


async def test_the_footer_shows_only_keys_that_do_something() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        assert "mark" not in footer(app)
        assert "back" not in footer(app)
        await pilot.press("2")
        await pilot.pause()
        assert "mark" in footer(app)


async def test_a_click_on_a_key_presses_it() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        place = sum(hint.width for hint in app.query_one(Footer).hints[:1]) + 2
        await pilot.click(Footer, offset=(place, 0))
        await pilot.pause()
        assert app.spot.view == "nodes"


def test_a_narrow_footer_keeps_views_help_and_quit() -> None:
    names = ["view.a", "x", "y", "app.help", "app.quit"]
    hints = [Hint(id=name, key="k", sign="k", does="does") for name in names]
    assert [hint.id for hint in chosen(hints, width=30)] == ["view.a", "app.help", "app.quit"]


async def test_keys_can_be_changed_by_the_id_of_their_binding() -> None:
    async with shell(event_picture(), keymap={"view.nodes": "N"}) as (app, _, pilot):
        await pilot.press("N")
        assert app.spot.view == "nodes"


def test_every_binding_has_an_id() -> None:
    from swarmtui.tui.panes.choice_pane import ChoicePane

    for owner in (SwarmApp, ChoicePane, HelpScreen):
        assert all(isinstance(b, Binding) and b.id for b in owner.BINDINGS)


async def test_quitting_lets_go_of_the_feed() -> None:
    async with shell() as (_, feed, pilot):
        await pilot.press("q")
    assert feed.stops == 1


async def test_pictures_that_come_after_the_end_hurt_nobody() -> None:
    async with shell(event_picture()) as (_, feed, pilot):
        await pilot.press("q")
    feed.deliver(event_picture())


async def test_the_palette_offers_screens_and_filters_by_name() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        commands = {c.title: c for c in app.get_system_commands(app.screen)}
        assert {"Nodes", "Theme", "Quit", "Nodes that are down"} <= commands.keys()
        commands["Nodes that are down"].callback()
        await pilot.pause()
        assert app.query_text == "state:down"


@pytest.mark.parametrize("size", [(50, 24), (80, 12)])
async def test_a_terminal_that_is_too_small_gets_a_polite_word(size: tuple[int, int]) -> None:
    async with shell(event_picture(), size=size) as (app, _, _pilot):
        small = app.query_one(TooSmall)
        assert small.display
        assert "please make it" in " ".join(text_of(small.lines).split())


async def test_it_comes_back_when_the_terminal_grows() -> None:
    async with shell(event_picture(), size=(50, 12)) as (app, _, pilot):
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert not app.query_one(TooSmall).display
        assert "64 of 200 nodes down" in text_of(app.query_one(Problems).lines)


async def test_old_data_fades_and_says_its_age() -> None:
    clock = StandingClock(at(0))
    async with shell(event_picture(), clock=clock) as (app, _, _pilot):
        assert not app.stage.has_class("-old")
        clock.advance(30)
        app.tick()
        assert app.stage.has_class("-old")
        assert "nodes 31s" in header(app)


async def test_memory_is_settled_once_all_tasks_were_seen() -> None:
    settled = []
    feed = FakeFeed(with_snapshot(event_picture(), tasks_at={}))
    app = SwarmApp(
        feed=feed,
        clock=StandingClock(at(0)),
        options=make_app()[0]._options,
        settle_memory=lambda: settled.append(gc.get_count()),
    )
    async with app.run_test() as pilot:
        await pilot.pause()
        assert not settled
        feed.deliver(event_picture())
        feed.deliver(event_picture())
        await pilot.pause()
        await pilot.pause()
        assert len(settled) == 1


async def test_services_in_sight_are_asked_first() -> None:
    async with shell(event_picture(), opens="tasks") as (_, feed, pilot):
        feed.deliver(event_picture())
        await pilot.pause()
        assert feed.wanted[-1] == Interest(frozenset({"s1"}))


async def test_the_feed_hears_what_is_on_screen_only_when_that_changes() -> None:
    async with shell(event_picture(), opens="nodes", keys=["enter"]) as (_, feed, pilot):
        heard = len(feed.wanted)
        feed.deliver(event_picture())
        await pilot.pause()
        assert len(feed.wanted) == heard
        await pilot.press("1")
        await pilot.pause()
        assert feed.wanted[-1:] in ([], [Interest()])


async def test_nothing_is_kept_of_a_screen_that_was_closed() -> None:
    async with shell(event_picture()) as (app, _, pilot):
        await pilot.press("question_mark")
        drawn = weakref.ref(app.screen._styles_cache)
        await pilot.press("escape")
        for _ in range(100):
            await pilot.pause(0.05)
            gc.collect()
            if drawn() is None:
                break
        assert drawn() is None


@pytest.mark.parametrize(
    ("size", "classes"),
    [
        ((30, 24), {"-tiny-wide", "-high"}),
        ((80, 24), {"-narrow", "-high"}),
        ((200, 9), {"-wide", "-tiny-high"}),
    ],
)
def test_a_screen_takes_on_its_size_before_it_is_shown(
    size: tuple[int, int], classes: set[str]
) -> None:
    screen = LiveScreen(None, clock=lambda: NOON)
    screen.suit(Size(*size))
    assert classes <= screen.classes
    assert len(screen.classes) == 2
