"""Columns, layout and painting of a table: pure."""

from typing import Any

from rich.cells import cell_len
from rich.style import Style

from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.table.column import Align, Column, Sort, natural
from swarmtui.tui.table.head import head_spans
from swarmtui.tui.table.layout import lay_out
from swarmtui.tui.table.painting import RowLook, fit_cell, merge, row_spans


def make_column(key: str, **fields: Any) -> Column[str, None]:
    defaults: dict[str, Any] = {
        "head": key.upper(),
        "value": lambda row, _: row,
        "cell": lambda row, _: (Span(row),),
        "width": 6,
    }
    return Column(key=key, **(defaults | fields))


NAME = make_column("name", width=10, grows_to=20)
STATE = make_column("state", drop=1)
COUNT = make_column("count", drop=2, align=Align.RIGHT)
IMAGE = make_column("image", drop=3, fills=True)
ALL = (NAME, STATE, COUNT, IMAGE)


def test_numbers_in_names_sort_by_their_value() -> None:
    assert sorted(["node-10", "node-9", "Node-1"], key=natural) == ["Node-1", "node-9", "node-10"]


def test_a_name_of_ten_thousand_digits_can_be_sorted() -> None:
    assert natural("1" * 10_000) > natural("0")


def test_columns_are_dropped_in_their_own_order_when_it_gets_narrow() -> None:
    widths = {120: 4, 37: 4, 36: 3, 29: 3, 28: 2, 21: 2, 20: 1, 5: 1}
    for width, count in widths.items():
        layout = lay_out(ALL, width=width, indent=3, wanted={})
        assert layout.keys == tuple(column.key for column in ALL[:count]), width


def test_nothing_reaches_beyond_the_line() -> None:
    for width in range(4, 100):
        layout = lay_out(ALL, width=width, indent=3, wanted={"name": 90})
        assert all(place.x + place.width <= width for place in layout.placed), width


def test_a_column_grows_with_its_content_up_to_its_limit() -> None:
    layout = lay_out(ALL, width=100, indent=3, wanted={"name": 90})
    assert layout.placed[0].width == 20


def test_growing_drops_no_column() -> None:
    layout = lay_out(ALL, width=38, indent=3, wanted={"name": 90})
    assert layout.keys == ("name", "state", "count", "image")


def test_a_column_never_shrinks_while_the_line_stays_as_wide() -> None:
    before = lay_out(ALL, width=100, indent=3, wanted={"name": 18})
    after = lay_out(ALL, width=100, indent=3, wanted={"name": 5, "state": 9}, before=before)
    assert after.placed[0].width == 18


def test_the_filling_column_takes_the_rest() -> None:
    layout = lay_out(ALL, width=100, indent=3, wanted={})
    assert layout.placed[-1].x + layout.placed[-1].width == 100


def test_the_whole_head_is_shown_where_there_is_room() -> None:
    column = make_column("availability", width=7, short="AVAIL")
    assert column.head_for(7) == "AVAIL"
    assert column.head_for(12) == "AVAILABILITY"


def test_the_head_sorted_by_bears_a_mark() -> None:
    layout = lay_out(ALL, width=100, indent=3, wanted={})
    spans = list(head_spans(layout, Sort("count", descends=True)))
    assert Span("COUNT▾", Meaning.TITLE) in spans
    assert "".join(span.text for span in spans).startswith("   NAME ")


def test_a_click_between_two_heads_means_the_one_before() -> None:
    layout = lay_out(ALL, width=100, indent=3, wanted={})
    column = layout.find_column(layout.placed[1].x - 1)
    assert column is not None
    assert column.key == "name"


def test_wide_characters_keep_the_columns_aligned() -> None:
    layout = lay_out(ALL, width=60, indent=3, wanted={})
    for name in ("東京東京東京東京", "東京", "tokyo", "e\u0301te", "東a京b東c京d"):
        look = RowLook(((Span(name),), (Span("up"),), (Span("7"),), ()))
        line = "".join(span.text for span in row_spans(look, layout))
        assert cell_len(line[: line.index("up")]) == layout.placed[1].x, name


def test_numbers_stand_at_the_right() -> None:
    place = lay_out(ALL, width=60, indent=3, wanted={}).placed[2]
    assert fit_cell((Span("7"),), place) == (Span("     "), Span("7"))


def test_a_cell_too_long_ends_with_a_sign() -> None:
    place = lay_out(ALL, width=60, indent=3, wanted={}).placed[1]
    assert fit_cell((Span("disconnected"),), place) == (Span("disco…"),)


def test_an_id_too_long_is_only_cut() -> None:
    place = lay_out((make_column("id", ends_open=True),), width=60, indent=3, wanted={}).placed[0]
    assert fit_cell((Span("0123456789"),), place) == (Span("012345"),)


def test_a_fresh_value_is_bright_but_a_state_keeps_its_colour() -> None:
    layout = lay_out(ALL, width=60, indent=3, wanted={})
    cells = ((Span("web"),), (Span("down", Meaning.BAD),), (Span("7"),), ())
    spans = list(row_spans(RowLook(cells, frozenset({"state", "count"})), layout))
    assert Span("7", Meaning.FRESH) in spans
    assert Span("down", Meaning.BAD) in spans


def test_the_row_under_the_cursor_and_marked_rows_bear_signs() -> None:
    layout = lay_out(ALL, width=60, indent=3, wanted={})
    cells = ((Span("web"),), (), (), ())
    look = RowLook(cells, is_cursor=True, is_marked=True)
    assert "".join(span.text for span in row_spans(look, layout)).startswith("▸◆ web")


def test_neighbours_of_one_meaning_become_one_segment() -> None:
    spans = [Span("a"), Span("  "), Span("b"), Span("  ", Meaning.DIM), Span("c", Meaning.BAD)]
    strip = merge(spans, width=20, ground=Style(), style_of=lambda _: Style(bold=True))
    assert [segment.text for segment in strip][:2] == ["a  b  ", "c"]
    assert strip.cell_length == 20
