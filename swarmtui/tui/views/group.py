"""The screen of one region or contributor: how it does and did, why, with whom, and its nodes."""

from collections.abc import Sequence
from datetime import datetime
from operator import is_
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.message import Message

from swarmtui.insight.parts import FIELDS, GroupName, concerns, members_of, parts_of
from swarmtui.insight.picture import Group, Picture, Problem
from swarmtui.insight.query import Query
from swarmtui.insight.query_syntax import quote
from swarmtui.swarm.entities import Node
from swarmtui.tui.lines import Spans
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ScreenWanted
from swarmtui.tui.panes.group_card import CARD_LINES, GroupTimeline, card_lines
from swarmtui.tui.panes.groups import Groups
from swarmtui.tui.panes.pane import Pane, PicturePane
from swarmtui.tui.panes.problems import Problems
from swarmtui.tui.table.column import Sort
from swarmtui.tui.table.table_view import Clock, Scene
from swarmtui.tui.views.nodes import NodesView

HIGH, HIGHER = 30, 42
"""Lines from which on the charts, the problems and the parts have more of them."""


class GroupView(NodesView):
    """One region or contributor; the filter means its nodes."""

    TITLE = "Nodes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next pane", id="group.next_pane", show=False),
    ]

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(clock=clock, sort=Sort("status", descends=True), id="group")
        self._which = GroupName("region", "")
        self._members: dict[str, Node] = {}
        self._parts: Sequence[Group] = ()
        self._made_of: tuple[object, ...] = (None,) * 4
        """What the members and the parts were made of."""
        self._card = Pane(id="group-card")
        self._timeline = GroupTimeline(id="group-timeline")
        self._problems = ProblemsOfGroup(self, id="group-problems")
        self._pane_of_parts = PartsOfGroup(self, id="group-parts")

    def compose(self) -> ComposeResult:
        """Put what concerns all of it above its nodes."""
        self._card.styles.height = CARD_LINES
        yield self._card
        yield self._timeline
        with Horizontal(id="group-why"):
            yield self._problems
            yield self._pane_of_parts
        yield from super().compose()

    @property
    def which(self) -> GroupName:
        """Return which group is shown."""
        return self._which

    @property
    def parts(self) -> Sequence[Group]:
        """Return what it consists of."""
        return self._parts

    def point_at(self, which: GroupName) -> None:
        """Show this group from now on; the next `show` brings what is known of it."""
        if which != self._which:
            self._which = self._timeline.which = which
            self.forget()

    def concerns(self, problem: Problem) -> bool:
        """Tell whether a problem is about what is shown."""
        return concerns(problem, self._which, self._members)

    def show(self, picture: Picture, query: Query) -> None:
        """Show the group in a new picture."""
        self._follow(picture)
        super().show(picture, query)
        self._lay_out()
        self._draw(picture)

    def tick(self, now: datetime) -> None:
        """Let ages grow."""
        super().tick(now)
        for pane in self._panes():
            pane.tick(now)

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the nodes of the group that the query means."""
        nodes = self._members
        if not query.is_empty:
            meant = query.filter_nodes(nodes.values(), scene.picture)
            nodes = {node.id: node for node in meant}
        self.put(nodes, scene, anew=anew)
        if scene.picture.snapshot.nodes:
            self.table.keep_marks(scene.picture.snapshot.nodes)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many nodes the group has."""
        del picture
        return len(self._members)

    def on_resize(self, event: Resize) -> None:
        """Give every pane its lines."""
        del event
        if self._picture is not None:
            self._lay_out()
            self.call_after_refresh(self._draw, self._picture)

    def _follow(self, picture: Picture) -> None:
        """Find the members and the parts anew, unless all they are made of is the same."""
        made_of = (self._which, picture.places, picture.snapshot.nodes, picture.loads)
        if not all(map(is_, made_of, self._made_of)):
            self._made_of = made_of
            self._members = members_of(self._which, picture)
            self._parts = parts_of(self._which, self._members, picture)

    def _draw(self, picture: Picture) -> None:
        now = self._clock()
        self._card.paint(card_lines(self._which, picture, width=self.size.width))
        for pane in self._panes():
            pane.show(picture, now)

    def _panes(self) -> tuple[PicturePane, ...]:
        return self._timeline, self._problems, self._pane_of_parts

    def _lay_out(self) -> None:
        height = self.size.height
        charts, why = (8, 9) if height >= HIGHER else (4, 6) if height >= HIGH else (4, 3)
        self._timeline.styles.height = charts
        for pane in (self._problems, self._pane_of_parts):
            pane.styles.height = why
            pane.gap = 1 if height >= HIGH else 0

    def _asked(self) -> Spans:
        if self._query.is_empty:
            return (Span(f"NODES OF {self._which.field.upper()}", Meaning.TITLE),)
        return super()._asked()


class ProblemsOfGroup(Problems):
    """The problems that concern the group."""

    def __init__(self, view: GroupView, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._view = view

    def listed(self, picture: Picture) -> Sequence[Problem]:
        """Return those about it, or about nodes of it."""
        return [problem for problem in picture.problems if self._view.concerns(problem)]


class PartsOfGroup(Groups):
    """Who has nodes in a region, or where a contributor's are."""

    def __init__(self, view: GroupView, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__("", "", lambda _: view.parts, id=id)
        self._view = view

    @property
    def heading(self) -> str:
        """Return what the parts are."""
        return f"{FIELDS[self._view.which.field]}s".upper()

    def message_for(self, key: str, picture: Picture) -> Message:
        """Ask for the nodes of the group that are of this part."""
        del picture
        which = self._view.which
        part = f"{FIELDS[which.field]}:{quote(key)}"
        return ScreenWanted("nodes", f"{which.field}:{quote(which.name)} {part}")
