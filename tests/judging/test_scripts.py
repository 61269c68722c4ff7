"""What scripts do to a swarm is named in time and cleared after, and nothing else is."""

import pytest

from tests.judging.figures import Figure
from tests.judging.scripts import BY_NAME, SEEDS, describe, judge_script, seeds_for
from tests.judging.verdict import add_up

RECALL = 1.0
CLEARED = 1.0
PRECISION = 0.95

PLAYS = [(name, seed) for name in BY_NAME for seed in seeds_for(name)]


@pytest.mark.parametrize(("name", "seed"), PLAYS)
def test_what_a_script_does_is_named_in_time_and_cleared_after(name: str, seed: int) -> None:
    verdict = judge_script(name, seed)

    assert [str(miss) for miss in verdict.missed] == []
    assert [str(miss) for miss in verdict.lasting] == []


def test_over_the_set_precision_and_recall_are_what_is_promised(figure: Figure) -> None:
    verdict = add_up(judge_script(name, seed) for name, seed in PLAYS)
    figure(f"problems judged over {len(BY_NAME)} scripts", describe(verdict, PLAYS))

    assert {seed for _, seed in PLAYS} == set(SEEDS)
    assert verdict.expected > 50
    assert verdict.recall >= RECALL, verdict.list_faults()
    assert verdict.cleared >= CLEARED, verdict.list_faults()
    assert verdict.precision >= PRECISION, verdict.list_faults()


@pytest.mark.parametrize("name", ["calm", "near-misses"])
def test_where_nothing_is_wrong_nobody_is_told_to_look(name: str) -> None:
    for seed in seeds_for(name):
        assert [str(naming) for naming in judge_script(name, seed).false] == []
