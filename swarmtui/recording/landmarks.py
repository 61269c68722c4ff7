"""Find the moments worth a jump in what an analyst tells: elections and incidents."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from swarmtui.insight.chronicle import describe_election
from swarmtui.insight.picture import Election, Happening, HappeningKind, Severity
from swarmtui.recording.entries import Landmark, LandmarkKind

SETTLED = timedelta(seconds=30)
"""A line is told better as more becomes known: 1 node went down, then 140. After so long without
a better telling it is taken for the last one: as long as a wave of nodes lasts at most."""


class _Incident(NamedTuple):
    """An incident that may still be told better."""

    happening: Happening
    told_at: datetime


class Landmarks:
    """What an analyst tells, looked through for landmarks that are not in the recording yet."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._elections: Sequence[Election] = ()
        self._elected: set[datetime] = set()
        self._happenings: Sequence[Happening] = ()
        self._open: dict[Hashable, _Incident] = {}
        self._told: set[Hashable] = set()

    def begin(self, since: datetime) -> None:
        """Take the time from which on the recording goes: nobody can jump to what was before."""
        self._since = since

    def see(
        self, *, elections: Sequence[Election], happenings: Sequence[Happening], at: datetime
    ) -> Sequence[Landmark]:
        """Return what is new: elections at once, incidents once their telling has settled."""
        if self._since is None:
            return ()
        found = list(self._see_elections(elections))
        if happenings is not self._happenings:
            self._happenings = happenings
            self._see_happenings(happenings, at)
        due = [key for key, each in self._open.items() if at - each.told_at >= SETTLED]
        found += [self._tell(key) for key in due]
        return found

    def finish(self) -> Sequence[Landmark]:
        """Return the incidents that have not settled, as they are told now."""
        return [self._tell(key) for key in list(self._open)]

    def _see_elections(self, elections: Sequence[Election]) -> Iterator[Landmark]:
        if elections is self._elections:
            return
        self._elections = elections
        for election in elections:
            if self._is_recorded(election.at) and election.at not in self._elected:
                self._elected.add(election.at)
                text = describe_election(election)
                yield Landmark(at=election.at, kind=LandmarkKind.ELECTION, text=text)

    def _see_happenings(self, happenings: Sequence[Happening], at: datetime) -> None:
        same: Counter[Hashable] = Counter()
        found = {}
        for each in happenings:
            if self._is_incident(each):
                # The line that is told better is the one of the same kind that began at the
                # same time, or the second of those.
                kind_and_time = (each.kind, each.at)
                key = (*kind_and_time, same[kind_and_time])
                same[kind_and_time] += 1
                found[key] = each
        self._told &= found.keys()
        self._open = {
            key: known
            if (known := self._open.get(key)) and known.happening == each
            else _Incident(each, at)
            for key, each in found.items()
            if key not in self._told
        }

    def _is_recorded(self, at: datetime) -> bool:
        return self._since is not None and at >= self._since

    def _is_incident(self, happening: Happening) -> bool:
        if happening.severity is Severity.INFO or not self._is_recorded(happening.at):
            return False
        if happening.kind is HappeningKind.ELECTION:
            return happening.at not in self._elected
        return happening.kind is not HappeningKind.WATCH  # nothing of the swarm's

    def _tell(self, key: Hashable) -> Landmark:
        self._told.add(key)
        happening = self._open.pop(key).happening
        return Landmark(at=happening.at, kind=LandmarkKind.INCIDENT, text=happening.text)
