"""Draw the two lines above every screen: who leads, how fresh the data is, what is the matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from swarmtui.feed.status import RecordingStatus, ReplayStatus
from swarmtui.insight.picture import Leadership, Phase, Picture, Severity
from swarmtui.insight.share import Share
from swarmtui.swarm.observation import Cost
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, Spans, cut, dim, joined, spread, width_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.recording_words import recording_spans, replay_spans, trouble_spans
from swarmtui.tui.share_words import share_spans
from swarmtui.tui.situation import Situation, describe
from swarmtui.tui.states import TAILED, severity_glyph
from swarmtui.tui.verdicts import inventory_of, roll_call_spans
from swarmtui.tui.words import (
    age_since,
    count,
    plural,
    seconds_between,
    tenure,
    traffic,
)

WIDE = 100
"""Cells from which on the header uses whole words."""
CLUSTER_LETTERS = 6


@dataclass(frozen=True, kw_only=True)
class HeaderFacts:
    """Everything the header is drawn from."""

    now: datetime
    started_at: datetime
    asked: str
    """Address asked first."""
    title: str = ""
    picture: Picture | None = None
    failing_since: datetime | None = None
    """When the failures began that the last one is part of; `None` while all is well."""
    nodes_are_old: bool = False
    tasks_are_old: bool = False
    share: Share | None = None
    """What is mine; `None` where nothing is."""
    tails: int = 0
    """Machines that `docker stats` are tailed on, as long as the user wants."""
    has_manager: bool = True
    """False when only machines are asked, over ssh."""
    recording: RecordingStatus | None = None
    """How the recording of what is watched goes; `None` where none was begun."""
    trouble: str = ""
    """What went wrong with it; empty once the user has seen it."""
    replay: ReplayStatus | None = None
    """What is played; `None` while a live swarm is watched."""


class Header(Pane):
    """Two lines at the top, on every screen."""

    def show(self, facts: HeaderFacts) -> None:
        """Paint these facts."""
        self._facts = facts
        if self.size.width:
            self.paint(header_lines(facts, width=self.size.width))

    _facts: HeaderFacts | None = None

    def on_resize(self) -> None:
        """Fold or unfold."""
        if self._facts is not None:
            self.show(self._facts)
        self.refresh()


def header_lines(facts: HeaderFacts, *, width: int) -> Sequence[Line]:
    """Return the two lines, folded to the width."""
    room = width - 2
    picture = facts.picture
    if not facts.has_manager:
        return _without_manager(facts, width=room)
    if picture is None or (picture.snapshot.manager is None and picture.snapshot.lost is None):
        first = spread(_connecting(facts, width=room), _marks(facts), width=room)
        return [_line(first), _line(cut(_trouble(facts), room))]
    is_wide = width >= WIDE
    ages = _ages(facts, is_wide=is_wide)
    who = _who(facts, picture.snapshot, width=room - width_of(ages) - 2, is_wide=is_wide)
    first = spread(who, ages, width=room)
    return [_line(first), _line(_second(facts, picture, width=room))]


def _who(facts: HeaderFacts, snapshot: Snapshot, *, width: int, is_wide: bool) -> Spans:
    """Return the cluster, the manager asked and the leader; what is least asked for goes first."""
    identity = _identity(snapshot, is_wide=is_wide)
    lead = _lead(facts, is_wide=is_wide)
    for kept in range(len(identity), 0, -1):
        parts = [*_title(facts), *identity[:kept], *lead]
        if sum(width_of(part) + 3 for part in parts) - 3 <= width:
            return joined(parts, width=width)
    # Whatever has to go: a recording is never to be taken for what is now.
    title = _title(facts) if facts.replay is not None else []
    return joined([*title, *lead, *identity[:1]], width=width)


def _with_rest(
    state: Spans, share: Share | None, snapshot: Snapshot, *, width: int, is_whole: bool
) -> Spans:
    """Return the state, and my share and the cost in as few words as there is room for.

    A situation stays `is_whole` before the cost has room, a problem can be read elsewhere; my
    share is what stays in any case.
    """
    last: Spans = ()
    for last in _rests(share, snapshot):
        if width_of(state) + width_of(last) + 2 <= width:
            break
    else:
        last = () if is_whole and share is None else last
    return spread(state, last, width=width) if last else cut(state, width)


def _rests(share: Share | None, snapshot: Snapshot) -> Iterator[Spans]:
    """Yield what else the second line tells, the longest first."""
    costs = [_cost(snapshot, is_wide=True), _cost(snapshot, is_wide=False)]
    mine = list(share_spans(share))
    if not mine:
        yield from costs
        return
    pairs = [(mine[0], costs[0]), (mine[0], costs[1]), (mine[1], costs[1]), (mine[2], costs[1])]
    yield from ((*one, *((dim("  "), *other) if other else ())) for one, other in pairs)
    yield mine[2]


def _line(spans: Spans) -> Line:
    return Line((Span(" "), *spans))


def _title(facts: HeaderFacts) -> list[Spans]:
    if facts.replay is not None:
        return [replay_spans(facts.now)]
    return [(Span(facts.title, Meaning.ACCENT),)] if facts.title else []


def _connecting(facts: HeaderFacts, *, width: int) -> Spans:
    if facts.replay is not None:
        return joined([*_title(facts), (Span(plain(facts.replay.name)),)], width=width)
    waited = age_since(facts.started_at, facts.now)
    parts = [*_title(facts), (Span(f"connecting to {plain(facts.asked)}… {waited}"),)]
    return joined(parts, width=width)


def _identity(snapshot: Snapshot, *, is_wide: bool) -> list[Spans]:
    manager = snapshot.manager
    if manager is None:
        return []
    cluster = plain(manager.cluster_id[:CLUSTER_LETTERS])
    if not is_wide:
        return [(Span(cluster),)]
    asked = (Span(manager_asked(snapshot)), dim(f" {address(manager.host)}"), *_role(snapshot))
    version = (dim(f"API {plain(manager.api_version)}"),)
    return [(dim("swarm "), Span(cluster)), asked, version]


def manager_asked(snapshot: Snapshot) -> str:
    """Return the hostname of the manager asked, or its short id while no node list is there."""
    if snapshot.manager is None:
        return ""
    node = snapshot.nodes.get(snapshot.manager.node_id)
    return plain(node.hostname if node else snapshot.manager.node_id[:12])


def address(host: str) -> str:
    """Return the address of an engine without what everybody knows: `unix`, `10.0.0.7:2376`."""
    scheme, _, rest = plain(host).partition("://")
    return scheme if scheme in {"unix", "npipe"} or not rest else rest.rstrip("/")


def _role(snapshot: Snapshot) -> Spans:
    node = snapshot.nodes.get(snapshot.manager.node_id) if snapshot.manager else None
    if node is None:
        return ()
    return (dim(" (leader)" if node.is_leader else " (follower)"),)


def _lead(facts: HeaderFacts, *, is_wide: bool) -> list[Spans]:
    if facts.picture is None:
        return []
    leadership = facts.picture.leadership
    return [_leader(leadership, facts.now, is_wide=is_wide), _quorum(leadership, is_wide=is_wide)]


def _leader(leadership: Leadership, now: datetime, *, is_wide: bool) -> Spans:
    if leadership.phase in {Phase.ELECTING, Phase.LOST}:
        return _leaderless(leadership, now, is_wide=is_wide)
    if not leadership.leader:
        return (dim("★ leader not seen yet" if is_wide else "★ –"),)
    star = Span("★ ", Meaning.ACCENT)
    return (star, Span(plain(leadership.leader)), *_tenure(leadership, now, is_wide=is_wide))


def _leaderless(leadership: Leadership, now: datetime, *, is_wide: bool) -> Spans:
    text = f"★ none for {age_since(leadership.since, now)}"
    if leadership.phase is Phase.LOST:
        return (Span(f"{text}: no quorum" if is_wide else text, Meaning.BAD),)
    waits = "election, joins and updates wait" if is_wide else "joins wait"
    return (Span(f"{text}: {waits}", Meaning.WARN),)


def _tenure(leadership: Leadership, now: datetime, *, is_wide: bool) -> Spans:
    if leadership.leading_since is None:
        return ()
    at_least = "" if leadership.tenure_is_exact else "≥"
    led = f"{at_least}{tenure(seconds_between(leadership.leading_since, now))}"
    return (dim(" for " if is_wide else " "), Span(led))


def _quorum(leadership: Leadership, *, is_wide: bool) -> Spans:
    quorum = leadership.quorum
    if not quorum.managers:
        return ()
    loss = _loss(quorum.margin)
    answer = f"{quorum.reachable}/{quorum.managers}"
    if is_wide:
        return (dim("quorum "), Span(answer), Span(f", {loss}", _margin_meaning(quorum.margin)))
    return (dim("q"), Span(answer, _margin_meaning(quorum.margin)))


def _loss(margin: int) -> str:
    if margin < 0:
        return "lost"
    return "may lose none" if margin == 0 else f"may lose {margin}"


def _margin_meaning(margin: int) -> Meaning:
    if margin > 0:
        return Meaning.PLAIN
    return Meaning.BAD if margin < 0 else Meaning.WARN


def _ages(facts: HeaderFacts, *, is_wide: bool) -> Spans:
    if facts.picture is None:
        return ()
    snapshot = facts.picture.snapshot
    nodes = Span(age_since(snapshot.nodes_at, facts.now), _age_meaning(facts.nodes_are_old))
    tasks = Span(_tasks_age(snapshot, facts.now), _age_meaning(facts.tasks_are_old))
    marks = _marks(facts)
    if is_wide:
        return (*marks, dim("nodes "), nodes, dim("  tasks "), tasks)
    return (*marks, dim("n "), nodes, dim(" t "), tasks)


def _marks(facts: HeaderFacts) -> Spans:
    """Return what is under way besides the watching: a recording, tails."""
    recording = recording_spans(facts.recording, is_seen=not facts.trouble)
    return (*recording, *tails_spans(facts.tails))


def _trouble(facts: HeaderFacts) -> Spans:
    return trouble_spans(facts.recording, facts.trouble)


def tails_spans(number: int) -> Spans:
    """Return how many machines are tailed; nothing when none is."""
    return (
        (Span(f"{TAILED} ", Meaning.ACCENT), Span(count(number)), dim(" tailed  "))
        if number
        else ()
    )


def _without_manager(facts: HeaderFacts, *, width: int) -> Sequence[Line]:
    """Return what the machines themselves tell, and that nobody else is asked."""
    picture = facts.picture
    if picture is None:
        asking = joined([*_title(facts), (Span("asking the machines…"),)], width=width)
        first = spread(asking, _marks(facts), width=width)
        return [_line(first), _line(cut(_trouble(facts), width))]
    machines = inventory_of(picture)
    known = (Span(count(len(machines))), dim(" machines, asked over ssh · no manager is asked"))
    who = joined([*_title(facts), known], width=width)
    first = spread(who, _marks(facts), width=width)
    situation = describe(picture, facts.now, failing_since=facts.failing_since)
    said = (
        (Span(situation.text, situation.meaning),)
        if situation
        else roll_call_spans(machines, picture)
    )
    return [_line(first), _line(joined([_trouble(facts), said], width=width))]


def _age_meaning(is_old: bool) -> Meaning:  # noqa: FBT001 - private, reads as a sentence
    return Meaning.WARN if is_old else Meaning.PLAIN


def _tasks_age(snapshot: Snapshot, now: datetime) -> str:
    """Return the age of the stalest task list, or how many lists are there, while loading."""
    if snapshot.services_at is not None and not snapshot.has_all_tasks:
        seen = sum(service in snapshot.tasks_at for service in snapshot.services)
        return f"{seen}/{len(snapshot.services)}"
    return age_since(snapshot.oldest_tasks_at, now)


def _cost(snapshot: Snapshot, *, is_wide: bool) -> Spans:
    cost = snapshot.cost
    if cost.over_s <= 0 or not cost.requests:
        return ()
    share = f"{cost.share * 100:.0f} %"
    if not is_wide:
        return (dim(f"cost {share}"),)
    return (dim(f"cost {_per_minute(cost)} · {share} of {manager_asked(snapshot)}'s time"),)


def _per_minute(cost: Cost) -> str:
    minutes = cost.over_s / 60
    requests = plural(round(cost.requests / minutes), "request")
    return f"{requests}, {traffic(round(cost.bytes / minutes))}/min"


def _second(facts: HeaderFacts, picture: Picture, *, width: int) -> Spans:
    """Return what is the matter, else the worst problem; and what the watching costs."""
    situation = describe(picture, facts.now, failing_since=facts.failing_since)
    snapshot = picture.snapshot
    if facts.trouble:
        said = _said(situation, facts, snapshot) if situation else _problems(picture, facts.now)
        return joined([_trouble(facts), said], width=width)
    if situation is None:
        problems = _problems(picture, facts.now)
        return _with_rest(problems, facts.share, snapshot, width=width, is_whole=False)
    said = _said(situation, facts, snapshot)
    return _with_rest(said, facts.share, snapshot, width=width, is_whole=True)


def _said(situation: Situation, facts: HeaderFacts, snapshot: Snapshot) -> Spans:
    said = (Span(situation.text, situation.meaning),)
    if not facts.nodes_are_old or snapshot.nodes_at is None:
        return said
    return (*said, dim(f" · what you see is {age_since(snapshot.nodes_at, facts.now)} old"))


def _problems(picture: Picture, now: datetime) -> Spans:
    if not picture.problems:
        known = picture.snapshot.nodes_at is not None
        return (Span("● ", Meaning.OK), dim("no problems")) if known else (dim("loading"),)
    worst = picture.problems[0]
    glyph = severity_glyph(worst.severity)
    text = Span(f" {plain(worst.text)}", glyph.meaning)
    more = len(picture.problems) - 1
    rest = f" {age_since(worst.since, now)}" + (f" · {count(more)} more" if more else "")
    if worst.severity is Severity.INFO:
        text = dim(f" {plain(worst.text)}")
    return cut((glyph, text, dim(rest)), 400)
