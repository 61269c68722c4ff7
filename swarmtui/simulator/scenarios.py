"""What can be simulated, by name: the event of an evening, and one thing that goes wrong each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from swarmtui.simulator import scripts_control, scripts_nodes, scripts_tasks
from swarmtui.simulator.crew import crew
from swarmtui.simulator.fleet import NEVER
from swarmtui.simulator.stage import Stage
from swarmtui.simulator.swarm2k import Swarm2k
from swarmtui.simulator.world import SWARM2K as SWARM2K_FRAME
from swarmtui.simulator.world import Frame, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """An event, or one thing that goes wrong in a swarm that is otherwise calm."""

    name: str
    shows: str
    """In a few words."""
    frame: Frame
    write: Callable[[World], object]
    """Puts what happens on the agenda of a new world."""
    nodes: int
    """As many as suit it."""
    tasks: int


SWARM2K = Scenario(
    name="swarm2k",
    shows="a crowdsourced stress test in twelve minutes, over and over",
    frame=SWARM2K_FRAME,
    write=Swarm2k,
    nodes=2384,
    tasks=96_287,
)

_STILL_LIFE = Frame(lasts_s=NEVER, lead_in_s=150.0, crowd=crew)
"""Everything runs long before the first second, and goes on after the script."""

_SCRIPTS: dict[str, tuple[Callable[[Stage], None], str]] = {
    "calm": (scripts_control.calm, "nothing happens"),
    "near-misses": (
        scripts_tasks.near_misses,
        "a small update, a scale-up, an engine that restarts, single failures",
    ),
    "election": (scripts_control.election, "no leader for 12 s, then a wave of unknown nodes"),
    "elections": (scripts_control.elections, "three leaders in a few minutes"),
    "lost-quorum": (scripts_control.lost_quorum, "two of three managers away for a minute"),
    "no-data": (scripts_control.no_data, "the manager asked hangs for two minutes"),
    "region-outage": (scripts_nodes.region_outage, "most nodes of a region go, and come back"),
    "flapping-node": (scripts_nodes.flapping_node, "a node goes down and comes back five times"),
    "black-hole": (scripts_nodes.black_hole, "a node that looks idle fails all it is given"),
    "slow-drain": (scripts_nodes.slow_drain, "tasks take a minute to leave drained nodes"),
    "ghosts": (scripts_nodes.ghosts, "machines leave and join again under new ids"),
    "clock-skew": (scripts_nodes.clock_skew, "machines whose clocks are ahead"),
    "unschedulable-service": (
        scripts_tasks.unschedulable_service,
        "a service that no node satisfies",
    ),
    "crash-loop": (scripts_tasks.crash_loop, "a service that fails as soon as it runs"),
    "image-missing": (scripts_tasks.image_missing, "an image that some nodes cannot get"),
    "stalled-scheduling": (scripts_tasks.stalled_scheduling, "nothing moves for two minutes"),
}


def _play(name: str, script: Callable[[Stage], None], world: World) -> None:
    script(Stage(world, name=name))


def _scripted(name: str, script: Callable[[Stage], None], shows: str) -> Scenario:
    return Scenario(
        name=name,
        shows=shows,
        frame=_STILL_LIFE,
        write=partial(_play, name, script),
        nodes=80,
        tasks=600,
    )


SCRIPTS = tuple(_scripted(name, *script) for name, script in _SCRIPTS.items())
"""In each of them one thing goes wrong, some at a second that the seed decides."""

SCENARIOS = {scenario.name: scenario for scenario in (SWARM2K, *SCRIPTS)}
