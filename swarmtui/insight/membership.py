"""Follow the nodes and their leader from one answer to the next: who turned, and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from swarmtui.insight.chronicle import Chronicle
from swarmtui.insight.leadership import Leader, LeaderMemory
from swarmtui.insight.node_problems import Lost, find_node_problems
from swarmtui.insight.oddities import Oddities, OdditiesMemory
from swarmtui.insight.outage_problems import tell_outage
from swarmtui.insight.outages import OutageMemory, Outages, OutagesMemory
from swarmtui.insight.picture import Leadership, Phase, Place, Problem, Stay
from swarmtui.insight.roster import Roster, Turn
from swarmtui.insight.settling import Settling, SettlingMemory
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.trails import Trails
from swarmtui.insight.traits import Trait
from swarmtui.insight.waves import Waves, WavesMemory
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.observation import ManagerLost, NodesSeen, TasksSeen, Waiting
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import NodeState

_PATIENCE = timedelta(seconds=15)
"""A node that just got its certificate is unknown until it registers: no loss."""


class MembershipMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the nodes as they are now do not tell of their past.

    What is known of every node stands in the order of the ids of all nodes, and without them: ids
    are hardly to be packed, and the snapshot has them.
    """

    since: tuple[datetime, ...] = ()
    """Since when each node is in its state."""
    trails: tuple[tuple[Stay, ...] | None, ...] = ()
    """The states each node went through; `None` for one that was always in the same."""
    leader: LeaderMemory = LeaderMemory()
    settling: SettlingMemory = SettlingMemory()
    waves: WavesMemory = WavesMemory()
    outages: OutagesMemory = OutagesMemory()
    oddities: OdditiesMemory = OdditiesMemory()


class News(NamedTuple):
    """What an answer of `/nodes` revealed."""

    turns: Sequence[Turn]
    has_elected: bool


