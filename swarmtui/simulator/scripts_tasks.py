"""Scripts about tasks and services: what fits nowhere, fails, or does not move."""

from dataclasses import replace
from functools import partial
from itertools import cycle

from swarmtui.simulator.agenda import Window
from swarmtui.simulator.catalogue import Demand, ServicePlan
from swarmtui.simulator.services import Service
from swarmtui.simulator.stage import Stage, make_plan


def unschedulable_service(stage: Stage) -> None:
    """Create a service that no node satisfies, and remove it later."""
    plan = make_plan("ml", "trainer", stage.chance.randint(3, 20))
    demand = stage.chance.choice((Demand.GPU_LABEL, Demand.MEMORY))
    begins, ends = _create_for_a_while(stage, replace(plan, demand=demand, placed=0))
    # The scheduler says why within 2.5 s, after the 1.5 s that it takes to allocate a network.
    stage.tell("unschedulable", plan.full_name, began=begins + 4, ended=ends)


def crash_loop(stage: Stage) -> None:
    """Create a service whose tasks fail as soon as they run, and remove it later."""
    plan = make_plan("shop", "checkout", stage.chance.randint(3, 8), crashes=True)
    begins, ends = _create_for_a_while(stage, plan)

    def look(now: float) -> None:
        failures = stage.world.orchestrator.failures
        services = {s.id for s in stage.world.state.services.values() if s.plan is plan}
        if sum(n for (_, id_), n in failures.items() if id_ in services) >= 3 * plan.replicas:
            stage.tell("crash loop", plan.full_name, began=now, ended=ends)
        elif now < ends:
            stage.at(now + 1, look)

    stage.at(begins, look)
    _tell_failing(stage, plan, begins, ends)


def image_missing(stage: Stage) -> None:
    """Create a service whose image some nodes cannot get, and remove it later."""
    nodes = stage.workers(stage.chance.randint(2, 4))
    replicas = len(stage.world.machines)
    plan = make_plan("shop", "promo", replicas)
    for node in nodes:
        node.lacks = frozenset({plan.image})
    begins, ends = _create_for_a_while(stage, plan)
    for node in nodes:
        stage.at(begins, partial(stage.tell_of_failures, "image missing", node, ended=ends))
    _tell_failing(stage, plan, begins, ends)


def stalled_scheduling(stage: Stage) -> None:
    """Scale services up, and let nothing at all move for two minutes."""
    begins = stage.moment(60, 90)
    ends = begins + stage.moment(120, 150)
    stage.still(Window(begins, ends))
    for service in stage.services():
        more = round(service.replicas * stage.moment(1.2, 1.5))
        # Just before: their tasks are created, and get no further.
        scale = partial(stage.world.orchestrator.scale_up, service, more)
        stage.at(begins - 0.05, scale)
    stage.tell("stalled", began=begins, ended=ends)


def near_misses(stage: Stage) -> None:
    """Update, scale up, restart an engine, fail a few tasks: nothing is wrong."""
    services = stage.services()
    updated, scaled = stage.chance.sample(services, 2)
    begins = stage.moment(30, 60)
    for place, task in enumerate(list(updated.current.values())[:24]):
        # Two at a time, as soon as those before run.
        stage.at(begins + place // 2 * 8, partial(stage.world.orchestrator.renew, task))
    more = scaled.replicas + stage.chance.randint(10, 30)
    stage.at(
        stage.moment(160, 180),
        lambda now: stage.world.orchestrator.scale_up(scaled, more, now),
    )
    (node,) = stage.workers(1)
    stage.at(stage.moment(220, 240), partial(stage.restart, node, within_s=10))
    (manager,) = stage.chance.sample(stage.world.state.managers(), 1)
    stage.at(stage.moment(260, 280), partial(stage.world.membership.drain, manager))
    # Each service has its turn, so that none fails often.
    for second, service in zip(range(20, 440, 60), cycle(services), strict=False):
        slot = stage.chance.randint(1, service.replicas)
        mishap = partial(stage.world.orchestrator.mishap, service, slot)
        stage.at(second + stage.moment(0, 60), mishap)


def _tell_failing(stage: Stage, plan: ServicePlan, begins: float, ends: float) -> None:
    stage.tell("service failing", plan.full_name, began=begins, ended=ends)
    stage.tell("errors", plan.full_name, began=begins, ended=ends)


def _create_for_a_while(stage: Stage, plan: ServicePlan) -> tuple[float, float]:
    """Create a service and remove it minutes later; return both seconds."""
    begins = stage.moment(60, 90)
    ends = begins + stage.moment(130, 160)
    created: list[Service] = []
    stage.at(begins, lambda now: created.append(stage.create(plan, now)))
    stage.at(ends, lambda now: stage.world.orchestrator.remove(created[0], now))
    return begins, ends
