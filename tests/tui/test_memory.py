"""What was loaded is set aside once; then the young are collected with each picture."""

import weakref
from collections.abc import Callable

from swarmtui.recording.garbage import made_to_last
from swarmtui.tui.memory import SWEEPS, Upkeep, forget_closed


class Interpreter:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.waiting: list[Callable[[], None]] = []
        self.upkeep = Upkeep(
            settle=lambda: self.done.append("settled"),
            collect=lambda generation: self.done.append(f"collected {generation}"),
        )

    def turn(self, times: int = 1, *, is_loaded: bool = True) -> None:
        for _ in range(times):
            self.upkeep.take_turn(is_loaded=is_loaded, later=self.waiting.append)


def test_nothing_is_collected_out_of_turn_while_the_swarm_is_loaded() -> None:
    interpreter = Interpreter()
    interpreter.turn(3, is_loaded=False)
    assert not interpreter.done
    assert not interpreter.waiting


def test_what_was_loaded_is_set_aside_once_and_later() -> None:
    interpreter = Interpreter()
    interpreter.turn(2)
    assert len(interpreter.waiting) == 1
    interpreter.waiting[0]()
    assert interpreter.done.count("settled") == 1


def test_the_young_are_collected_with_each_picture_and_the_older_ones_seldom() -> None:
    interpreter = Interpreter()
    interpreter.turn(1 + SWEEPS)
    assert interpreter.done == ["collected 0"] * (SWEEPS - 1) + ["collected 1"]


def test_sweeping_goes_on_when_a_task_list_is_awaited_again() -> None:
    interpreter = Interpreter()
    interpreter.turn()
    interpreter.turn(is_loaded=False)
    assert interpreter.done == ["collected 0"]


class Page:
    """Refers to itself, as widgets and their parents do."""

    def __init__(self) -> None:
        self.parent = self


def test_a_page_that_was_open_for_long_is_gone_once_it_is_closed() -> None:
    page = Page()
    seen = weakref.ref(page)
    upkeep = Upkeep(settle=lambda: None)
    for _ in range(2 * SWEEPS + 1):
        upkeep.take_turn(is_loaded=True, later=lambda settle: settle())
    del page
    forget_closed()
    assert seen() is None


def test_a_page_that_was_open_while_a_replay_jumped_is_gone_once_it_is_closed() -> None:
    page = Page()
    seen = weakref.ref(page)
    with made_to_last():
        made = [[number] for number in range(20_000)]
    del page
    forget_closed()
    assert seen() is not None  # it was set aside with what the jump made
    forget_closed(is_replay=True)
    assert seen() is None
    assert len(made) == 20_000
