"""The Nodes screen: every column of `docker node ls`, and what the swarm does not tell there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from swarmtui.insight.picture import NodeLoad, Picture, Place
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import Availability, NodeState, Reachability
from swarmtui.tui import words
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import Marked, NodeOpened, TailsAsked
from swarmtui.tui.states import DRAIN, LEADER, PAUSE, TAILED, node_glyph
from swarmtui.tui.table.column import Align, Column, Sort, natural
from swarmtui.tui.table.table import RowMarksChanged, RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.tails import Tails, in_order, left_out_spans

NOWHERE = Place()
IDLE = NodeLoad()

_BADNESS = {
    NodeState.READY: 0,
    NodeState.UNKNOWN: 1,
    NodeState.DISCONNECTED: 2,
    NodeState.DOWN: 3,
}
_AVAILABILITIES = {word: place for place, word in enumerate(Availability)}
_NOT_ACTIVE = {
    Availability.DRAIN: DRAIN,
    Availability.PAUSE: PAUSE,
    Availability.UNKNOWN: Span("○", Meaning.WARN),
}
_UNUSABLE = frozenset({"", "0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - nothing listens


def is_tailed(node_id: str, picture: Picture) -> bool:
    """Tell whether `docker stats` of a node are tailed, or tried to be."""
    machine = picture.machines.get(picture.machine_of.get(node_id, node_id))
    return machine is not None and machine.tail is not None


def place_of(node: Node, scene: Scene) -> Place:
    """Return where a node is and whose it is."""
    return scene.picture.places.get(node.id, NOWHERE)


def load_of(node: Node, scene: Scene) -> NodeLoad:
    """Return what a node carries."""
    return scene.picture.loads.get(node.id, IDLE)


def address_of(node: Node) -> str:
    """Return where a node is, without a port.

    Old leaders report themselves at 0.0.0.0 or 127.0.0.1; their raft address knows better.
    """
    if node.addr in _UNUSABLE and node.manager is not None:
        return node.manager.addr.rpartition(":")[0].strip("[]")
    return node.addr


def number(value: int, meaning: Meaning = Meaning.PLAIN) -> Spans:
    """Return a count; zeros stay in the background."""
    return (Span(words.count(value), meaning if value else Meaning.DIM),)


def measure(text: str) -> Spans:
    """Return a figure with its unit in the background: `512 M`."""
    figure, _, unit = text.partition(" ")
    return (Span(figure), dim(f" {unit}")) if unit else (Span(figure),)


def _hostname(node: Node, scene: Scene) -> Spans:
    is_leading = node.is_leader and node.state is NodeState.READY
    sign = LEADER if is_leading else node_glyph(node.state)
    said = (sign, Span(f" {plain(node.hostname)}"))
    return (
        (*said, Span(f" {TAILED}", Meaning.ACCENT)) if is_tailed(node.id, scene.picture) else said
    )


def _status(node: Node, _: Scene) -> Spans:
    meaning = node_glyph(node.state).meaning
    return (Span(plain(node.state_word) or node.state, meaning),)


def _availability(node: Node, _: Scene) -> Spans:
    sign = _NOT_ACTIVE.get(node.availability)
    if sign is None:
        return (dim(node.availability),)
    return (Span(f"{sign.text} {node.availability}", sign.meaning),)


def _manager_status(node: Node, _: Scene) -> Spans:
    if node.manager is None:
        return ()
    if node.manager.leader:
        return (LEADER, Span(" leader", Meaning.ACCENT))
    is_reachable = node.manager.reachability is Reachability.REACHABLE
    return (Span(node.manager.reachability, Meaning.PLAIN if is_reachable else Meaning.BAD),)


def _manager_rank(node: Node, _: Scene) -> int:
    if node.manager is None:
        return 0
    return 3 if node.manager.leader else 1 + (node.manager.reachability is Reachability.REACHABLE)


def _region(node: Node, scene: Scene) -> Spans:
    place = place_of(node, scene)
    return (Span(plain(place.region), Meaning.PLAIN if place.region_from else Meaning.DIM),)


def _contributor(node: Node, scene: Scene) -> Spans:
    place = place_of(node, scene)
    if place.mine:
        return (Span(plain(place.contributor), Meaning.ACCENT),)
    is_known = bool(place.contributor_from)
    return (Span(plain(place.contributor), Meaning.PLAIN if is_known else Meaning.DIM),)


def _failures(node: Node, scene: Scene) -> Spans:
    return number(load_of(node, scene).failures_5m, Meaning.BAD)


def _since(node: Node, scene: Scene) -> Spans:
    since = scene.picture.states_since.get(node.id)
    return (Span(words.standing_since(since, scene.now)),)


def _since_value(node: Node, scene: Scene) -> float:
    since = scene.picture.states_since.get(node.id)
    return since.timestamp() if since else 0.0


def _foreign(text: Callable[[Node], str]) -> Callable[[Node, Any], Spans]:
    return lambda node, _: (dim(plain(text(node))),)


NODE_COLUMNS: tuple[Column[Node, Scene], ...] = (
    Column(
        key="hostname",
        head="HOSTNAME",
        value=lambda node, _: natural(node.hostname),
        cell=_hostname,
        width=20,
        grows_to=34,
    ),
    Column(
        key="status",
        head="STATUS",
        value=lambda node, _: _BADNESS[node.state],
        cell=_status,
        width=7,
        grows_to=14,
        descends=True,
    ),
    Column(
        key="availability",
        head="AVAILABILITY",
        short="AVAIL",
        value=lambda node, _: _AVAILABILITIES[node.availability],
        cell=_availability,
        width=7,
        grows_to=12,
        drop=3,
        descends=True,
    ),
    Column(
        key="manager",
        head="MANAGER STATUS",
        short="MANAGER",
        value=_manager_rank,
        cell=_manager_status,
        width=9,
        grows_to=14,
        drop=6,
        descends=True,
    ),
    Column(
        key="region",
        head="REGION",
        value=lambda node, scene: natural(place_of(node, scene).region),
        cell=_region,
        width=14,
        grows_to=20,
        drop=4,
    ),
    Column(
        key="contributor",
        head="CONTRIBUTOR",
        value=lambda node, scene: natural(place_of(node, scene).contributor),
        cell=_contributor,
        width=17,
        grows_to=30,
        drop=7,
    ),
    Column(
        key="tasks",
        head="TASKS",
        value=lambda node, scene: load_of(node, scene).tasks,
        cell=lambda node, scene: number(load_of(node, scene).tasks),
        width=5,
        align=Align.RIGHT,
        drop=1,
        descends=True,
    ),
    Column(
        key="failures",
        head="FAIL 5M",
        short="FAIL",
        value=lambda node, scene: load_of(node, scene).failures_5m,
        cell=_failures,
        width=4,
        grows_to=7,
        align=Align.RIGHT,
        drop=2,
        descends=True,
    ),
    Column(
        key="cpus",
        head="CPU",
        value=lambda node, _: node.cpus,
        cell=lambda node, _: (Span(words.processors(node.cpus)),),
        width=3,
        grows_to=5,
        align=Align.RIGHT,
        drop=8,
        descends=True,
    ),
    Column(
        key="memory",
        head="MEM",
        value=lambda node, _: node.memory_bytes,
        cell=lambda node, _: measure(words.memory(node.memory_bytes)),
        width=5,
        grows_to=7,
        align=Align.RIGHT,
        drop=9,
        descends=True,
    ),
    Column(
        key="engine",
        head="ENGINE VERSION",
        short="ENGINE",
        value=lambda node, _: natural(node.engine_version),
        cell=_foreign(lambda node: node.engine_version),
        width=8,
        grows_to=14,
        drop=10,
    ),
    Column(
        key="address",
        head="ADDRESS",
        value=lambda node, _: natural(address_of(node)),
        cell=_foreign(address_of),
        width=15,
        grows_to=39,
        drop=11,
    ),
    Column(
        key="id",
        head="ID",
        value=lambda node, _: node.id,
        cell=_foreign(lambda node: node.id),
        width=12,
        grows_to=25,
        drop=12,
        ends_open=True,
    ),
    Column(
        key="since",
        head="SINCE",
        value=_since_value,
        cell=_since,
        width=5,
        align=Align.RIGHT,
        is_age=True,
    ),
)


class NodesView(TableView[Node]):
    """All nodes; the ones marked stay marked whatever the filter shows."""

    TITLE = "Nodes"
    KIND = Kind.NODES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "tail", "Tail", id="nodes.tail"),
    ]

    def __init__(
        self,
        *,
        clock: Clock,
        sort: Sort = Sort("hostname"),  # noqa: B008 - it never changes
        id: str = "",  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(NODE_COLUMNS, sort=sort, clock=clock, markable=True, id=id)
        self._tails = Tails()

    def take_tails(self, tails: Tails) -> None:
        """Count these from the next picture on."""
        self._tails = tails

    def counts(self, picture: Picture) -> Spans:
        """Return how many nodes are shown, and how many could not be tailed."""
        return (*super().counts(picture), *left_out_spans(self._tails))

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the nodes that the query means."""
        nodes = scene.picture.snapshot.nodes
        if not query.is_empty:
            meant = query.filter_nodes(nodes.values(), scene.picture)
            nodes = {node.id: node for node in meant}
        self.put(nodes, scene, anew=anew)
        if scene.picture.snapshot.nodes:
            self.table.keep_marks(scene.picture.snapshot.nodes)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many nodes there are."""
        return len(picture.snapshot.nodes)

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the nodes were seen."""
        return picture.snapshot.nodes_at

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the node."""
        event.stop()
        self.post_message(NodeOpened(event.row_id))

    def on_row_marks_changed(self, event: RowMarksChanged) -> None:
        """Tell which nodes are marked."""
        event.stop()
        self.post_message(Marked(event.row_ids))
        self._tell(self._clock())

    def action_tail(self) -> None:
        """Start to tail the marked nodes, or the one under the cursor; or stop it."""
        table = self.table
        if names := in_order(table.body.sorting.ids, table.marks, table.cursor_id):
            self.post_message(TailsAsked(names))
