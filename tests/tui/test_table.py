"""The table as it is used: keys, mouse, data that moves, and the work all that takes."""

from collections import Counter
from typing import ClassVar

from rich.segment import Segment
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import OptionList

from swarmtui.tui.lines import Line, Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table import Align, Column, RowMarksChanged, RowOpened, Sort, Table, TableSorted
from swarmtui.tui.table.body import Body
from swarmtui.tui.table.head import Head
from swarmtui.tui.table.painting import RowLook
from tests.factories import NOON
from tests.tui.stage import Clock, line, staged

MANY = 200_000


class Work:
    """Counts what a table asks of its columns."""

    def __init__(self) -> None:
        self.cells = 0
        self.values = 0

    def cell(self, row: int, _: object) -> Spans:
        self.cells += 1
        return (Span(f"row {row:06}"),)

    def value(self, row: int, _: object) -> int:
        self.values += 1
        return row


def make_columns(work: Work) -> tuple[Column[int, None], ...]:
    return (
        Column(key="name", head="NAME", value=work.value, cell=work.cell, width=12),
        Column(
            key="last",
            head="LAST",
            value=lambda row, _: row % 10,
            cell=lambda row, _: (Span(str(row % 10)),),
            width=5,
            align=Align.RIGHT,
            descends=True,
        ),
    )


def make_table(work: Work | None = None, *, markable: bool = True) -> Table[int, None]:
    return Table(make_columns(work or Work()), sort=Sort("name"), markable=markable)


def numbers(*values: int) -> dict[str, int]:
    return {f"n{value}": value for value in values}


def shown(table: Table[int, None]) -> list[str]:
    return [text for y in range(table.body.size.height) if (text := line(table.body, y))]


async def test_rows_stand_below_their_heads_sorted() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show(numbers(3, 1, 2), None, now=NOON)
        await pilot.pause()
        assert line(table.query_one(Head), 0) == "   NAME▴          LAST"
        assert shown(table) == [
            "▸  row 000001        1",
            "   row 000002        2",
            "   row 000003        3",
        ]


async def test_what_is_said_without_rows_goes_when_there_are_some() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show({}, None, now=NOON, message=[Line((dim("   no data yet"),))])
        await pilot.pause()
        assert shown(table) == ["   no data yet"]
        table.show(numbers(1), None, now=NOON)
        await pilot.pause()
        assert shown(table) == ["▸  row 000001        1"]


async def test_keys_move_the_cursor() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(*range(100)), None, now=NOON)
        steps = {
            "down": 1, "j": 2, "up": 1, "k": 0, "end": 99, "home": 0, "G": 99, "g": 0,
            "pagedown": 9, "pageup": 0, "up,up": 0,
        }  # fmt: skip
        for keys, expected in steps.items():
            await pilot.press(*keys.split(","))
            assert table.cursor_id == f"n{expected}", keys
            assert table.cursor_id in table.body.ids_in_sight, keys


async def test_a_page_keeps_the_cursor_on_its_line() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(*range(100)), None, now=NOON)
        await pilot.press("down", "down", "down", "pagedown")
        assert table.body.ids_in_sight.index(table.cursor_id) == 3


async def test_the_cursor_stays_on_its_row_and_line_while_others_come_in_above() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(*range(100, 200)), None, now=NOON)
        await pilot.press(*["down"] * 5)
        table.show(numbers(*range(50, 200)), None, now=NOON)
        await pilot.pause()
        assert table.cursor_id == "n105"
        assert line(table.body, 5) == "▸  row 000105        5"


async def test_the_cursor_stays_on_its_row_and_line_when_sorted() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(*range(100)), None, now=NOON)
        await pilot.press("G", "up", "S")
        assert table.cursor_id == "n98"
        assert line(table.body, 1).startswith("▸  row 000098")


async def test_the_cursor_goes_to_the_neighbour_when_its_row_is_gone() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show(numbers(1, 2, 3, 4), None, now=NOON)
        await pilot.press("down", "down")
        table.show(numbers(1, 2, 4), None, now=NOON)
        assert table.cursor_id == "n4"


async def test_a_table_nobody_touched_stays_at_its_top() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(500), None, now=NOON)
        table.show(numbers(*range(1000)), None, now=NOON)
        await pilot.pause()
        assert table.cursor_id == "n0"
        assert table.body.ids_in_sight[0] == "n0"


async def test_rows_that_come_in_above_repaint_nothing_in_sight() -> None:
    table = make_table()
    async with staged(table, height=11) as (_, pilot):
        table.show(numbers(*range(100, 200)), None, now=NOON)
        await pilot.press("end")
        before = shown(table)
        table.show(numbers(*range(200)), None, now=NOON)
        await pilot.pause()
        assert shown(table) == before


