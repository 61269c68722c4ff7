"""The time of a recording while it is played."""

import pytest

from swarmtui.feed.tempo import SPEEDS, Tempo
from tests.factories import NOON, at


class Seconds:
    """The real clock, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def real() -> Seconds:
    return Seconds()


@pytest.fixture
def tempo(real: Seconds) -> Tempo:
    made = Tempo(NOON, clock=real)
    made.place(NOON, held=False)
    return made


def test_time_stands_until_it_is_let_go(real: Seconds) -> None:
    tempo = Tempo(NOON, clock=real)
    real.now += 10
    assert tempo.now() == NOON
    tempo.place(NOON, held=False)
    real.now += 10
    assert tempo.now() == at(10)


def test_time_passes_at_the_speed_from_the_moment_it_is_set(tempo: Tempo, real: Seconds) -> None:
    real.now += 2
    tempo.set_speed(100)
    assert tempo.now() == at(2)
    real.now += 3
    assert tempo.now() == at(302)
    tempo.set_speed(0.1)
    real.now += 10
    assert tempo.now() == at(303)


def test_a_paused_time_stands_and_goes_on_from_there(tempo: Tempo, real: Seconds) -> None:
    real.now += 5
    tempo.pause(paused=True)
    real.now += 60
    assert (tempo.now(), tempo.passes) == (at(5), False)
    tempo.pause(paused=False)
    real.now += 1
    assert (tempo.now(), tempo.passes) == (at(6), True)


def test_what_is_placed_while_paused_stands_there(tempo: Tempo, real: Seconds) -> None:
    tempo.pause(paused=True)
    tempo.place(at(500), held=False)
    real.now += 60
    assert tempo.now() == at(500)


def test_what_is_held_goes_on_by_no_key(tempo: Tempo, real: Seconds) -> None:
    tempo.place(at(100), held=True)
    tempo.pause(paused=True)
    tempo.pause(paused=False)
    tempo.shift(1)
    real.now += 60
    assert (tempo.now(), tempo.passes) == (at(100), False)


def test_speeds_go_up_and_down_in_steps_and_end_somewhere(tempo: Tempo) -> None:
    went = []
    for _ in range(9):
        tempo.shift(1)
        went.append(tempo.speed)
    assert went == [2, 5, 10, 20, 50, 100, 200, 500, 1000]
    tempo.shift(1)
    assert tempo.speed == 1000
    tempo.shift(-2)
    assert tempo.speed == 200
    tempo.shift(-50)
    assert tempo.speed == SPEEDS[0] == 0.1
    tempo.shift(-1)
    assert tempo.speed == 0.1


def test_a_speed_between_the_steps_finds_its_neighbours(tempo: Tempo) -> None:
    tempo.set_speed(30)
    tempo.shift(1)
    assert tempo.speed == 50
    tempo.set_speed(30)
    tempo.shift(-1)
    assert tempo.speed == 20
