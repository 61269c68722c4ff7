"""Keep up which problems there are: since when, how bad they got, and which are over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from swarmtui.insight.picture import Happening, HappeningKind, Problem, Severity
from swarmtui.insight.problems import rank
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.insight.timeline import Key, Timeline
from swarmtui.insight.wording import age_of, names_of, seconds_of

_EVERY = timedelta(seconds=2)
"""Nodes are seen anew that often: nothing would be found in between that was not there before."""
_CALM = timedelta(seconds=10)
"""A problem stays as loud as it was for so long after it got better: what hangs on a number at its
threshold would change its colour with every list."""
_PAUSE = timedelta(seconds=60)
"""A problem that is back within this was never over: every list is renewed within a minute."""
_KEPT = timedelta(minutes=10)
"""A problem that is back within this is another one, but told with those before it."""
_BRIEF = timedelta(seconds=5)
"""What is over sooner than this, nobody could have looked into."""
_APART = 3
"""More of one kind that begin or end at once are told in one line."""

_EACH_NEW = frozenset({"no_leader", "leader_changed"})
"""Kinds of which every one is another, however soon after the last: each election is its own."""
_OF_THE_WATCHING = frozenset({*_EACH_NEW, "quorum", "manager_lost", "data_old"})
"""Kinds that can be over while nobody leads: of others it is only not known."""
_TOLD_IN_ITS_OWN_WORDS = frozenset(
    {
        *("no_leader", "leader_changed", "elections_often", "manager_lost", "update"),
        *("nodes_down", "nodes_unknown", "running_on_lost", "error_group"),
    }
)
"""Kinds of which the timeline tells the begin and the end already, as what they are made of."""
_BEGINS_TOLD = frozenset(
    {"quorum", "region_down", "contributor_down", "subnet_down", "engine_down"}
)
"""Kinds of which it tells the begin: managers out of reach, and waves of nodes."""
_SEVERAL = frozenset({"nodes", "services", "managers", "tasks"})
"""Subjects of problems that stand for many of their kind."""
_FAMILIES: Mapping[str, str] = {
    **dict.fromkeys(("failing", "crash_loop", "black_hole"), "failing"),
    **dict.fromkeys(("short", "unplaceable", "no_progress", "held"), "short"),
    **dict.fromkeys(("region_down", "contributor_down", "subnet_down", "engine_down"), "down"),
}
"""Kinds that are told in one another's place as more becomes known."""
_ORDER = tuple(Severity)

_Identity = tuple[str, str]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem, as long as it lasts and a while after."""

    kind: str
    subject: str
    number: int
    """By which its lines on the timeline are known."""
    since: datetime
    found_at: datetime
    """When it was found, which may be long after it began."""
    first_at: datetime
    """When the first of those that are told together with it was."""
    severity: Severity
    """As it is told."""
    worst: Severity
    text: str
    """As it was told when it was worst."""
    size: int = 0
    query: str = ""
    screen: str = "nodes"
    lower_at: datetime | None = None
    """Since when it is not as bad any more as it is told."""
    over_at: datetime | None = None
    times: int = 1
    """Which of those told together it is."""
    is_told: bool = False
    """The timeline says that it began."""

    @property
    def identity(self) -> _Identity:
        """Return what stays the same of the problem for as long as it lasts."""
        return self.kind, self.subject


class BookMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written in a book of problems."""

    entries: tuple[Entry, ...] = ()
    count: int = 0
    seen_at: datetime | None = None
    watched_since: datetime | None = None
    written_by: Thresholds = USUAL
    """What was a problem when it was written."""


