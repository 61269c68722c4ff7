"""The Wall: every node as one cell, by region or contributor, coloured by what one looks for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize

from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import NodeLoad, Picture, Place
from swarmtui.insight.query import EVERYTHING, Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.tui import words
from swarmtui.tui.lines import Line, Spans, cut, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import GroupOpened, TailsAsked
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.states import LEADER, node_glyph
from swarmtui.tui.table.table_view import Summary
from swarmtui.tui.wall.arrangement import Arrangement, bank_nodes
from swarmtui.tui.wall.glow import Glow
from swarmtui.tui.wall.shades import LEGENDS, Colouring, Shading, shading
from swarmtui.tui.wall.wall_pane import BankClicked, NodePointedAt, WallPane

GROUPINGS = ("region", "contributor")
_NOWHERE = Place()


class WallView(Vertical):
    """All nodes at once."""

    TITLE: ClassVar[str] = "Wall"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g",
            "regroup",
            "Group",
            id="wall.group",
            tooltip="group by contributor, or by region again",
        ),
        Binding(
            "c",
            "recolour",
            "Colour",
            id="wall.colour",
            tooltip="colour by failures, by tasks, by load, by state again",
        ),
        Binding(
            "i",
            "explain",
            "Group info",
            id="wall.info",
            tooltip="the region or the contributor of this node",
        ),
        Binding("x", "tail", "Tail", id="wall.tail"),
    ]

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        super().__init__(id="wall")
        self._clock = clock
        self._summary = Summary()
        self._cells = WallPane()
        self._line = Pane(id="wall-node")
        self._grouping = GROUPINGS[0]
        self._colouring = Colouring.STATE
        self._glow = Glow()
        self._picture: Picture | None = None
        self._query = EVERYTHING
        self._shown: Mapping[str, Node] = {}
        self._stands: object = None
        """What the arrangement was made of."""
        self._shading: Shading | None = None
        """How the nodes of this picture are drawn; `None` when it has to be found anew."""

    def compose(self) -> ComposeResult:
        """Put what is shown above the cells, and the name of a node below them."""
        yield self._summary
        yield self._cells
        yield self._line

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's
        """Send keys to the cells."""
        self._cells.focus(scroll_visible)
        return self

    @property
    def cells(self) -> WallPane:
        """Return the cells."""
        return self._cells

    def show(self, picture: Picture, query: Query) -> None:
        """Show the nodes that the filter means."""
        now = self._clock()
        self._picture, self._query, self._shading = picture, query, None
        self._glow.see(picture.snapshot.nodes, now)
        nodes = picture.snapshot.nodes
        if not query.is_empty:
            nodes = {node.id: node for node in query.filter_nodes(nodes.values(), picture)}
        self._shown = nodes
        self._arrange()
        self._draw(now)

    def tick(self, now: datetime) -> None:
        """Let ages grow, and what glows fade."""
        self._draw(now)

    def forget(self) -> None:
        """Take the states of the next picture for no news."""
        self._glow = Glow()

    def on_resize(self, event: Resize) -> None:
        """Arrange the nodes anew once the cells have their new size."""
        del event
        self.call_after_refresh(self._fit)

    def on_node_pointed_at(self, event: NodePointedAt) -> None:
        """Name the node."""
        event.stop()
        self._tell_node(self._clock())

    def action_regroup(self) -> None:
        """Group by contributor in place of region, or by region again."""
        self._grouping = GROUPINGS[1 - GROUPINGS.index(self._grouping)]
        self._fit()

    def action_recolour(self) -> None:
        """Colour by the next property."""
        every = list(Colouring)
        self._colouring = every[(every.index(self._colouring) + 1) % len(every)]
        self._shading = None
        self._draw(self._clock())

    def action_explain(self) -> None:
        """Ask for the region, or the contributor, of the node under the cursor."""
        if self._picture is not None and self._cells.cursor_id:
            place = self._picture.places.get(self._cells.cursor_id, _NOWHERE)
            name = getattr(place, self._grouping)
            self.post_message(GroupOpened(GroupName(self._grouping, name)))

    def on_bank_clicked(self, event: BankClicked) -> None:
        """Ask for the region, or the contributor, whose name was clicked."""
        event.stop()
        self._cells.cursor_id = event.node_id
        self.action_explain()

    def action_tail(self) -> None:
        """Start to tail the node under the cursor, or stop it."""
        if self._cells.cursor_id:
            self.post_message(TailsAsked((self._cells.cursor_id,)))

    def _fit(self) -> None:
        if self._picture is not None:
            self._arrange()
            self._draw(self._clock())

    def _arrange(self) -> None:
        picture = self._picture
        if picture is None or not self._cells.size.height:
            return
        # Places are another object when a node came, went or was attributed anew, and only then.
        ids = picture.places if self._query.is_empty else frozenset(self._shown)
        stands = (self._grouping, self._cells.size, ids)
        if isinstance(self._stands, tuple) and _are_same(stands, self._stands):
            return
        self._stands = stands
        places, grouping = picture.places, self._grouping
        banks = bank_nodes(
            self._shown,
            self._shown,
            lambda id_: getattr(places.get(id_, _NOWHERE), grouping),
            last=getattr(_NOWHERE, grouping),
        )
        width, height = self._cells.size
        self._cells.lay_out(Arrangement(banks, width=width, height=height))

    def _draw(self, now: datetime) -> None:
        picture = self._picture
        if picture is None:
            return
        if self._shading is None:
            self._shading = shading(self._colouring, picture)
        self._cells.show(self._shown, self._shading, glowing=self._glow.at(now))
        self._summary.tell(
            self._asked(), [self._count(picture), self._density(), _legend(self._colouring)]
        )
        self._tell_node(now)

    def _asked(self) -> Spans:
        how = dim(f" by {self._grouping} · coloured by {self._colouring}")
        if self._query.is_empty:
            return (Span("WALL", Meaning.TITLE), how)
        return (Span("/ ", Meaning.ACCENT), Span(plain(self._query.text)), how)

    def _count(self, picture: Picture) -> Spans:
        whole, shown = len(picture.snapshot.nodes), len(self._shown)
        if self._query.is_empty:
            return (Span(words.count(whole)), dim(" node" if whole == 1 else " nodes"))
        return (Span(words.count(shown), Meaning.TITLE), dim(f" of {words.count(whole)}"))

    def _density(self) -> Spans:
        return (dim("two a cell, the worse one shows"),) if self._cells.holds_two else ()

    def _tell_node(self, now: datetime) -> None:
        picture = self._picture
        if picture is None:
            return
        node = self._shown.get(self._cells.pointed_at)
        spans = self._absence(picture) if node is None else _describe(node, picture, now)
        self._line.paint([Line(cut(spans, self.size.width))])

    def _absence(self, picture: Picture) -> Spans:
        if picture.snapshot.nodes_at is None:
            return (title("   ◌ no data yet"), dim("   waiting for the first answer of a manager"))
        if self._query.is_empty:
            return (dim("   the swarm answers and has no nodes"),)
        reasons = [f" · {m.term}: {m.reason}" for m in self._query.misfits(Kind.NODES)]
        nothing = title(f"   nothing matches  {plain(self._query.text)}")
        return (nothing, dim(f"   / changes the filter{plain(''.join(reasons))}"))


def _are_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Compare by identity what is too large to be compared otherwise."""
    return one[:2] == other[:2] and (
        one[2] is other[2] or (isinstance(one[2], frozenset) and one[2] == other[2])
    )


def _legend(colouring: Colouring) -> Spans:
    spans: list[Span] = []
    for span in LEGENDS[colouring]:
        spans += [dim(" "), span] if spans else [span]
    return tuple(spans)


def _describe(node: Node, picture: Picture, now: datetime) -> Spans:
    """Return a node in one line: what it is, since when, where, whose, and what it carries."""
    place = picture.places.get(node.id, _NOWHERE)
    load = picture.loads.get(node.id, NodeLoad())
    sign = node_glyph(node.state)
    since = words.age_since(picture.states_since.get(node.id), now)
    failures = load.failures_5m
    return (
        Span(" > ", Meaning.ACCENT),
        *((LEADER, Span(" ")) if node.is_leader else ()),
        title(plain(node.hostname) or node.id),
        Span(f" {sign.text} {node.state} {since}", sign.meaning),
        *((dim(f" · {node.availability}"),) if node.availability != "active" else ()),
        dim(f" · {plain(place.region)} · {plain(place.contributor)} · "),
        Span(words.plural(load.tasks, "task")),
        *((Span(f" · {words.count(failures)} failed in 5m", Meaning.BAD),) if failures else ()),
    )
