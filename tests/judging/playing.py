"""Play a scenario through collector, engine and analyst, and keep what was named when."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from swarmtui.collector.attention import Attention
from swarmtui.collector.poller import Clocks, Poller
from swarmtui.collector.watch import Watch
from swarmtui.engine.decode import to_task
from swarmtui.engine.payload import TaskJson
from swarmtui.httpd.journal import Journal
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Picture, Problem, Severity
from swarmtui.simulator.clock import Calendar
from swarmtui.simulator.deeds import Deed
from swarmtui.simulator.documents import Documents
from swarmtui.simulator.scenarios import Scenario
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.simulation import Simulation
from swarmtui.simulator.world import World
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import NOON
from tests.judging.heard import HOST, HeardManager
from tests.judging.simulated_time import SimulatedTime, TimedInbox, TimeIsOverError

EVERY_S = 2
"""Between two pictures."""

_LOUDNESS = tuple(Severity)

Look = Callable[[Picture, World], None]


def _look_away(_picture: Picture, _world: World) -> None:
    pass


SERVICES = "services"
"""Subject of problems that are told once, whichever services they are about."""


@dataclass(slots=True)
class Naming:
    """A problem from the first picture that named it to the last, without a picture between."""

    kind: str
    subject: str
    severity: Severity
    """The loudest it had."""
    first: float
    last: float
    text: str
    """As it was at first."""
    names: dict[str, tuple[float, float]]
    """When each was named in it first and last: its subject and the nodes, or the services."""

    @property
    def is_loud(self) -> bool:
        """Whether somebody is told to look: INFO is only good to know."""
        return self.severity is not Severity.INFO

    def __str__(self) -> str:
        when = f"{self.first:.0f}-{self.last:.0f} s"
        return f"{when} {self.severity} {self.kind} [{self.subject}] {self.text}"


@dataclass(slots=True)
class Played:
    """What was named over a whole play, and what had really been done."""

    namings: list[Naming] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    lasted_s: float = 0.0
    _going_on: dict[tuple[str, str], Naming] = field(default_factory=dict)

    def see(self, picture: Picture, second: float) -> None:
        """Take the problems of the next picture into account."""
        going_on = self._going_on
        self._going_on = {}
        for problem in picture.problems:
            naming = going_on.get(problem.identity) or self._add(problem, second)
            naming.last = second
            naming.severity = min(naming.severity, problem.severity, key=_LOUDNESS.index)
            for name in _find_names(problem, picture.snapshot):
                first, _ = naming.names.get(name, (second, second))
                naming.names[name] = first, second
            self._going_on[problem.identity] = naming
        self.lasted_s = second

    def _add(self, problem: Problem, second: float) -> Naming:
        kind, subject = problem.identity
        naming = Naming(kind, subject, problem.severity, second, second, problem.text, names={})
        self.namings.append(naming)
        return naming


def _find_names(problem: Problem, snapshot: Snapshot) -> set[str]:
    """Return whom a problem is about."""
    if problem.subject == SERVICES:
        said = "\n".join((problem.text, *problem.evidence))
        words = set(re.findall(r"[\w.-]*\w", said))
        return {service.name for service in snapshot.services.values()} & words
    nodes = snapshot.nodes
    return {problem.subject, *(nodes[i].hostname for i in problem.nodes if i in nodes)}


class Play:
    """One scenario from its first second on, with a picture every two seconds."""

    def __init__(
        self,
        scenario: Scenario,
        settings: Settings,
        *,
        until: float,
        look: Look = _look_away,
    ) -> None:
        self.played = Played()
        self._look = look
        self._time = SimulatedTime(until=until)
        self._time.listeners.append(self._tick)
        self._analyst = Analyst(place=Attribution(Rules()).place)
        self._attention = Attention(now=self._time.now, clock=self._time.monotonic)
        simulation = Simulation(settings, Journal(), scenario=scenario)
        documents = Documents(Calendar(NOON))
        self._manager = HeardManager(simulation, self._time, self._attention, documents)
        self._watch = self._make_watch()

    def run(self) -> Played:
        """Play to the end."""
        try:
            while True:
                self._watch.watch_next()
        except TimeIsOverError:
            self.played.deeds = self._manager.world.deeds
            return self.played

    def _make_watch(self) -> Watch[str, TaskJson]:
        time = self._time
        clocks = Clocks(
            now=time.now,
            monotonic=time.monotonic,
            engine=self._attention.spent_s,
            worked=lambda: 0.0,
        )
        poller = Poller[TaskJson](
            emit=self._see, convert=to_task, inbox=TimedInbox(time), clocks=clocks, duty=0.1
        )
        return Watch[str, TaskJson](
            [HOST],
            name_of=str,
            open_manager=self._open,
            poller=poller,
            emit=self._see,
            clocks=clocks,
            listen=lambda _: nullcontext(),
            rest=time.pass_,
        )

    def _open(self, _address: str) -> HeardManager:
        self._manager.greet()
        return self._manager

    def _see(self, seen: Observation) -> None:
        self._analyst.see(seen)

    def _tick(self, second: int) -> None:
        self._see(self._attention.pulse())
        if second % EVERY_S == 0:
            picture = self._analyst.picture(self._time.now())
            self.played.see(picture, second)
            self._look(picture, self._manager.world)


def play(
    scenario: Scenario,
    *,
    seed: int,
    until: float,
    nodes: int | None = None,
    tasks: int | None = None,
    look: Look = _look_away,
) -> Played:
    """Play a scenario for so many seconds; `look` is told each picture, and the truth."""
    settings = Settings(
        nodes=nodes or scenario.nodes, tasks=scenario.tasks if tasks is None else tasks, seed=seed
    )
    return Play(scenario, settings, until=until, look=look).run()