class Membership:
    """All nodes, who leads them, and the waves in which they come and go."""

    def __init__(
        self,
        place: Callable[[Node], Place],
        *,
        timeline: Timeline,
        chronicle: Chronicle,
        running_on: Callable[[str], int] = lambda _: 0,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Take who says where a node is, and how many tasks read running on it."""
        self._thresholds = thresholds or Thresholds()
        self._running_on = running_on
        self.roster = roster = Roster(place)
        self.trails = Trails()
        self.leader = Leader()
        self.settling = Settling()
        self._outages = Outages(
            self.roster.traits, ghosts=self.roster.ghosts, thresholds=self._thresholds
        )
        self._waves = Waves(
            timeline,
            # Not by way of `self`: in a circle, a whole swarm would wait for the collector to go.
            lambda id_: roster.place(id_).region,
            outages=self._outages,
            is_dismissed=self.roster.is_dismissed,
        )
        self._oddities = Oddities(self.roster, self._thresholds)
        self._answers = 0
        """Answers of `/nodes` that changed something."""
        self._told: tuple[tuple[int, int, int], Sequence[Problem]] | None = None
        self._chronicle = chronicle

    def remember(self) -> MembershipMemory:
        """Return what is known beyond the nodes as they are now."""
        since, trails = self.roster.states_since(), self.trails.take()
        order = sorted(since)
        return MembershipMemory(
            since=tuple([since[id_] for id_ in order]),
            trails=tuple([trails.get(id_) for id_ in order]) if trails else (),
            leader=self.leader.remember(),
            settling=self.settling.remember(),
            waves=self._waves.remember(),
            outages=self._outages.remember(),
            oddities=self._oddities.remember(),
        )

    def recall(self, memory: MembershipMemory, nodes: Mapping[str, Node]) -> None:
        """Begin with these nodes, and with what was remembered of them."""
        order = sorted(nodes)
        self.roster.recall(nodes, dict(zip(order, memory.since, strict=True)))
        trails = zip(order, memory.trails, strict=True) if memory.trails else ()
        self.trails.recall({id_: trail for id_, trail in trails if trail is not None})
        self.leader.recall(memory.leader, self.roster.managers)
        self.settling.recall(memory.settling)
        self._waves.recall(memory.waves)
        self._outages.recall(memory.outages if memory.outages.open else _bring_up(memory))
        self._oddities.recall(memory.oddities, nodes)

    def see(self, seen: NodesSeen, changes: Sequence[Change[Node]], *, first: bool) -> News:
        """Take an answer of `/nodes`, and what it changed, into account."""
        at = seen.taken_at
        self._answers += bool(changes)
        ready_before = len(self.roster.by_state[NodeState.READY])
        turns = self.roster.apply(changes, at, first=first)
        self.trails.apply(turns, at)
        has_elected = self._see_leader(seen)
        told: Sequence[Turn] = ()
        if first:
            self._expect(changes, at)
        else:
            told = self._follow(turns, at, ready_before=ready_before)
            self._chronicle.see_managers(changes, at)
        self._outages.decide(at)
        self._oddities.see(
            seen, changes, news=told, has_elected=has_elected, running_on=self._running_on
        )
        self._chronicle.tell_wave(self.settling.tell())
        return News(turns, has_elected)

    def see_tasks(
        self, seen: TasksSeen, changes: Sequence[Change[Task]], *, looked_at: datetime | None
    ) -> None:
        """Take tasks into account; `looked_at` is when their list was last seen whole."""
        self._oddities.see_tasks(seen, changes, looked_at)

    def see_loss(self, lost: ManagerLost, *, asked_id: str) -> None:
        """Take a failed request into account; `asked_id` is the node asked, where it is known."""
        self.leader.see_loss(lost, asked_id=asked_id)

    def describe_leadership(self, now: datetime, waiting: Waiting | None) -> Leadership:
        """Return who leads, as of `now`; `waiting` is the request that hangs."""
        phase, since = self.leader.find_phase(now, waiting)
        settling = self.settling
        if phase is Phase.LED and settling.nodes:
            phase, since = Phase.SETTLING, settling.began_at
        elif phase is Phase.LED and since and settling.ended_at:
            since = max(since, settling.ended_at)
        return self.leader.publish(phase, since, len(settling.nodes))

    def find_problems(
        self, snapshot: Snapshot, now: datetime, *, told_clocks: AbstractSet[str] = frozenset()
    ) -> Iterator[Problem]:
        """Go through the problems of nodes, as of `now`.

        Of nodes in `told_clocks` it is said already that their clocks are wrong.
        """
        outages = self._tell_outages(snapshot.nodes)
        yield from outages
        told = set[str]().union(*(problem.nodes for problem in outages))
        lost = self._describe_lost(snapshot.nodes, now, told | self._oddities.flapping)
        yield from find_node_problems(lost, now)
        yield from self._oddities.find_problems(
            snapshot, now, told=told, told_clocks=told_clocks, running_on=self._running_on
        )

    def _tell_outages(self, nodes: Mapping[str, Node]) -> Sequence[Problem]:
        """Return the problems of outages: the same while nothing changed, for they are long."""
        roster, outages = self.roster, self._outages
        revision = self._answers, roster.traits.revision, outages.revision
        if self._told is None or self._told[0] != revision:
            problems = [
                tell_outage(
                    outage,
                    size=outages.count(outage),
                    ghosts=roster.ghosts,
                    nodes=nodes,
                    traits=roster.traits,
                    thresholds=self._thresholds,
                )
                for outage in outages.all()
                if outage.nodes - roster.ghosts
            ]
            self._told = revision, problems
        return self._told[1]

    def _describe_lost(
        self, nodes: Mapping[str, Node], now: datetime, told: AbstractSet[str]
    ) -> Lost:
        """Return what there is to know of nodes that are not ready, as of `now`."""
        roster = self.roster
        unknown = roster.by_state[NodeState.UNKNOWN] - self.settling.nodes
        return Lost(
            nodes=nodes,
            down=roster.by_state[NodeState.DOWN] | roster.by_state[NodeState.DISCONNECTED],
            unknown=[id_ for id_ in unknown if now - (roster.since(id_) or now) >= _PATIENCE],
            ghosts=roster.ghosts,
            is_dismissed=roster.is_dismissed,
            told=told,
            since=roster.since,
            is_settling=bool(self.settling.nodes),
            running_on=self._running_on,
            old=self._thresholds.nodes_old,
        )

    def _see_leader(self, seen: NodesSeen) -> bool:
        election = self.leader.see_nodes(seen, self.roster.managers)
        if election is not None:
            self.settling.begin(seen.taken_at)
            self._chronicle.see_election(election)
        return election is not None

    def _expect(self, changes: Sequence[Change[Node]], at: datetime) -> None:
        """Take the first look into account: what is lost then did not happen just now."""
        states = self.roster.by_state
        total = sum(map(len, states.values()))
        # A node that has not said its name yet is about to join: it has never been away.
        joining = {node.id for _, node in changes if node is not None and not node.hostname}
        unknown = states[NodeState.UNKNOWN] - joining
        self.settling.expect(unknown, at, total=total)
        self._waves.expect(states[NodeState.DOWN] | states[NodeState.DISCONNECTED])
        self._waves.expect(unknown - self.settling.nodes)

    def _follow(self, turns: Sequence[Turn], at: datetime, *, ready_before: int) -> Sequence[Turn]:
        """Tell of nodes that turned, and return those that no election explains."""
        was_open = self.settling.is_open
        news = self.settling.absorb(turns, at, ready_before=ready_before)
        if self.settling.is_open and not was_open:
            self._chronicle.see_wave(at)
        self._waves.apply(news, at)
        self._waves.give_up(self.settling.expire(at), at)
        return news


def _bring_up(memory: MembershipMemory) -> OutagesMemory:
    """Return the outages of a memory of earlier versions, which had those of regions alone."""
    return OutagesMemory(
        open=tuple(
            OutageMemory(
                trait=Trait.REGION,
                value=loss.region,
                began_at=loss.began_at,
                last_at=loss.last_at,
                nodes=loss.nodes,
            )
            for loss in memory.waves.losses
            if loss.most_at_once >= USUAL.wave_fewest
        ),
        loose=memory.outages.loose,
    )
