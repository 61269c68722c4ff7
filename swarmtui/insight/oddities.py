"""Follow what is odd about nodes that are there: how they flap, drain, differ and move."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import msgspec

from swarmtui.insight.clocks import Clocks, ClocksMemory
from swarmtui.insight.draining import Draining, DrainingMemory
from swarmtui.insight.flapping import Flapping, FlappingMemory
from swarmtui.insight.manager_duties import ManagerDuties, ManagerDutiesMemory
from swarmtui.insight.moves import Moves, MovesMemory, find_doubles
from swarmtui.insight.picture import Problem
from swarmtui.insight.roster import Roster, Turn
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.versions import Versions, VersionsMemory
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.observation import NodesSeen, TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability


class OdditiesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the nodes as they are now do not tell of it."""

    flapping: FlappingMemory = FlappingMemory()
    draining: DrainingMemory = DrainingMemory()
    versions: VersionsMemory = VersionsMemory()
    clocks: ClocksMemory = ClocksMemory()
    moves: tuple[MovesMemory, ...] = ()
    duties: ManagerDutiesMemory = ManagerDutiesMemory()


class Oddities:
    """Everything about nodes that is worth a look while they are there."""

    def __init__(self, roster: Roster, thresholds: Thresholds) -> None:
        self._roster = roster
        self._thresholds = thresholds
        self._flapping = Flapping(thresholds)
        self._draining = Draining(thresholds)
        self._versions = Versions()
        self._clocks = Clocks(thresholds)
        self._moves = Moves(thresholds)
        self._duties = ManagerDuties(thresholds)

    @property
    def flapping(self) -> AbstractSet[str]:
        """Return the nodes that flap."""
        return self._flapping.since.keys()

    def see(
        self,
        seen: NodesSeen,
        changes: Sequence[Change[Node]],
        *,
        news: Sequence[Turn],
        has_elected: bool,
        running_on: Callable[[str], int],
    ) -> None:
        """Take an answer of `/nodes` into account; `news` is what no election explains."""
        at, roster = seen.taken_at, self._roster
        self._flapping.see(news, at)
        self._draining.see(self._find_drained, running_on, at)
        self._versions.see(changes, at)
        self._clocks.see_nodes(seen, changes, has_elected=has_elected)
        self._moves.see(changes, at)
        self._duties.see(roster.managers, len(roster), at)

    def see_tasks(
        self, seen: TasksSeen, changes: Sequence[Change[Task]], looked_at: datetime | None
    ) -> None:
        """Take tasks into account; `looked_at` is when their list was last seen whole."""
        self._clocks.see_tasks(seen, changes, looked_at)

    def find_problems(
        self,
        snapshot: Snapshot,
        now: datetime,
        *,
        told: AbstractSet[str],
        told_clocks: AbstractSet[str],
        running_on: Callable[[str], int],
    ) -> Iterator[Problem]:
        """Go through it, but for nodes that are `told` as lost, or as having a wrong clock."""
        roster, nodes = self._roster, snapshot.nodes
        yield from self._flapping.find_problems(nodes, told)
        yield from self._draining.find_problems(snapshot)
        yield from self._versions.find_problems(roster.ghosts)
        yield from self._clocks.find_problems(nodes, told_clocks)
        yield from self._moves.find_problems(nodes)
        yield from find_doubles(roster.identities, nodes, now, self._thresholds)
        yield from self._duties.find_problems(roster.managers, running_on)

    def remember(self) -> OdditiesMemory:
        """Return what the nodes as they are now do not tell."""
        return OdditiesMemory(
            flapping=self._flapping.remember(),
            draining=self._draining.remember(),
            versions=self._versions.remember(),
            clocks=self._clocks.remember(),
            moves=self._moves.remember(),
            duties=self._duties.remember(),
        )

    def recall(self, memory: OdditiesMemory, nodes: Mapping[str, Node]) -> None:
        """Begin with these nodes, and with what was remembered."""
        self._flapping.recall(memory.flapping)
        self._draining.recall(memory.draining)
        self._versions.recall(memory.versions, nodes.values())
        self._clocks.recall(memory.clocks)
        self._moves.recall(memory.moves)
        self._duties.recall(memory.duties)

    def _find_drained(self) -> AbstractSet[str]:
        return self._roster.by_availability[Availability.DRAIN] & self._roster.traits.live
