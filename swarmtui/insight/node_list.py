"""Write the list of nodes as `docker node ls` does, with the owner at the end of each line."""

import re
from collections.abc import Iterator, Sequence

from swarmtui.insight.attribution import UNCLAIMED
from swarmtui.insight.picture import Picture
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import Availability

HEADS = (
    "ID",
    "HOSTNAME",
    "STATUS",
    "AVAILABILITY",
    "MANAGER STATUS",
    "ENGINE VERSION",
    "CONTRIBUTOR",
)
_GAP = 3
"""Blanks between columns, as docker leaves them."""
_AVAILABILITIES = {each: each.capitalize() for each in Availability if each != "unknown"}
_NODE_ID = re.compile(r"[a-z0-9]{10,25}")
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+\S*")
NOT_KNOWN = "?"
"""Keeps a column filled, so that what follows is taken for what it is."""


def node_list(picture: Picture) -> str:
    """Return the list, which `parse_claims` reads: the same nodes are then claimed by the same.

    By hostname, those of one name by id. A node whose id is none that the list can hold is left
    out.
    """
    nodes = [node for id_, node in picture.snapshot.nodes.items() if _NODE_ID.fullmatch(id_)]
    nodes.sort(key=lambda node: (node.hostname, node.id))
    rows = [HEADS, *(_cells(node, picture) for node in nodes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(_lines(rows, widths))


def owner_of(node_id: str, picture: Picture) -> str:
    """Return the contributor as the list writes it; empty where nobody claimed the node."""
    place = picture.places.get(node_id)
    if place is None or place.contributor == UNCLAIMED:
        return ""
    return " ".join(plain(place.contributor).split())


def _cells(node: Node, picture: Picture) -> tuple[str, ...]:
    version = plain(node.engine_version)
    return (
        node.id,
        "_".join(plain(node.hostname).split()),
        node.state.capitalize(),
        _AVAILABILITIES.get(node.availability, NOT_KNOWN),
        _manager_status(node),
        version if _VERSION.fullmatch(version) else NOT_KNOWN,
        owner_of(node.id, picture),
    )


def _manager_status(node: Node) -> str:
    if node.manager is None:
        return ""
    return "Leader" if node.manager.leader else node.manager.reachability.capitalize()


def _lines(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield (" " * _GAP).join(cells).rstrip() + "\n"
