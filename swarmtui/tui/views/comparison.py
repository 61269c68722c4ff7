"""The Compare screen: what differs between two times."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.events import Resize

from swarmtui.insight.comparison import Difference, Subject
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.text import plain
from swarmtui.tui import words
from swarmtui.tui.comparing import Compared
from swarmtui.tui.lines import Line, Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import NodeOpened, ServiceOpened
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.table.column import Sort, natural
from swarmtui.tui.table.table import RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.views.comparison_columns import DIFFERENCE_COLUMNS, heading, sum_lines

SHARE = 3
"""The sums take a part of the height as small as this, the rows the rest."""
FEWEST_SUMS = 4


class ComparisonView(TableView[Difference]):
    """Who led, figures and equal changes counted; below them each node and service."""

    TITLE = "Compare"
    KIND = Kind.NODES

    DEFAULT_CSS = """
    ComparisonView {
        & > #compare-sums { height: 4; }
        & > #compare-table { margin-top: 1; }
    }
    """

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(
            DIFFERENCE_COLUMNS, sort=Sort("kind"), clock=clock, markable=False, id="compare"
        )
        self._sums = Pane(id="compare-sums")
        self._compared: Compared | None = None
        self._filled_from: Compared | None = None
        self._filled_by = ""

    def compose_between(self) -> ComposeResult:
        """Put the sums above the rows."""
        yield self._sums

    def take_compared(self, compared: Compared) -> None:
        """Show this from the next picture on."""
        self._compared = compared
        self._draw_sums()

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table what differs and is meant; it stays while time goes on."""
        del anew
        is_filled = self._filled_from is self._compared and self._filled_by == query.text
        if self._compared is None or is_filled:
            return
        self._filled_from, self._filled_by = self._compared, query.text
        differences = sorted(self._compared.comparison.differences, key=_rank)
        rows = {_key(each): each for each in differences}
        if not query.is_empty:
            meant = find_meant(self._compared, query)
            rows = {key: each for key, each in rows.items() if key in meant}
        self.put(rows, scene, anew=True)
        self._draw_sums()

    def count_of_all(self, picture: Picture) -> int:
        """Return how many nodes and services differ."""
        del picture
        return len(self._compared.comparison.differences) if self._compared else 0

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return nothing: what is compared grows no older."""
        del picture
        return None

    def counts(self, picture: Picture) -> Spans:
        """Return how many differ, and how many of them are shown."""
        whole, shown = self.count_of_all(picture), self.table.count
        if self._query.is_empty:
            return (Span(words.count(whole)), dim(" differ"))
        return (Span(words.count(shown), Meaning.TITLE), dim(f" of {words.count(whole)} differ"))

    def explain_absence(self, picture: Picture) -> Sequence[Line]:
        """Return why there are no rows."""
        if self.count_of_all(picture):
            return (Line(), Line((Span(f"   nothing matches  {plain(self._query.text)}"),)))
        return (Line(), Line((dim("   no node and no service differs between the two times"),)))

    def on_resize(self, event: Resize) -> None:
        """Break the sums anew."""
        del event
        self._draw_sums()

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the node, or the tasks of the service."""
        event.stop()
        subject, _, id_ = event.row_id.partition(" ")
        is_node = subject == Subject.NODE
        self.post_message(NodeOpened(id_) if is_node else ServiceOpened(id_))

    def _asked(self) -> Spans:
        if self._compared is None:
            return super()._asked()
        asked = super()._asked() if not self._query.is_empty else ()
        between = (dim("   "),) if asked else ()
        return (*heading(self._compared.comparison), *between, *asked)

    def _draw_sums(self) -> None:
        if self._compared is None or not self.size.width:
            return
        most = max(FEWEST_SUMS, self.size.height // SHARE)
        lines = sum_lines(self._compared.comparison, width=self.size.width, most=most)
        self._sums.styles.height = len(lines)
        self._sums.paint(lines)


def _key(difference: Difference) -> str:
    return f"{difference.subject} {difference.id}"


def _rank(difference: Difference) -> tuple[str, str]:
    """Return a sort key that puts together what differs in the same way."""
    return difference.changes[0].what, natural(difference.name)


def find_meant(compared: Compared, query: Query) -> frozenset[str]:
    """Return the keys of the differences whose node or service the filter means.

    What is gone is judged as it was, everything else as it is at the later time.
    """
    before, after = compared.before, compared.after
    gone = {_key(each) for each in compared.comparison.differences if each.is_gone}
    meant = _keys_of(after, query)
    return frozenset(meant | (_keys_of(before, query) & gone))


def _keys_of(picture: Picture, query: Query) -> set[str]:
    snapshot = picture.snapshot
    nodes = query.filter_nodes(snapshot.nodes.values(), picture)
    services = query.filter_services(snapshot.services.values(), picture)
    return {
        *(f"{Subject.NODE} {node.id}" for node in nodes),
        *(f"{Subject.SERVICE} {service.id}" for service in services),
    }
