"""Follow the tasks and the services: how many, where, how they fail and what they lack."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial

import msgspec

from swarmtui.insight.absences import Absences, AbsencesMemory
from swarmtui.insight.alike import find_alike
from swarmtui.insight.black_holes import Failing
from swarmtui.insight.errors import ErrorTally, ShareMemory
from swarmtui.insight.failures import FailuresMemory, FailureWindow
from swarmtui.insight.loads import Loads
from swarmtui.insight.picture import Leadership, Problem, TaskCounts
from swarmtui.insight.pipeline import Pipeline
from swarmtui.insight.stalls import Waits
from swarmtui.insight.tally import TaskTally
from swarmtui.insight.task_problems import Progress, Shortages, Work, find_task_problems
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.transitions import sort_changes
from swarmtui.swarm.fold import Difference
from swarmtui.swarm.observation import CountsSeen, Observation, TasksSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TaskState


class WorkloadMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the tasks as they are now do not tell of those that were."""

    failures: FailuresMemory = FailuresMemory()
    errors: tuple[ShareMemory, ...] = ()
    shortages: Mapping[str, Progress] = {}
    moved_at: datetime | None = None
    counted: Mapping[TaskState, int] = {}
    dated: Mapping[str, datetime] = {}
    """Since when tasks are in a state before running whose own date is far from true, by id."""
    absences: AbsencesMemory = AbsencesMemory()


class Workload:
    """Every count of tasks, kept up by what each observation changed."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self.tally = TaskTally()
        self.failures = FailureWindow(looping=thresholds.crash_loop, runs_well=thresholds.runs_well)
        self.loads = Loads(self.tally, self.failures)
        self.errors = ErrorTally()
        self._absences = Absences()
        self._pipeline = Pipeline()
        self._shortages = Shortages(thresholds)
        self._failing = Failing(self.failures, self.tally, thresholds)
        self._moved_at: datetime | None = None
        """When anything about any task was seen to change."""
        self._counted: Mapping[TaskState, int] = {}
        """What the manager counted last."""

    def remember(self) -> WorkloadMemory:
        """Return what is known beyond the tasks as they are now."""
        return WorkloadMemory(
            failures=self.failures.remember(),
            errors=self.errors.remember(),
            shortages=self._shortages.remember(),
            moved_at=self._moved_at,
            counted=self._counted,
            dated=self._pipeline.remember(),
            absences=self._absences.remember(),
        )

    def recall(
        self,
        memory: WorkloadMemory,
        snapshot: Snapshot,
        *,
        ready: Iterable[str],
        running: Mapping[str, int] | None,
    ) -> None:
        """Begin with these tasks, while these nodes are ready, and with what was remembered.

        `running` is what the tally remembered; `None` when it has to count.
        """
        others = self.tally.recall(snapshot.tasks, ready=ready, running=running)
        self.tally.touched_services.update(snapshot.services)
        self._absences.recall(snapshot.nodes, memory.absences)
        self.failures.recall(memory.failures)
        self.errors.recall(memory.errors, others)
        self._pipeline.recall(others, memory.dated)
        self._shortages.recall(memory.shortages)
        self._moved_at, self._counted = memory.moved_at, memory.counted

    def see(
        self,
        seen: Observation,
        difference: Difference,
        snapshot: Snapshot,
        *,
        looked_at: datetime | None = None,
    ) -> None:
        """Take an observation into account; `snapshot` is the one after.

        `looked_at` is when a list of tasks was last seen whole before this one.
        """
        self.failures.forget(seen.taken_at)
        self._watch(seen, difference)
        if difference.nodes:
            self._absences.apply(difference.nodes, seen.taken_at)
        if difference.tasks:
            tasks = sort_changes(difference.tasks)
            self.tally.apply(tasks)
            self._pipeline.apply(tasks, at=seen.taken_at, looked_at=looked_at)
            has_ended = partial(self._absences.has_ended, looked_at=looked_at)
            self.failures.apply(tasks, seen.taken_at, has_ended=has_ended)
            self.errors.apply(tasks)
        touched = [
            each.id for change in difference.services if (each := change.after or change.before)
        ]
        if isinstance(seen, TasksSeen):
            touched.append(seen.service_id)
        self.tally.touched_services.update(touched)
        if not isinstance(seen, TasksSeen) or seen.complete:
            for service_id in touched:
                self._measure(service_id, snapshot)

    def refresh_services(self, snapshot: Snapshot) -> None:
        """Count the services anew that were touched since the last time."""
        tally, failures = self.tally, self.failures
        services = tally.touched_services | failures.touched_services
        self.loads.refresh_services(services, snapshot.services)
        tally.touched_services.clear()
        failures.touched_services.clear()

    def refresh_nodes(self, touched: AbstractSet[str]) -> AbstractSet[str]:
        """Count the nodes anew that were touched since the last time, and return them.

        `touched` are nodes of which something else changed.
        """
        tally, failures = self.tally, self.failures
        nodes = tally.touched_nodes | failures.touched_nodes | touched
        self.loads.refresh_nodes(nodes)
        tally.touched_nodes.clear()
        failures.touched_nodes.clear()
        return nodes

    def count(
        self,
        by_state: Mapping[TaskState, int],
        *,
        counted_at: datetime | None,
        rate_per_s: float,
    ) -> TaskCounts:
        """Return the tasks wanted and had, where `by_state` says how many are in each state."""
        desired = self.loads.desired
        running = by_state.get(TaskState.RUNNING, 0)
        on_lost = self.tally.running - self.tally.running_on_ready
        left = desired - running
        return TaskCounts(
            desired=desired,
            running=running,
            running_on_ready=max(0, running - on_lost),
            running_on_lost=min(running, on_lost),
            by_state=by_state,
            counted_at=counted_at,
            oldest=self._pipeline.find_oldest(),
            rate_per_s=rate_per_s,
            left_s=left / rate_per_s if left > 0 and rate_per_s > 0 else None,
            failed_5m=self.failures.by_state[TaskState.FAILED],
            rejected_5m=self.failures.by_state[TaskState.REJECTED],
        )

    def find_problems(
        self, snapshot: Snapshot, leadership: Leadership, now: datetime
    ) -> Iterator[Problem]:
        """Go through the problems of tasks and services, as of `now`."""
        yield from self._failing.find_problems(snapshot, now)
        yield from find_alike(
            self.failures,
            snapshot,
            now,
            running=self.tally.running,
            thresholds=self._thresholds,
        )
        waits = Waits(snapshot, self._pipeline, leadership, self._thresholds)
        loads = self.loads.services()
        work = Work(waits, loads, self.errors, self._shortages, self._moved_at)
        yield from find_task_problems(work, now)

    def _watch(self, seen: Observation, difference: Difference) -> None:
        """Take note when anything moves: tasks, what is wanted of them, or the manager's counts."""
        has_moved = bool(difference.tasks or difference.services)
        if isinstance(seen, CountsSeen) and not seen.error:
            has_moved |= seen.tasks != self._counted
            self._counted = seen.tasks
        if has_moved or self._moved_at is None:
            self._moved_at = seen.taken_at

    def _measure(self, service_id: str, snapshot: Snapshot) -> None:
        at = snapshot.tasks_at.get(service_id)
        if at is None:
            self._shortages.forget(service_id)  # gone, or not seen whole yet
            return
        tally = self.tally.services[service_id]
        desired = tally.desired(snapshot.services.get(service_id))
        wanted = tally.desired_running
        self._shortages.see(
            service_id, running=tally.running, desired=desired, wanted=wanted, at=at
        )
