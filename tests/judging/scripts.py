"""Every script, played and judged: a choice of seeds for each run, all of them for the bench."""

from collections.abc import Iterable, Mapping
from functools import cache

from swarmtui.simulator.scenarios import SCRIPTS, Scenario
from tests.judging.playing import play
from tests.judging.rules import RULES
from tests.judging.verdict import Verdict, judge

SEEDS = range(20)
LASTS_S = 600.0
"""Everything is over by then, what counts for five minutes included."""
_SEEDS_EACH = 3

BY_NAME: Mapping[str, Scenario] = {script.name: script for script in SCRIPTS}


def seeds_for(name: str) -> list[int]:
    """Return some seeds, others for each script, so that all twenty are used by the set."""
    place = list(BY_NAME).index(name)
    return [(place * _SEEDS_EACH + turn) % len(SEEDS) for turn in range(_SEEDS_EACH)]


@cache
def judge_script(
    name: str, seed: int, *, nodes: int | None = None, tasks: int | None = None
) -> Verdict:
    """Play a script, at its own size if none is given, and judge it; once, however often asked."""
    played = play(BY_NAME[name], seed=seed, until=LASTS_S, nodes=nodes, tasks=tasks)
    return judge(played, RULES)


def describe(verdict: Verdict, plays: Iterable[object]) -> str:
    """Return the figures of many plays in a line."""
    return (
        f"{len(list(plays))} plays: recall {verdict.recall:.1%} ({verdict.expected} to be named in "
        f"time), cleared {verdict.cleared:.1%} (of {verdict.ended}), precision "
        f"{verdict.precision:.1%} (of {verdict.loud} warnings)"
    )
