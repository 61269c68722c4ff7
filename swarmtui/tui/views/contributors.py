"""The Contributors screen: what was promised, what came, and what it carries."""

from datetime import datetime
from operator import attrgetter, is_not
from typing import ClassVar

from textual.binding import Binding, BindingType

from swarmtui.insight.crowds import UNCLAIMED, Crowd, crowds_of, sum_of
from swarmtui.insight.node_list import node_list
from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.text import plain
from swarmtui.tui import charts, words
from swarmtui.tui.lines import Spans, dim
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import ClaimsAsked, ExportAsked, GroupOpened, MineTurned, ScreenWanted
from swarmtui.tui.table.column import Align, Column, Sort, natural
from swarmtui.tui.table.table import RowOpened
from swarmtui.tui.table.table_view import Clock, Scene, TableView
from swarmtui.tui.views.nodes import number

BAR_WIDTH = 10
TREND_WIDTH = 8


def _name(crowd: Crowd, _: Scene) -> Spans:
    if crowd.is_pattern:
        sign = Span("★ ", Meaning.ACCENT) if crowd.mine else dim("╰ ")
        return (dim("  "), sign, Span(plain(crowd.name), Meaning.DIM))
    sign = Span("★ ", Meaning.ACCENT) if crowd.mine else Span("  ")
    meaning = Meaning.DIM if crowd.name == UNCLAIMED else Meaning.PLAIN
    return (sign, Span(plain(crowd.name), meaning))


def _order(crowd: Crowd, _: Scene) -> tuple[int, int, str]:
    """Return its place: one's own first, then by size, the unclaimed last with their patterns."""
    rank = 3 if crowd.is_pattern else 2 if crowd.name == UNCLAIMED else 0 if crowd.mine else 1
    return (rank, -crowd.joined, natural(crowd.name))


def _pledged(crowd: Crowd, _: Scene) -> Spans:
    if crowd.pledged is None:
        return (dim("–"),)
    return (Span(words.count(crowd.pledged)),)


def _joined(crowd: Crowd, _: Scene) -> Spans:
    return (Span(words.count(crowd.joined), Meaning.WARN if crowd.missing else Meaning.PLAIN),)


def _bar(crowd: Crowd, _: Scene) -> Spans:
    whole = max(crowd.joined, crowd.pledged or 0)
    meaning = Meaning.OK if crowd.ready * 10 > whole * 9 else Meaning.WARN
    return (Span(charts.bar(crowd.ready, whole, width=BAR_WIDTH), meaning),)


def _trend(crowd: Crowd, _: Scene) -> Spans:
    return (Span(charts.sparkline(crowd.trend, width=TREND_WIDTH), Meaning.CHART),)


def _count(
    key: str, head: str, short: str = "", *, meaning: Meaning = Meaning.PLAIN, drop: int = 0
) -> Column[Crowd, Scene]:
    """Return the column of one of a crowd's numbers, by the name of its field."""
    get = attrgetter(key)
    return Column(
        key=key,
        head=head,
        short=short,
        value=lambda crowd, _: get(crowd),
        cell=lambda crowd, _: number(get(crowd), meaning),
        width=len(short or head) + 1,
        grows_to=7,
        align=Align.RIGHT,
        drop=drop,
        descends=True,
    )


CONTRIBUTOR_COLUMNS: tuple[Column[Crowd, Scene], ...] = (
    Column(
        key="contributor",
        head="CONTRIBUTOR",
        value=_order,
        cell=_name,
        width=18,
        grows_to=40,
    ),
    Column(
        key="pledged",
        head="PLEDGED",
        value=lambda crowd, _: -1 if crowd.pledged is None else crowd.pledged,
        cell=_pledged,
        width=7,
        align=Align.RIGHT,
        drop=3,
        descends=True,
    ),
    Column(
        key="joined",
        head="JOINED",
        value=lambda crowd, _: crowd.joined,
        cell=_joined,
        width=6,
        align=Align.RIGHT,
        descends=True,
    ),
    _count("ready", "READY"),
    Column(
        key="share_ready",
        head="OF PLEDGED",
        value=lambda crowd, _: crowd.ready / max(1, crowd.joined, crowd.pledged or 0),
        cell=_bar,
        width=BAR_WIDTH,
        drop=5,
    ),
    _count("down", "DOWN", meaning=Meaning.BAD),
    _count("unknown", "UNKNOWN", "UNKN", meaning=Meaning.WARN, drop=7),
    _count("ghosts", "GHOSTS", meaning=Meaning.WARN, drop=6),
    _count("tasks", "TASKS", drop=1),
    _count("failures_5m", "FAIL 5M", "FAIL", meaning=Meaning.BAD, drop=2),
    Column(
        key="share",
        head="SHARE",
        value=lambda crowd, _: crowd.share,
        cell=lambda crowd, _: (Span(f"{crowd.share:.1%}"),),
        width=6,
        align=Align.RIGHT,
        drop=4,
        descends=True,
    ),
    Column(
        key="trend",
        head="TREND",
        value=lambda crowd, _: crowd.ready,
        cell=_trend,
        width=TREND_WIDTH,
        drop=8,
        is_lively=True,
    ),
)


