"""What is wanted travels as one line."""

from swarmtui.stream.interest import Interest, decode_interest, encode_interest
from swarmtui.swarm.stats import TrustWish
from tests.factories import at, make_unknown_key


def test_an_interest_comes_back_as_it_was() -> None:
    wish = TrustWish(machine="n1", key=make_unknown_key(has_authority=True), asked_at=at(0.25))
    interest = Interest(
        frozenset({"s1"}),
        frozenset({"n1", "machine one\n"}),
        roll_call=True,
        trusts=frozenset({wish}),
    )
    line = encode_interest(interest)
    assert decode_interest(line) == interest
    assert line.count(b"\n") == 1


def test_nothing_is_wanted_unless_it_is_said() -> None:
    assert decode_interest(b"{}") == Interest(frozenset(), frozenset(), roll_call=False)
