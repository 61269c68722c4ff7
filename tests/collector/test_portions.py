"""A manager out of breath gets smaller questions, and larger ones again when it has recovered."""

from string import ascii_lowercase, digits

from swarmtui.collector.portions import EASY_S, OVERLOADED_S, Portions


def portions_of(portions: Portions) -> int:
    return len(portions.of("s1"))


def test_a_list_is_asked_for_whole_as_long_as_the_manager_copes() -> None:
    portions = Portions()
    portions.judge("s1", OVERLOADED_S - 1)
    assert list(portions.of("s1")) == [()]


def test_a_list_that_takes_too_long_is_cut_and_cut_again() -> None:
    portions = Portions()
    portions.judge("s1", OVERLOADED_S + 1)
    assert portions_of(portions) == 4
    portions.refine("s1")
    assert portions_of(portions) == 16
    portions.refine("s1")
    assert portions_of(portions) == 16


def test_portions_that_take_long_only_together_are_not_cut_further() -> None:
    portions = Portions()
    portions.refine("s1")
    portions.judge("s1", 3 * OVERLOADED_S)
    assert portions_of(portions) == 4


def test_a_manager_that_has_recovered_is_asked_for_the_whole_again() -> None:
    portions = Portions()
    portions.refine("s1")
    portions.judge("s1", EASY_S - 1)
    assert portions_of(portions) == 1


def test_other_services_are_asked_for_as_before() -> None:
    portions = Portions()
    portions.refine("s1")
    assert list(portions.of("s2")) == [()]


def test_every_id_is_in_exactly_one_portion() -> None:
    portions = Portions()
    for _ in range(2):
        portions.refine("s1")
        beginnings = [beginning for portion in portions.of("s1") for beginning in portion]
        assert sorted(beginnings) == sorted(digits + ascii_lowercase)
