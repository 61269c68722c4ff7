"""Hold what was named against what was done: what was missed, what lasted, what was false."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from swarmtui.insight.picture import Severity
from swarmtui.simulator.deeds import Deed
from tests.judging.playing import EVERY_S, SERVICES, Naming, Played

_LOUDNESS = tuple(Severity)
_ALL_NODES = "nodes"
"""Subject of problems that are told once, whichever nodes they are about."""
_BEFORE_S = 40.0
"""What a deed leads to may be named before the deed can be: a first node before a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What has to be said of a deed, and what may be."""

    must: frozenset[str] = frozenset()
    """One of these kinds; empty when nothing is to be said."""
    names_subject: bool = True
    """Whether subject or text have to name whom it happened to."""
    within_s: float = 10.0
    over_s: float = 10.0
    """After the end; also for what may be said."""
    at_least: Severity = Severity.INFO
    is_alone: bool = False
    """Whether it is false to name anybody in it to whom no such thing happened."""
    may: frozenset[str] = frozenset()
    """Kinds that are true as well, though nobody has to say them."""
    may_of_subject: frozenset[str] = frozenset()
    """Kinds that are true of the subject alone."""
    may_over_s: float = 10.0


class Miss(NamedTuple):
    """Something that should have been said, or be over."""

    deed: Deed
    why: str

    def __str__(self) -> str:
        deed = self.deed
        whom = f" [{deed.subject}]" if deed.subject else ""
        return f"{deed.what}{whom} at {deed.began:.0f}-{deed.ended:.0f} s: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One play, judged."""

    expected: int = 0
    """Problems that had to be named."""
    missed: Sequence[Miss] = ()
    ended: int = 0
    """Of those, the ones that had to be over before the end of the play."""
    lasting: Sequence[Miss] = ()
    """Named still, long after they were made good."""
    loud: int = 0
    """Warnings and critical problems that were named."""
    false: Sequence[Naming] = ()
    """Of those, the ones that nothing had been done for."""

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.expected if self.expected else 1.0

    @property
    def cleared(self) -> float:
        return 1 - len(self.lasting) / self.ended if self.ended else 1.0

    @property
    def precision(self) -> float:
        return 1 - len(self.false) / self.loud if self.loud else 1.0

    def list_faults(self) -> list[str]:
        """Return everything that is wrong, a line each."""
        missed = [f"not named: {miss}" for miss in self.missed]
        lasting = [f"not cleared: {miss}" for miss in self.lasting]
        return [*missed, *lasting, *(f"false: {naming}" for naming in self.false)]


def judge(played: Played, rules: dict[str, Rule]) -> Verdict:
    """Judge a play; every deed in it needs a rule."""
    judged = [(deed, rules[deed.what]) for deed in played.deeds]
    due = [pair for pair in judged if pair[1].must and pair[0].began + 60 < played.lasted_s]
    over = [pair for pair in due if pair[0].ended + pair[1].over_s < played.lasted_s]
    loud = [naming for naming in played.namings if naming.is_loud]
    return Verdict(
        expected=len(due),
        missed=[miss for pair in due if (miss := _find_miss(*pair, played.namings))],
        ended=len(over),
        lasting=[miss for pair in over if (miss := _find_lasting(*pair, played.namings))],
        loud=len(loud),
        false=[naming for naming in loud if not _is_true(naming, judged)],
    )


def add_up(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict over many plays."""
    verdicts = list(verdicts)
    return Verdict(
        expected=sum(verdict.expected for verdict in verdicts),
        missed=[miss for verdict in verdicts for miss in verdict.missed],
        ended=sum(verdict.ended for verdict in verdicts),
        lasting=[miss for verdict in verdicts for miss in verdict.lasting],
        loud=sum(verdict.loud for verdict in verdicts),
        false=[naming for verdict in verdicts for naming in verdict.false],
    )


def _find_miss(deed: Deed, rule: Rule, namings: Iterable[Naming]) -> Miss | None:
    said = [span for naming in namings if (span := _find_span(naming, deed, rule))]
    latest = deed.began + rule.within_s
    if any(first <= latest and last >= deed.began - 1 for first, last in said):
        return None
    late = min((first for first, _ in said if first > deed.began), default=None)
    when = "never" if late is None else f"only at {late:.0f} s"
    return Miss(deed, f"{' or '.join(sorted(rule.must))} {when}")


def _find_lasting(deed: Deed, rule: Rule, namings: Iterable[Naming]) -> Miss | None:
    latest = deed.ended + rule.over_s
    for naming in namings:
        span = _find_span(naming, deed, rule)
        if span is not None and span[0] <= deed.ended and span[1] > latest:
            return Miss(deed, f"{naming.kind} until {span[1]:.0f} s")
    return None


def _find_span(naming: Naming, deed: Deed, rule: Rule) -> tuple[float, float] | None:
    """Return from when until when a naming tells of a deed; `None` when it does not."""
    if naming.kind not in rule.must:
        return None
    if _LOUDNESS.index(naming.severity) > _LOUDNESS.index(rule.at_least):
        return None
    if not rule.names_subject:
        return naming.first, naming.last
    return naming.names.get(deed.subject)


def _is_true(naming: Naming, judged: Sequence[tuple[Deed, Rule]]) -> bool:
    for deed, rule in judged:
        if naming.kind in rule.must:
            is_of_it = _is_of(naming, deed, rule, judged)
            over_s = rule.over_s
        else:
            is_of_it = naming.kind in rule.may or (
                naming.kind in rule.may_of_subject and _is_of_subject(naming, deed, judged)
            )
            over_s = rule.may_over_s
        if is_of_it and _covers(naming, deed, over_s):
            return True
    return False


def _is_of_subject(naming: Naming, deed: Deed, judged: Iterable[tuple[Deed, Rule]]) -> bool:
    if naming.subject == SERVICES:
        return deed.subject in naming.names and naming.names.keys() <= _find_alike(deed, judged)
    return deed.subject == naming.subject


def _find_alike(deed: Deed, judged: Iterable[tuple[Deed, Rule]]) -> set[str]:
    """Return to whom the same happened."""
    return {other.subject for other, _ in judged if other.what == deed.what}


def _is_of(naming: Naming, deed: Deed, rule: Rule, judged: Iterable[tuple[Deed, Rule]]) -> bool:
    if rule.names_subject and deed.subject not in naming.names:
        return False
    return not rule.is_alone or naming.names.keys() <= _find_alike(deed, judged) | {_ALL_NODES}


def _covers(naming: Naming, deed: Deed, over_s: float) -> bool:
    return deed.began - _BEFORE_S <= naming.first and naming.last <= deed.ended + over_s + EVERY_S
