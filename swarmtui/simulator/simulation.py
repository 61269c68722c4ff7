"""The simulated swarm at any second: events that follow one another without end."""

import gc

from swarmtui.httpd.journal import Journal
from swarmtui.simulator.scenarios import SWARM2K, Scenario
from swarmtui.simulator.settings import Settings
from swarmtui.simulator.world import World


class Simulation:
    """Gives the world at a second of the event; seconds only grow."""

    def __init__(
        self, settings: Settings, journal: Journal, *, scenario: Scenario = SWARM2K
    ) -> None:
        self._scenario = scenario
        self._settings = settings
        self._journal = journal
        self._world: World | None = None

    def at(self, second: float) -> World:
        """Return the world as it is at `second`, counted from the first event's start.

        What it holds depends on the settings and the second alone: events
        begin alike, so earlier ones need not be played.
        """
        cycle = int(second // self._scenario.frame.lasts_s)
        world = self._world
        if world is None or world.cycle != cycle:
            world = self._world = self._begin(cycle)
        world.agenda.run_until(second)
        return world

    def _begin(self, cycle: int) -> World:
        if self._world is not None:
            # Whoever listens hears the last event out.
            self._world.agenda.run_until(self._world.begins_at + self._scenario.frame.lasts_s)
            self._world = None
            gc.collect()
        world = World(self._settings, self._journal, cycle=cycle, frame=self._scenario.frame)
        self._scenario.write(world)
        return world
