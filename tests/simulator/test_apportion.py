"""Shares add up to the whole."""

from hypothesis import given
from hypothesis import strategies as st

from swarmtui.simulator.apportion import apportion

WEIGHTS = st.lists(st.floats(0.01, 1000), min_size=1, max_size=50)


def test_shares_follow_the_weights() -> None:
    assert apportion([2, 1, 1], 8) == [4, 2, 2]


def test_the_largest_remainder_is_rounded_up() -> None:
    assert apportion([0.6, 0.3, 0.1], 4) == [3, 1, 0]


@given(WEIGHTS, st.integers(0, 100_000))
def test_nothing_is_lost_or_added(weights: list[float], total: int) -> None:
    shares = apportion(weights, total)

    assert sum(shares) == total
    assert all(share >= 0 for share in shares)
