"""The figures of `status`, one labelled line each; lines that would say nothing are left out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from swarmtui.cli.printed.ages import spell_age, spell_seconds
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.status_json import is_asking_leader
from swarmtui.insight.picture import Leadership, ManagerLine, Phase, Picture
from swarmtui.swarm.words import PIPELINE, Reachability

# A tenure seen for less than this says when we began to look, not who leads how steadily.
_TENURE_S = 5
# Older than this is not what one look gives; the request took long or failed.
_OLD_S = 30

_UNSEEN = Span("not seen", Tone.WARN, "○")


class Fact(NamedTuple):
    """One line: what it is about, and what there is to say, piece by piece."""

    label: str
    pieces: Sequence[Sequence[Span]]


def facts(picture: Picture) -> Iterator[Fact]:
    """Go through the figures in the order an operator asks for them."""
    for label, pieces in (
        ("asked", _asked(picture)),
        ("lost", _lost(picture)),
        ("leader", _leader(picture.leadership, picture.at)),
        ("quorum", _quorum(picture.leadership)),
        ("nodes", _nodes(picture)),
        ("tasks", _tasks(picture)),
        ("pipeline", _pipeline(picture)),
        ("failures", _failures(picture)),
        ("seen", _ages(picture)),
    ):
        if found := list(pieces):
            yield Fact(label, found)


Pieces = Iterator[Sequence[Span]]


def _asked(picture: Picture) -> Pieces:
    manager = picture.snapshot.manager
    if manager is None:
        yield (Span("no manager answered", Tone.BAD, "✗"),)
        return
    role = "the leader" if is_asking_leader(picture) else "a follower"
    yield (harmless(f"{manager.host}, {role}"),)
    yield (harmless(f"engine {manager.engine_version}"),)
    yield (harmless(f"API {manager.api_version}"),)


def _lost(picture: Picture) -> Pieces:
    if picture.snapshot.lost is not None:
        yield (harmless(picture.snapshot.lost.text, Tone.BAD),)


def _leader(leadership: Leadership, now: datetime) -> Pieces:
    match leadership.phase:
        case Phase.LED | Phase.SETTLING:
            yield from _led(leadership, now)
        case Phase.ELECTING:
            yield _without_leader(leadership, now, "election, joins and updates wait")
        case Phase.LOST:
            yield _without_leader(leadership, now, "too few managers answer to elect one")
        case Phase.UNKNOWN:
            yield (Span("not known", Tone.WARN, "○"),)
        case unreachable:
            assert_never(unreachable)
    if leadership.elections:
        elections = len(leadership.elections)
        yield (Span(f"elections {elections}"),)
        yield (Span(f"leaderless {spell_seconds(leadership.leaderless_s)} in all"),)


def _led(leadership: Leadership, now: datetime) -> Pieces:
    name = harmless(leadership.leader).text
    tenure = _tenure(leadership, now)
    yield (Span(name, Tone.ACCENT, "★"), Span(tenure))
    if leadership.phase is Phase.SETTLING:
        yield (Span(f"settling: {leadership.settling:,} nodes on their way back", Tone.WARN),)


def _tenure(leadership: Leadership, now: datetime) -> str:
    since = leadership.leading_since
    if since is None:
        return ""
    if leadership.tenure_is_exact:
        return f" for {spell_age(since, now)}"
    seen_s = (now - since).total_seconds()
    return f" for at least {spell_seconds(seen_s)}" if seen_s >= _TENURE_S else ""


def _without_leader(leadership: Leadership, now: datetime, why: str) -> Sequence[Span]:
    lasting = f" for {spell_age(leadership.since, now)}" if leadership.since else ""
    last = harmless(f" (last: {leadership.leader})").text if leadership.leader else ""
    return (Span(f"none{lasting}: {why}", Tone.BAD, "✗"), Span(last, Tone.DIM))


def _quorum(leadership: Leadership) -> Pieces:
    quorum = leadership.quorum
    if quorum.managers == 0:
        return
    yield (Span(f"{quorum.reachable} of {quorum.managers} managers reachable"),)
    yield (_margin(quorum.margin, quorum.managers),)
    for manager in leadership.managers:
        if manager.reachability is not Reachability.REACHABLE:
            yield (_unreached(manager),)


def _margin(margin: int, managers: int) -> Span:
    if margin < 0:
        return Span(f"quorum lost: {-margin} more needed", Tone.BAD, "✗")
    if margin == 0:
        # One manager alone was somebody's choice; of several, some are missing.
        return Span("may lose none", Tone.PLAIN if managers == 1 else Tone.WARN)
    return Span(f"may lose {margin}")


def _unreached(manager: ManagerLine) -> Span:
    return harmless(f"{manager.hostname} {manager.reachability.value}", Tone.BAD)


def _nodes(picture: Picture) -> Pieces:
    nodes = picture.nodes
    if picture.snapshot.nodes_at is None:
        yield (_UNSEEN,)
        return
    everywhere = len(picture.snapshot.nodes)
    narrowed = f" of {everywhere:,}" if nodes.total < everywhere else ""
    yield (Span(f"{nodes.total:,}{narrowed}"),)
    yield (Span(f"{nodes.ready:,} ready", Tone.OK if nodes.ready else Tone.PLAIN, "●"),)
    for count, word, tone, glyph in (
        (nodes.down, "down", Tone.BAD, "✗"),
        (nodes.unknown, "unknown", Tone.WARN, "○"),
        (nodes.disconnected, "disconnected", Tone.BAD, "✗"),
        (nodes.drain, "drain", Tone.WARN, "◐"),
        (nodes.pause, "pause", Tone.WARN, "◐"),
        (nodes.ghosts, "ghosts", Tone.DIM, ""),
    ):
        if count:
            yield (Span(f"{count:,} {word}", tone, glyph),)


def _tasks(picture: Picture) -> Pieces:
    tasks, snapshot = picture.tasks, picture.snapshot
    if snapshot.services_at is None:
        yield (_UNSEEN,)
        return
    if unseen := sum(service not in snapshot.tasks_at for service in snapshot.services):
        yield (Span(f"not seen of {unseen:,} of {len(snapshot.services):,} services", Tone.WARN),)
    short = tasks.running_on_ready < tasks.desired
    running = f"{tasks.running:,} of {tasks.desired:,} running"
    yield (Span(running, Tone.WARN if short else Tone.OK),)
    if tasks.running_on_lost:
        yield (Span(f"{tasks.running_on_ready:,} on ready nodes"),)
        yield (Span(f"{tasks.running_on_lost:,} on lost ones", Tone.BAD, "✗"),)
    if tasks.rate_per_s:
        yield (Span(f"{tasks.rate_per_s:+,.1f}/s"),)
    if tasks.left_s is not None and short:
        yield (Span(f"{spell_seconds(tasks.left_s)} to go"),)


def _pipeline(picture: Picture) -> Pieces:
    tasks = picture.tasks
    for state in PIPELINE:
        if count := tasks.by_state.get(state, 0):
            oldest = tasks.oldest.get(state)
            age = f" oldest {spell_age(oldest, picture.at)}" if oldest else ""
            yield (Span(f"{state.value} {count:,}"), Span(age, Tone.DIM))


def _failures(picture: Picture) -> Pieces:
    tasks = picture.tasks
    for count, word in ((tasks.failed_5m, "failed"), (tasks.rejected_5m, "rejected")):
        if count:
            yield (Span(f"{count:,} {word} in 5 minutes", Tone.WARN),)


def _ages(picture: Picture) -> Pieces:
    snapshot = picture.snapshot
    for word, seen_at in (
        ("nodes", snapshot.nodes_at),
        ("services", snapshot.services_at),
        ("tasks", snapshot.oldest_tasks_at),
    ):
        old = seen_at is None or (picture.at - seen_at).total_seconds() > _OLD_S
        yield (Span(_seen(word, seen_at, picture.at), Tone.WARN if old else Tone.DIM),)


def _seen(word: str, seen_at: datetime | None, now: datetime) -> str:
    return f"{word} never" if seen_at is None else f"{word} {spell_age(seen_at, now)} ago"
