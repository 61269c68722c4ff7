"""An evening of observations that can be played like a recording, and reports of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture
from swarmtui.insight.report import Origin, Report
from swarmtui.insight.report_account import Account
from swarmtui.insight.report_playing import choose_times, play
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.swarm.entities import Task
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import at, make_service, make_task
from tests.insight.story import Story, make_managers, make_nodes, place_by_labels

HOUR = 3600


class Told(Story):
    """A story whose observations can be played again."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Observation] = []

    def see(self, seen: Observation) -> None:
        self.seen.append(seen)
        super().see(seen)


class Evening:
    """Observations in the order of time, and the analyst who sees them."""

    def __init__(
        self,
        seen: Iterable[Observation],
        *,
        pledges: Mapping[str, int] | None = None,
        thresholds: Thresholds = USUAL,
    ) -> None:
        self._coming = sorted(seen, key=lambda each: each.taken_at)
        self._analyst = Analyst(place=place_by_labels, pledges=pledges, thresholds=thresholds)
        self._at = at(0)

    @property
    def snapshot(self) -> Snapshot:
        return self._analyst.snapshot

    def seek(self, moment: datetime) -> None:
        self.advance(moment)

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        left = len(self._coming) if most is None else most
        while left and self._coming and self._coming[0].taken_at <= until:
            self._analyst.see(self._coming.pop(0))
            left -= 1
        arrived = not self._coming or self._coming[0].taken_at > until
        if arrived:
            self._at = until
        return arrived

    def picture(self) -> Picture:
        return self._analyst.picture(self._at)


def report_of(
    seen: Iterable[Observation],
    *,
    ends: float,
    begins: float = 0,
    moments: Iterable[datetime] = (),
    times: Sequence[datetime] | None = None,
    pledges: Mapping[str, int] | None = None,
    origin: Origin | None = None,
    thresholds: Thresholds = USUAL,
) -> Report:
    """Return the report of these observations between two seconds after noon."""
    evening = Evening(seen, pledges=pledges, thresholds=thresholds)
    evening.seek(at(begins))
    account = Account(evening.snapshot, begins=at(begins), ends=at(ends), thresholds=thresholds)
    for _ in play(evening, account, times or choose_times(at(begins), at(ends), moments)):
        pass
    return account.close(origin or Origin(begins=at(begins), ends=at(ends)))


def make_told(count: int = 4, *, replicas: int = 3, running: int = 0) -> Told:
    """Return three managers, workers, and a service of which some tasks run, all long known."""
    told = Told()
    told.connect("tcp://mg0", "mg0", 0)
    told.show([*make_managers(), *make_nodes(count, created_at=at(-HOUR))], 0)
    told.serve([make_service("s1", name="web", replicas=replicas)], 0)
    told.run(make_tasks(running, since=at(-HOUR)), 0)
    return told


def make_tasks(count: int, *, first: int = 0, **fields: Any) -> list[Task]:
    """Return tasks `t0`, `t1`… of `web`, on the workers in turn."""
    return [
        make_task(f"t{n}", slot=n + 1, node_id=f"w{n % 4}", **fields)
        for n in range(first, first + count)
    ]
