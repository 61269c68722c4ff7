"""Panes paint only the lines that changed."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from swarmtui.insight.picture import Picture
from swarmtui.tui.lines import Line, line
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.choice_pane import Choice
from swarmtui.tui.panes.groups import Groups
from swarmtui.tui.panes.pane import Pane
from tests.factories import at
from tests.tui.event import event_picture


class CountingPane(Pane):
    """Remembers which lines were rendered."""

    def __init__(self) -> None:
        super().__init__()
        self.rendered: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.rendered.append(y)
        return super().render_line(y)


class OnePane(App[None]):
    """Holds the pane."""

    CSS = "CountingPane { height: 10; }"

    def __init__(self) -> None:
        super().__init__()
        self.pane = CountingPane()

    def compose(self) -> ComposeResult:
        yield self.pane


def numbered(*numbers: int) -> Sequence[Line]:
    return [line(Span(f"line {number}")) for number in numbers]


async def test_only_lines_that_differ_are_rendered() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint(numbered(*range(10)))
        await pilot.pause()
        app.pane.rendered.clear()
        app.pane.paint(numbered(0, 1, 2, 33, *range(4, 10)))
        await pilot.pause()
        assert app.pane.rendered == [3]


async def test_the_same_lines_are_not_rendered_again() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint(numbered(1, 2))
        await pilot.pause()
        app.pane.rendered.clear()
        app.pane.paint(numbered(1, 2))
        await pilot.pause()
        assert not app.pane.rendered


async def test_what_is_as_it_was_stays_painted_whoever_asks_for_it() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint(numbered(*range(10)))
        await pilot.pause()
        before = app.pane.render_lines(app.pane.size.region)
        app.pane.rendered.clear()
        app.pane.paint(numbered(0, 1, 2, 33, *range(4, 10)))
        after = app.pane.render_lines(app.pane.size.region)
        assert app.pane.rendered == [3]
        assert [y for y in range(10) if after[y] is not before[y]] == [3]


async def test_another_theme_paints_every_line_anew() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint(numbered(*range(10)))
        await pilot.pause()
        before = app.pane.render_lines(app.pane.size.region)
        app.theme = "textual-light"
        await pilot.pause()
        after = app.pane.render_lines(app.pane.size.region)
        assert all(one != other for one, other in zip(before, after, strict=True))


async def test_another_width_paints_every_line_anew_and_a_part_is_cut_out() -> None:
    app = OnePane()
    async with app.run_test(size=(40, 20)) as pilot:
        app.pane.paint(numbered(*range(10)))
        await pilot.pause()
        await pilot.resize_terminal(30, 20)
        await pilot.pause()
        lines = app.pane.render_lines(app.pane.size.region)
        assert {line.cell_length for line in lines} == {30}
        part = app.pane.render_lines(Region(2, 4, 4, 2))
        assert [line.text for line in part] == ["ne 4", "ne 5"]


async def test_lines_that_are_gone_are_painted_over() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint(numbered(0, 1))
        await pilot.pause()
        app.pane.paint(numbered(0))
        assert not app.pane.render_lines(app.pane.size.region)[1].text.strip()


class CountingGroups(Groups):
    """Remembers how often its lines were made."""

    def __init__(self) -> None:
        super().__init__("REGIONS", "region", lambda picture: picture.regions)
        self.made: list[datetime] = []

    def choices(self, picture: Picture, now: datetime) -> Sequence[Choice]:
        self.made.append(now)
        return super().choices(picture, now)


class OneGroups(App[None]):
    """Holds the groups."""

    CSS = "CountingGroups { height: 10; }"

    def __init__(self) -> None:
        super().__init__()
        self.pane = CountingGroups()

    def compose(self) -> ComposeResult:
        yield self.pane


async def test_groups_are_drawn_when_one_of_them_differs_and_not_before() -> None:
    app = OneGroups()
    async with app.run_test() as pilot:
        app.pane.show(event_picture(), at(0))
        await pilot.pause()
        app.pane.made.clear()
        for second in range(10):
            app.pane.show(event_picture(), at(second))
        assert not app.pane.made
        first, *others = event_picture().regions
        picture = event_picture(regions=(replace(first, tasks_running=7), *others))
        app.pane.show(picture, at(10))
        assert app.pane.made == [at(10)]
        assert app.pane.picture is picture


async def test_groups_are_drawn_for_another_room() -> None:
    app = OneGroups()
    async with app.run_test() as pilot:
        app.pane.show(event_picture(), at(0))
        await pilot.pause()
        before = app.pane.lines
        app.pane.styles.height = 4
        await pilot.pause()
        app.pane.show(event_picture(), at(1))
        assert len(app.pane.lines) == 4 < len(before)


async def test_markup_in_a_name_is_only_text() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        app.pane.paint([line(Span("[bold red]host[/]"))])
        await pilot.pause()
        assert app.pane.render_line(0).text.rstrip() == "[bold red]host[/]"


async def test_a_row_under_the_cursor_keeps_its_background_below_every_span() -> None:
    app = OnePane()
    async with app.run_test() as pilot:
        spans = (Span("a"), Span("b", Meaning.BAD), Span("c", Meaning.DIM))
        app.pane.paint([Line(spans, Meaning.CURSOR)])
        await pilot.pause()
        grounds = {s.style.bgcolor for s in app.pane.render_line(0) if s.style is not None}
        assert len(grounds) == 1
        assert grounds != {app.pane.rich_style.bgcolor}
