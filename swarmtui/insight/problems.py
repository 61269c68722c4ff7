"""Rank problems, and judge by them how the whole swarm is doing."""

from collections.abc import Iterable, Sequence

from swarmtui.insight.picture import Health, Problem, Severity

_ORDER = tuple(Severity)
_FIRST = frozenset({"no_leader", "quorum", "manager_lost"})
"""Without these nothing else can be mended, whatever its size."""


def rank(problems: Iterable[Problem]) -> Sequence[Problem]:
    """Return the problems, loudest first: by severity, then leadership, then size."""
    return tuple(sorted(problems, key=_loudness))


def judge_swarm(problems: Iterable[Problem], *, is_known: bool) -> Health:
    """Return the health of the swarm; unknown while no node was ever seen."""
    if not is_known:
        return Health.UNKNOWN
    severities = {problem.severity for problem in problems}
    if Severity.CRITICAL in severities:
        return Health.CRITICAL
    return Health.DEGRADED if Severity.WARNING in severities else Health.HEALTHY


def _loudness(problem: Problem) -> tuple[int, bool, int, str, str]:
    severity = _ORDER.index(problem.severity)
    return severity, problem.kind not in _FIRST, -problem.size, problem.kind, problem.subject
