"""When what happens in the scenario `swarm2k`, in seconds from the event's start.

The evening took hours; here it takes twelve minutes and then begins anew.
"""

from dataclasses import dataclass

from swarmtui.simulator.agenda import Window

CYCLE_S = 720.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A second of the event worth going to."""

    name: str
    second: float
    shows: str


MOMENTS = (
    Moment("joining", 0, "managers and some tens of nodes; 25 more join each second"),
    Moment("launch", 45, "the first services are created"),
    Moment("crowded", 95, "nearly all nodes are in; 300 tasks start each second"),
    Moment("black-holes", 130, "three nodes fail whatever they are given; tasks that fit nowhere"),
    Moment("region-lost", 170, "64 of 200 nodes of ap-southeast-1 begin to go"),
    Moment("region-down", 200, "they are down; their tasks are being replaced"),
    Moment("region-back", 270, "they begin to come back"),
    Moment("election", 330, "no leader for 12 s: requests hang"),
    Moment("unknown", 344, "a new leader; most nodes are still unknown"),
    Moment("recovered", 360, "nodes are ready again; the old leader is down"),
    Moment("mended", 410, "the black holes are drained"),
    Moment("peak", 450, "as many tasks run as ever will"),
    Moment("wind-down", 540, "services are scaled down, then removed"),
    Moment("leaving", 610, "nodes are drained, leave and are removed"),
    Moment("over", 715, "only the managers are left"),
)

_SECONDS = {moment.name: moment.second for moment in MOMENTS}


def second_of(name: str) -> float:
    """Return when the moment called `name` is; `KeyError` when there is none."""
    return _SECONDS[name]


LEADERLESS = Window(330, 342)
"""12 s, as measured after the leader of three managers was killed."""
BACK_TO_READY_S = (2.0, 15.0)
"""How long nodes read unknown once there is a leader again."""
OLD_LEADER_DOWN_AT = LEADERLESS.start + 43
OLD_LEADER_BACK_AT = LEADERLESS.start + 70

LAUNCH = Window(45, 395)
LAUNCH_LANES = 6
"""Services being brought up at the same time."""
OUTAGE = Window(170, 196)
OUTAGE_SHARE = 0.32
RETURN = Window(270, 290)
LOSSES = Window(130, 405)
"""When single machines vanish for good."""
MISHAPS = Window(70, 415)
"""When tasks on sound nodes fail now and then; none around the peak, so that its sum is exact."""
LATE_MISHAPS = Window(465, 540)
MENDED_AT = 410.0
TOP_UP_AT = 425.0
"""When room is found for as many waiting tasks as the peak lacks."""

SCALE_DOWN = Window(540, 560)
REMOVAL = Window(560, 640)
LEAVING = Window(610, 690)
"""When nodes are drained; each leaves, and is removed, soon after."""
SWEEP_AT = 712.0
"""When whatever is left, ghosts mostly, is removed."""
