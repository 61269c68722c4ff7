"""Rank problems, and judge by them how the whole swarm is doing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from swarmtui.insight.picture import Health, Problem, Severity

_ORDER = tuple(Severity)
_FIRST = {
    **dict.fromkeys(("no_leader", "quorum", "manager_lost"), 0),
    **dict.fromkeys(("region_down", "contributor_down", "subnet_down", "engine_down"), 1),
}
"""What goes before the rest whatever its size: without managers nothing can be mended, and a region
that went away is the cause of much of what else is wrong."""
_USUAL = 2
_LAST = dict.fromkeys(
    (
        *("engine_skew", "managers_not_drained", "managers_even", "manager_single"),
        *("clock_skew", "identity_twice", "no_metrics"),
    ),
    3,
)
"""How things stand, and will tomorrow: never before what happens, however many nodes it is of."""
_PLACES = _FIRST | _LAST

_Loudness = tuple[tuple[int, int, int], tuple[str, str, str, str], datetime, tuple[str, ...]]


def rank(problems: Iterable[Problem]) -> Sequence[Problem]:
    """Return the problems, loudest first: by severity, then causes before effects, then size.

    The order they come in makes no difference.
    """
    return tuple(sorted(problems, key=_loudness))


def judge_swarm(problems: Iterable[Problem], *, is_known: bool) -> Health:
    """Return the health of the swarm; unknown while no node was ever seen."""
    if not is_known:
        return Health.UNKNOWN
    severities = {problem.severity for problem in problems}
    if Severity.CRITICAL in severities:
        return Health.CRITICAL
    return Health.DEGRADED if Severity.WARNING in severities else Health.HEALTHY


def _loudness(problem: Problem) -> _Loudness:
    severity = _ORDER.index(problem.severity)
    place = _PLACES.get(problem.kind, _USUAL)
    told = problem.kind, problem.subject, problem.text, problem.query
    # Down to the nodes, so that there are no ties: problems are found in the order of mappings.
    return (severity, place, -problem.size), told, problem.since, tuple(problem.nodes)
