"""The table as it is used: keys, mouse, and data that moves."""

from textual.events import MouseScrollDown
from textual.widgets import OptionList

from swarmtui.tui.lines import Line, dim
from swarmtui.tui.table import RowMarksChanged, RowOpened, Sort, Table
from swarmtui.tui.table.body import Body
from swarmtui.tui.table.head import Head
from tests.factories import NOON
from tests.tui.number_table import make_table, numbers, shown
from tests.tui.stage import line, staged


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
