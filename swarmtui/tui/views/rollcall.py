"""The Roll call screen: which machines of the inventory are in, and why the others are not."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.stream.interest import Interest
from swarmtui.tui.lines import Line, Spans, dim, title
from swarmtui.tui.messages import MachineOpened, Marked, NodeOpened, TailsAsked
from swarmtui.tui.table.column import Sort
from swarmtui.tui.table.table import RowMarksChanged, RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.tails import Tails, in_order, left_out_spans
from swarmtui.tui.verdicts import inventory_of, roll_call_spans, verdict_of
from swarmtui.tui.views.machine_columns import ROLL_CALL_COLUMNS


class RollCallView(TableView[MachineRow]):
    """Every machine of the inventory, the worst first."""

    TITLE = "Roll call"
    KIND = Kind.MACHINES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "tail", "Tail", id="rollcall.tail"),
        Binding("i", "explain", "Info", id="rollcall.info"),
    ]

    def __init__(self, *, clock: Clock, tells_sum: bool = True) -> None:
        """Take whether the sum is not told elsewhere on the screen."""
        super().__init__(ROLL_CALL_COLUMNS, sort=Sort("swarm"), clock=clock, markable=True)
        self._tells_sum = tells_sum
        self._tails = Tails()

    def take_tails(self, tails: Tails) -> None:
        """Count these from the next picture on."""
        self._tails = tails

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the machines that the query means."""
        machines = inventory_of(scene.picture)
        if not query.is_empty:
            machines = query.filter_machines(machines, scene.picture)
        self.put({machine.name: machine for machine in machines}, scene, anew=anew)
        if scene.picture.machines:
            self.table.keep_marks(scene.picture.machines)

    def interest(self) -> Interest:
        """Return that the machines shall be asked, as long as their answers are on screen."""
        return Interest(roll_call=True)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many machines the inventory has."""
        return len(inventory_of(picture))

    def is_seen(self, picture: Picture) -> bool:
        """Tell whether the inventory is known; the machines themselves may not have answered."""
        return bool(picture.machines)

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the newest answer came."""
        answers = (machine.seen for machine in inventory_of(picture))
        return max((seen.taken_at for seen in answers if seen is not None), default=None)

    def counts(self, picture: Picture) -> Spans:
        """Return how many are in, how many are not and why, and how many could not be tailed."""
        machines = inventory_of(picture)
        if not machines:
            return ()
        counts = super().counts(picture)
        if self._tells_sum:
            told = roll_call_spans(machines, picture)
            counts = told if self._query.is_empty else (*counts, dim(" · "), *told)
        return (*counts, *left_out_spans(self._tails))

    def explain_absence(self, picture: Picture) -> Sequence[Line]:
        """Return why there are no rows."""
        if not inventory_of(picture):
            text = "   swarmtui --inventory FILE names the machines to ask"
            return (Line(), Line((title("   no inventory"),)), Line((dim(text),)))
        return super().explain_absence(picture)

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the node a machine is, or for all that is known of one that is none."""
        event.stop()
        picture = self._picture
        machine = picture.machines.get(event.row_id) if picture else None
        if picture is None or machine is None:
            return
        is_node = machine.node_id in picture.snapshot.nodes and verdict_of(machine, picture).is_in
        self.post_message(NodeOpened(machine.node_id) if is_node else MachineOpened(machine.name))

    def on_row_marks_changed(self, event: RowMarksChanged) -> None:
        """Tell which machines are marked."""
        event.stop()
        self.post_message(Marked(event.row_ids))
        self._tell(self._clock())

    def action_tail(self) -> None:
        """Start to tail the marked machines, or the one under the cursor; or stop it."""
        table = self.table
        if names := in_order(table.body.sorting.ids, table.marks, table.cursor_id):
            self.post_message(TailsAsked(names))

    def action_explain(self) -> None:
        """Ask for everything that is known of the machine under the cursor."""
        if self.table.cursor_id:
            self.post_message(MachineOpened(self.table.cursor_id))
