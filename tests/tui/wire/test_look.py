"""A terminal is turned from one look to another by few parameters, and to exactly that look."""

from hypothesis import given
from hypothesis import strategies as st

from swarmtui.tui.wire.look import UNSET, Look, are_alike_on_blanks, turn
from tests.tui.wire.terminal import Terminal

LOOKS = st.builds(
    Look,
    attributes=st.sets(st.sampled_from("134579")).map(sorted).map(tuple),
    colour=st.sampled_from(["", "31", "38;5;9", "38;2;1;2;3"]),
    ground=st.sampled_from(["", "41", "48;2;1;2;3"]),
    link=st.just(""),
)


@given(LOOKS, LOOKS)
def test_turning_leads_to_the_same_as_starting_afresh(before: Look, after: Look) -> None:
    turned, afresh = Terminal(1, 1), Terminal(1, 1)
    turned.feed(turn(UNSET, before) + turn(before, after) + "x")
    afresh.feed(turn(UNSET, after) + "x")
    assert turned.picture == afresh.picture


def test_only_what_differs_is_said() -> None:
    one = Look(("1",), colour="38;2;1;2;3", ground="48;2;1;1;1")
    assert turn(one, one._replace(colour="38;2;9;9;9")) == "\x1b[38;2;9;9;9m"
    assert turn(one, one._replace(attributes=())) == "\x1b[22m"
    assert turn(one, one) == ""
    assert turn(one, UNSET) == "\x1b[0m"


def test_bold_stays_when_dim_ends() -> None:
    assert turn(Look(("1", "2"), colour="38;2;1;2;3"), Look(("1",), colour="38;2;1;2;3")) == (
        "\x1b[22;1m"
    )


def test_a_link_is_opened_and_closed() -> None:
    link = Look(link="id=1;http://there")
    assert turn(UNSET, link) == "\x1b]8;id=1;http://there\x1b\\"
    assert turn(link, UNSET) == "\x1b]8;;\x1b\\"


def test_blanks_show_their_ground_and_lines_but_no_colour() -> None:
    assert are_alike_on_blanks(Look(colour="31"), Look(("1",), colour="32"))
    assert not are_alike_on_blanks(Look(ground="41"), UNSET)
    assert not are_alike_on_blanks(Look(("4",)), UNSET)
