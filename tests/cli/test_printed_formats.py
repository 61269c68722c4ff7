"""JSON and CSV: exact where programs read, harmless where spreadsheets and terminals do."""

import csv
import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.cli.printed.formats import (
    csv_cell,
    json_text,
    write_csv,
    write_csv_object,
    write_json_array,
)
from swarmtui.cli.printed.status_json import status_of
from tests.cli.pictures import HOSTILE, make_picture
from tests.factories import NOON


class Named(msgspec.Struct):
    """Something with a name."""

    name: str


@given(st.text(st.characters(exclude_categories=[])))
def test_json_returns_any_text_and_never_moves_a_cursor(name: str) -> None:
    text = json_text(Named(name))
    assert json.loads(text) == {"name": name}
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text)


def test_json_keeps_names_readable() -> None:
    assert json_text(Named("Łódź · 東京")) == '{"name":"Łódź · 東京"}'


@pytest.mark.parametrize("count", [0, 1, 2, 999, 1000, 1001, 2500])
def test_an_array_is_whole_whatever_its_length(count: int) -> None:
    stream = io.StringIO()
    write_json_array((Named(str(i)) for i in range(count)), stream)
    assert json.loads(stream.getvalue()) == [{"name": str(i)} for i in range(count)]
    assert stream.getvalue().endswith("]\n")


class Counting(io.StringIO):
    """A stream that knows its longest single write."""

    longest = 0

    def write(self, text: str) -> int:
        self.longest = max(self.longest, len(text))
        return super().write(text)


def test_a_long_array_is_written_in_pieces() -> None:
    stream = Counting()
    write_json_array((Named("x" * 100) for _ in range(10_000)), stream)
    assert stream.longest < len(stream.getvalue()) / 5


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (-1, "-1"),
        (1.5, "1.5"),
        (NOON, "2026-07-22T12:00:00Z"),
        ("web", "web"),
        ({"disk": "ssd", "az": "b"}, "disk=ssd;az=b"),
        ({"a;b": "c\\d"}, "a\\;b=c\\\\d"),
        ({}, ""),
        ("two\nlines", "two lines"),
        ("\x1b[31mred", "·red"),
    ],
)
def test_a_csv_cell_says_its_value_on_one_line(value: object, cell: str) -> None:
    assert csv_cell(value) == cell


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r@x"])
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(formula: str) -> None:
    assert csv_cell(formula).startswith("'")


def test_a_label_that_a_spreadsheet_would_run_is_marked_as_text() -> None:
    assert csv_cell({"=cmd": "1"}) == "'=cmd=1"


def test_csv_reads_back_as_rows_even_with_hostile_names() -> None:
    stream = io.StringIO()
    write_csv(["id", "name"], [("n1", HOSTILE), ("n2", 'say "hi", now')], stream)
    head, *rows = csv.reader(io.StringIO(stream.getvalue()))
    assert head == ["id", "name"]
    assert [row[0] for row in rows] == ["n1", "n2"]
    assert rows[1][1] == 'say "hi", now'
    assert len(stream.getvalue().splitlines()) == 3


def test_one_object_is_csv_as_fields_and_values() -> None:
    stream = io.StringIO()
    write_csv_object(status_of(make_picture()), stream)
    head, *rows = csv.reader(io.StringIO(stream.getvalue()))
    assert head == ["field", "value"]
    found = dict(rows)
    assert found["nodes.ready"] == "4"
    assert found["taken_at"] == "2026-07-22T12:00:10Z"
    assert found["contributors.0.name"] == "'@scaleway"
    assert found["tasks.by_state.pending"] == "1"
