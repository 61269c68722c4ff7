"""One event from its beginning: the swarm's state and all that acts on it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from random import Random

from swarmtui.httpd.journal import Journal
from swarmtui.simulator.agenda import NO_TIME, Action, Agenda, Window
from swarmtui.simulator.catalogue import ServicePlan, catalogue
from swarmtui.simulator.deeds import Deed
from swarmtui.simulator.fleet import NEVER, Machine, crowd, managers
from swarmtui.simulator.identities import Identities
from swarmtui.simulator.membership import Membership
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.orchestrator import Orchestrator
from swarmtui.simulator.scheduler import Scheduler
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.silence import Hush, Silence
from swarmtui.simulator.states import Availability, NodeState, Role
from swarmtui.simulator.swarmstate import SwarmState
from swarmtui.simulator.timetable import CYCLE_S, LEADERLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What an event is made of before anything happens in it."""

    lasts_s: float
    """How long, before the next begins."""
    lead_in_s: float
    """How long before an event something may happen already, such as a machine joining."""
    leaderless: Window = NO_TIME
    crowd: Callable[[Settings, str], list[Machine]]
    """Gives the workers' machines, from a seed."""


class World:
    """The swarm during one event. The next event has a world of its own."""

    def __init__(
        self, settings: Settings, journal: Journal, *, cycle: int, frame: Frame | None = None
    ) -> None:
        frame = frame or SWARM2K
        self.settings = settings
        self.cycle = cycle
        self.begins_at = cycle * frame.lasts_s if cycle else 0.0
        leaderless = self.window(frame.leaderless)
        self.silences = [Silence(leaderless, Hush.ELECTION)]
        """When the manager asked is not heard; times before the present may be missing."""
        self.agenda = Agenda(begins_at=self.begins_at - frame.lead_in_s, quiet=leaderless)
        self.chance = Random(f"{settings.seed}/{cycle}")
        self.state = SwarmState(journal)
        self.deeds: list[Deed] = []
        """What a script has done to the swarm, or is going to do."""
        self.machines = frame.crowd(settings, f"crowd/{settings.seed}/{cycle}")
        node_identities = Identities(f"nodes/{settings.seed}/{cycle}")
        self.node_ids = [node_identities.new() for _ in self.machines]
        """The node id that each machine will have when it joins."""
        identities = Identities(f"ids/{settings.seed}/{cycle}")
        scheduler = Scheduler()
        self.orchestrator = Orchestrator(
            self.state,
            scheduler,
            self.agenda,
            identities=identities,
            chance=self.chance,
            hostile=settings.hostile,
        )
        self.membership = Membership(
            self.state,
            self.orchestrator,
            scheduler,
            self.agenda,
            chance=self.chance,
        )
        self._seat_managers()

    def window(self, window: Window) -> Window:
        """Return a window of the timetable as it falls in this event."""
        return Window(self.begins_at + window.start, self.begins_at + window.end)

    def at(self, second: float, action: Action) -> None:
        """Have `action` run at a second of this event's timetable."""
        self.agenda.at(self.begins_at + second, action)

    def somewhere_in(self, window: Window) -> float:
        """Return some second of a window of the timetable."""
        return self.chance.uniform(window.start, window.end)

    def plans(self) -> list[ServicePlan]:
        """Return the services to launch."""
        tasks = self.settings.tasks
        lasting = sum(machine.lost_at == NEVER for machine in self.machines)
        sound = sum(
            machine.lost_at == NEVER and machine.trouble is None for machine in self.machines
        )
        # What runs on a node when it is lost reads running for good and counts at the peak. So
        # as many slots are kept back, and find room when it is known how many there are.
        lost_share = 1 - lasting / len(self.machines) if self.machines else 0
        spare = ceil(tasks * lost_share) + 5
        agents = sound if 0 < sound <= tasks // 4 else 0
        return catalogue(tasks=tasks, agents=agents, spare=spare)

    def leader_and_next(self) -> tuple[Node, Node]:
        """Return who leads at first and who is elected; they change places each time."""
        seats = self.state.managers()
        first, second = (seats[1 % len(seats)], seats[0])
        return (first, second) if self.cycle % 2 == 0 else (second, first)

    def silence_at(self, now: float) -> Silence | None:
        """Return why the manager asked is not heard at `now`, if it is not."""
        return next((silence for silence in self.silences if now in silence.during), None)

    def _seat_managers(self) -> None:
        # Ids and ages of the managers are those of the first event: to a client it is one swarm.
        identities = Identities(f"managers/{self.settings.seed}")
        for machine in managers(self.settings.managers):
            node = Node(identities.new(), machine, role=Role.MANAGER, created_at=-3000.0)
            node.touch(self.begins_at if self.cycle else -2000.0)
            node.state = NodeState.READY
            node.availability = Availability.DRAIN
            node.is_described = True
            self.state.seat(node)
        self.leader_and_next()[0].is_leader = True


def _crowd_of_swarm2k(settings: Settings, seed: str) -> list[Machine]:
    return crowd(settings.nodes - settings.managers, seed=seed, hostile=settings.hostile)


SWARM2K = Frame(lasts_s=CYCLE_S, lead_in_s=10.0, leaderless=LEADERLESS, crowd=_crowd_of_swarm2k)
"""The machines of a crowdsourced event come, go and leave again, and the next event begins."""