class ProblemBook:
    """The problems there are and those just over, by identity.

    It is written as observations come and read when somebody asks; reading changes nothing. Only
    how loud a problem is has inertia: one that is not found any more is not shown any more.
    """

    def __init__(self, timeline: Timeline, *, thresholds: Thresholds = USUAL) -> None:
        """Take what problems are found by: another than a book was written by ends none of them."""
        self._timeline = timeline
        self._thresholds = self._written_by = thresholds
        self._entries: dict[_Identity, Entry] = {}
        self._count = 0
        self._seen_at: datetime | None = None
        self._watched_since: datetime | None = None
        """When everything had been seen once: what began before is no news."""

    def remember(self) -> BookMemory:
        """Return all that is written."""
        return BookMemory(
            entries=tuple(self._entries.values()),
            count=self._count,
            seen_at=self._seen_at,
            watched_since=self._watched_since,
            written_by=self._written_by,
        )

    def recall(self, memory: BookMemory) -> None:
        """Begin with what was remembered."""
        self._entries = {entry.identity: entry for entry in memory.entries}
        self._count = memory.count
        self._seen_at, self._watched_since = memory.seen_at, memory.watched_since
        self._written_by = memory.written_by

    def is_due(self, at: datetime, *, is_complete: bool) -> bool:
        """Tell whether it is time to write down what there is."""
        if self._seen_at is None or (is_complete and self._watched_since is None):
            return True
        return at - self._seen_at >= _EVERY

    def see(
        self, problems: Iterable[Problem], at: datetime, *, is_complete: bool, is_led: bool
    ) -> None:
        """Write down all problems there are at `at`.

        `is_complete` says that everything has been seen at least once, `is_led` that somebody leads
        and the nodes are back from an election: else what is not found may still be there.
        """
        self._seen_at = at
        if is_complete and self._watched_since is None:
            self._watched_since = at
        found = _by_identity(problems)
        if self._written_by != self._thresholds:
            self._adopt(found, at, is_led=is_led)
        for identity, problem in found.items():
            self._entries[identity] = self._meet(self._entries.get(identity), problem, at)
        self._begin(found, at)
        self._end(found, at, is_led=is_led)

    def tell(self, problems: Iterable[Problem], now: datetime) -> Sequence[Problem]:
        """Return the problems found `now` as they are told: since when, and how loud; ranked."""
        found = list(problems)
        first = _by_identity(found)
        return rank(
            self._look_up(problem, now) if first[problem.identity] is problem else problem
            for problem in found
        )

    def _look_up(self, problem: Problem, now: datetime) -> Problem:
        entry = self._entries.get(problem.identity)
        if entry is None or _is_another(entry, problem, now):
            return problem
        # What nothing was heard of for a while has nothing to flicker by.
        is_silent = self._seen_at is not None and now - self._seen_at >= _CALM
        severity = problem.severity if is_silent else _calm_down(entry, problem, now)
        since = min(entry.since, problem.since)
        if severity is problem.severity and since == problem.since:
            return problem
        return replace(problem, severity=severity, since=since)

    def _meet(self, entry: Entry | None, problem: Problem, at: datetime) -> Entry:
        """Return the entry of a problem that is found."""
        if entry is None or (problem.kind in _EACH_NEW and _is_another(entry, problem, at)):
            self._count += 1
            return _open(problem, at, number=self._count)
        if _is_another(entry, problem, at):
            again = _open(problem, at, number=entry.number)
            return replace(again, times=entry.times + 1, first_at=entry.first_at)
        if entry.over_at is not None:
            self._timeline.drop(_key_of(entry, "over"))
            entry = replace(entry, over_at=None)
        return _follow(entry, problem, at)

    def _adopt(self, found: Mapping[_Identity, Problem], at: datetime, *, is_led: bool) -> None:
        """Go on with other thresholds: what is a problem by one of them alone is no news."""
        for identity in found.keys() - self._entries.keys():
            self._count += 1
            new = _open(found[identity], at, number=self._count)
            self._entries[identity] = replace(new, is_told=True)
        if is_led:
            self._written_by = self._thresholds
            ended = {i for i, e in self._entries.items() if i not in found and e.over_at is None}
            self._entries = {i: e for i, e in self._entries.items() if i not in ended}

    def _begin(self, found: Mapping[_Identity, Problem], at: datetime) -> None:
        """Tell what has lasted for long enough to be told."""
        news: defaultdict[str, list[Entry]] = defaultdict(list)
        for identity in found:
            entry = self._entries[identity]
            if not entry.is_told and at - entry.found_at >= _BRIEF and self._is_news(entry):
                self._entries[identity] = replace(entry, is_told=True)
                news[entry.kind].append(entry)
        for entries in news.values():
            first = min(entry.found_at for entry in entries)
            if len(entries) > _APART:
                self._put(_gather(entries, "begin"), entries[0], first, _tell_many(entries))
                continue
            for entry in entries:
                self._put(_key_of(entry, "begin"), entry, entry.found_at, entry.text)

    def _is_news(self, entry: Entry) -> bool:
        if entry.kind in _TOLD_IN_ITS_OWN_WORDS or entry.kind in _BEGINS_TOLD:
            return False
        if entry.severity is Severity.INFO or entry.times > 1:
            return False
        return self._watched_since is not None and entry.since > self._watched_since

    def _end(self, found: Mapping[_Identity, Problem], at: datetime, *, is_led: bool) -> None:
        """Tell what is over, and forget what has been for long."""
        over: defaultdict[str, list[Entry]] = defaultdict(list)
        for identity in [each for each in self._entries if each not in found]:
            entry = self._entries[identity]
            if entry.over_at is not None:
                if at - entry.over_at > _KEPT:
                    del self._entries[identity]
            elif is_led or entry.kind in _OF_THE_WATCHING:
                self._entries[identity] = replace(entry, over_at=at, lower_at=None)
                if _is_worth_an_end(entry, at) and not _goes_on(entry, found):
                    over[entry.kind].append(entry)
        self._tell_over(over.values(), at)

    def _tell_over(self, alike: Iterable[Sequence[Entry]], at: datetime) -> None:
        for entries in alike:
            if len(entries) > _APART:
                text = f"over: {_tell_many(entries)}"
                self._put(_gather(entries, "over"), entries[0], at, text, Severity.INFO)
                continue
            for entry in entries:
                self._put_over(entry, at)

    def _put_over(self, entry: Entry, at: datetime) -> None:
        key = _key_of(entry, "over")
        # Told anew, one that comes and goes stands where it went last, and once.
        self._timeline.drop(key)
        again = ""
        if entry.times > 1:
            again = f", {entry.times:,} times in {_length(entry.first_at, at)}"
        text = f"over after {_length(entry.since, at)}{again}: {entry.text}"
        self._put(key, entry, at, text, Severity.INFO)

    def _put(
        self, key: Key, entry: Entry, at: datetime, text: str, severity: Severity | None = None
    ) -> None:
        happening = Happening(
            at=at,
            kind=HappeningKind.PROBLEM,
            severity=severity or entry.severity,
            text=text,
            query=entry.query,
            screen=entry.screen,
        )
        self._timeline.put(key, happening)


