"""Follow problems from picture to picture: when each arose, how bad it got, when it was over."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from swarmtui.insight.picture import Election, Picture, Problem, Severity
from swarmtui.insight.report import Incident

_PAUSE = timedelta(seconds=30)
"""A problem that is back within this was never over."""
_MOST = 500
_NOT_TOLD = frozenset({"leader_changed", "manager_single", "managers_even"})
"""Kinds that are no incident: elections are told as such, and how many managers there are is not
what happened."""
_ONE_OF_A_KIND = frozenset({"black_hole", "nodes_down", "nodes_unknown"})
"""Kinds whose subject is a list of names, and changes while the problem stays."""
_GROWING = frozenset({"region_down", "contributor_down", "subnet_down", "engine_down"})
"""Kinds that may be over for a while and then say that they began long before."""
_LASTING = re.compile(r"^no leader for [^:]+:")
"""How long it lasts is said better by begin and end."""
_PROBABLY = "probably"
"""In the text of a missing leader that is concluded from silence alone."""
_ORDER = tuple(Severity)

_Key = tuple[str, str, bool]


class _Trail:
    """One problem, from when it was first seen."""

    __slots__ = ("last_at", "severity", "since", "until", "worst")

    def __init__(self, problem: Problem, at: datetime) -> None:
        self.since = _find_begin(problem, at)
        self.until: datetime | None = None
        self.worst = problem
        self.severity = problem.severity
        self.last_at = at

    def follow(self, problem: Problem, at: datetime) -> None:
        self.since = min(self.since, _find_begin(problem, at))
        self.until, self.last_at = None, at
        if _ORDER.index(problem.severity) < _ORDER.index(self.severity):
            self.severity = problem.severity
        if problem.size >= self.worst.size:
            self.worst = problem

    def is_false_alarm(self, elections: Iterable[Election]) -> bool:
        """Tell whether silence was taken for an election, and then none had been."""
        if self.worst.kind != "no_leader" or _PROBABLY not in self.worst.text or self.until is None:
            return False
        return not any(self.since <= election.at <= self.until for election in elections)

    def publish(self, elections: Iterable[Election]) -> Incident:
        worst = self.worst
        return Incident(
            severity=self.severity,
            kind=worst.kind,
            subject=worst.subject,
            text=_LASTING.sub("no leader:", worst.text),
            since=self.since,
            until=self._find_end(elections),
            nodes=worst.nodes,
            size=worst.size,
        )

    def _find_end(self, elections: Iterable[Election]) -> datetime | None:
        """Return when it was over; that of a missing leader is known to the observation."""
        if self.until is None or self.worst.kind != "no_leader":
            return self.until
        ends = (each.at for each in elections if self.last_at <= each.at <= self.until)
        return next(ends, self.until)


class Incidents:
    """Problems of all pictures, each told once."""

    def __init__(self) -> None:
        self._open: dict[_Key, _Trail] = {}
        self._over: list[_Trail] = []
        self._last: dict[_Key, _Trail] = {}
        """The newest of each that are over: some say later that they had never been."""

    def look(self, picture: Picture) -> None:
        """Take a picture's problems into account; pictures come in the order of time."""
        at = picture.at
        told = [problem for problem in picture.problems if problem.kind not in _NOT_TOLD]
        seen = {_key_of(problem): problem for problem in reversed(told)}
        for key, problem in seen.items():
            if key not in self._open:
                self._open[key] = self._reopen(key, problem) or _Trail(problem, at)
            self._open[key].follow(problem, at)
        for key in [key for key in self._open if key not in seen]:
            self._miss(key, at)

    def publish(self, elections: Iterable[Election]) -> Sequence[Incident]:
        """Return the incidents, loudest first, then in the order of time."""
        elections = tuple(elections)
        trails = [*self._over, *self._open.values()]
        incidents = [t.publish(elections) for t in trails if not t.is_false_alarm(elections)]
        return tuple(sorted(incidents, key=_loudness))

    def _reopen(self, key: _Key, problem: Problem) -> _Trail | None:
        """Return the trail of a problem that is older than the end that was seen of it."""
        trail = self._last.pop(key, None)
        if trail is None or trail.until is None or problem.since >= trail.until:
            return None
        self._over.remove(trail)
        return trail

    def _miss(self, key: _Key, at: datetime) -> None:
        trail = self._open[key]
        trail.until = trail.until or at
        if at - trail.last_at < _PAUSE:
            return
        del self._open[key]
        self._over.append(trail)
        if trail.worst.kind in _GROWING:
            self._last[key] = trail
        if len(self._over) > _MOST:
            self._over.remove(max(self._over, key=lambda each: _ORDER.index(each.severity)))
            self._last = {key: each for key, each in self._last.items() if each in self._over}


def _find_begin(problem: Problem, at: datetime) -> datetime:
    """Return when a problem began; that of a manager out of reach does not know that itself."""
    is_dated = problem.kind != "quorum" or _LASTING.match(problem.text)
    return problem.since if is_dated else at


def _key_of(problem: Problem) -> _Key:
    subject = "" if problem.kind in _ONE_OF_A_KIND else problem.subject
    # What became old news is told apart from what is: nodes down for hours, and those of just now.
    return problem.kind, subject, problem.severity is Severity.INFO


def _loudness(incident: Incident) -> tuple[int, datetime, str, str]:
    return _ORDER.index(incident.severity), incident.since, incident.kind, incident.subject
