"""Find what is wrong with leadership, with the managers and with the watching itself."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter

from swarmtui.insight.chronicle import describe_election
from swarmtui.insight.picture import Election, Leadership, Phase, Problem, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import age_of, count_of, names_of, seconds_of
from swarmtui.swarm.observation import FailureKind, ManagerLost, WatcherLost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import Reachability

_CERTAIN_S = 12.0
"""An answer that hangs this long is an election in all but name: it holds requests up 12.0 s."""
_GOES_ON = (
    "tasks that run go on, and are still reached",
    "nodes cannot join or leave, services cannot be changed",
    "tasks that fail or whose node is lost are not replaced",
)
"""What it means that nobody leads."""


def find_control_problems(
    leadership: Leadership,
    snapshot: Snapshot,
    now: datetime,
    *,
    is_told: bool,
    thresholds: Thresholds,
) -> Iterator[Problem]:
    """Go through the problems of leadership, managers and watching, as of `now`.

    `is_told` says that the swarm itself reports no leader; else it is concluded from silence.
    """
    yield from _find_no_leader(leadership, now, is_told=is_told)
    yield from _find_elected(leadership, now, thresholds)
    yield from _find_unreachable(leadership, now)
    yield from _find_too_few(leadership, snapshot, now, thresholds)
    yield from _find_lost(snapshot, leadership.phase)
    yield from _find_old(snapshot, leadership.phase, now, thresholds)


def _find_no_leader(leadership: Leadership, now: datetime, *, is_told: bool) -> Iterator[Problem]:
    since = leadership.since or now
    lasts = seconds_of(age_of(since, now))
    if leadership.phase is Phase.LOST:
        yield Problem(
            severity=Severity.CRITICAL,
            kind="quorum",
            subject="managers",
            text=f"no leader for {lasts}: too few managers answer, everything waits",
            since=since,
            nodes=tuple(line.node_id for line in leadership.managers),
            query="role:manager",
            evidence=_GOES_ON,
        )
    elif leadership.phase is Phase.ELECTING:
        certain = is_told or age_of(since, now) >= _CERTAIN_S
        what = "election" if is_told else "probably an election"
        yield Problem(
            severity=Severity.CRITICAL if certain else Severity.WARNING,
            kind="no_leader",
            subject=leadership.leader,
            text=f"no leader for {lasts}: {what}; joins and updates wait",
            since=since,
            query="role:manager",
            evidence=_GOES_ON,
        )


def _find_elected(
    leadership: Leadership, now: datetime, thresholds: Thresholds
) -> Iterator[Problem]:
    """Go through what the elections that are over mean for now."""
    within = thresholds.elections_within
    lately = [each for each in leadership.elections if now - each.at < within]
    if len(lately) >= thresholds.elections_often:
        yield Problem(
            severity=Severity.WARNING,
            kind="elections_often",
            subject="managers",
            text=f"{len(lately)} elections in {seconds_of(age_of(lately[0].at, now))}:"
            " the managers are overloaded, or lose each other",
            since=lately[thresholds.elections_often - 1].at,
            nodes=tuple(line.node_id for line in leadership.managers),
            query="role:manager",
            size=len(lately),
            evidence=[_describe(each, now) for each in reversed(lately)],
        )
    elif lately and leadership.phase in {Phase.LED, Phase.SETTLING}:
        last = lately[-1]
        if now - last.at < thresholds.leader_changed:
            yield Problem(
                severity=Severity.INFO,
                kind="leader_changed",
                subject=last.new_leader,
                text=_describe(last, now),
                since=last.at,
                query="role:manager",
            )


def _describe(election: Election, now: datetime) -> str:
    return f"{describe_election(election)}, {seconds_of(age_of(election.at, now))} ago"


def _find_too_few(
    leadership: Leadership, snapshot: Snapshot, now: datetime, thresholds: Thresholds
) -> Iterator[Problem]:
    """Say when another manager would help, however well those there are do."""
    if leadership.phase not in {Phase.LED, Phase.SETTLING}:
        return
    managers = len(leadership.managers)
    if managers == 1 and len(snapshot.nodes) >= thresholds.single_manager_from:
        kind = "manager_single"
        text = "1 manager: when it is lost, nothing can be changed any more, and its state is gone"
    elif managers and managers % 2 == 0 and leadership.quorum.margin > 0:
        kind = "managers_even"
        bear = (managers - 1) // 2
        text = f"{managers} managers bear the loss of {bear}, no more than {managers - 1} would"
    else:
        return  # of two, that none may be lost is said already
    yield Problem(
        severity=Severity.INFO,
        kind=kind,
        subject="managers",
        text=text,
        since=now,
        nodes=tuple(line.node_id for line in leadership.managers),
        query="role:manager",
        size=managers,
    )


def _find_unreachable(leadership: Leadership, now: datetime) -> Iterator[Problem]:
    if leadership.phase is Phase.LOST or not leadership.managers:
        return
    quorum = leadership.quorum
    away = [m for m in leadership.managers if m.reachability is not Reachability.REACHABLE]
    # What is remembered of problems must not depend on names: they may be replaced in a recording.
    away.sort(key=attrgetter("node_id"))
    ids = tuple(line.node_id for line in away)
    may = f"{quorum.reachable} of {quorum.managers} managers reachable"
    if quorum.margin < 0:
        severity, text = Severity.CRITICAL, f"{may}: the quorum is lost"
    elif quorum.margin == 0 and quorum.managers > 1:
        severity, text = Severity.WARNING, f"{may}: the swarm may lose none of them"
    elif away:
        may_lose = f"the swarm may lose {quorum.margin} more"
        severity, text = Severity.WARNING, f"{may}: {may_lose}"
    else:
        return
    if away:
        text = f"{text}; {names_of([line.hostname for line in away])} out of reach"
    otherwise = "role:manager -reachability:reachable"
    yield Problem(
        severity=severity,
        kind="quorum",
        subject="managers",
        text=text,
        since=now,
        nodes=ids,
        query=query_nodes(ids, otherwise=otherwise) if away else "role:manager",
        size=len(ids),
        evidence=[f"{line.hostname} at {plain(line.addr)}: {line.reachability}" for line in away],
    )


def _find_lost(snapshot: Snapshot, phase: Phase) -> Iterator[Problem]:
    match snapshot.lost:
        case ManagerLost() as lost if lost.kind is FailureKind.NO_LEADER and phase is Phase.LOST:
            return  # said already, as what it means
        case ManagerLost() as lost:
            text = f"{lost.text}; asking {lost.next_host}" if lost.next_host else lost.text
            subject, since = lost.host, lost.asked_at or lost.taken_at
        case WatcherLost() as gone:
            text, subject, since = gone.text, "watcher", gone.taken_at
        case None:
            return
    yield Problem(
        severity=Severity.WARNING,
        kind="manager_lost",
        subject=plain(subject),
        text=plain(text),
        since=since,
        query="role:manager",
    )


def _find_old(
    snapshot: Snapshot, phase: Phase, now: datetime, thresholds: Thresholds
) -> Iterator[Problem]:
    seen_at = snapshot.nodes_at
    if seen_at is None or snapshot.lost is not None or phase in {Phase.LOST, Phase.ELECTING}:
        return  # why there is no data is said already
    if now - seen_at < thresholds.data_old:
        return
    waiting = snapshot.waiting
    hangs = ""
    if waiting is not None:
        hangs = f"; {plain(waiting.what)} hangs for {seconds_of(age_of(waiting.since, now))}"
    nodes = count_of(len(snapshot.nodes), "node")
    yield Problem(
        severity=Severity.WARNING,
        kind="data_old",
        subject="nodes",
        text=f"{nodes} last seen {seconds_of(age_of(seen_at, now))} ago{hangs}",
        since=seen_at,
    )