def _by_identity(problems: Iterable[Problem]) -> Mapping[_Identity, Problem]:
    """Return the loudest problem of each identity, in the order of loudness."""
    found: dict[_Identity, Problem] = {}
    for problem in rank(problems):
        found.setdefault(problem.identity, problem)
    return found


def _open(problem: Problem, at: datetime, *, number: int) -> Entry:
    return Entry(
        kind=problem.kind,
        subject=problem.subject,
        number=number,
        since=min(problem.since, at),
        found_at=at,
        first_at=at,
        severity=problem.severity,
        worst=problem.severity,
        text=problem.text,
        size=problem.size,
        query=problem.query,
        screen=problem.screen,
    )


def _follow(entry: Entry, problem: Problem, at: datetime) -> Entry:
    """Return the entry of a problem that goes on."""
    severity = _calm_down(entry, problem, at)
    is_lower = severity is not problem.severity
    entry = replace(
        entry,
        since=min(entry.since, problem.since),
        severity=severity,
        lower_at=(entry.lower_at or at) if is_lower else None,
    )
    if _is_as_bad(problem, entry):
        worst = min(entry.worst, problem.severity, key=_ORDER.index)
        entry = replace(
            entry,
            worst=worst,
            text=problem.text,
            size=problem.size,
            query=problem.query,
            screen=problem.screen,
        )
    return entry


def _is_as_bad(problem: Problem, entry: Entry) -> bool:
    louder = _ORDER.index(problem.severity) - _ORDER.index(entry.worst)
    return louder < 0 or (louder == 0 and problem.size >= entry.size)


def _is_another(entry: Entry, problem: Problem, now: datetime) -> bool:
    """Tell whether a problem is not the one written down, but one that came after it."""
    if entry.over_at is None:
        return False
    return problem.kind in _EACH_NEW or now - entry.over_at > _PAUSE


def _calm_down(entry: Entry, problem: Problem, now: datetime) -> Severity:
    """Return how loud a problem is told: it gets louder at once, and softer after a while."""
    is_lower = _ORDER.index(problem.severity) > _ORDER.index(entry.severity)
    if not is_lower or entry.over_at is not None:
        return problem.severity
    is_calm = entry.lower_at is not None and now - entry.lower_at >= _CALM
    return problem.severity if is_calm else entry.severity


def _is_worth_an_end(entry: Entry, at: datetime) -> bool:
    if entry.kind in _TOLD_IN_ITS_OWN_WORDS or entry.worst is Severity.INFO:
        return False
    return at - entry.since >= _BRIEF


def _goes_on(entry: Entry, found: Mapping[_Identity, Problem]) -> bool:
    """Tell whether a problem that is not found is told by another now: as one of several, or not.

    It may also be known better: what failed is seen to fail again and again.
    """
    family = _FAMILIES.get(entry.kind, entry.kind)
    return any(
        _FAMILIES.get(kind, kind) == family
        and (subject == entry.subject or subject in _SEVERAL or entry.subject in _SEVERAL)
        for kind, subject in found
    )


def _tell_many(entries: Sequence[Entry]) -> str:
    kind = entries[0].kind.replace("_", " ")
    return f"{len(entries):,} × {kind}: {names_of([entry.subject for entry in entries])}"


def _key_of(entry: Entry, what: str) -> Key:
    """Return the key of a line; one that comes and goes keeps it."""
    return f"problem {what}", str(entry.number), entry.first_at


def _gather(entries: Sequence[Entry], what: str) -> Key:
    return f"problems {what}", entries[0].kind, min(entry.found_at for entry in entries)


def _length(since: datetime, until: datetime) -> str:
    return seconds_of(age_of(since, until))