async def test_enter_opens_the_row_under_the_cursor() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show(numbers(1, 2, 3), None, now=NOON)
        await pilot.press("down", "enter")
        assert [opened.row_id for opened in stage.told(RowOpened)] == ["n2"]


async def test_enter_opens_nothing_in_an_empty_table() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show({}, None, now=NOON)
        await pilot.press("enter", "down", "space", "G", "pagedown", "S")
        assert not stage.told(RowOpened)


async def test_a_click_selects_and_a_second_one_opens() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show(numbers(1, 2, 3), None, now=NOON)
        await pilot.pause()
        await pilot.click(Body, offset=(5, 2))
        assert table.cursor_id == "n3"
        assert not stage.told(RowOpened)
        await pilot.click(Body, offset=(5, 2))
        assert [opened.row_id for opened in stage.told(RowOpened)] == ["n3"]


async def test_a_click_below_the_rows_does_nothing() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show(numbers(1, 2, 3), None, now=NOON)
        await pilot.pause()
        await pilot.click(Body, offset=(5, 9))
        assert table.cursor_id == "n1"
        assert not stage.told(RowOpened)


async def test_a_click_on_a_head_sorts_and_another_one_turns_round() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show(numbers(19, 25, 31), None, now=NOON)
        await pilot.pause()
        await pilot.click(Head, offset=(21, 0))
        assert table.sort == Sort("last", descends=True)
        assert table.body.ids_in_sight[0] == "n19"
        await pilot.click(Head, offset=(21, 0))
        assert table.sort == Sort("last", descends=False)
        assert line(table.query_one(Head), 0) == "   NAME           LAST▴"


async def test_the_list_of_columns_sorts_also_by_one_that_has_no_room() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show(numbers(19, 25, 31), None, now=NOON)
        await pilot.press("s", "s", "enter")
        assert table.sort == Sort("last", descends=True)
        await pilot.press("s")
        assert stage.screen.query_one(OptionList).highlighted == 1
        await pilot.press("escape")
        assert table.sort == Sort("last", descends=True)


async def test_space_marks_and_unmarks() -> None:
    table = make_table()
    async with staged(table) as (stage, pilot):
        table.show(numbers(1, 2, 3), None, now=NOON)
        await pilot.press("space", "down", "space")
        assert table.marks == {"n1", "n2"}
        assert line(table.body, 0) == " ◆ row 000001        1"
        await pilot.press("space")
        assert table.marks == {"n1"}
        await pilot.press("u")
        assert [marked.row_ids for marked in stage.told(RowMarksChanged)][-1] == frozenset()


async def test_all_rows_shown_are_marked_and_hidden_ones_keep_their_marks() -> None:
    table = make_table()
    async with staged(table) as (_, pilot):
        table.show(numbers(1, 2, 3), None, now=NOON)
        await pilot.press("space")
        table.show(numbers(2, 3), None, now=NOON, anew=True)
        await pilot.press("*")
        assert table.marks == {"n1", "n2", "n3"}
        table.keep_marks({"n1", "n2"})
        assert table.marks == {"n1", "n2"}


async def test_a_table_without_marks_has_no_key_for_them() -> None:
    table = make_table(markable=False)
    async with staged(table) as (_, pilot):
        table.show(numbers(1), None, now=NOON)
        await pilot.press("space", "*")
        assert not table.marks


async def test_every_key_can_be_bound_anew() -> None:
    assert all(getattr(binding, "id", None) for binding in Table.BINDINGS)


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


async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    table = make_table()
    async with staged(table, height=40) as (_, pilot):
        table.show(numbers(*range(100)), None, now=NOON)
        await pilot.press(*["pagedown"], *["down"] * 3)
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert table.cursor_id in table.body.ids_in_sight


async def test_the_wheel_leaves_the_cursor_where_it_is() -> None:
    table = make_table()
    async with staged(table, height=12) as (_, pilot):
        table.show(numbers(*range(100)), None, now=NOON)
        await pilot.pause()
        for _ in range(9):
            await pilot._post_mouse_events([MouseScrollDown], Body, offset=(3, 3))
        await pilot.wait_for_animation()
        assert table.cursor_id == "n0"
        assert table.body.ids_in_sight[0] != "n0"
        top = table.body.ids_in_sight[0]
        table.show(numbers(*range(-50, 100)), None, now=NOON)
        await pilot.pause()
        assert table.body.ids_in_sight[0] == top
        await pilot.resize_terminal(80, 9)
        await pilot.pause()
        assert table.body.ids_in_sight[0] == top
