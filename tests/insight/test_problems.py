"""The loudest problem stands first."""

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
