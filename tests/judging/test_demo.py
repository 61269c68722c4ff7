"""Each act of the demo's event is named within 10 s and cleared after; an hour of calm is calm."""

import pytest

from swarmtui.insight.picture import Picture
from swarmtui.simulator.scenarios import SCENARIOS
from swarmtui.simulator.world import World
from tests.judging.event import ACTS, WITHIN_S, find_false_alarms, play_event
from tests.judging.figures import Figure
from tests.judging.playing import Played, play
from tests.judging.verdict import judge

NODES, TASKS = 320, 3_000
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def event() -> Played:
    """Return the whole event, smaller than it was."""
    return play_event(nodes=NODES, tasks=TASKS)


def test_each_act_of_the_event_is_named_within_ten_seconds_and_cleared_after(
    event: Played, figure: Figure
) -> None:
    assert {deed.what for deed in event.deeds} == set(ACTS)

    verdict = judge(event, ACTS)
    figure(
        "acts of the demo's event",
        f"{verdict.expected} to be named within {WITHIN_S:.0f} s, recall {verdict.recall:.1%}, "
        f"cleared {verdict.cleared:.1%}",
    )
    assert [str(miss) for miss in verdict.missed] == []
    assert [str(miss) for miss in verdict.lasting] == []


def test_the_event_has_no_critical_problem_but_the_election_and_what_is_lost(
    event: Played,
) -> None:
    assert [str(each) for each in find_false_alarms(event)] == []


def test_an_hour_of_calm_has_nothing_to_look_at(figure: Figure) -> None:
    pictures = 0

    def look(_picture: Picture, _world: World) -> None:
        nonlocal pictures
        pictures += 1

    played = play(SCENARIOS["calm"], seed=11, until=HOUR_S, look=look)

    figure("an hour of calm", f"{len(played.namings)} problems in {pictures:,} pictures")
    assert pictures == HOUR_S / 2
    assert [str(each) for each in played.namings if each.is_loud] == []
