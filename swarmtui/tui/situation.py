"""Say in words what stands between the watcher and fresh data; pure."""

from dataclasses import dataclass
from datetime import datetime

from swarmtui.insight.picture import Leadership, Phase, Picture
from swarmtui.swarm.observation import FailureKind, ManagerLost, WatcherLost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.tui.meaning import Meaning
from swarmtui.tui.words import age_since, count, plural, seconds_between

# A request that takes longer than this is worth a word: the slowest ordinary answer of a busy
# leader is about as long.
WAITING_SHOWN_S = 2.0
# A long task list of a busy leader takes some seconds; beyond that something is the matter.
WAITING_IS_LONG_S = 5.0
# An election blocks every request for 12.0 to 12.5 s (measured on dockerd 20.10).
WAITING_IS_ELECTION_S = 12.0

_WHY = {
    FailureKind.REFUSED: "no connection",
    FailureKind.TIMED_OUT: "timed out",
    FailureKind.NOT_MANAGER: "it is not a manager",
    FailureKind.NOT_IN_SWARM: "its engine is in no swarm",
    FailureKind.LOCKED: "its engine is locked",
    FailureKind.OTHER_SWARM: "it belongs to another swarm",
    FailureKind.VERSION: "it refuses our API version",
    FailureKind.DENIED: "it denies access",
    FailureKind.OVERLOADED: "it is overloaded",
    FailureKind.BROKEN: "its answers are broken",
}


@dataclass(frozen=True)
class Situation:
    """One sentence, and how loud it is."""

    text: str
    meaning: Meaning


def describe(
    picture: Picture, now: datetime, *, failing_since: datetime | None
) -> Situation | None:
    """Return what is the matter with the watching or the leadership; `None` when nothing is.

    `failing_since` is when the failures began that `picture.snapshot.lost` is the last of.
    """
    snapshot = picture.snapshot
    if isinstance(snapshot.lost, WatcherLost):
        return _watcher_lost(snapshot.lost, now)
    if snapshot.lost is not None and snapshot.lost.kind is not FailureKind.NO_LEADER:
        return _manager_lost(snapshot, snapshot.lost, failing_since or snapshot.lost.taken_at, now)
    return _led(picture, now) or _waiting(snapshot, picture.leadership, now)


def _watcher_lost(lost: WatcherLost, now: datetime) -> Situation:
    left_s = lost.retry_s - seconds_between(lost.taken_at, now)
    again = f"starting again in {left_s:.0f} s" if left_s >= 0.5 else "starting again now"
    text = f"the watching process ended: {plain(lost.text)}; {again}"
    return Situation(text, Meaning.BAD)


def _manager_lost(
    snapshot: Snapshot, lost: ManagerLost, since: datetime, now: datetime
) -> Situation:
    if snapshot.manager is None:
        return Situation(f"{plain(lost.text)}{_next(lost)}", Meaning.BAD)
    why = _WHY.get(lost.kind, lost.kind)
    text = (
        f"{_asked(snapshot, lost)} does not answer ({why}) for {age_since(since, now)}{_next(lost)}"
    )
    return Situation(text, Meaning.BAD)


def _asked(snapshot: Snapshot, lost: ManagerLost) -> str:
    """Return the hostname of the manager that failed where it is the one asked until then."""
    manager = snapshot.manager
    node = snapshot.nodes.get(manager.node_id) if manager else None
    is_same = manager is not None and manager.host == lost.host
    return plain(node.hostname) if node and is_same else plain(lost.host)


def _next(lost: ManagerLost) -> str:
    if not lost.next_host:
        return "; trying again"
    return f"; asking {plain(lost.next_host)}" if lost.next_host != lost.host else "; asking again"


def _led(picture: Picture, now: datetime) -> Situation | None:
    leadership = picture.leadership
    match leadership.phase:
        case Phase.LOST:
            return _quorum_lost(leadership, now)
        case Phase.SETTLING:
            known = plural(picture.nodes.total, "node")
            text = (
                f"new leader {plain(leadership.leader)}; {count(leadership.settling)} of {known}"
                " still unknown, coming back"
            )
            return Situation(text, Meaning.WARN)
        case Phase.ELECTING if picture.snapshot.waiting is None:
            text = f"election for {age_since(leadership.since, now)}: joins and updates wait"
            return Situation(text, Meaning.WARN)
        case Phase.ELECTING | Phase.LED | Phase.UNKNOWN:
            return None


def _quorum_lost(leadership: Leadership, now: datetime) -> Situation:
    quorum = leadership.quorum
    answer = (
        f": {quorum.reachable} of {quorum.managers} managers reachable, {quorum.needed} needed"
        if quorum.managers and quorum.margin < 0
        else ""
    )
    text = (
        f"no leader for {age_since(leadership.since, now)}, the quorum is lost{answer};"
        " tasks run on, nothing can be changed"
    )
    return Situation(text, Meaning.BAD)


def _waiting(snapshot: Snapshot, leadership: Leadership, now: datetime) -> Situation | None:
    if snapshot.waiting is None:
        return None
    waited_s = seconds_between(snapshot.waiting.since, now)
    if waited_s < WAITING_SHOWN_S:
        return None
    text = (
        f"waiting for {plain(snapshot.waiting.what)} for {age_since(snapshot.waiting.since, now)}"
    )
    if waited_s >= WAITING_IS_ELECTION_S or leadership.phase is Phase.ELECTING:
        text += ": probably an election"
    meaning = Meaning.WARN if waited_s >= WAITING_IS_LONG_S else Meaning.PLAIN
    return Situation(text, meaning)
