"""Scripts about nodes: lost, back, drained, doubled, broken, or with a wrong clock."""

from dataclasses import replace
from functools import partial
from math import ceil

from swarmtui.simulator.fleet import NEVER
from swarmtui.simulator.identities import Identities
from swarmtui.simulator.lots import Trouble
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.stage import Stage


def region_outage(stage: Stage) -> None:
    """Lose most nodes of a region within seconds, and have them back minutes later."""
    name, nodes = stage.region()
    begins = stage.moment(60, 90)
    lost = stage.chance.sample(nodes, round(len(nodes) * stage.moment(0.6, 1)))
    gone = sorted(begins + stage.moment(0, 10) for _ in lost)
    back = [begins + stage.moment(100, 115) for _ in lost]
    for node, gone_at, back_at in zip(lost, gone, back, strict=True):
        stage.at(gone_at, partial(stage.world.membership.lose, node))
        stage.at(back_at, partial(stage.world.membership.come_back, node))
    most = max(3, ceil(len(nodes) / 10))
    stage.tell("region lost", name, began=gone[most - 1], ended=max(back))


def flapping_node(stage: Stage) -> None:
    """Let a node go down and come back, again and again."""
    (node,) = stage.workers(1)
    second = stage.moment(60, 80)
    returns = []
    for _ in range(5):
        stage.at(second, partial(stage.world.membership.lose, node))
        returns.append(second + stage.moment(8, 14))
        stage.tell("node away", node.hostname, began=second, ended=returns[-1])
        stage.at(returns[-1], partial(stage.world.membership.come_back, node))
        second = returns[-1] + stage.moment(12, 20)
    # Once is a restart, twice one that did not help.
    stage.tell("flapping", node.hostname, began=returns[2], ended=NEVER)


def black_hole(stage: Stage) -> None:
    """Let a node fail all that it is given, until it is drained."""
    (node,) = stage.workers(1)
    trouble = stage.chance.choice((Trouble.DISK_FULL, Trouble.MEMORY_SHORT, Trouble.NETWORK_BROKEN))
    begins = stage.moment(60, 90)
    mended = begins + stage.moment(150, 180)
    stage.at(begins, partial(stage.break_down, node, trouble))
    stage.at(begins, partial(stage.tell_of_failures, "black hole", node, ended=mended))
    stage.at(mended, partial(stage.world.membership.drain, node))


def slow_drain(stage: Stage) -> None:
    """Drain some nodes whose tasks take a minute and more to end."""
    begins = stage.moment(60, 90)
    for node in stage.workers(stage.chance.randint(1, 3)):
        lasts_s = stage.moment(60, 110)
        stage.at(begins, partial(stage.world.membership.drain, node, within_s=lasts_s))
        stage.tell("draining", node.hostname, began=begins, ended=begins + lasts_s)


def ghosts(stage: Stage) -> None:
    """Have machines leave and join again under new ids; remove the old ids later."""
    identities = Identities(f"ghosts/{stage.world.settings.seed}")
    removed = stage.moment(220, 240)
    joined = []
    for node in stage.workers(stage.chance.randint(3, 6)):
        gone = stage.moment(60, 80)
        joined.append(gone + stage.moment(8, 25))
        join = partial(
            stage.world.membership.join, node.machine, node_id=identities.new(), offset=0
        )
        stage.at(gone, partial(stage.world.membership.lose, node))
        stage.at(joined[-1], join)
        stage.at(removed, partial(stage.world.membership.strike, node))
    stage.tell("ghosts", began=min(joined), ended=removed)


def clock_skew(stage: Stage) -> None:
    """Set clocks minutes or an hour ahead, and right again later."""
    begins = stage.moment(60, 90)
    mended = begins + stage.moment(120, 150)
    # An update before has managers date some tasks: else nobody knows what their clock says.
    (service, *_) = stage.services()
    for place, task in enumerate(list(service.current.values())[:10]):
        stage.at(begins - 40 + 4 * place, partial(stage.world.orchestrator.renew, task))
    for node in stage.workers(stage.chance.randint(1, 2)):
        ahead_s = stage.moment(90, 3600)
        stage.at(begins, partial(_set_clock, stage, node, ahead_s))
        stage.at(mended, partial(_set_clock, stage, node, 0))
        # A clock shows in what is started by it: all its tasks are started anew, some there.
        stage.tell("clock skew", node.hostname, began=begins + 20, ended=mended + 20)


def _set_clock(stage: Stage, node: Node, ahead_s: float, now: float) -> None:
    node.machine = replace(node.machine, clock_skew_s=ahead_s)
    for task in list(node.tasks.values()):
        stage.world.orchestrator.renew(task, now)
