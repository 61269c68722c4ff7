"""Tell what differs between two moments of a swarm: nodes, services, who leads."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from swarmtui.insight.picture import Phase, Picture, Place, Quorum, ServiceLoad
from swarmtui.insight.wording import name_of, shorten
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.text import plain

NOTHING = "–"
LONGEST = 60
"""Characters of a value from outside, such as an image, within a sentence."""

_NOWHERE = Place()
_IDLE = ServiceLoad()


class Subject(StrEnum):
    """What can differ."""

    NODE = "node"
    SERVICE = "service"


class Change(NamedTuple):
    """One way in which something differs."""

    what: str
    """In words by which equal changes group: `joined`, `ready → down`, `replicas`."""
    detail: str = ""
    """From what to what, where that is this one's own: `100 → 200`."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A node or a service that is not the same at both times."""

    subject: Subject
    id: str
    name: str
    region: str = ""
    """Of a node, at the later time it is known at."""
    contributor: str = ""
    changes: tuple[Change, ...]
    is_gone: bool = False
    """It is there at the earlier time alone."""


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes or services that differ in the same way."""

    subject: Subject
    what: str
    count: int
    regions: Sequence[tuple[str, int]] = ()
    """Nodes by region, the most first."""


class Figure(NamedTuple):
    """A number at both times."""

    name: str
    before: int
    after: int


class LeaderChange(msgspec.Struct, frozen=True, kw_only=True):
    """Who led at both times, and what it took."""

    before: str
    """Hostname; empty when nobody led."""
    after: str
    elections: int
    """How many there were in between."""
    leaderless_s: float
    quorum_before: Quorum
    quorum_after: Quorum


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two times, the earlier one first."""

    earlier: datetime
    later: datetime
    leader: LeaderChange | None = None
    """`None` when the same one led all the time, with the same quorum."""
    figures: Sequence[Figure] = ()
    groups: Sequence[Alike] = ()
    """Nodes before services, the most first."""
    differences: Sequence[Difference] = ()
    unseen: Sequence[str] = ()
    """What could not be compared, as it had not been seen at one of the times: `nodes`…"""


def without_tasks(picture: Picture) -> Picture:
    """Return the picture without its tasks: what a comparison needs, a tenth of the memory."""
    snapshot = msgspec.structs.replace(picture.snapshot, tasks={}, stats={})
    return msgspec.structs.replace(picture, snapshot=snapshot, containers=(), trails={})


def compare(one: Picture, other: Picture) -> Comparison:
    """Return what differs between two pictures of one swarm, whichever of them is the earlier."""
    before, after = sorted((one, other), key=lambda picture: picture.at)
    unseen = [
        name
        for name, is_seen in (
            ("nodes", _have_nodes(before) and _have_nodes(after)),
            ("services", _have_services(before) and _have_services(after)),
            ("tasks", _have_tasks(before) and _have_tasks(after)),
        )
        if not is_seen
    ]
    nodes = [] if "nodes" in unseen else _compare_nodes(before, after)
    services = [] if "services" in unseen else _compare_services(before, after, unseen)
    return Comparison(
        earlier=before.at,
        later=after.at,
        leader=_compare_leaders(before, after),
        figures=_figures(before, after, unseen),
        groups=[*_group(nodes), *_group(services)],
        differences=[*nodes, *services],
        unseen=unseen,
    )


def _have_nodes(picture: Picture) -> bool:
    return picture.snapshot.nodes_at is not None


def _have_services(picture: Picture) -> bool:
    return picture.snapshot.services_at is not None


def _have_tasks(picture: Picture) -> bool:
    return picture.snapshot.has_all_tasks


def _compare_leaders(before: Picture, after: Picture) -> LeaderChange | None:
    old, new = before.leadership, after.leadership
    between = [each for each in new.elections if before.at < each.at <= after.at]
    names = _leader_of(before), _leader_of(after)
    quorums = old.quorum, new.quorum
    if names[0] == names[1] and quorums[0] == quorums[1] and not between:
        return None
    return LeaderChange(
        before=names[0],
        after=names[1],
        elections=len(between),
        leaderless_s=max(0.0, new.leaderless_s - old.leaderless_s),
        quorum_before=quorums[0],
        quorum_after=quorums[1],
    )


def _leader_of(picture: Picture) -> str:
    leadership = picture.leadership
    has_none = leadership.phase in {Phase.ELECTING, Phase.LOST}
    return "" if has_none else plain(leadership.leader)


def _figures(before: Picture, after: Picture, unseen: Sequence[str]) -> list[Figure]:
    figures = []
    if "nodes" not in unseen:
        figures += [
            Figure("nodes", before.nodes.total, after.nodes.total),
            Figure("ready", before.nodes.ready, after.nodes.ready),
            Figure("down", before.nodes.down, after.nodes.down),
            Figure("unknown", before.nodes.unknown, after.nodes.unknown),
        ]
    if "services" not in unseen:
        counts = len(before.snapshot.services), len(after.snapshot.services)
        figures.append(Figure("services", *counts))
    if "tasks" not in unseen:
        figures += [
            Figure("tasks wanted", before.tasks.desired, after.tasks.desired),
            Figure("running", before.tasks.running, after.tasks.running),
        ]
    return figures


def _group(differences: Iterable[Difference]) -> list[Alike]:
    """Count equal changes, and where they are, the most frequent first."""
    regions: defaultdict[tuple[Subject, str], Counter[str]] = defaultdict(Counter)
    for difference in differences:
        for change in difference.changes:
            what = f"{change.what} changed" if change.detail else change.what
            regions[difference.subject, what][difference.region] += 1
    groups = [
        Alike(
            subject=subject,
            what=what,
            count=counts.total(),
            regions=counts.most_common() if subject is Subject.NODE else (),
        )
        for (subject, what), counts in regions.items()
    ]
    return sorted(groups, key=lambda group: -group.count)


