"""The Node screen: one node, what it went through, and its tasks with their errors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.stream.interest import Interest
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Line, Spans, dim, title
from swarmtui.tui.messages import MachineOpened, ServiceOpened, TailsAsked
from swarmtui.tui.panes.node_card import CARD_LINES, NodeCard
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.table.column import Sort
from swarmtui.tui.table.gathering import Gathering
from swarmtui.tui.table.table import RowOpened, Table
from swarmtui.tui.table.table_view import Scene
from swarmtui.tui.views.container_columns import node_task_columns
from swarmtui.tui.views.node_stats import NodeStats
from swarmtui.tui.words import count


class NodeView(Vertical):
    """One node, drilled into."""

    TITLE: ClassVar[str] = "Node"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "tail", "Tail", id="node.tail"),
        Binding("i", "explain", "Info", id="node.info"),
    ]

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        super().__init__(id="node")
        self._clock = clock
        self._card = NodeCard(id="node-card")
        self._head = Pane(id="node-tasks-head")
        self._stats = NodeStats()
        self._table: Table[Task, Scene] = Table(
            node_task_columns(self._stats.find), sort=Sort("name"), id="node-tasks"
        )
        self._node_id = ""
        self._last: Node | None = None
        self._gone_since: datetime | None = None
        self._gathering: Gathering[Task] = Gathering()
        self._picture: Picture | None = None

    def compose(self) -> ComposeResult:
        """Put the card above the tasks."""
        self._card.styles.height = CARD_LINES
        yield self._card
        yield self._head
        yield self._table

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's
        """Send keys to the tasks."""
        self._table.focus(scroll_visible)
        return self

    @property
    def node_id(self) -> str:
        """Return the id of the node shown."""
        return self._node_id

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Return the tasks shown, by id."""
        return self._gathering.rows

    def point_at(self, node_id: str) -> None:
        """Show this node from now on; the next `show` brings what is known of it."""
        if node_id != self._node_id:
            self._node_id, self._last, self._gone_since = node_id, None, None
            self._gathering = Gathering()

    def show(self, picture: Picture, query: Query) -> None:
        """Show the node in a new picture; the filter means tables of the whole swarm."""
        del query
        is_new = self._last is None
        self._picture = picture
        self._follow_node(picture)
        self._stats.see(picture, self._node_id)
        changed = self._gathering.follow(picture.snapshot.tasks, self._mine)
        # What tasks use changes all the time, whatever the swarm says; they are a few hundred.
        looks_at_all = is_new or self._stats.is_sort(self._table.sort)
        now = self._clock()
        scene = Scene(picture, now)
        rows = self._gathering.rows
        message = () if rows else _no_tasks(picture)
        self._table.show(
            rows,
            scene,
            now=now,
            changed=None if looks_at_all else changed,
            anew=is_new,
            message=message,
        )
        self._draw(now)

    def forget(self) -> None:
        """Take the next picture for the first one: the node may not be there yet."""
        self._last, self._gone_since = None, None

    def tick(self, now: datetime) -> None:
        """Let ages grow."""
        if self._picture is not None:
            self._table.tick(Scene(self._picture, now), now=now)
            self._draw(now)

    def interest(self) -> Interest:
        """Return the services of its tasks, which are asked first, and itself to be tailed."""
        services = frozenset(task.service_id for task in self.tasks.values())
        return Interest(services, tails=frozenset({self._node_id} if self._node_id else ()))

    def on_resize(self, event: Resize) -> None:
        """Fold the card."""
        del event
        self.call_after_refresh(lambda: self._draw(self._clock()))

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the service of a task: how it fares elsewhere."""
        event.stop()
        task = self.tasks.get(event.row_id)
        if task is not None:
            self.post_message(ServiceOpened(task.service_id))

    def action_tail(self) -> None:
        """Tail it also when it is left; or no more than that."""
        if self._node_id:
            self.post_message(TailsAsked((self._node_id,)))

    def action_explain(self) -> None:
        """Ask for everything that is known of the machine the node is."""
        if self._stats.machine is not None:
            self.post_message(MachineOpened(self._stats.machine.name))

    def _mine(self, tasks: Iterable[Task]) -> Sequence[Task]:
        node_id = self._node_id
        return [task for task in tasks if task.node_id == node_id]

    def _follow_node(self, picture: Picture) -> None:
        """Keep the last that was seen of a node that vanished."""
        node = picture.snapshot.nodes.get(self._node_id)
        if node is not None:
            self._last, self._gone_since = node, None
        elif self._gone_since is None:
            self._gone_since = picture.snapshot.nodes_at or picture.at

    def _draw(self, now: datetime) -> None:
        if self._picture is None:
            return
        if self._last is None:
            said = f" no node {plain(self._node_id)} is there at this time"
            self._card.paint([Line((dim(said),))])
        else:
            self._card.show(self._last, self._picture, now, gone_since=self._gone_since)
        width = self.size.width
        lines = self._stats.lines(self._heading(), now, width=width)
        self._head.styles.height = len(lines)
        self._head.paint(lines)

    def _heading(self) -> Spans:
        running = sum(task.state == "running" for task in self.tasks.values())
        return (title(f" TASKS  {count(len(self.tasks))}"), dim(f"   {count(running)} running"))


def _no_tasks(picture: Picture) -> Sequence[Line]:
    if not picture.snapshot.has_all_tasks:
        return (Line((dim("   none seen here yet, still loading"),)),)
    return (Line((dim("   no tasks on this node"),)),)
