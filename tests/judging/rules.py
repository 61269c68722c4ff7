"""What has to be said of each thing that scripts do, within which seconds, and what may be."""

from swarmtui.insight.picture import Severity
from tests.judging.verdict import Rule

FAILURES_S = 310.0
"""Failures count for five minutes: as long, what failed may fail again."""

_AWAY = frozenset({"nodes_down", "running_on_lost"})
_WAVES = frozenset({"region_down", "contributor_down", "subnet_down", "engine_down"})

RULES = {
    # 15 s: a list of tasks may take long, so one that hangs is no sign of an election for 12 s.
    "no leader": Rule(
        must=frozenset({"no_leader", "quorum"}),
        names_subject=False,
        within_s=15,
        may=frozenset({"manager_lost"}),
    ),
    # The 20 s of a request that was sent just before the managers began to say so.
    "quorum lost": Rule(
        must=frozenset({"quorum"}),
        names_subject=False,
        within_s=12,
        at_least=Severity.CRITICAL,
    ),
    "new leader": Rule(must=frozenset({"leader_changed"}), names_subject=False, within_s=6),
    "manager away": Rule(
        must=frozenset({"quorum"}), names_subject=False, at_least=Severity.WARNING
    ),
    "node lost": Rule(
        must=frozenset({"nodes_down"}),
        at_least=Severity.WARNING,
        is_alone=True,
        may=frozenset({"running_on_lost"}),
    ),
    "elections": Rule(
        must=frozenset({"elections_often"}), names_subject=False, at_least=Severity.WARNING
    ),
    # 40 s: 30 s until a request is given up; until then it may as well be an election.
    "no data": Rule(
        must=frozenset({"manager_lost", "data_old"}),
        names_subject=False,
        within_s=40,
        at_least=Severity.WARNING,
        may=frozenset({"no_leader"}),
    ),
    "region lost": Rule(
        must=frozenset({"region_down"}), at_least=Severity.WARNING, may=_AWAY, may_over_s=12
    ),
    "node away": Rule(may=_AWAY),
    "flapping": Rule(must=frozenset({"flapping"}), at_least=Severity.WARNING, is_alone=True),
    "black hole": Rule(
        must=frozenset({"black_hole"}),
        at_least=Severity.WARNING,
        over_s=FAILURES_S,
        is_alone=True,
        may=frozenset({"short", "error_group"}),
        may_over_s=FAILURES_S,
    ),
    "draining": Rule(must=frozenset({"draining"}), over_s=10),
    # Before they are back, machines that leave are just lost, and may have something in common.
    "ghosts": Rule(must=frozenset({"ghosts"}), names_subject=False, may=_AWAY | _WAVES),
    "clock skew": Rule(must=frozenset({"clock_skew"}), within_s=15, over_s=30),
    "unschedulable": Rule(
        must=frozenset({"unplaceable"}),
        at_least=Severity.WARNING,
        is_alone=True,
        may=frozenset({"error_group"}),
    ),
    "crash loop": Rule(must=frozenset({"crash_loop"}), at_least=Severity.WARNING, is_alone=True),
    "image missing": Rule(must=frozenset({"black_hole"}), at_least=Severity.WARNING, is_alone=True),
    "service failing": Rule(may_of_subject=frozenset({"failing", "crash_loop", "short"})),
    # What was failing until a service was removed is history, and an error of the last minutes.
    "errors": Rule(may=frozenset({"error_group"}), may_over_s=FAILURES_S),
    "stalled": Rule(
        must=frozenset({"no_progress"}),
        names_subject=False,
        within_s=70,
        at_least=Severity.WARNING,
        may=frozenset({"short", "held"}),
    ),
}