def _compare_nodes(before: Picture, after: Picture) -> list[Difference]:
    old, new = before.snapshot.nodes, after.snapshot.nodes
    came = (
        _node(new[id_], after.places, (Change("joined"), *_not_ready(new[id_])))
        for id_ in new.keys() - old.keys()
    )
    went = (
        _node(old[id_], before.places, (Change("gone"),), is_gone=True)
        for id_ in old.keys() - new.keys()
    )
    changed = (
        _node(new[id_], after.places, changes)
        for id_ in old.keys() & new.keys()
        if (changes := tuple(_node_changes(id_, before, after)))
    )
    return sorted((*came, *went, *changed), key=lambda difference: difference.id)


def _not_ready(node: Node) -> tuple[Change, ...]:
    """Say of a node that is new what would otherwise be found in a change."""
    return () if node.state == "ready" else (Change(f"new and {node.state}"),)


def _node(
    node: Node,
    places: Mapping[str, Place],
    changes: tuple[Change, ...],
    *,
    is_gone: bool = False,
) -> Difference:
    place = places.get(node.id, _NOWHERE)
    return Difference(
        subject=Subject.NODE,
        id=node.id,
        name=name_of(node),
        region=place.region,
        contributor=place.contributor,
        changes=changes,
        is_gone=is_gone,
    )


def _node_changes(id_: str, before: Picture, after: Picture) -> Iterator[Change]:
    old, new = before.snapshot.nodes[id_], after.snapshot.nodes[id_]
    if old != new:
        yield from _changed_words(old, new)
        yield from _changed_details(old, new, _NODE_DETAILS)
        if (old.labels, old.engine_labels) != (new.labels, new.engine_labels):
            yield Change("labels changed")
    places = before.places.get(id_, _NOWHERE), after.places.get(id_, _NOWHERE)
    yield from _changed_details(*places, _PLACE_DETAILS)


def _changed_words(old: Node, new: Node) -> Iterator[Change]:
    """Yield what changes between a few words, and so groups by both of them."""
    if old.is_leader is not new.is_leader:
        yield Change("leads" if new.is_leader else "leads no more")
    for word in (_state, _availability, _role, _reachability):
        if (was := word(old)) != (is_ := word(new)):
            yield Change(f"{was or NOTHING} → {is_ or NOTHING}")


def _state(node: Node) -> str:
    return plain(node.state_word) or str(node.state)


def _availability(node: Node) -> str:
    return str(node.availability)


def _role(node: Node) -> str:
    return str(node.role)


def _reachability(node: Node) -> str:
    return str(node.manager.reachability) if node.manager else ""


def _changed_details(
    old: object, new: object, details: Mapping[str, Callable[..., object]]
) -> Iterator[Change]:
    for name, value in details.items():
        if (was := value(old)) != (is_ := value(new)):
            yield Change(name, f"{_said(was)} → {_said(is_)}")


def _said(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else plain(str(value))
    return shorten(text, LONGEST) or NOTHING


_NODE_DETAILS: Mapping[str, Callable[[Node], object]] = {
    "engine": lambda node: node.engine_version,
    "hostname": lambda node: node.hostname,
    "address": lambda node: node.addr,
    "cpus": lambda node: f"{node.cpus:g}",
    "memory": lambda node: f"{node.memory_bytes >> 20:,} MiB",
}
_PLACE_DETAILS: Mapping[str, Callable[[Place], object]] = {
    "region": lambda place: place.region,
    "contributor": lambda place: place.contributor,
}
_SERVICE_DETAILS: Mapping[str, Callable[[Service], object]] = {
    "replicas": lambda service: "" if service.replicas is None else service.replicas,
    "image": lambda service: service.image,
    "update": lambda service: service.update_state,
    "name": lambda service: service.name,
    "constraints": lambda service: ", ".join(service.constraints),
}


def _compare_services(before: Picture, after: Picture, unseen: Sequence[str]) -> list[Difference]:
    old, new = before.snapshot.services, after.snapshot.services
    has_tasks = "tasks" not in unseen
    found = [_service(new[id_], (Change("created"),)) for id_ in new.keys() - old.keys()]
    found += [
        _service(old[id_], (Change("removed"),), is_gone=True) for id_ in old.keys() - new.keys()
    ]
    for id_ in old.keys() & new.keys():
        changes = [*_service_changes(old[id_], new[id_])]
        if has_tasks:
            changes += _running(id_, before, after)
        if changes:
            found.append(_service(new[id_], tuple(changes)))
    return sorted(found, key=lambda difference: difference.id)


def _service_changes(old: Service, new: Service) -> Iterator[Change]:
    if old != new:
        yield from _changed_details(old, new, _SERVICE_DETAILS)
        if old.labels != new.labels:
            yield Change("labels changed")


def _running(id_: str, before: Picture, after: Picture) -> Iterator[Change]:
    old, new = before.service_loads.get(id_, _IDLE), after.service_loads.get(id_, _IDLE)
    if old.running != new.running:
        yield Change("running", f"{old.running:,} → {new.running:,} of {new.desired:,}")


def _service(service: Service, changes: tuple[Change, ...], *, is_gone: bool = False) -> Difference:
    return Difference(
        subject=Subject.SERVICE,
        id=service.id,
        name=shorten(plain(service.name)) or service.id[:12],
        changes=changes,
        is_gone=is_gone,
    )
