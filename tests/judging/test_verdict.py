"""The judge is just: what is late, false or lasting is found, and nothing else."""

from swarmtui.insight.picture import Severity
from swarmtui.simulator.deeds import Deed
from tests.judging.playing import SERVICES, Naming, Played
from tests.judging.verdict import Rule, Verdict, add_up, judge

RULES = {
    "fire": Rule(
        must=frozenset({"fire"}),
        within_s=10,
        over_s=10,
        at_least=Severity.WARNING,
        may=frozenset({"smoke"}),
    )
}


def make_naming(
    kind: str = "fire",
    first: float = 105,
    last: float = 200,
    *,
    subject: str = "barn",
    severity: Severity = Severity.WARNING,
) -> Naming:
    return Naming(kind, subject, severity, first, last, "it burns", names={subject: (first, last)})


def judged(*namings: Naming, ended: float = 200) -> Verdict:
    deed = Deed(what="fire", subject="barn", began=100, ended=ended)
    return judge(Played(namings=list(namings), deeds=[deed], lasted_s=600), RULES)


def figures(verdict: Verdict) -> tuple[float, float, float]:
    return verdict.recall, verdict.cleared, verdict.precision


def test_named_in_time_and_cleared_after_is_right() -> None:
    assert figures(judged(make_naming())) == (1, 1, 1)
    assert judged(make_naming()).list_faults() == []


def test_never_named_is_missed() -> None:
    assert judged().recall == 0
    assert "never" in judged().list_faults()[0]


def test_named_too_late_is_missed() -> None:
    verdict = judged(make_naming(first=111))

    assert verdict.recall == 0
    assert "only at 111 s" in verdict.list_faults()[0]


def test_over_before_it_began_is_missed() -> None:
    assert judged(make_naming(first=80, last=90)).recall == 0


def test_named_of_somebody_else_is_missed() -> None:
    assert judged(make_naming(subject="house")).recall == 0


def test_named_too_softly_is_missed() -> None:
    assert judged(make_naming(severity=Severity.INFO)).recall == 0


def test_named_long_after_it_was_over_is_not_cleared() -> None:
    assert figures(judged(make_naming(last=210))) == (1, 1, 1)
    assert judged(make_naming(last=216)).cleared == 0


def test_what_never_ends_need_not_be_cleared() -> None:
    verdict = judged(make_naming(last=600), ended=float("inf"))

    assert (verdict.ended, verdict.precision) == (0, 1)


def test_what_nothing_was_done_for_is_false_unless_it_is_only_good_to_know() -> None:
    flood = make_naming("flood")
    quiet = make_naming("flood", severity=Severity.INFO)

    assert judged(make_naming(), flood).precision == 0.5
    assert judged(make_naming(), quiet).precision == 1


def test_what_it_leads_to_is_true_for_as_long_as_it_lasts() -> None:
    assert judged(make_naming(), make_naming("smoke")).precision == 1
    assert judged(make_naming(), make_naming("smoke", first=300, last=310)).precision == 0.5


def test_figures_add_up_over_plays() -> None:
    verdict = add_up([judged(make_naming()), judged(), judged(make_naming("flood"))])

    assert verdict.expected == 3
    assert len(verdict.missed) == 2
    assert round(verdict.recall, 3) == 0.333
    assert verdict.precision == 0.5


def test_to_blame_somebody_else_as_well_is_false_where_that_matters() -> None:
    rules = {"fire": Rule(must=frozenset({"fire"}), is_alone=True)}
    deed = Deed(what="fire", subject="barn", began=100, ended=200)
    naming = make_naming()
    naming.names["house"] = (150, 160)
    played = Played(namings=[naming], deeds=[deed], lasted_s=600)

    assert judge(played, rules).precision == 0
    also = Deed(what="fire", subject="house", began=140, ended=170)
    assert judge(Played(namings=[naming], deeds=[deed, also], lasted_s=600), rules).precision == 1


def test_what_is_true_of_the_subject_is_false_of_another() -> None:
    rules = {"fire": Rule(may_of_subject=frozenset({"heat"}))}
    deed = Deed(what="fire", subject="barn", began=100, ended=200)

    for subject, precision in (("barn", 1), ("house", 0)):
        played = Played(namings=[make_naming("heat", subject=subject)], deeds=[deed], lasted_s=600)
        assert judge(played, rules).precision == precision


def test_what_is_said_of_services_is_true_when_it_is_true_of_each() -> None:
    rules = {"fire": Rule(may_of_subject=frozenset({"heat"}))}
    deed = Deed(what="fire", subject="barn", began=100, ended=200)
    naming = make_naming("heat", subject=SERVICES)

    for named, precision in ((["barn"], 1), (["barn", "house"], 0), ([], 0)):
        naming.names = dict.fromkeys(named, (110, 190))
        assert judge(Played(namings=[naming], deeds=[deed], lasted_s=600), rules).precision == (
            precision
        )
