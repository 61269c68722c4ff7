"""How spans are laid out in lines."""

from swarmtui.tui.freshness import Freshness
from swarmtui.tui.lines import Line, cut, joined, pad, spread, text_of, width_of
from swarmtui.tui.meaning import Meaning, Span
from tests.factories import at


def said(*spans: Span) -> str:
    return text_of([Line(tuple(spans))])


def test_spans_are_cut_with_an_ellipsis() -> None:
    assert said(*cut([Span("region "), Span("ap-southeast-1")], 12)) == "region ap-s…"


def test_spans_are_filled_to_their_width_by_cells() -> None:
    assert width_of(pad([Span("日本")], 7)) == 7


def test_parts_that_do_not_fit_are_left_out_whole() -> None:
    parts = [(Span("one"),), (Span("two"),), (Span("three"),)]
    assert said(*joined(parts, width=10)) == "one · two"


def test_empty_parts_leave_no_separator_behind() -> None:
    assert said(*joined([(Span("one"),), (), (Span("two"),)], width=20)) == "one · two"


def test_the_first_part_is_cut_rather_than_left_out() -> None:
    assert said(*joined([(Span("a long one"),)], width=5)) == "a lo…"


def test_the_right_side_stands_at_the_right_edge() -> None:
    assert said(*spread((Span("left"),), (Span("right"),), width=14)) == "left     right"


def test_the_right_side_goes_when_it_would_eat_the_left_one() -> None:
    assert said(*spread((Span("what matters"),), (Span("0123456789"),), width=14)) == "what matters"


def test_a_new_value_is_not_fresh_but_a_changed_one_is_for_two_seconds() -> None:
    fresh = Freshness()
    assert fresh.meaning("ready", 5, now=at(0)) is Meaning.PLAIN
    assert fresh.meaning("ready", 6, now=at(1)) is Meaning.FRESH
    assert fresh.meaning("ready", 6, now=at(2.9)) is Meaning.FRESH
    assert fresh.meaning("ready", 6, now=at(3.1)) is Meaning.PLAIN