class ContributorsView(TableView[Crowd]):
    """All contributors, and what nobody claimed."""

    TITLE = "Contributors"
    KIND = Kind.CONTRIBUTORS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m",
            "turn_mine",
            "Mine",
            id="contributors.mine",
            tooltip="make this contributor mine, or no more",
        ),
        Binding(
            "i",
            "explain",
            "Info",
            id="contributors.info",
            tooltip="its regions, its history, its problems, its nodes",
        ),
        Binding(
            "o",
            "import_list",
            "Import",
            id="contributors.import",
            tooltip="import a list of nodes with claims, from a file",
        ),
        Binding(
            "e",
            "export_list",
            "Export",
            id="contributors.export",
            tooltip="export the list of nodes with their owners, to a file",
        ),
    ]

    def __init__(self, *, clock: Clock) -> None:
        super().__init__(CONTRIBUTOR_COLUMNS, sort=Sort("contributor"), clock=clock, markable=False)
        self._crowds: list[Crowd] = []
        self._sums: object = None
        self._nodes_seen: tuple[object, ...] = (None, None, None)
        """What the crowds were made of, with the sums."""

    def fill(self, scene: Scene, query: Query, *, anew: bool) -> None:
        """Give the table the contributors that the query means."""
        self._follow(scene.picture)
        shown = query.filter_contributors(self._crowds, scene.picture)
        self.put({_key(crowd): crowd for crowd in shown}, scene, anew=anew)

    def _follow(self, picture: Picture) -> None:
        """Sum the crowds up anew, unless all they are made of is the same."""
        sums = (picture.contributors, picture.nodes)
        # Of thousands of nodes each; another object whenever something in it changed.
        nodes = (picture.places, picture.snapshot.nodes, picture.loads)
        if sums != self._sums or any(map(is_not, nodes, self._nodes_seen)):
            self._sums, self._nodes_seen = sums, nodes
            self._crowds = crowds_of(picture)

    def count_of_all(self, picture: Picture) -> int:
        """Return how many contributors there are; the unclaimed are none."""
        return sum(group.name != UNCLAIMED for group in picture.contributors)

    def counts(self, picture: Picture) -> Spans:
        """Return how many there are, and what they have promised and brought together."""
        whole = sum_of(self._crowds)
        told = super().counts(picture)
        if not whole.joined:
            return told
        parts = [f"{words.count(whole.pledged)} pledged"] if whole.pledged else []
        parts += [f"{words.count(whole.joined)} joined", f"{words.count(whole.ready)} ready"]
        parts += [words.plural(whole.ghosts, "ghost")] if whole.ghosts else []
        return (*told, dim(" · " + " · ".join(parts)))

    def seen_at(self, picture: Picture) -> datetime | None:
        """Return when the nodes were seen."""
        return picture.snapshot.nodes_at

    def on_row_opened(self, event: RowOpened) -> None:
        """Ask for the nodes of a contributor, or of a pattern."""
        event.stop()
        crowd = self._find(event.row_id)
        if crowd is not None:
            self.post_message(ScreenWanted("nodes", crowd.query))

    def action_turn_mine(self) -> None:
        """Ask for the nodes of the contributor under the cursor to be mine, or no more."""
        crowd = self._find(self.table.cursor_id)
        if crowd is not None:
            self.post_message(MineTurned(crowd))

    def action_explain(self) -> None:
        """Ask for the contributor under the cursor in detail; a pattern is none."""
        crowd = self._find(self.table.cursor_id)
        if crowd is not None and not crowd.is_pattern:
            self.post_message(GroupOpened(GroupName("contributor", crowd.name)))

    def action_import_list(self) -> None:
        """Ask for a list of nodes with claims to be read."""
        self.post_message(ClaimsAsked())

    def action_export_list(self) -> None:
        """Ask for the list of nodes to be written, with owners as far as they are known."""
        picture = self._picture
        if picture is not None:
            self.post_message(
                ExportAsked(
                    "Write the list of nodes, with their owners, to",
                    example="a new file; it reads as docker node ls, the owner at the end",
                    suggestion=f"nodes-{words.file_time(picture.at)}.txt",
                    make=lambda _: node_list(picture),
                )
            )

    def _find(self, row_id: str) -> Crowd | None:
        return next((each for each in self._crowds if _key(each) == row_id), None)


def _key(crowd: Crowd) -> str:
    return f"{'#' if crowd.is_pattern else '='}{crowd.name}"
