"""The Stats screen: how each tailed machine does, and `docker stats` of all their containers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.stats import TailState
from swarmtui.tui import docker_units, words
from swarmtui.tui.lines import Line, Spans, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import MachineOpened, NodeOpened, TailsAsked
from swarmtui.tui.table.column import Sort
from swarmtui.tui.table.table import RowOpened, Table
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.tails import Tails, choose, left_out_spans, words_of_choice
from swarmtui.tui.views.container_columns import CONTAINER_COLUMNS
from swarmtui.tui.views.container_rows import ContainerRows
from swarmtui.tui.views.machine_columns import TAIL_COLUMNS

MEASURED = {each.key for each in CONTAINER_COLUMNS if each.is_lively or each.is_age}
"""Columns by which rows stand elsewhere after each sample."""
MOST_MACHINES = 10
FEW_MACHINES = 4
"""Lines of machines where the screen is low."""


class StatsView(TableView[ContainerRow]):
    """The machines that are tailed, and below them the containers that the filter means."""

    TITLE = "Stats"
    KIND = Kind.CONTAINERS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "tail", "Tail", id="stats.tail"),
        Binding("e", "switch", "Machines", id="stats.machines"),
        Binding("i", "explain", "Info", id="stats.info"),
    ]

    DEFAULT_CSS = """
    StatsView {
        & > #stats-machines { height: 4; margin-top: 1; display: none; }
        & > #stats-machines.-some { display: block; }
        & > #containers-table { margin-top: 1; }
    }
    """

    def __init__(self, *, clock: Clock, marks_on: str = "Nodes") -> None:
        """Take the name of the screen on which machines are marked."""
        super().__init__(CONTAINER_COLUMNS, sort=Sort("node"), clock=clock, markable=False)
        self._marks_on = marks_on
        self._machines = Table(
            TAIL_COLUMNS,
            sort=Sort("state"),
            shows_cursor_always=False,
            id="stats-machines",
        )
        self._machine_lines = 0
        self._tails = Tails()
        self._tailed: Mapping[str, MachineRow] = {}
        self._containers = ContainerRows()

    def compose_between(self) -> ComposeResult:
        """Put the machines above their containers."""
        yield self._machines

    @property
    def machines(self) -> Table[MachineRow, Scene]:
        """Return the table of machines."""
        return self._machines

    def take_tails(self, tails: Tails) -> None:
        """Show these machines from the next picture on."""
        self._tails = tails

    def tick(self, now: datetime) -> None:
        """Let ages grow."""
        super().tick(now)
        if self._picture is not None:
            self._machines.tick(Scene(self._picture, now), now=now)

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Show the machines, and give the table the containers that the query means."""
        picture = scene.picture
        before, self._tailed = self._tailed, tailed_machines(picture, self._tails)
        new = {name for name, machine in self._tailed.items() if before.get(name) is not machine}
        changed_machines = new | (before.keys() - self._tailed.keys())
        self._machines.show(self._tailed, scene, now=scene.now, changed=changed_machines)
        self._make_room()
        changed = self._gather(picture, query, anew=anew)
        self.put(self._containers.rows, scene, anew=anew, changed=changed)

    def _gather(self, picture: Picture, query: Query, *, anew: bool) -> set[str] | None:
        """Take the containers that the query means; return the keys of those that changed.

        What a query means may hang on more than the machine: all rows go through it.
        """
        if not query.is_empty:
            rows = (row for row in picture.containers if row.machine in self._tailed)
            return self._containers.start(query.filter_containers(rows, picture))
        if anew:
            self._containers = ContainerRows()
        minds_figures = self.table.sort.key in MEASURED
        changed = self._containers.follow(
            self._tailed, picture.containers, minds_figures=minds_figures
        )
        return None if anew else changed

    def count_of_all(self, picture: Picture) -> int:
        """Return how many containers the tailed machines have."""
        del picture
        return sum(machine.containers for machine in self._tailed.values())

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the newest sample was taken."""
        del picture
        return max((m.taken_at for m in self._tailed.values() if m.taken_at), default=None)

    def counts(self, picture: Picture) -> Spans:
        """Return how many containers there are, on how many machines, and what they use."""
        if not self._tailed:
            return ()
        live = sum(_is_live(machine) for machine in self._tailed.values())
        is_whole = live == len(self._tailed)
        of_all = f"{words.count(live)} of {words.plural(len(self._tailed), 'machine')} live"
        return (
            *super().counts(picture),
            dim(" · "),
            Span(of_all, Meaning.OK if is_whole else Meaning.WARN),
            *left_out_spans(self._tails),
            dim(" · "),
            *self._totals(),
        )

    def explain_absence(self, picture: Picture) -> Sequence[Line]:
        """Return what to do when nothing is tailed, or what is waited for."""
        if not self._tailed:
            return (Line(), Line((title("   nothing is tailed"),)), *self._explain_ways(picture))
        if not self.is_seen(picture):
            return (Line(), Line((dim("   ◌ no sample yet; the machines above say why"),)))
        return super().explain_absence(picture)

    def _explain_ways(self, picture: Picture) -> Sequence[Line]:
        ways = [f"Space marks nodes on the {self._marks_on} screen, x tails them"]
        if whom := words_of_choice(picture, self._query):
            ways.insert(0, f"x tails {whom}")
        return tuple(Line((dim(f"   {way}"),)) for way in ways)

    def on_resize(self, event: Resize) -> None:
        """Give the machines fewer lines on a low screen."""
        del event
        self._make_room()

    @on(RowOpened, "#containers-table")
    def open_node(self, event: RowOpened) -> None:
        """Ask for the node a container runs on."""
        event.stop()
        row = self._containers.rows.get(event.row_id)
        if row is not None:
            self._open(row.machine, row.node_id)

    @on(RowOpened, "#stats-machines")
    def open_machine(self, event: RowOpened) -> None:
        """Ask for the node a machine is, or for how to trust it."""
        event.stop()
        machine = self._tailed.get(event.row_id)
        if machine is not None:
            self._open(machine.name, "" if machine.unknown_key else machine.node_id)

    def action_switch(self) -> None:
        """Go from the containers to the machines and back."""
        if self._machines.has_focus_within or not self._tailed:
            self.table.focus()
        else:
            self._machines.focus()

    def action_tail(self) -> None:
        """Tail the machine under the cursor no more; while none is tailed, those chosen."""
        if name := self._machine_under_cursor():
            self.post_message(TailsAsked((name,)))
        elif self._picture is not None and not self._tailed:
            self._tail_chosen(self._picture)

    def _tail_chosen(self, picture: Picture) -> None:
        if names := choose(picture, self._query):
            self.post_message(TailsAsked(names))
        elif whom := words_of_choice(picture, self._query):
            self.notify(f"there are none of {whom}", markup=False)

    def action_explain(self) -> None:
        """Ask for everything that is known of the machine under the cursor."""
        if name := self._machine_under_cursor():
            self.post_message(MachineOpened(name))

    def _totals(self) -> Spans:
        """Return what the containers shown use; all of them together are known by machine."""
        if self._query.is_empty:
            cpu = sum(machine.cpu_percent for machine in self._tailed.values())
            memory = sum(machine.memory_bytes for machine in self._tailed.values())
        else:
            shown = [row.stats for row in self._containers.rows.values()]
            cpu = sum(stats.cpu_percent or 0.0 for stats in shown)
            memory = sum(stats.memory_bytes or 0 for stats in shown)
        return (Span(docker_units.cpu(cpu)), dim(" CPU, "), Span(docker_units.memory(memory)))

    def _machine_under_cursor(self) -> str:
        if self._machines.has_focus_within or not self._containers.rows:
            return self._machines.cursor_id
        row = self._containers.rows.get(self.table.cursor_id)
        return row.machine if row else ""

    def _open(self, machine: str, node_id: str) -> None:
        nodes = self._picture.snapshot.nodes if self._picture else {}
        is_node = node_id in nodes
        self.post_message(NodeOpened(node_id) if is_node else MachineOpened(machine))

    def _make_room(self) -> None:
        """Give the machines their lines; those above the containers only as many as they need."""
        if not self._tailed and self._machines.has_focus_within:
            self.table.focus()
        self._machines.set_class(bool(self._tailed), "-some")
        most = MOST_MACHINES if self.size.height >= 30 else FEW_MACHINES
        wanted = 1 + min(most, len(self._tailed))
        if wanted != self._machine_lines:
            self._machine_lines = wanted
            self._machines.styles.height = wanted


def tailed_machines(picture: Picture, tails: Tails) -> dict[str, MachineRow]:
    """Return the machines that are wanted, also those nothing is known of yet."""
    names = sorted(tails.names(picture.machine_of))
    return {name: picture.machines.get(name) or _unknown(name, picture) for name in names}


def _unknown(name: str, picture: Picture) -> MachineRow:
    node = picture.snapshot.nodes.get(name)
    return MachineRow(
        name=name,
        node_id=node.id if node else "",
        hostname=node.hostname if node else name,
        region="",
        contributor="",
        mine=False,
        tail=None,
        seen=None,
        in_inventory=False,
        containers=0,
        cpu_percent=0.0,
        memory_bytes=0,
        cpu_trend=(),
        taken_at=None,
    )


def _is_live(machine: MachineRow) -> bool:
    return machine.tail is not None and machine.tail.state is TailState.LIVE
