"""The loudest problem stands first."""

import pytest

from swarmtui.insight.picture import Problem, Severity
from swarmtui.insight.problems import rank
from tests.factories import NOON


def make_problem(kind: str, *, severity: str = "warning", size: int = 1) -> Problem:
    return Problem(
        severity=Severity(severity), kind=kind, subject=kind, text=kind, since=NOON, size=size
    )


def test_problems_stand_by_severity_then_causes_then_size() -> None:
    ranked = rank(
        [
            make_problem("ghosts", severity="info", size=5_000),
            make_problem("black_hole", size=300),
            make_problem("unplaceable", size=3_000),
            make_problem("region_down", size=64),
            make_problem("quorum", size=1),
            make_problem("no_leader", severity="critical"),
        ]
    )
    assert [problem.kind for problem in ranked] == [
        "no_leader",
        "quorum",
        "region_down",
        "unplaceable",
        "black_hole",
        "ghosts",
    ]


STANDING = ["clock_skew", "engine_skew", "managers_even", "managers_not_drained", "manager_single"]


@pytest.mark.parametrize("kind", STANDING)
def test_how_things_stand_comes_after_what_happens_however_many_nodes_it_is_of(kind: str) -> None:
    ranked = rank([make_problem(kind, size=2_384), make_problem("nodes_down", size=1)])
    assert [problem.kind for problem in ranked] == ["nodes_down", kind]


@pytest.mark.parametrize("kind", STANDING)
def test_a_warning_of_how_things_stand_comes_before_what_is_only_good_to_know(kind: str) -> None:
    ranked = rank([make_problem("ghosts", severity="info", size=50), make_problem(kind)])
    assert [problem.kind for problem in ranked] == [kind, "ghosts"]
