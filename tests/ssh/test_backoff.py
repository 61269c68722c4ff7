"""How long is waited before the next attempt."""

from hypothesis import given
from hypothesis import strategies as st

from swarmtui.ssh.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(first_s=1.0, longest_s=10.0)
    waits = []
    for _ in range(6):
        waits.append(backoff.wait_s(1.0))
        backoff = backoff.next()
    assert waits == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_success_begins_anew() -> None:
    assert Backoff().next().next().fresh() == Backoff()


@given(st.integers(0, 10**6), st.floats(0, 1, exclude_max=True))
def test_chance_takes_off_half_at_most(attempt: int, chance: float) -> None:
    backoff = Backoff(attempt=attempt)
    assert backoff.wait_s(1.0) / 2 <= backoff.wait_s(chance) <= backoff.wait_s(1.0) <= 60.0
