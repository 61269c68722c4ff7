"""Scripts about managers, and about a manager that is not heard."""

from functools import partial

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.fleet import NEVER
from swarmtui.simulator.silence import LEADER_TIMEOUT_S, Hush
from swarmtui.simulator.stage import Stage

_DOWN_AFTER_S = 31.0
"""A new leader gives nodes twice the usual time to register before they are down."""


def calm(stage: Stage) -> None:
    """Let nothing happen."""
    del stage


def election(stage: Stage) -> None:
    """Kill the leader, and up to two workers while nobody leads."""
    begins = stage.moment(60, 90)
    ends = begins + stage.moment(11.5, 12.5)
    stage.hush(Window(begins, ends), Hush.ELECTION)
    lost = stage.workers(stage.chance.randint(0, 2))
    back = ends + stage.moment(100, 130)

    def elect(now: float) -> None:
        old = stage.elect(now, absent=lost)
        for node in (old, *lost):
            stage.at(now + _DOWN_AFTER_S, partial(stage.world.membership.lose, node))
            stage.at(back, partial(stage.world.membership.come_back, node))
            stage.tell("node lost", node.hostname, began=now + _DOWN_AFTER_S, ended=back)
        stage.tell("manager away", began=now, ended=back)

    stage.at(ends, elect)
    stage.tell("no leader", began=begins, ended=ends)
    stage.tell("new leader", began=ends, ended=NEVER)


def elections(stage: Stage) -> None:
    """Move leadership three times in a few minutes."""
    second = stage.moment(60, 80)
    for _ in range(3):
        stage.at(second, stage.move_leader)
        last, second = second, second + stage.moment(60, 90)
    stage.tell("elections", began=last, ended=NEVER)


def lost_quorum(stage: Stage) -> None:
    """Take two of three managers away for a minute and more."""
    begins = stage.moment(60, 90)
    ends = begins + stage.moment(60, 100)
    stage.hush(Window(begins, ends), Hush.NO_QUORUM)
    stage.at(ends, stage.move_leader)
    stage.tell("no leader", began=begins, ended=ends)
    stage.tell("quorum lost", began=begins + LEADER_TIMEOUT_S, ended=ends)


def no_data(stage: Stage) -> None:
    """Have the manager asked hang, or refuse, for two minutes and more."""
    begins = stage.moment(60, 90)
    ends = begins + stage.moment(120, 180)
    hush = stage.chance.choice((Hush.HANGING, Hush.REFUSING))
    stage.hush(Window(begins, ends), hush)
    stage.tell("no data", hush.name.lower(), began=begins, ended=ends)
