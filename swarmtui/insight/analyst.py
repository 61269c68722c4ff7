"""Turn observations into pictures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from swarmtui.insight.black_holes import Failing
from swarmtui.insight.chronicle import Chronicle
from swarmtui.insight.control_problems import find_control_problems
from swarmtui.insight.counted import Counted, find_lost_counts
from swarmtui.insight.errors import ErrorTally
from swarmtui.insight.failures import FailureWindow
from swarmtui.insight.fleet import Fleet
from swarmtui.insight.groups import Census
from swarmtui.insight.history import History, Rate
from swarmtui.insight.leadership import Leader
from swarmtui.insight.loads import Loads
from swarmtui.insight.node_problems import Lost, find_node_problems
from swarmtui.insight.picture import Extent, Leadership, Phase, Picture, Place, Problem, TaskCounts
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.problems import judge_swarm, rank
from swarmtui.insight.relists import Relists
from swarmtui.insight.roster import Roster, Turn
from swarmtui.insight.settling import Settling
from swarmtui.insight.tally import TaskTally
from swarmtui.insight.task_problems import Shortages, Work, find_task_problems
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.trails import Trails
from swarmtui.insight.waves import Waves
from swarmtui.swarm.entities import Node
from swarmtui.swarm.fold import Difference, Step, fold
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

_PATIENCE = timedelta(seconds=15)
"""A node that just got its certificate is unknown until it registers: no loss."""


class Analyst:
    """What a swarm's observations mean, kept up by what each of them changed.

    It belongs to one thread. It reads no clock: time comes with the observations and with the
    question. Pictures it handed out never change.
    """

    def __init__(
        self,
        *,
        place: Callable[[Node], Place],
        pledges: Mapping[str, int] | None = None,
        machines: Iterable[Machine] = (),
        place_machine: Callable[[Machine], Place] = lambda _: Place(),
        hear: Callable[[Iterable[MachineSeen]], None] = lambda _: None,
    ) -> None:
        """Take the machines of the inventory, and who says where one is that is no node.

        `hear` is told which nodes the machines say they are, before nodes are placed by that.
        """
        self._hear_machines = hear
        self._fleet = Fleet(machines, place_machine=place_machine)
        self._snapshot = Snapshot()
        self._relists = Relists()
        self._roster = Roster(place)
        self._tally = TaskTally()
        self._failures = FailureWindow()
        self._loads = Loads(self._tally, self._failures)
        self._pipeline = Pipeline()
        self._errors = ErrorTally()
        self._shortages = Shortages()
        self._leader = Leader()
        self._settling = Settling()
        self._trails = Trails()
        self._timeline = Timeline()
        self._chronicle = Chronicle(self._timeline)
        self._waves = Waves(self._timeline, lambda id_: self._roster.place(id_).region)
        self._history = History()
        self._rate = Rate()
        self._counted = Counted()
        self._is_complete = False
        self._census = Census(pledges or {})
        self._failing = Failing(self._failures, self._tally)

    @property
    def extent(self) -> Extent:
        """Return how much of the swarm was seen at least once."""
        if self._is_complete:
            return Extent.EVERYTHING
        is_begun = self._snapshot.nodes_at is not None and self._snapshot.services_at is not None
        return Extent.NODES if is_begun else Extent.NOTHING

    def see(self, seen: Observation) -> None:
        """Fold an observation in. Work grows with what it changed, not with the swarm."""
        if isinstance(seen, TasksSeen):
            self._leader.see_data(seen.taken_at)
            is_known = seen.service_id in self._snapshot.tasks_at
            joined = self._relists.join(seen, is_known=is_known)
            if joined is None:
                return
            seen = joined
        before = self._snapshot
        step = fold(before, seen)
        self._snapshot = step.snapshot
        self._count(step.difference, seen.taken_at)
        self._understand(seen, before, step)

    def picture(self, now: datetime) -> Picture:
        """Return everything that is known and meant, as of `now`."""
        self._refresh(now)
        leadership = self._describe_leadership(now)
        tasks = self._count_tasks(now)
        problems = rank(self._find_problems(leadership, now))
        settling = [self._roster.place(id_) for id_ in self._settling.nodes]
        return Picture(
            at=now,
            snapshot=self._snapshot,
            health=judge_swarm(problems, is_known=self._snapshot.nodes_at is not None),
            nodes=self._roster.count(),
            tasks=tasks,
            loads=self._loads.nodes(),
            service_loads=self._loads.services(),
            places=self._roster.places(),
            states_since=self._roster.states_since(),
            regions=self._census.regions.take(settling),
            contributors=self._census.contributors.take(settling),
            leadership=leadership,
            problems=problems,
            happenings=self._timeline.take(),
            errors=self._errors.take(),
            history=self._history.take(),
            trails=self._trails.take(),
            failures=self._failures.take(),
            containers=self._fleet.containers(),
            machines=self._fleet.machines(),
            machine_of=self._fleet.machine_of(),
        )

    def _understand(self, seen: Observation, before: Snapshot, step: Step) -> None:
        match seen:
            case NodesSeen():
                self._see_nodes(seen, step.difference, first=before.nodes_at is None)
                self._sample(seen.taken_at)
            case ServicesSeen():
                self._leader.see_data(seen.taken_at)
                if before.services_at is not None:
                    self._chronicle.see_services(step.difference.services, seen.taken_at)
            case TasksSeen():
                self._tally.touched_services.add(seen.service_id)
                self._sample(seen.taken_at)
            case CountsSeen():
                self._see_counts(seen)
            case StatsSeen() | TailSeen() | MachineSeen():
                self._fleet.see(seen)
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
                self._see_loss(seen)
            case WatcherLost():
                self._relists.forget()
                self._fleet.touch_all()
                self._chronicle.see_watcher_lost(seen)
            case Pulse() | EventSeen():
                pass  # in the snapshot already; a hint, never the truth
            case _:
                assert_never(seen)

    def _count(self, difference: Difference, at: datetime) -> None:
        if difference.tasks:
            self._tally.apply(difference.tasks)
            self._pipeline.apply(difference.tasks, self._snapshot.tasks)
            self._failures.apply(difference.tasks, at)
            self._errors.apply(difference.tasks)
        for before, after in difference.services:
            service = after or before
            if service is not None:
                self._tally.touched_services.add(service.id)

    def _see_nodes(self, seen: NodesSeen, difference: Difference, *, first: bool) -> None:
        at = seen.taken_at
        ready_before = len(self._roster.by_state[NodeState.READY])
        self._fleet.see_nodes(difference.nodes)
        turns = self._roster.apply(difference.nodes, at, first=first)
        for turn in turns:
            self._tally.turn(turn.node.id, ready=turn.new is NodeState.READY)
        self._trails.apply(turns, at)
        self._see_leader(seen)
        if first:
            self._expect(at)
        else:
            self._follow(turns, at, ready_before=ready_before)
            self._chronicle.see_managers(difference.nodes, at)
        self._chronicle.tell_wave(self._settling.tell())
        self._chronicle.see_answer()

    def _see_leader(self, seen: NodesSeen) -> None:
        election = self._leader.see_nodes(seen, self._roster.managers)
        if election is not None:
            self._history.mark_election()
            self._settling.begin(seen.taken_at)
            self._chronicle.see_election(election)

    def _expect(self, at: datetime) -> None:
        """Take the first look into account: what is lost then did not happen just now."""
        states = self._roster.by_state
        self._settling.expect(states[NodeState.UNKNOWN], at, total=len(self._snapshot.nodes))
        self._waves.expect(states[NodeState.DOWN] | states[NodeState.DISCONNECTED])
        self._waves.expect(states[NodeState.UNKNOWN] - self._settling.nodes)

    def _follow(self, turns: Sequence[Turn], at: datetime, *, ready_before: int) -> None:
        was_open = self._settling.is_open
        news = self._settling.absorb(turns, at, ready_before=ready_before)
        if self._settling.is_open and not was_open:
            self._chronicle.see_wave(at)
        self._waves.apply(news, at)
        self._waves.give_up(self._settling.expire(at), at)

    def _see_loss(self, lost: ManagerLost) -> None:
        manager = self._snapshot.manager
        asked = manager.node_id if manager is not None and manager.host == lost.host else ""
        self._leader.see_loss(lost, asked_id=asked)
        self._chronicle.see_loss(lost)

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
            self._refresh(at)
            self._history.add(at, self._roster.count(), tasks=tasks, desired=self._loads.desired)
            self._census.mark(at)

    def _refresh(self, now: datetime) -> None:
        """Count anew what was touched since the last time."""
        self._failures.expire(now)
        self._recognise()
        nodes = (
            self._tally.touched_nodes | self._failures.touched_nodes | self._roster.touched_nodes
        )
        self._loads.refresh_nodes(nodes)
        self._census.refresh(nodes, self._snapshot.nodes, self._roster, self._loads)
        self._fleet.refresh(
            self._snapshot, touched=self._roster.touched_nodes, place=self._roster.place
        )
        for owner in (self._tally, self._failures, self._roster):
            owner.touched_nodes.clear()
        self._refresh_services()

    def _recognise(self) -> None:
        """Place nodes anew whose machines have said which node they are."""
        renamed = self._fleet.take_renamed()
        if renamed:
            self._hear_machines(self._fleet.answers)
            nodes = self._snapshot.nodes
            self._roster.place_anew(nodes[id_] for id_ in renamed if id_ in nodes)

    def _refresh_services(self) -> None:
        services = self._tally.touched_services | self._failures.touched_services
        self._loads.refresh_services(services, self._snapshot.services)
        for service_id in services & self._snapshot.tasks_at.keys():
            load = self._loads.of_service(service_id)
            self._shortages.see(service_id, load, self._snapshot.tasks_at[service_id])
        self._tally.touched_services.clear()
        self._failures.touched_services.clear()

    def _describe_leadership(self, now: datetime) -> Leadership:
        phase, since = self._leader.find_phase(now, self._snapshot.waiting)
        settling = self._settling
        if phase is Phase.LED and settling.nodes:
            phase, since = Phase.SETTLING, settling.began_at
        elif phase is Phase.LED and since and settling.ended_at:
            since = max(since, settling.ended_at)
        return self._leader.publish(phase, since, len(settling.nodes))

    def _find_problems(self, leadership: Leadership, now: datetime) -> Sequence[Problem]:
        is_told = self._leader.is_told_vacant
        control = find_control_problems(leadership, self._snapshot, now, is_told=is_told)
        nodes = find_node_problems(self._describe_lost(now), now)
        failing = self._failing.find_problems(self._snapshot, now)
        work = Work(self._snapshot, self._loads.services(), self._errors, self._shortages)
        counts = self._counted.find_problems(
            running=self._tally.running, ready=self._ready, now=now
        )
        lost_counts = find_lost_counts(self._snapshot.counts)
        tasks = find_task_problems(work, now)
        return [*control, *nodes, *failing, *tasks, *counts, *lost_counts]

    def _describe_lost(self, now: datetime) -> Lost:
        roster = self._roster
        unknown = roster.by_state[NodeState.UNKNOWN] - self._settling.nodes
        return Lost(
            nodes=self._snapshot.nodes,
            down=roster.by_state[NodeState.DOWN] | roster.by_state[NodeState.DISCONNECTED],
            unknown=[id_ for id_ in unknown if now - (roster.since(id_) or now) >= _PATIENCE],
            ghosts=roster.ghosts,
            losses=self._waves.losses(),
            since=roster.since,
            size_of=self._census.regions.size,
            is_settling=bool(self._settling.nodes),
            running_on=self._tally.running_on,
        )

    def _count_tasks(self, now: datetime) -> TaskCounts:
        by_state, desired = self._by_state(now), self._loads.desired
        running = by_state.get(TaskState.RUNNING, 0)
        on_lost = self._tally.running - self._tally.running_on_ready
        counted = self._counted.fresh(now)
        rate = self._rate.per_s()
        left = desired - running
        return TaskCounts(
            desired=desired,
            running=running,
            running_on_ready=max(0, running - on_lost),
            running_on_lost=min(running, on_lost),
            by_state=by_state,
            counted_at=counted.taken_at if counted else None,
            oldest=self._pipeline.find_oldest(self._snapshot.tasks),
            rate_per_s=rate,
            left_s=left / rate if left > 0 and rate > 0 else None,
            failed_5m=self._failures.by_state[TaskState.FAILED],
            rejected_5m=self._failures.by_state[TaskState.REJECTED],
        )
