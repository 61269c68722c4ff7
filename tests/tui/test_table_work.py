"""The work a table makes: what is drawn anew, and what many rows cost."""

from collections import Counter
from typing import ClassVar

from rich.segment import Segment
from textual.pilot import Pilot
from textual.strip import Strip

from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table import Column, Sort, Table, TableSorted
from swarmtui.tui.table.body import Body
from swarmtui.tui.table.painting import RowLook
from tests.factories import NOON
from tests.tui.number_table import Work, make_table, numbers
from tests.tui.stage import Clock, line, staged

MANY = 200_000


class Spotter(Body[str, None]):
    """Rows that count the lines they paint."""

    drawn: ClassVar[Counter[str]] = Counter()

    def _paint(self, look: RowLook) -> Strip:
        self.drawn["lines"] += 1
        return super()._paint(look)


def make_spotter() -> Spotter:
    column: Column[str, None] = Column(
        key="text", head="TEXT", value=lambda *_: 0, cell=lambda row, _: (Span(row),), width=9
    )
    Spotter.drawn.clear()
    return Spotter((column,), sort=Sort("text"))


def find_segment(body: Body[str, None], text: str) -> Segment:
    return next(s for y in range(9) for s in body.render_line(y) if s.text.strip() == text)


async def test_a_changed_value_is_bright_for_two_seconds() -> None:
    body, clock = make_spotter(), Clock()
    async with staged(body) as (_, pilot):
        body.show({"x": "cursor", "a": "before"}, None, now=clock())
        await pilot.pause()
        assert find_segment(body, "before").style == body.rich_style + body.style_of(Meaning.PLAIN)
        body.show({"x": "cursor", "a": "after"}, None, now=clock.pass_s(1))
        fresh = body.rich_style + body.style_of(Meaning.FRESH)
        assert find_segment(body, "after").style == fresh
        body.tick(None, now=clock.pass_s(1.5))
        assert find_segment(body, "after").style == fresh
        body.tick(None, now=clock.pass_s(1))
        assert find_segment(body, "after").style != fresh


async def test_only_lines_that_differ_are_drawn() -> None:
    body, clock = make_spotter(), Clock()
    rows = {f"r{i:03}": f"text {i}" for i in range(100)}
    async with staged(body) as (_, pilot):
        body.show(rows, None, now=clock())
        await pilot.pause()
        Spotter.drawn.clear()
        body.show(rows | {"r003": "other", "r090": "unseen"}, None, now=clock())
        await pilot.pause()
        assert Spotter.drawn["lines"] == 1
        await pilot.press("tab")
        body.move(1)
        await pilot.pause()
        assert Spotter.drawn["lines"] <= 4


async def test_two_hundred_thousand_rows_format_no_more_than_a_screen() -> None:
    work = Work()
    table = make_table(work)
    rows = numbers(*range(MANY))
    async with staged(table, width=200, height=50) as (_, pilot):
        table.show(rows, None, now=NOON)
        await pilot.pause()
        assert work.cells < 5 * 50
        work.cells = work.values = 0
        changed = {f"n{value}" for value in range(0, MANY, 100)}
        rows.update({row_id: rows[row_id] + MANY for row_id in changed})
        table.show(rows, None, now=NOON, changed=changed)
        await pilot.pause()
        assert work.values == len(changed)
        assert work.cells <= 2 * 50
        work.cells = 0
        await pilot.press("end")
        assert work.cells <= 4 * 50
        work.cells = 0
        await pilot.press("up")
        assert work.cells <= 2 * 50


async def test_many_rows_are_put_in_order_every_other_second_only() -> None:
    table, clock = make_table(), Clock()
    rows = numbers(*range(30_000))
    async with staged(table):
        table.show(rows, None, now=clock())
        rows["n0"] = 99_999
        table.show(rows, None, now=clock.pass_s(1), changed={"n0"})
        assert table.body.ids_in_sight[0] == "n0"
        table.tick(None, now=clock.pass_s(1.1))
        assert table.body.ids_in_sight[0] == "n1"
        assert table.body.sorting.ids[-1] == "n0"


async def arranged(table: Table[int, None], pilot: Pilot[None]) -> None:
    """Wait until many rows are in order."""
    while table.body.sorting.arranging:
        await pilot.pause(0.005)
    await pilot.pause()


async def test_many_other_rows_are_put_in_order_while_keys_go_on() -> None:
    table, clock = make_table(), Clock()
    async with staged(table) as (stage, pilot):
        table.show(numbers(*range(30_000)), None, now=clock())
        table.show(numbers(*range(50_000, 20_000, -1)), None, now=clock(), anew=True)
        assert table.cursor_id == "n0"
        await pilot.press("down")
        await arranged(table, pilot)
        assert table.body.ids_in_sight[0] == "n20001"
        assert stage.told(TableSorted)


async def test_many_rows_are_sorted_anew_while_keys_go_on() -> None:
    table, clock = make_table(), Clock()
    async with staged(table) as (_, pilot):
        table.show(numbers(*range(30_000)), None, now=clock())
        await pilot.press("down", "S")
        assert table.sort == Sort("name", descends=True)
        await arranged(table, pilot)
        assert table.body.sorting.ids[0] == "n29999"
        assert table.cursor_id == "n1"
        assert table.cursor_id in table.body.ids_in_sight


async def test_what_changes_while_many_rows_are_put_in_order_is_not_lost() -> None:
    table, clock = make_table(), Clock()
    rows = numbers(*range(30_000))
    async with staged(table) as (_, pilot):
        table.show(rows, None, now=clock(), anew=True)
        rows |= {"new": -5, "n7": 99_999}
        del rows["n0"]
        table.show(rows, None, now=clock(), changed={"new", "n7", "n0"})
        await arranged(table, pilot)
        ids = table.body.sorting.ids
        assert (ids[0], ids[-1]) == ("new", "n7")
        assert sorted(ids) == sorted(rows)


async def test_a_second_wish_overtakes_the_first() -> None:
    table, clock = make_table(), Clock()
    async with staged(table) as (_, pilot):
        table.show(numbers(*range(30_000)), None, now=clock(), anew=True)
        table.sort_by(Sort("last", descends=True))
        table.show(numbers(*range(40, 50)), None, now=clock(), anew=True)
        await arranged(table, pilot)
        assert table.body.sorting.ids[0] == "n49"
        assert table.count == 10


async def test_a_table_that_is_being_filled_says_so() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show(numbers(*range(30_000)), None, now=NOON, anew=True)
        assert "putting 30,000 rows in order" in line(table.body, 1)
        await arranged(table, pilot)
        assert line(table.body, 1) == "   row 000001        1"
