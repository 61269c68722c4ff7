"""The rows of `swarmtui nodes`."""

from collections.abc import Iterator, Mapping, Sequence

import humanize
import msgspec

from swarmtui.cli.printed.order import natural
from swarmtui.cli.printed.paper import Span, Tone, harmless
from swarmtui.cli.printed.table import Column
from swarmtui.insight.picture import NodeLoad, Picture, Place
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.swarm.entities import Node
from swarmtui.swarm.words import Availability, NodeState, Reachability, Role

_NOWHERE = Place()
_IDLE = NodeLoad()
_UNUSABLE = frozenset({"", "0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - nothing listens

_LOOKS: Mapping[NodeState, tuple[str, Tone]] = {
    NodeState.READY: ("●", Tone.OK),
    NodeState.DOWN: ("✗", Tone.BAD),
    NodeState.DISCONNECTED: ("✗", Tone.BAD),
    NodeState.UNKNOWN: ("○", Tone.WARN),
}


class NodeRow(msgspec.Struct, frozen=True):
    """One node; the names and their order are what `--format json` and `csv` print."""

    id: str
    hostname: str
    role: Role
    state: NodeState
    availability: Availability
    leader: bool
    reachability: str
    """Empty for workers."""
    engine_version: str
    addr: str
    region: str
    region_from: str
    contributor: str
    contributor_from: str
    tasks_running: int
    failures_5m: int
    cpus: float
    memory_bytes: int
    labels: Mapping[str, str]
    """Node labels; engine labels are not among them."""


def iterate_nodes(picture: Picture, *, query: Query = EVERYTHING) -> Iterator[NodeRow]:
    """Go through the nodes that match by hostname, then by id."""
    nodes = query.filter_nodes(picture.snapshot.nodes.values(), picture)
    for node in sorted(nodes, key=lambda node: (natural(node.hostname), node.id)):
        yield _row(node, picture)


def address_of(node: Node) -> str:
    """Return where a node is, without a port.

    Old leaders report themselves at 0.0.0.0 or 127.0.0.1; their raft address knows better.
    """
    if node.addr in _UNUSABLE and node.manager is not None:
        return node.manager.addr.rpartition(":")[0].strip("[]")
    return node.addr


def _row(node: Node, picture: Picture) -> NodeRow:
    place = picture.places.get(node.id, _NOWHERE)
    load = picture.loads.get(node.id, _IDLE)
    return NodeRow(
        id=node.id,
        hostname=node.hostname,
        role=node.role,
        state=node.state,
        availability=node.availability,
        leader=node.is_leader,
        reachability=node.manager.reachability.value if node.manager else "",
        engine_version=node.engine_version,
        addr=address_of(node),
        region=place.region,
        region_from=place.region_from,
        contributor=place.contributor,
        contributor_from=place.contributor_from,
        tasks_running=load.running,
        failures_5m=load.failures_5m,
        cpus=node.cpus,
        memory_bytes=node.memory_bytes,
        labels=dict(sorted(node.labels.items())),
    )


def _state(row: NodeRow) -> Span:
    glyph, tone = _LOOKS[row.state]
    return Span(row.state.value, tone, glyph)


def _availability(row: NodeRow) -> Span:
    tone = Tone.PLAIN if row.availability is Availability.ACTIVE else Tone.WARN
    return Span(row.availability.value, tone)


def _manager_status(row: NodeRow) -> Span:
    if row.leader:
        return Span("leader", Tone.ACCENT, "★")
    is_lost = row.reachability == Reachability.UNREACHABLE
    return Span(row.reachability, Tone.BAD if is_lost else Tone.PLAIN)


def _failures(row: NodeRow) -> Span:
    return Span(f"{row.failures_5m:,}", Tone.WARN if row.failures_5m else Tone.DIM)


def _memory(row: NodeRow) -> Span:
    return Span(humanize.naturalsize(row.memory_bytes, binary=True, format="%.0f"))


NODE_COLUMNS: Sequence[Column[NodeRow]] = (
    Column("ID", lambda row: harmless(row.id, Tone.DIM), least=12, rank=7),
    Column("HOSTNAME", lambda row: harmless(row.hostname), least=12),
    Column("STATUS", _state),
    Column("AVAILABILITY", _availability, rank=3),
    Column("MANAGER STATUS", _manager_status, rank=1),
    Column("REGION", lambda row: harmless(row.region), least=10, rank=2),
    Column("CONTRIBUTOR", lambda row: harmless(row.contributor), least=12, rank=2),
    Column("TASKS", lambda row: Span(f"{row.tasks_running:,}"), right=True, rank=4),
    Column("FAIL 5M", _failures, right=True, rank=4),
    Column("CPUS", lambda row: Span(f"{row.cpus:g}"), right=True, rank=8),
    Column("MEMORY", _memory, right=True, rank=8),
    Column("ADDRESS", lambda row: harmless(row.addr), least=10, rank=6),
    Column("ENGINE VERSION", lambda row: harmless(row.engine_version), least=7, rank=5),
)
"""In the docker CLI's order with its heads, then ours."""
