"""Whatever the swarm says, the terminal is only ever told to draw it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.swarm.text import plain


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("web-1.example", "web-1.example"),
        ("", ""),
        ("[bold]markup[/]", "[bold]markup[/]"),
        ("naïve-ノード", "naïve-ノード"),
        ("two\nlines\tand\rmore", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "·red·"),
        ("\x1b]0;title\x07x", "·x"),
        ("\x1b]8;;http://x\x1b\\link", "·link"),
        ("\x1b]0;never ended", "·"),
        ("bell\x07", "bell·"),
        ("\u202eevil", "·evil"),
        ("zero\u200bwidth", "zero·width"),
        ("\ue000private", "·private"),
        ("\x9b31mc1", "·31mc1"),
        ("line\u2028separator", "line·separator"),
        ("\x7f", "·"),
    ],
)
def test_text_from_outside_is_made_harmless(text: str, harmless: str) -> None:
    assert plain(text) == harmless


@given(st.text())
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    shown = plain(text)
    assert all(
        unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in shown
    )


@given(st.text())
def test_harmless_text_is_left_alone(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_two_names_that_differ_do_not_look_equal() -> None:
    assert plain("node\u200b1") != plain("node1")
