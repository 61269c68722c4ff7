"""What changed between two moments, told as an engine tells it on `/events`."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from swarmtui.httpd.journal import Happening
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.snapshot import Snapshot

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T", Node, Service)


def iterate_news(before: Snapshot, after: Snapshot, *, at: datetime) -> Iterator[Happening]:
    """Yield what happened to nodes and services; there are no events of tasks, nor of leaders.

    Lists that are seen for the first time are no news.
    """
    second = (at - _EPOCH) / timedelta(seconds=1)
    for kind, subject, old, new in (
        *(_pair("node", before.nodes, after.nodes) if before.nodes_at else ()),
        *(_pair("service", before.services, after.services) if before.services_at else ()),
    ):
        attributes = {"name": _name(new or old)}
        action = "remove" if new is None else "create"
        if old is not None and new is not None:
            action = "update"
            for what, was, now in zip(_LOOKED_AT[kind], _look(old), _look(new), strict=True):
                if was != now:
                    attributes |= {f"{what}.old": was, f"{what}.new": now}
        yield Happening(at=second, kind=kind, action=action, subject=subject, attributes=attributes)


_LOOKED_AT = {
    "node": ("availability", "role", "state"),
    "service": ("image", "replicas", "updatestate"),
}


def _look(thing: Node | Service) -> tuple[str, ...]:
    """Return what an event tells of a thing before and after."""
    if isinstance(thing, Node):
        return thing.availability, thing.role, thing.state_word or thing.state
    replicas = "" if thing.replicas is None else str(thing.replicas)
    return thing.image, replicas, thing.update_state


def _name(thing: Node | Service | None) -> str:
    if isinstance(thing, Node):
        return thing.hostname
    return thing.name if thing is not None else ""


def _pair(
    kind: str, before: Mapping[str, T], after: Mapping[str, T]
) -> Iterator[tuple[str, str, T | None, T | None]]:
    """Yield what is new, differs or is gone, with what it was and is."""
    if before is after:
        return
    for id_, thing in after.items():
        known = before.get(id_)
        if known is not thing and known != thing:
            yield kind, id_, known, thing
    for id_, thing in before.items():
        if id_ not in after:
            yield kind, id_, thing, None
