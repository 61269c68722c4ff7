"""What a change costs depends on the change; what all of it costs grows as the swarm does."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from bench.insight import START, fail, in_batches, make_nodes, make_services, make_tasks, place
from swarmtui.insight.analyst import Analyst
from swarmtui.swarm.observation import NodesSeen, Pulse, ServicesSeen, TasksSeen
from tests.work.counting import allocate, count_calls

SMALL, LARGE = (500, 4_000), (2_000, 16_000)
"""Nodes and tasks; the large one is four times the small one."""
CHANGED = 40

Measure = Callable[[Callable[[], object]], int]
measures = pytest.mark.parametrize("measure", [count_calls, allocate])


class Watched:
    """A swarm of a size, and who watches it."""

    def __init__(self, size: tuple[int, int]) -> None:
        nodes_count, tasks_count = size
        self.analyst = Analyst(place=place)
        self.nodes, self.services = make_nodes(nodes_count), make_services(tasks_count)
        self.tasks = make_tasks(tasks_count, self.nodes, self.services)

    def load(self) -> None:
        """See everything for the first time, and picture it."""
        see = self.analyst.see
        see(NodesSeen(taken_at=START, changed=tuple(self.nodes), whole=True))
        see(ServicesSeen(taken_at=START, changed=tuple(self.services), whole=True))
        for batch in in_batches(self.tasks, START):
            see(batch)
        self.analyst.picture(START)

    def change(self, turn: int) -> None:
        """See that some tasks failed, and picture it."""
        for seen in self.changes(turn):
            self.analyst.see(seen)
        self.analyst.picture(self.at(turn))

    def changes(self, turn: int) -> Sequence[TasksSeen]:
        """Return what is seen of one service whose tasks fail."""
        failed = [fail(task) for task in self.tasks[turn * CHANGED : (turn + 1) * CHANGED]]
        return list(in_batches(failed, self.at(turn)))

    def rest(self, turn: int) -> None:
        """See that time passes, and picture it."""
        self.analyst.see(Pulse(taken_at=self.at(turn)))
        self.analyst.picture(self.at(turn))

    @staticmethod
    def at(turn: int) -> datetime:
        """Return the time of a turn."""
        return START + timedelta(seconds=2 * turn)


def loaded(size: tuple[int, int]) -> Watched:
    watched = Watched(size)
    watched.load()
    watched.change(1)  # what is made once, at the first change, is made
    return watched


@measures
def test_the_first_load_grows_no_faster_than_the_swarm(measure: Measure) -> None:
    small, large = (measure(Watched(size).load) for size in (SMALL, LARGE))
    assert large < small * 4.4


@measures
def test_a_change_costs_the_same_in_a_swarm_four_times_as_large(measure: Measure) -> None:
    small, large = (
        measure(lambda: loaded_one.change(2))  # noqa: B023 - called at once
        for loaded_one in map(loaded, (SMALL, LARGE))
    )
    assert large < small * 1.5


@measures
def test_the_passing_of_time_costs_the_same_in_a_swarm_four_times_as_large(
    measure: Measure,
) -> None:
    small, large = (
        measure(lambda: loaded_one.rest(2))  # noqa: B023 - called at once
        for loaded_one in map(loaded, (SMALL, LARGE))
    )
    assert large < small * 1.5
