"""The difference turns what a terminal shows into what it should show, in few bytes."""

from hypothesis import given
from hypothesis import strategies as st

from swarmtui.tui.wire.canvas import Canvas
from swarmtui.tui.wire.look import UNSET, Look
from tests.tui.wire.terminal import Terminal

WIDTH, HEIGHT = 24, 4
RED = Look(colour="31")
LOOKS = st.sampled_from(
    [
        UNSET,
        RED,
        Look(("1",), colour="31"),
        Look(("1", "3"), colour="38;2;10;20;30"),
        Look(("4",), ground="44"),
        Look(("7", "9")),
        Look(ground="48;2;9;8;7"),
        Look(ground="41", link="id=1;http://there"),
    ]
)
TEXTS = st.text(alphabet="ab x  ━▁漢字é😀", max_size=12)
"""Narrow, wide, and what `rich` and the emulator measure alike."""
PARTS = st.tuples(
    st.integers(0, WIDTH - 1),
    st.integers(0, HEIGHT - 1),
    st.lists(st.tuples(TEXTS, LOOKS), max_size=4),
)
FRAMES = st.lists(st.lists(PARTS, max_size=6), min_size=1, max_size=5)


def drawn_from_nothing(frames: list[list[tuple[int, int, list[tuple[str, Look]]]]]) -> Terminal:
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
    for frame in frames:
        for x, y, spans in frame:
            canvas.draw(x, y, spans)
    terminal.feed(canvas.difference())
    return terminal


@given(FRAMES)
def test_a_terminal_that_shows_the_frames_before_shows_the_last_one_exactly(
    frames: list[list[tuple[int, int, list[tuple[str, Look]]]]],
) -> None:
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
    for frame in frames:
        for x, y, spans in frame:
            canvas.draw(x, y, spans)
        terminal.feed(canvas.difference())
    assert terminal.picture == drawn_from_nothing(frames).picture


@given(FRAMES)
def test_frames_that_were_left_out_do_not_show(
    frames: list[list[tuple[int, int, list[tuple[str, Look]]]]],
) -> None:
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
    terminal.feed(canvas.difference())
    for frame in frames:
        for x, y, spans in frame:
            canvas.draw(x, y, spans)
    terminal.feed(canvas.difference())
    assert terminal.picture == drawn_from_nothing(frames).picture


@given(FRAMES)
def test_what_is_shown_already_is_not_sent_again(
    frames: list[list[tuple[int, int, list[tuple[str, Look]]]]],
) -> None:
    canvas = Canvas(WIDTH, HEIGHT)
    for frame in frames:
        for x, y, spans in frame:
            canvas.draw(x, y, spans)
    canvas.difference()
    assert not canvas.difference()


@given(FRAMES)
def test_a_terminal_that_was_written_over_is_drawn_anew(
    frames: list[list[tuple[int, int, list[tuple[str, Look]]]]],
) -> None:
    canvas, terminal = Canvas(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
    for frame in frames:
        for x, y, spans in frame:
            canvas.draw(x, y, spans)
    terminal.feed(canvas.difference())
    terminal.feed("\x1b[H" + "ruin" * WIDTH)
    canvas.forget()
    terminal.feed(canvas.difference())
    assert terminal.picture == drawn_from_nothing(frames).picture


def canvas_showing(text: str, look: Look = UNSET) -> Canvas:
    canvas = Canvas(WIDTH, 1)
    canvas.draw(0, 0, [(text, look)])
    canvas.difference()
    return canvas


def test_only_the_cell_that_differs_is_sent() -> None:
    canvas = canvas_showing("2,384 nodes")
    canvas.draw(0, 0, [("2,385 nodes", UNSET)])
    assert canvas.difference() == "\x1b[1;5H5"


def test_a_short_gap_is_sent_and_a_long_one_is_passed_by() -> None:
    canvas = canvas_showing("1 nodes of 1 swarms in 1")
    canvas.draw(0, 0, [("2 nodes of 2 swarms in 2", UNSET)])
    assert canvas.difference() == "\x1b[1;1H2\x1b[10C2\x1b[11C2"
    canvas.draw(0, 0, [("3 n0des of 3 swarms in 2", UNSET)])
    assert canvas.difference() == "\x1b[1;1H3 n0\x1b[7C3"


def test_another_colour_of_blanks_alone_is_not_sent() -> None:
    canvas = canvas_showing("up   up")
    canvas.draw(2, 0, [("   ", RED)])
    assert not canvas.difference()


def test_colours_are_set_back_at_the_end() -> None:
    canvas = canvas_showing("up")
    canvas.draw(0, 0, [("up", RED)])
    assert canvas.difference() == "\x1b[1;1H\x1b[31mup\x1b[0m"


def test_a_line_with_a_wide_character_is_sent_whole() -> None:
    canvas = canvas_showing("a漢b")
    canvas.draw(3, 0, [("c", UNSET)])
    assert canvas.difference() == "\x1b[1;1Ha漢c" + " " * (WIDTH - 4)


def test_columns_behind_a_character_of_several_parts_are_found_by_number() -> None:
    canvas = Canvas(6, 1)
    canvas.draw(0, 0, [("👩\u200d🚀ab", UNSET)])
    assert canvas.difference() == "\x1b[1;1H👩\u200d🚀\x1b[1;3Hab  "


def test_half_a_wide_character_is_never_left() -> None:
    canvas = canvas_showing("a漢b")
    canvas.draw(2, 0, [("x", UNSET)])
    assert canvas.difference().startswith("\x1b[1;1Ha xb")
