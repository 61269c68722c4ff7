"""The pulse tells what is waited for, and what the asking costs."""

import pytest

from swarmtui.collector.attention import Attention
from swarmtui.engine.session import Receipt
from tests.collector.fakes import FakeClock
from tests.factories import at


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def attention(clock: FakeClock) -> Attention:
    return Attention(now=clock.now, clock=clock.monotonic)


def ask(attention: Attention, clock: FakeClock, *, took_s: float, size: int = 1_000) -> None:
    attention.asked("/nodes")
    clock.pass_(took_s)
    attention.answered(Receipt(path="/nodes", asked_at=0.0, took_s=took_s, bytes=size, ok=True))


def test_a_request_that_hangs_is_told_after_a_second(
    attention: Attention, clock: FakeClock
) -> None:
    attention.asked("/nodes")
    clock.pass_(0.9)
    assert attention.pulse().waiting is None
    clock.pass_(0.2)
    waiting = attention.pulse().waiting
    assert waiting is not None
    assert (waiting.what, waiting.since) == ("/nodes", at(0))


def test_an_answer_ends_the_waiting(attention: Attention, clock: FakeClock) -> None:
    ask(attention, clock, took_s=5)
    assert attention.pulse().waiting is None


def test_the_cost_is_that_of_the_last_minute(attention: Attention, clock: FakeClock) -> None:
    ask(attention, clock, took_s=3, size=500)
    clock.pass_(17)
    cost = attention.pulse().cost
    assert (cost.requests, cost.bytes, cost.busy_s, cost.over_s) == (1, 500, 3.0, 20.0)
    assert cost.share == pytest.approx(0.15)
    clock.pass_(60)
    assert attention.pulse().cost.requests == 0


def test_an_election_is_not_counted_as_work(attention: Attention, clock: FakeClock) -> None:
    ask(attention, clock, took_s=12.4)
    assert attention.pulse().cost.busy_s < 1


def test_a_stream_aside_costs_but_is_not_waited_for(attention: Attention, clock: FakeClock) -> None:
    aside = attention.aside()
    aside.asked("/events")
    clock.pass_(30)
    aside.received(300)
    pulse = attention.pulse()
    assert pulse.waiting is None
    assert (pulse.cost.requests, pulse.cost.bytes, pulse.cost.busy_s) == (1, 300, 0.0)
