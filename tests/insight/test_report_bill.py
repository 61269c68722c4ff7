"""What the watching cost is counted once each, although each second tells of a whole minute."""

import random
from collections.abc import Iterable

import pytest

from swarmtui.insight.report import Bill
from swarmtui.insight.report_bill import Cashier
from swarmtui.swarm.observation import Cost
from tests.factories import at

Spent = Iterable[tuple[float, int]]


def bill_of(spent: Spent, *, watched: Iterable[tuple[float, float]], begins: float = 0) -> Bill:
    """Return the bill of requests, each 1,000 bytes and 0.1 s, told each second while watched."""
    spent = list(spent)
    cashier = Cashier(at(begins))
    for began, ended in watched:
        for second in range(int(began) + 1, int(ended) + 1):
            if second < begins:
                continue
            over = min(60.0, max(1.0, second - began))
            requests = sum(n for when, n in spent if second - over < when <= second)
            cost = Cost(requests, requests * 1000, requests * 0.1, over)
            cashier.see(at(second), cost)
    return cashier.publish()


def test_each_request_is_counted_once() -> None:
    chance = random.Random(1)
    spent = [(chance.uniform(0, 1000), chance.randint(1, 5)) for _ in range(500)]
    bill = bill_of(spent, watched=[(0, 1000)])
    total = sum(n for _, n in spent)
    assert bill.requests == pytest.approx(total, rel=0.02)
    assert bill.bytes == pytest.approx(total * 1000, rel=0.02)
    assert bill.busy_s == pytest.approx(total * 0.1, rel=0.02)
    assert bill.measured_s == pytest.approx(1000, abs=1)


def test_the_first_minute_of_a_watcher_counts_from_its_begin() -> None:
    bill = bill_of([(0.5, 30), (10, 5)], watched=[(0, 20)])
    assert bill.requests == 35
    assert bill.measured_s == pytest.approx(20)


def test_what_was_spent_before_the_time_does_not_count() -> None:
    spent = [(n + 0.5, 10 if n < 300 else 1) for n in range(600)]
    bill = bill_of(spent, watched=[(0, 600)], begins=400)
    assert bill.requests == pytest.approx(200, abs=4)


def test_a_watcher_that_starts_again_begins_a_new_count() -> None:
    spent = [(n + 0.5, 1) for n in range(300)]
    bill = bill_of(spent, watched=[(0, 100), (130, 300)])
    assert bill.requests == pytest.approx(270, abs=3)
    assert bill.measured_s == pytest.approx(270, abs=3)


def test_the_share_is_that_of_the_time_measured_and_the_worst_minute_is_told() -> None:
    spent = [(n + 0.5, 5 if 100 <= n < 160 else 1) for n in range(600)]
    bill = bill_of(spent, watched=[(0, 600)])
    assert bill.share == pytest.approx((540 + 300) * 0.1 / 600, rel=0.02)
    assert bill.most_share == pytest.approx(0.5)
    assert bill.most_at == at(160)


def test_the_first_seconds_are_no_worst_minute() -> None:
    bill = bill_of([(0.5, 8)], watched=[(0, 120)])
    assert bill.most_share <= 0.8 / 30


def test_nothing_measured_costs_nothing() -> None:
    bill = Cashier(at(0)).publish()
    assert (bill.requests, bill.share, bill.most_at) == (0, 0.0, None)
