"""Who and where a node is, how we know, and what it went through."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from swarmtui.insight.picture import Picture, Place, Stay
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import Availability, NodeState, Reachability
from swarmtui.tui.lines import EMPTY, Line, Spans, cut, dim, joined, title, width_of
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.states import DRAIN, LEADER, node_glyph, reachability_glyph
from swarmtui.tui.words import age as age_of
from swarmtui.tui.words import age_since, count, memory, processors, seconds_between

CARD_LINES = 7
BAR = dim(" │ ")


class NodeCard(Pane):
    """The lines above a node's tasks."""

    def show(
        self, node: Node, picture: Picture, now: datetime, *, gone_since: datetime | None
    ) -> None:
        """Paint what is known of a node."""
        if self.size.width:
            self.paint(card_lines(node, picture, now, gone_since=gone_since, width=self.size.width))


def card_lines(
    node: Node,
    picture: Picture,
    now: datetime,
    *,
    gone_since: datetime | None,
    width: int,
) -> Sequence[Line]:
    """Return who it is, where, what it is made of, its labels, its states and its failures."""
    place = picture.places.get(node.id, Place())
    rows: list[list[Spans]] = [
        _identity(node, picture, now, gone_since),
        _where(place),
        _machine(node, now),
        _labels(node),
    ]
    lines = [Line((Span(" "), *joined(parts, width=width - 2))) for parts in rows]
    trail = picture.trails.get(node.id, ())
    states = _trail(node, picture.states_since.get(node.id), trail, now, width - 2)
    failures = _failures(picture.failures.get(node.id, {}), picture)
    return [*lines, Line((Span(" "), *states)), Line(cut((Span(" "), *failures), width)), EMPTY]


def _identity(
    node: Node, picture: Picture, now: datetime, gone_since: datetime | None
) -> list[Spans]:
    glyph = LEADER if node.is_leader else node_glyph(node.state)
    head: Spans = (glyph, title(f" {plain(node.hostname)}"))
    state = state_spans(node, picture.states_since.get(node.id), now)
    if gone_since is not None:
        since = age_since(gone_since, now)
        state = (Span(f"gone since {since}", Meaning.BAD), dim(f", was {node.state}"))
    return [head, state, _role(node), (Span(plain(node.addr)),), (dim(plain(node.id)),)]


def state_spans(node: Node, since: datetime | None, now: datetime) -> Spans:
    """Return the state in words, since when, and why: `down for 48s: heartbeat failure`."""
    word = plain(node.state_word) or str(node.state)
    lasting = f" for {age_since(since, now)}" if since is not None else ""
    said = Span(f"{word}{lasting}", node_glyph(node.state).meaning)
    return (said, dim(f": {plain(node.message)}")) if node.message else (said,)


def _role(node: Node) -> Spans:
    spans = [Span(str(node.role))]
    if node.manager is not None:
        spans.append(dim(", leader" if node.is_leader else ", "))
        if not node.is_leader:
            glyph = reachability_glyph(node.manager.reachability)
            is_well = node.manager.reachability is Reachability.REACHABLE
            word = str(node.manager.reachability)
            spans.append(dim(word) if is_well else Span(word, glyph.meaning))
    spans.append(dim(", "))
    spans += _availability(node.availability)
    return tuple(spans)


def _availability(availability: Availability) -> Spans:
    if availability is Availability.ACTIVE:
        return (dim("active"),)
    glyph = DRAIN if availability is Availability.DRAIN else Span("‖", Meaning.WARN)
    return (glyph, Span(f" {availability}", Meaning.WARN))


def _where(place: Place) -> list[Spans]:
    return [
        _attributed("region ", place.region, place.region_from),
        _attributed("contributor ", place.contributor, place.contributor_from),
        (Span("mine", Meaning.ACCENT),) if place.mine else (),
    ]


def _attributed(label: str, value: str, reason: str) -> Spans:
    return (dim(label), Span(plain(value)), dim(f" ({reason})" if reason else ""))


def _machine(node: Node, now: datetime) -> list[Spans]:
    system = "/".join(plain(part) for part in (node.os, node.arch) if part)
    cpus = f"{processors(node.cpus)} {'cpu' if node.cpus == 1 else 'cpus'}"
    return [
        (dim("engine "), Span(plain(node.engine_version) or "?")),
        (Span(cpus), dim(", "), Span(memory(node.memory_bytes))),
        (Span(system),) if system else (),
        (dim("joined "), Span(age_since(node.created_at, now)), dim(" ago")),
    ]


def _labels(node: Node) -> list[Spans]:
    if not node.labels and not node.engine_labels:
        return [(dim("no labels"),)]
    return [
        (dim("labels "), *_pairs(node.labels)) if node.labels else (),
        (dim("engine labels "), *_pairs(node.engine_labels)) if node.engine_labels else (),
    ]


def _pairs(labels: Mapping[str, str]) -> Spans:
    said = "  ".join(f"{plain(key)}={plain(value)}" for key, value in sorted(labels.items()))
    return (Span(said),)


def _trail(
    node: Node, since: datetime | None, trail: Sequence[Stay], now: datetime, width: int
) -> Spans:
    """Return the states it went through, the newest ones that fit, the present one last."""
    stays = list(trail) or ([Stay(str(node.state), since)] if since is not None else [])
    if not stays:
        return (dim("states  not watched yet"),)
    ends = [*(stay.since for stay in stays[1:]), now]
    said = [_stay(stay, end) for stay, end in zip(stays, ends, strict=True)]
    head = (dim("states  "),)
    while len(said) > 1 and _trail_width(said) > width - 12:
        said = said[1:]
    more = (dim("… │ "),) if len(said) < len(stays) else ()
    return cut((*head, *more, *_with_bars(said)), width)


def _stay(stay: Stay, end: datetime) -> Spans:
    state = NodeState.parse(stay.state)
    lasted = age_of(seconds_between(stay.since, end))
    return (Span(plain(stay.state), node_glyph(state).meaning), Span(f" {lasted}"))


def _trail_width(said: Sequence[Spans]) -> int:
    return sum(width_of(spans) + 3 for spans in said)


def _with_bars(said: Sequence[Spans]) -> Spans:
    spans = list(said[0])
    for stay in said[1:]:
        spans += [BAR, *stay]
    return tuple(spans)


def _failures(failures: Mapping[str, int], picture: Picture) -> Spans:
    if not failures:
        return (dim("failures in 5 min  none"),)
    worst = sorted(failures.items(), key=lambda item: -item[1])
    services = picture.snapshot.services
    parts: list[Spans] = []
    for service_id, number in worst:
        service = services.get(service_id)
        name = plain(service.name if service else service_id)
        parts.append((Span(f"{name} "), Span(count(number), Meaning.BAD)))
    return (dim("failures in 5 min  "), *joined(parts, width=200, between="   "))
