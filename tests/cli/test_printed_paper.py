"""Text on a terminal and off it."""

import io

import pytest

from swarmtui.cli.printed.paper import Paper, Span, Tone, cells, cut, paper_of

SPANS = [Span("node ", Tone.DIM), Span("down", Tone.BAD, "✗")]
SEEN = Paper(width=40, height=24, styled=True, colors="standard")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_off_a_terminal_text_is_words_only() -> None:
    assert Paper().paint(SPANS) == "node down"


def test_on_a_terminal_a_glyph_stands_beside_the_word() -> None:
    assert Paper(width=40).paint(SPANS) == "node ✗ down"


def test_colours_are_escape_sequences_round_the_words() -> None:
    assert SEEN.paint(SPANS) == "\x1b[2mnode \x1b[0m\x1b[1;31m✗ down\x1b[0m"


def test_without_colour_bold_stays() -> None:
    paper = Paper(width=40, styled=True, colors=None)
    assert paper.paint(SPANS) == "\x1b[2mnode \x1b[0m\x1b[1m✗ down\x1b[0m"


@pytest.mark.parametrize("width", range(1, 14))
def test_a_line_never_is_wider_than_the_paper(width: int) -> None:
    line = Paper(width=width).paint(SPANS)
    assert cells(line) <= width
    assert line.endswith("…") == (width < 11)


def test_wide_characters_are_cut_by_their_cells() -> None:
    assert cut("東京東京", 5) == "東京…"
    assert cells(cut("東京東京", 4)) <= 4


def test_a_pipe_has_no_width_and_no_colours() -> None:
    assert paper_of(io.StringIO(), environ={"COLUMNS": "80"}) == Paper()


def test_a_terminal_has_both() -> None:
    paper = paper_of(Terminal(), environ={"COLUMNS": "99", "LINES": "30", "TERM": "xterm-256color"})
    assert (paper.width, paper.height, paper.styled, paper.colors) == (99, 30, True, "256")


def test_no_color_leaves_no_colours() -> None:
    environ = {"COLUMNS": "99", "LINES": "30", "TERM": "xterm-256color", "NO_COLOR": "1"}
    paper = paper_of(Terminal(), environ=environ)
    assert paper.styled
    assert paper.colors is None


def test_a_dumb_terminal_gets_no_escape_sequences() -> None:
    paper = paper_of(Terminal(), environ={"COLUMNS": "80", "LINES": "24", "TERM": "dumb"})
    assert not paper.styled


def test_forced_colours_in_a_pipe_do_not_cut_lines() -> None:
    paper = paper_of(io.StringIO(), environ={"FORCE_COLOR": "1", "TERM": "xterm"})
    assert paper.styled
    assert paper.width is None
