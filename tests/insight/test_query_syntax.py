"""How a filter is read, and how it says where it is wrong."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from swarmtui.insight.query import Query, parse_query
from swarmtui.insight.query_syntax import (
    QueryError,
    parse_terms,
    point_at,
    quote,
    quote_word,
    scan_words,
)

PIECES = ("-", "region:", "age>", "tasks<=", "error~", "label:", '"', "\\", "*", " ", "(", "[", "=")
FILTERS = st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


def error_of(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    return caught.value


def test_words_fields_and_negation_are_told_apart() -> None:
    terms = parse_terms('nipa  region:eu-west-1 -state:ready tasks>=40 label:"a b"=c -x')
    assert [(t.field, str(t.operator), t.value.text, t.is_negated) for t in terms] == [
        ("", ":", "nipa", False),
        ("region", ":", "eu-west-1", False),
        ("state", ":", "ready", True),
        ("tasks", ">=", "40", False),
        ("label", ":", "a b=c", False),
        ("", ":", "x", True),
    ]


def test_quotes_hold_blanks_and_escapes_and_leave_backslashes_of_patterns_alone() -> None:
    (term,) = parse_terms(r'error~"a \"b\" \\ \d+"')
    assert term.value.text == r'a "b" \ \d+'


def test_field_names_are_read_in_any_case_of_letters() -> None:
    assert parse_query("Region:x STATE:Ready").text == "Region:x STATE:Ready"


def test_a_star_in_quotes_is_just_a_star() -> None:
    (term,) = parse_terms('hostname:a*"b*"*')
    assert (term.value.text, term.value.stars) == ("a*b**", frozenset({1, 4}))


@pytest.mark.parametrize(
    ("text", "position", "length", "part"),
    [
        ("regin:x", 0, 5, "no field regin: did you mean region?"),
        ("a -fe80::1", 3, 4, "no field fe80; put quotes around text that is not a field"),
        ("nginx:1.19", 0, 5, "put quotes"),
        ("x region:", 2, 7, "region: needs a value right after it"),
        ("x -", 2, 1, "- needs what it excludes"),
        ("--state:ready", 0, 2, "one - is enough"),
        ('x region:"Internet Th', 9, 12, "this quote is not closed"),
        ('a""b"c', 4, 2, "this quote is not closed"),
        ('""', 0, 2, "nothing between the quotes"),
        ("hostname~a(", 9, 2, "not a regular expression: missing ), unterminated subpattern"),
        ("hostname~(a+)+", 9, 5, "can take for ever"),
        (f"hostname~{'a' * 201}", 9, 201, "at most 200 characters"),
        ("hostname>5", 0, 8, "hostname has no order: use : or ~"),
        ("-mine>5", 1, 4, "mine has no order: use : with yes or no"),
        ("tasks~5", 0, 5, "tasks is not text: use : > >= < or <="),
        ("tasks>many", 6, 4, "many is not a number"),
        ("tasks:>5", 6, 2, ">5 is not a number"),
        ("memory>512Q", 7, 4, "512Q is not a size: write it as 512M or 1.5G"),
        ("age<1h30", 4, 4, "1h30 is not an age: write it as 90s, 5m, 1h30m or 2d"),
        ("mine:perhaps", 5, 7, "perhaps is neither yes nor no"),
        ("engine>new", 7, 3, "new is no version: write it as 20.10"),
        ("addr:10.4.0.0/99", 5, 11, "10.4.0.0/99 is no network: write it as 10.4.0.0/16"),
        ("role:boss", 5, 4, "no role boss; known: manager, worker, unknown"),
        ("state:redy", 6, 4, "no state redy: did you mean ready?; known: ready, down,"),
        ("desired:runing", 8, 6, "no desired runing: did you mean running?; known: new,"),
        ("state=ready", 0, 11, "write state:ready with a colon"),
        ("state!=ready", 0, 12, "write -state:ready with a colon"),
        ("x" * 2_001, 2_000, 1, "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_pointed_at(
    text: str, position: int, length: int, part: str
) -> None:
    error = error_of(text)
    assert (error.position, error.length) == (position, length)
    assert part in error.message


def test_an_unknown_state_names_the_states_of_nodes_services_and_tasks_once() -> None:
    message = error_of("state:asleep").message
    for word in ("disconnected", "rollback_paused", "orphaned"):
        assert message.count(f" {word}") == 1
    assert message.count(" ready,") == 1


def test_a_terminal_sees_marks_below_the_mistake() -> None:
    text = "role:manager regin:x"
    assert point_at(text, error_of(text)) == f"{text}\n{' ' * 13}^^^^^"


def test_marks_stand_right_behind_wide_characters_and_escape_sequences() -> None:
    text = "日本\x1b[31m regin:x"
    assert point_at(text, error_of(text)) == "日本· regin:x\n      ^^^^^"


def test_text_that_is_still_being_typed_has_words_too() -> None:
    assert [tuple(word) for word in scan_words('a  b:"c d')] == [(0, 1, True), (3, 9, False)]


@given(FILTERS)
@example("[[a]")
@example("hostname~[[a]")
@example("hostname~" + "(" * 199)
@example("hostname~a{99999999999999999999}")
@example("tasks>" + "9" * 400)
@example("tasks>\u0663")
@example('x "a\\')
def test_any_text_is_a_query_or_a_query_error_that_points_into_it(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError as error:
        within = 0 <= error.position <= len(text) and error.length >= 1
        one_line = "\n" not in error.message and point_at(text, error).count("\n") == 1
    else:
        within = one_line = isinstance(query, Query)
    assert within
    assert one_line


@given(st.text(min_size=1))
def test_what_quote_writes_is_read_back(value: str) -> None:
    (term,) = parse_terms(f"hostname:{quote(value)}")
    assert (term.field, term.value.text, term.value.stars) == ("hostname", value, frozenset())


@given(st.text(min_size=1))
def test_what_quote_word_writes_is_read_back_as_a_bare_word(text: str) -> None:
    (term,) = parse_terms(quote_word(text))
    assert (term.field, term.value.text, term.value.stars) == ("", text, frozenset())
    assert not term.is_negated
