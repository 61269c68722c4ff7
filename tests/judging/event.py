"""The big event, played at any size, with the truth of each of its acts."""

from swarmtui.insight.picture import Picture, Severity
from swarmtui.simulator.deeds import Deed
from swarmtui.simulator.lots import OUTAGE_REGION
from swarmtui.simulator.scenarios import SWARM2K
from swarmtui.simulator.states import NodeState
from swarmtui.simulator.tasks import Task
from swarmtui.simulator.timetable import (
    LEADERLESS,
    MENDED_AT,
    OLD_LEADER_BACK_AT,
    OLD_LEADER_DOWN_AT,
    OUTAGE,
    REMOVAL,
    RETURN,
)
from swarmtui.simulator.world import World
from tests.judging.playing import Naming, Played, play
from tests.judging.rules import FAILURES_S
from tests.judging.verdict import Rule

WITHIN_S = 10.0
_LASTS_S = 715.0
_LOSSES = frozenset({"region_down", "contributor_down", "subnet_down", "engine_down"})


class Truth:
    """What is wrong in the event, from the second on at which all of it is there to be seen."""

    def __init__(self) -> None:
        self.deeds: dict[tuple[str, str], Deed] = {}

    def look(self, _picture: Picture, world: World) -> None:
        now = world.agenda.now
        nodes = list(world.state.nodes.values())
        region = [node for node in nodes if node.machine.region == OUTAGE_REGION]
        down = sum(node.state is NodeState.DOWN for node in region)
        if OUTAGE.start <= now < RETURN.start and down >= max(3, len(region) / 10):
            self._tell("region lost", OUTAGE_REGION, now, ended=RETURN.end)
        for node in nodes:
            if world.orchestrator.is_black_hole(node):
                self._tell("black hole", node.hostname, now, ended=MENDED_AT)
        for service in world.state.services.values():
            if any(_waits_in_vain(task, now) for task in service.current.values()):
                self._tell("unschedulable", service.name, now, ended=REMOVAL.end)

    def add_what_is_planned(self, old_leader: str) -> None:
        self._tell("no leader", "", LEADERLESS.start, ended=LEADERLESS.end)
        self._tell("manager away", "", LEADERLESS.end, ended=OLD_LEADER_BACK_AT)
        self._tell("node lost", old_leader, OLD_LEADER_DOWN_AT, ended=OLD_LEADER_BACK_AT)

    def _tell(self, what: str, subject: str, began: float, *, ended: float) -> None:
        deed = Deed(what=what, subject=subject, began=began, ended=ended)
        self.deeds.setdefault((what, subject), deed)


ACTS = {
    "region lost": Rule(must=frozenset({"region_down"}), within_s=WITHIN_S),
    "black hole": Rule(must=frozenset({"black_hole"}), within_s=WITHIN_S, over_s=FAILURES_S),
    "unschedulable": Rule(must=frozenset({"unplaceable"}), within_s=WITHIN_S),
    "no leader": Rule(
        must=frozenset({"no_leader", "quorum"}), within_s=WITHIN_S, names_subject=False
    ),
    "manager away": Rule(must=frozenset({"quorum"}), within_s=WITHIN_S, names_subject=False),
    "node lost": Rule(must=frozenset({"nodes_down"}), within_s=WITHIN_S),
}


def _waits_in_vain(task: Task, now: float) -> bool:
    """Tell whether the scheduler has said why a task has no node, and finds none soon.

    That no node at all is available it says after an election, until they are back.
    """
    said = task.complaint
    is_told = said is not None and said.at <= now and " on " in said.text
    return is_told and task.is_wanted and task.assigned_at > now + WITHIN_S


def play_event(*, nodes: int, tasks: int, seed: int = 2016) -> Played:
    """Play the whole event, and return what was named and the truth of each act."""
    truth = Truth()
    truth.add_what_is_planned("mg1")
    played = play(SWARM2K, seed=seed, until=_LASTS_S, nodes=nodes, tasks=tasks, look=truth.look)
    played.deeds = list(truth.deeds.values())
    return played


def find_false_alarms(event: Played) -> list[Naming]:
    """Return what was called critical, but the election and groups of nodes that are lost."""
    critical = [each for each in event.namings if each.severity is Severity.CRITICAL]
    return [
        each
        for each in critical
        if not (each.kind in {"no_leader", "quorum"} and each.first < LEADERLESS.end)
        and each.kind not in _LOSSES
    ]
