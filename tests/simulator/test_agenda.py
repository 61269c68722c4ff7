"""Actions run in order of time, and never without a leader."""

from functools import partial

from swarmtui.simulator.agenda import Action, Agenda, Window

QUIET = Window(10, 20)


def recording(seen: list[tuple[str, float]], name: str) -> Action:
    return lambda now: seen.append((name, now))


def test_actions_run_in_order_of_time_and_then_of_entry() -> None:
    agenda = Agenda(begins_at=0, quiet=QUIET)
    seen: list[tuple[str, float]] = []
    for name, second in (("late", 3), ("early", 1), ("early too", 1)):
        agenda.at(second, recording(seen, name))

    agenda.run_until(3)

    assert seen == [("early", 1), ("early too", 1), ("late", 3)]


def test_nothing_runs_before_its_time() -> None:
    agenda = Agenda(begins_at=0, quiet=QUIET)
    seen: list[tuple[str, float]] = []
    agenda.at(5, recording(seen, "later"))

    agenda.run_until(4.9)

    assert seen == []
    assert agenda.now == 4.9


def test_what_falls_in_the_quiet_window_runs_at_its_end() -> None:
    agenda = Agenda(begins_at=0, quiet=QUIET)
    seen: list[tuple[str, float]] = []
    agenda.at(12, recording(seen, "postponed"))
    agenda.at(9.9, recording(seen, "before"))

    agenda.run_until(30)

    assert seen == [("before", 9.9), ("postponed", 20)]


def test_an_action_may_enter_another_one_that_is_due_at_once() -> None:
    agenda = Agenda(begins_at=0, quiet=QUIET)
    seen: list[tuple[str, float]] = []
    agenda.at(1, partial(_enter, agenda, recording(seen, "entered")))

    agenda.run_until(1)

    assert seen == [("entered", 1)]


def _enter(agenda: Agenda, action: Action, _now: float) -> None:
    agenda.at(0, action)
