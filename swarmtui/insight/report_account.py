"""Follow a swarm through its changes and through pictures now and then, up to a report.

Whatever has to be exact is counted from change to change, so that nothing between two pictures is
lost: joins, starts, failures, errors, peaks, the observer's cost. Pictures tell the rest: problems,
groups, elections, and the points of the plots, of which their history holds one every two seconds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from swarmtui.insight.picture import Election, Phase, Picture
from swarmtui.insight.report import Origin, Peak, Report
from swarmtui.insight.report_bill import Cashier
from swarmtui.insight.report_black_holes import BlackHoles
from swarmtui.insight.report_course import Course
from swarmtui.insight.report_crowd import Crowd
from swarmtui.insight.report_happenings import Happenings
from swarmtui.insight.report_incidents import Incidents
from swarmtui.insight.report_mishaps import Mishaps
from swarmtui.insight.report_peaks import Peaks, higher
from swarmtui.insight.report_tempo import Tempo
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change, compare
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import PIPELINE, TaskState

_MOST_ELECTIONS = 1_000
_PIPELINE = frozenset(PIPELINE)


class Account:
    """What is to be reported of a stretch of time, kept up in bounded memory."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        begins: datetime,
        ends: datetime,
        thresholds: Thresholds = USUAL,
    ) -> None:
        """Begin with what was known at the begin: none of that has happened since.

        `thresholds` are those by which the pictures name problems.
        """
        self._begins = begins
        self._ends = ends
        self._at = begins
        self._peaks = Peaks(snapshot, begins)
        self._desired_peak: Peak | None = None
        self._crowd = Crowd(snapshot.nodes)
        self._joins = Tempo(begins, ends)
        self._starts = Tempo(begins, ends)
        self._leaves = 0
        self._mishaps = Mishaps()
        self._cashier = Cashier(begins)
        self._incidents = Incidents()
        self._holes = BlackHoles(failures=thresholds.failures)
        self._happenings = Happenings(begins, ends)
        self._course = Course(begins, ends)
        self._elections: dict[datetime, Election] = {}
        self._last: Picture | None = None
        # What a task waits for, it waits for now; how others ended is of another time.
        waiting = (task for task in snapshot.iterate_tasks() if task.state in _PIPELINE)
        self._mishaps.apply([Change(None, task) for task in waiting])

    def see(self, before: Snapshot, after: Snapshot) -> None:
        """Take the step of one observation into account."""
        if after is before:
            return
        if after.taken_at is not None:
            self._at = max(self._at, after.taken_at)
        if after.counts is not None and after.counts is not before.counts:
            self._peaks.see_counts(after.counts, after)
        if after.cost is not before.cost:
            self._cashier.see(self._at, after.cost)
        if _is_same(before, after):
            return
        difference = compare(before, after)
        self._peaks.see(after, difference, self._at)
        if difference.nodes:
            self._see_nodes(difference.nodes, before)
        if difference.tasks:
            self._see_tasks(difference.tasks, before)

    def look(self, picture: Picture) -> None:
        """Take a picture into account; pictures come in the order of time."""
        self._last = picture
        self._crowd.look(picture)
        self._incidents.look(picture)
        self._holes.look(picture)
        self._happenings.look(picture)
        self._course.add(picture.history)
        if picture.snapshot.services_at is not None:
            self._desired_peak = higher(self._desired_peak, picture.tasks.desired, picture.at)
        for election in picture.leadership.elections:
            if self._begins <= election.at <= self._ends:
                self._elections[election.at] = election
        while len(self._elections) > _MOST_ELECTIONS:
            del self._elections[next(iter(self._elections))]

    def close(self, origin: Origin) -> Report:
        """Return the report; needs at least one picture."""
        last = self._last
        if last is None:
            raise ValueError("no picture was looked at")
        elections = [self._elections[at] for at in sorted(self._elections)]
        mishaps, peaks = self._mishaps, self._peaks
        tables = self._crowd.publish(mishaps.by_node)
        return Report(
            begins=self._begins,
            ends=self._ends,
            origin=origin,
            cluster_id=last.snapshot.manager.cluster_id if last.snapshot.manager else "",
            leader="" if _lacks_leader(last) else last.leadership.leader,
            managers=last.leadership.quorum.managers,
            services=peaks.services,
            nodes_peak=peaks.nodes,
            ready_peak=peaks.ready,
            tasks_peak=peaks.tasks,
            desired_peak=self._desired_peak,
            nodes=last.nodes,
            running=last.tasks.running,
            desired=last.tasks.desired,
            joins=self._joins.publish(),
            leaves=self._leaves,
            starts=self._starts.publish(),
            failed=mishaps.by_state[TaskState.FAILED],
            rejected=mishaps.by_state[TaskState.REJECTED],
            elections=tuple(elections),
            leaderless_s=_sum_leaderless(elections, last),
            incidents=self._incidents.publish(elections),
            regions=tables.regions,
            contributors=tables.contributors,
            black_holes=self._holes.publish(mishaps.by_node, self._crowd.places),
            errors=mishaps.errors(),
            bill=self._cashier.publish(),
            happenings=self._happenings.publish(),
            node_course=self._course.nodes(),
            task_course=self._course.tasks(),
        )

    def _see_nodes(self, changes: Iterable[Change[Node]], before: Snapshot) -> None:
        came = [after for known, after in changes if known is None and after is not None]
        self._leaves += sum(after is None for _, after in changes)
        self._crowd.add(node.id for node in came)
        # That a node came between two looks is certain; when, it says itself.
        seen_at = before.nodes_at
        for node in came:
            if seen_at is not None or node.created_at >= self._begins:
                self._joins.add(self._clamp(node.created_at, seen_at))

    def _see_tasks(self, changes: Sequence[Change[Task]], before: Snapshot) -> None:
        news = self._leave_out_old(changes, before)
        self._mishaps.apply(news)
        for known, task in news:
            if task is None or task.state is not TaskState.RUNNING:
                continue
            if known is None or known.state is not TaskState.RUNNING:
                self._starts.add(self._clamp(task.since, before.tasks_at.get(task.service_id)))

    def _leave_out_old(
        self, changes: Sequence[Change[Task]], before: Snapshot
    ) -> Sequence[Change[Task]]:
        """Leave out how tasks of a service's first list had ended, or begun to run, before."""
        known = before.tasks_at
        return [
            change
            for change in changes
            if change.before is not None
            or change.after is None
            or change.after.service_id in known
            or change.after.state in _PIPELINE
            or change.after.since >= self._begins
        ]

    def _clamp(self, at: datetime, seen_at: datetime | None) -> datetime:
        return min(max(at, seen_at or self._begins), self._at)


def _is_same(before: Snapshot, after: Snapshot) -> bool:
    return (
        before.nodes is after.nodes
        and before.services is after.services
        and before.tasks is after.tasks
    )


def _lacks_leader(picture: Picture) -> bool:
    return picture.leadership.phase in {Phase.ELECTING, Phase.LOST}


def _sum_leaderless(elections: Iterable[Election], last: Picture) -> float:
    over = sum(election.leaderless_s for election in elections)
    since = last.leadership.since
    if _lacks_leader(last) and since is not None:
        return over + max(0.0, (last.at - since).total_seconds())
    return over
