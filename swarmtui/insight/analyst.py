"""Turn observations into pictures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from swarmtui.insight.chronicle import Chronicle
from swarmtui.insight.control_problems import find_control_problems
from swarmtui.insight.counted import Counted, find_lost_counts
from swarmtui.insight.fleet import Fleet
from swarmtui.insight.groups import Census
from swarmtui.insight.history import History, Rate
from swarmtui.insight.membership import Membership
from swarmtui.insight.memory import Memory, check_belongs
from swarmtui.insight.picture import (
    Election,
    Extent,
    Happening,
    Leadership,
    Phase,
    Picture,
    Place,
    Problem,
)
from swarmtui.insight.problem_book import ProblemBook
from swarmtui.insight.problems import judge_swarm
from swarmtui.insight.relists import Relists
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.insight.workload import Workload
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Difference, fold
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import (
    CountsSeen,
    EventSeen,
    ManagerLost,
    ManagerSeen,
    NodesSeen,
    Observation,
    Pulse,
    ServicesSeen,
    TasksSeen,
    WatcherLost,
)
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen
from swarmtui.swarm.words import NodeState, TaskState


class Analyst:
    """What a swarm's observations mean, kept up by what each of them changed.

    It belongs to one thread. It reads no clock: time comes with the observations and with the
    question. Pictures it handed out never change, and asking for one changes none that come later.
    """

    def __init__(
        self,
        *,
        place: Callable[[Node], Place],
        pledges: Mapping[str, int] | None = None,
        machines: Iterable[Machine] = (),
        place_machine: Callable[[Machine], Place] = lambda _: Place(),
        is_mine: Callable[[str], bool] = lambda _: False,
        hear: Callable[[Iterable[MachineSeen]], None] = lambda _: None,
        look_as: Callable[[Viewpoint], None] = lambda _: None,
        thresholds: Thresholds = USUAL,
    ) -> None:
        """Take the machines of the inventory, and who says where one is that is no node.

        `is_mine` says whether a contributor is me, of one that has promised nodes.
        `hear` is told which nodes machines say they are, before nodes are placed by that; one that
        names no node is none any more.
        What `place` answers depends on the node and on that alone: else, see `place_anew`; and on
        the viewpoint, which `look_as` is told.
        """
        self._place = place
        self._own_pledges = self._pledges = pledges or {}
        self._inventory = tuple(machines)
        self._place_machine = place_machine
        self._is_mine = is_mine
        self._hear_machines = hear
        self._tell_viewpoint = look_as
        self._thresholds = thresholds
        self.viewpoint: Viewpoint | None = None
        """What it was told to look as; `None` while it looks as it did at the start."""
        self._begin()

    def _begin(self) -> None:
        """Know nothing."""
        self._snapshot = Snapshot()
        self._is_complete = False
        self._relists = Relists()
        self._timeline = Timeline()
        self._chronicle = Chronicle(self._timeline)
        self._workload = Workload(self._thresholds)
        self._tally = self._workload.tally
        self._membership = Membership(
            self._place,
            timeline=self._timeline,
            chronicle=self._chronicle,
            running_on=self._tally.running_on,
            thresholds=self._thresholds,
        )
        self._roster = self._membership.roster
        self._counted = Counted()
        self._rate = Rate()
        self._history = History()
        self._census = Census(self._pledges, is_mine=self._is_mine)
        self._fleet = Fleet(
            self._inventory, place_machine=self._place_machine, thresholds=self._thresholds
        )
        self._book = ProblemBook(self._timeline, thresholds=self._thresholds)
        self._touched: set[str] = set()
        """Nodes of which something changed since they were counted."""

    @property
    def snapshot(self) -> Snapshot:
        """Return what is known of the swarm."""
        return self._snapshot

    @property
    def extent(self) -> Extent:
        """Return how much of the swarm was seen at least once."""
        if self._is_complete:
            return Extent.EVERYTHING
        is_begun = self._snapshot.nodes_at is not None and self._snapshot.services_at is not None
        return Extent.NODES if is_begun else Extent.NOTHING

    @property
    def places(self) -> Mapping[str, Place]:
        """Return the place of every node: another object whenever something changed."""
        return self._roster.places()

    @property
    def happenings(self) -> Sequence[Happening]:
        """Return what happened, newest last, bounded."""
        return self._timeline.take()

    @property
    def elections(self) -> Sequence[Election]:
        """Return the elections that are over, newest last, bounded."""
        return self._membership.leader.elections

    def remember(self) -> Memory:
        """Return all that is known beyond the snapshot, for `recall`.

        Work grows with the nodes, and with what happened to them; with no tasks but those whose
        dates are far from true.
        """
        return Memory(
            is_complete=self._is_complete,
            relists=self._relists.remember(),
            running=self._tally.remember(),
            timeline=self._timeline.remember(),
            chronicle=self._chronicle.remember(),
            membership=self._membership.remember(),
            workload=self._workload.remember(),
            counted=self._counted.remember(),
            rate=self._rate.remember(),
            history=self._history.remember(),
            census=self._census.remember(),
            fleet=self._fleet.remember(self._snapshot),
            book=self._book.remember(),
        )

    def recall(self, snapshot: Snapshot, memory: Memory) -> None:
        """Forget everything, and go on as if `snapshot` and `memory` had been lived through.

        Raise `MemoryMismatchError`, and change nothing, when the one is not of the other.
        """
        check_belongs(memory, snapshot)
        heard = tuple(self._fleet.answers)
        self._begin()
        self._fleet.recall(memory.fleet, snapshot)
        self._hear_machines(replace(each, node_id="") for each in heard)
        self._hear_machines(self._fleet.answers)
        self._membership.recall(memory.membership, snapshot.nodes)
        ready = self._roster.by_state[NodeState.READY]
        self._workload.recall(memory.workload, snapshot, ready=ready, running=memory.running)
        self._relists.recall(memory.relists)
        self._timeline.recall(memory.timeline)
        self._chronicle.recall(memory.chronicle)
        self._counted.recall(memory.counted)
        self._rate.recall(memory.rate)
        self._history.recall(memory.history)
        self._census.recall(memory.census)
        self._book.recall(memory.book)
        self._is_complete = memory.is_complete
        self._snapshot = snapshot

    def place_anew(self, node_ids: Iterable[str]) -> None:
        """Ask `place` again about these nodes, known or not: it answers differently from now on."""
        nodes = self._snapshot.nodes
        self._roster.place_anew(nodes[id_] for id_ in node_ids if id_ in nodes)

    def look_as(self, viewpoint: Viewpoint) -> None:
        """Place everything anew as it is seen from here; work grows with the nodes, once."""
        self.viewpoint = viewpoint
        self._tell_viewpoint(viewpoint)
        self._pledges = {**self._own_pledges, **viewpoint.claims.pledged}
        self._census.contributors.pledge(self._pledges)
        self.place_anew(self._snapshot.nodes)
        self._fleet.place_anew()

    def see(self, seen: Observation) -> None:
        """Fold an observation in. Work grows with what it changed, not with the swarm."""
        if isinstance(seen, TasksSeen):
            self._membership.leader.see_data(seen.taken_at)
            is_known = seen.service_id in self._snapshot.tasks_at
            joined = self._relists.join(seen, is_known=is_known)
            if joined is None:
                return
            seen = joined
        before = self._snapshot
        self._snapshot, difference = fold(before, seen)
        looked_at = _find_last_look(before, seen)
        self._workload.see(seen, difference, self._snapshot, looked_at=looked_at)
        self._understand(seen, before, difference)
        if not isinstance(seen, StatsSeen | TailSeen | MachineSeen | EventSeen):
            self._keep_book(seen.taken_at)

    def picture(self, now: datetime) -> Picture:
        """Return everything that is known and meant, as of `now`."""
        self._workload.failures.count(now)
        self._refresh()
        snapshot, membership, workload = self._snapshot, self._membership, self._workload
        leadership = membership.describe_leadership(now, snapshot.waiting)
        counted = self._counted.fresh(now)
        problems = self._book.tell(self._find_problems(leadership, now), now)
        settling = [self._roster.place(id_) for id_ in membership.settling.nodes]
        return Picture(
            at=now,
            snapshot=snapshot,
            health=judge_swarm(problems, is_known=snapshot.nodes_at is not None),
            nodes=self._roster.count(),
            tasks=workload.count(
                self._by_state(now),
                counted_at=counted.taken_at if counted else None,
                rate_per_s=self._rate.per_s(),
            ),
            loads=workload.loads.nodes(),
            service_loads=workload.loads.services(),
            places=self._roster.places(),
            states_since=self._roster.states_since(),
            regions=self._census.regions.take(settling),
            contributors=self._census.contributors.take(settling),
            region_courses=self._census.regions.courses(),
            contributor_courses=self._census.contributors.courses(),
            leadership=leadership,
            problems=problems,
            happenings=self._timeline.take(),
            errors=workload.errors.take(),
            history=self._history.take(),
            trails=membership.trails.take(),
            failures=workload.failures.take(),
            containers=self._fleet.containers(),
            machines=self._fleet.machines(),
            machine_of=self._fleet.machine_of(),
        )

    def _understand(self, seen: Observation, before: Snapshot, difference: Difference) -> None:
        match seen:
            case NodesSeen():
                self._see_nodes(seen, difference, first=before.nodes_at is None)
                self._sample(seen.taken_at)
            case ServicesSeen():
                self._membership.leader.see_data(seen.taken_at)
                if before.services_at is not None:
                    self._chronicle.see_services(difference.services, seen.taken_at)
            case TasksSeen():
                looked_at = before.tasks_at.get(seen.service_id)
                self._membership.see_tasks(seen, difference.tasks, looked_at=looked_at)
                self._sample(seen.taken_at)
            case CountsSeen():
                self._see_counts(seen)
            case StatsSeen() | TailSeen() | MachineSeen():
                self._see_machine(seen)
            case ManagerSeen() | ManagerLost() | WatcherLost() | Pulse() | EventSeen():
                self._hear(seen)
            case _:
                assert_never(seen)

    def _hear(self, seen: ManagerSeen | ManagerLost | WatcherLost | Pulse | EventSeen) -> None:
        """Take into account what is said of the watching, not of the swarm."""
        match seen:
            case ManagerSeen():
                self._chronicle.see_manager(seen)
            case ManagerLost():
                manager = self._snapshot.manager
                asked = manager.node_id if manager is not None and manager.host == seen.host else ""
                self._membership.leader.see_loss(seen, asked_id=asked)
                self._chronicle.see_loss(seen)
            case WatcherLost():
                self._relists.forget()
                self._fleet.end_tails()
                self._chronicle.see_watcher_lost(seen)
            case Pulse() | EventSeen():
                pass  # in the snapshot already; a hint, never the truth
            case _:
                assert_never(seen)

    def _see_nodes(self, seen: NodesSeen, difference: Difference, *, first: bool) -> None:
        self._fleet.see_nodes(difference.nodes)
        news = self._membership.see(seen, difference.nodes, first=first)
        for turn in news.turns:
            self._tally.turn(turn.node.id, ready=turn.new is NodeState.READY)
        if news.has_elected:
            self._history.mark_election()
        self._chronicle.see_answer()

    def _see_machine(self, seen: StatsSeen | TailSeen | MachineSeen) -> None:
        if not isinstance(seen, MachineSeen):
            self._fleet.see(seen)
        elif renamed := self._fleet.see_answer(seen):
            self._hear_machines([seen])
            self.place_anew(renamed)

    def _see_counts(self, seen: CountsSeen) -> None:
        was_counted = self._counted.fresh(seen.taken_at) is not None
        manager = self._snapshot.manager
        self._counted.see(seen, cluster_id=manager.cluster_id if manager else "")
        if (self._counted.fresh(seen.taken_at) is not None) is not was_counted:
            self._rate = Rate()  # a step from one source to the other is no progress
        self._sample(seen.taken_at)
        if self._is_complete:
            self._counted.compare(running=self._tally.running, ready=self._ready, now=seen.taken_at)

    @property
    def _ready(self) -> int:
        return len(self._roster.by_state[NodeState.READY])

    def _by_state(self, now: datetime) -> Mapping[TaskState, int]:
        """Return tasks by state: as the manager counts them, or else by its lists."""
        counted = self._counted.fresh(now)
        counts = self._tally.by_state if counted is None else counted.tasks
        return {state: n for state, n in counts.items() if n}

    def _sample(self, at: datetime) -> None:
        # Before every service was seen once, what loads would look like what starts.
        self._is_complete = self._is_complete or self._snapshot.has_all_tasks
        if self._snapshot.nodes_at is None or not self._is_complete:
            return
        tasks = self._by_state(at)
        self._rate.add(at, tasks.get(TaskState.RUNNING, 0))
        if self._history.is_due(at):
            self._workload.refresh_services(self._snapshot)
            desired = self._workload.loads.desired
            self._history.add(at, self._roster.count(), tasks=tasks, desired=desired)
            if self._census.is_due(at):
                self._refresh()
                self._census.mark(at)

    def _refresh(self) -> None:
        """Count anew what was touched since the last time."""
        self._refresh_few()
        touched = self._touched
        others = self._workload.refresh_nodes(touched) - touched
        loads = self._workload.loads.nodes()
        self._census.refresh(touched, self._snapshot.nodes, self._roster, loads)
        self._census.reload(others, loads)
        touched.clear()

    def _refresh_few(self) -> None:
        """Count services and machines anew; in a launch most nodes are touched with every list."""
        touched = self._roster.touched_nodes
        self._workload.refresh_services(self._snapshot)
        self._fleet.refresh(self._snapshot, touched=touched, place=self._roster.place)
        self._touched |= touched
        touched.clear()

    def _keep_book(self, at: datetime) -> None:
        """Write down what is wrong, if it is time to: by the time of observations alone."""
        if not self._book.is_due(at, is_complete=self._is_complete):
            return
        self._workload.failures.count(at)
        self._refresh_few()
        leadership = self._membership.describe_leadership(at, self._snapshot.waiting)
        self._book.see(
            self._find_problems(leadership, at),
            at,
            is_complete=self._is_complete,
            is_led=leadership.phase in {Phase.LED, Phase.UNKNOWN},
        )

    def _find_problems(self, leadership: Leadership, now: datetime) -> Sequence[Problem]:
        snapshot, membership = self._snapshot, self._membership
        is_told = membership.leader.is_told_vacant
        running, ready = self._tally.running, self._ready
        return [
            *find_control_problems(
                leadership, snapshot, now, is_told=is_told, thresholds=self._thresholds
            ),
            *membership.find_problems(snapshot, now, told_clocks=self._fleet.find_skewed()),
            *self._fleet.find_problems(snapshot.nodes),
            *self._workload.find_problems(snapshot, leadership, now),
            *self._counted.find_problems(running=running, ready=ready, now=now),
            *find_lost_counts(snapshot.counts),
        ]


def _find_last_look(before: Snapshot, seen: Observation) -> datetime | None:
    """Return when the list of tasks that is seen was last seen whole before."""
    return before.tasks_at.get(seen.service_id) if isinstance(seen, TasksSeen) else None
