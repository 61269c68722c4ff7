"""Put elections, managers, services and the watching itself on the timeline, in words."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from swarmtui.insight.picture import Election, Happening, HappeningKind, Severity
from swarmtui.insight.queries import query_field, query_nodes
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.wording import count_of, name_of, seconds_of, shorten
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.fold import Change
from swarmtui.swarm.observation import FailureKind, ManagerLost, ManagerSeen, WatcherLost
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import Reachability

TROUBLED_UPDATES = frozenset(
    {"paused", "rollback_started", "rollback_paused", "rollback_completed"}
)
"""States of an update that did not go as its author wished."""

_SOON = timedelta(minutes=1)
"""A wave and an election at most this far apart are one."""


class ChronicleMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a chronicle goes by when it tells what happens next."""

    count: int = 0
    election: Election | None = None
    wave_at: datetime | None = None
    host: str = ""
    told: frozenset[tuple[str, str]] = frozenset()


class Chronicle:
    """Everything on the timeline but the nodes' coming and going."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._count = 0
        self._election: Election | None = None
        self._wave_at: datetime | None = None
        self._host = ""
        self._told: set[tuple[str, str]] = set()
        """What was said since the swarm last answered: a retry is not another happening."""

    def remember(self) -> ChronicleMemory:
        """Return what the lines to come depend on."""
        return ChronicleMemory(
            count=self._count,
            election=self._election,
            wave_at=self._wave_at,
            host=self._host,
            told=frozenset(self._told),
        )

    def recall(self, memory: ChronicleMemory) -> None:
        """Begin with what was remembered."""
        self._count, self._host, self._told = memory.count, memory.host, set(memory.told)
        self._election, self._wave_at = memory.election, memory.wave_at

    def see_election(self, election: Election) -> None:
        """Tell of an election; the wave that follows is told in the same line."""
        if self._wave_at is not None and election.at - self._wave_at < _SOON:
            self._timeline.drop(("election", "", self._wave_at))
        self._wave_at = None
        self._election = election
        self.tell_wave("")

    def see_wave(self, at: datetime) -> None:
        """Tell of a wave whose election was not seen; it begins the line."""
        self._election, self._wave_at = None, at

    def tell_wave(self, tail: str) -> None:
        """Tell the newest election, or wave, anew, with how the wave stands."""
        election = self._election
        if election is not None:
            text = describe_election(election)
            line = f"{text}; {tail}" if tail else text
            severity = Severity.WARNING if election.leaderless_s or tail else Severity.INFO
            self._put_election(election.at, severity, line)
        elif self._wave_at is not None and tail:
            line = f"the leader probably changed unseen: {tail}"
            self._put_election(self._wave_at, Severity.WARNING, line)

    def see_managers(self, changes: Iterable[Change[Node]], at: datetime) -> None:
        """Tell of managers made, unmade, out of reach and reached again."""
        for before, after in changes:
            if before is not None and after is not None and before.manager != after.manager:
                self._tell_manager(before, after, at)

    def see_services(self, changes: Iterable[Change[Service]], at: datetime) -> None:
        """Tell of services created, removed, scaled and updated."""
        for before, after in changes:
            service = after or before
            if service is not None and (parts := list(_describe(before, after))):
                troubled = before is not None and after is not None and _got_stuck(before, after)
                severity = Severity.WARNING if troubled else Severity.INFO
                text = f"service {shorten(plain(service.name))} {'; '.join(parts)}"
                query = query_field("service", service.name)
                self._add(at, HappeningKind.SERVICE, severity, text, query=query)

    def see_loss(self, lost: ManagerLost) -> None:
        """Tell that a manager gave no usable answer, once for each way it fails."""
        no_leader = lost.kind is FailureKind.NO_LEADER
        if not self._is_news("" if no_leader else lost.host, lost.kind):
            return
        text = f"{lost.text}; asking {lost.next_host}" if lost.next_host else lost.text
        kind = HappeningKind.ELECTION if no_leader else HappeningKind.MANAGER
        severity = Severity.CRITICAL if no_leader else Severity.WARNING
        self._add(lost.taken_at, kind, severity, plain(text))

    def see_manager(self, seen: ManagerSeen) -> None:
        """Tell which manager is asked, when that is another one or it is asked again."""
        changed = self._host != seen.host
        if (changed or self._told) and self._is_news(seen.host, "answers"):
            verb = "watching" if not self._host else "asking"
            text = f"{verb} {seen.host}, engine {seen.engine_version}, API {seen.api_version}"
            self._add(seen.taken_at, HappeningKind.WATCH, Severity.INFO, plain(text))
        self._host = seen.host

    def see_watcher_lost(self, lost: WatcherLost) -> None:
        """Tell that the watching process ended, once until data comes again."""
        if self._is_news("", "watcher"):
            self._add(lost.taken_at, HappeningKind.WATCH, Severity.WARNING, plain(lost.text))

    def see_answer(self) -> None:
        """Take into account that the swarm answers: the next failure is told again."""
        self._told.clear()

    def _is_news(self, host: str, what: str) -> bool:
        if (host, what) in self._told:
            return False
        self._told.add((host, what))
        return True

    def _tell_manager(self, before: Node, after: Node, at: datetime) -> None:
        name = name_of(after)
        was = before.manager.reachability if before.manager else None
        now = after.manager.reachability if after.manager else None
        if was is now:
            return  # only its address or its leadership changed
        text, severity = f"manager {name} is {now}", Severity.WARNING
        if now is None:
            text, severity = f"{name} is no manager any more", Severity.INFO
        elif was is None:
            text, severity = f"{name} became a manager", Severity.INFO
        elif now is Reachability.REACHABLE:
            text, severity = f"manager {name} is reachable again", Severity.INFO
        query = query_nodes([after.id], otherwise="role:manager")
        self._add(at, HappeningKind.MANAGER, severity, text, query=query)

    def _put_election(self, at: datetime, severity: Severity, text: str) -> None:
        happening = Happening(at=at, kind=HappeningKind.ELECTION, severity=severity, text=text)
        self._timeline.put(("election", "", at), happening)

    def _add(
        self, at: datetime, kind: HappeningKind, severity: Severity, text: str, *, query: str = ""
    ) -> None:
        self._count += 1
        happening = Happening(at=at, kind=kind, severity=severity, text=text, query=query)
        self._timeline.put(("other", str(self._count), at), happening)


def describe_election(election: Election) -> str:
    """Return an election in words."""
    old, new = election.old_leader, election.new_leader
    text = f"leader {old} → {new}" if old else f"leader {new}"
    if old == new:
        text = f"leader {new} again"
    if election.leaderless_s:
        text = f"{text}, {seconds_of(election.leaderless_s)} without a leader"
    return text


def _describe(before: Service | None, after: Service | None) -> Iterator[str]:
    if after is None:
        yield "removed"
    elif before is None:
        wanted = f", {count_of(after.replicas, 'replica')}" if after.replicas is not None else ""
        yield f"created{wanted}"
    else:
        yield from _describe_change(before, after)


def _describe_change(before: Service, after: Service) -> Iterator[str]:
    if before.replicas != after.replicas and None not in {before.replicas, after.replicas}:
        yield f"scaled from {before.replicas:,} to {after.replicas:,}"
    if before.image != after.image:
        yield f"changes from {_image(before.image)} to {_image(after.image)}"
    if before.update_state != after.update_state and after.update_state:
        state = plain(after.update_state).replace("_", " ")
        message = plain(after.update_message)
        yield f"update {state}: {message}" if message else f"update {state}"


def _image(image: str) -> str:
    return shorten(plain(image.partition("@")[0])) or "no image"


def _got_stuck(before: Service, after: Service) -> bool:
    return before.update_state != after.update_state and after.update_state in TROUBLED_UPDATES
