"""The Overview: is it getting better or worse, where, why, and who leads."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from swarmtui.insight.picture import Picture
from swarmtui.insight.query import Query
from swarmtui.tui.panes.events import Events
from swarmtui.tui.panes.figures import Figures
from swarmtui.tui.panes.groups import Groups
from swarmtui.tui.panes.managers import Managers
from swarmtui.tui.panes.nothing_yet import NothingYet
from swarmtui.tui.panes.pane import PicturePane
from swarmtui.tui.panes.pipeline import Pipeline
from swarmtui.tui.panes.problems import Problems
from swarmtui.tui.panes.timeline import Timeline
from swarmtui.tui.views.overview_plan import THREE_COLUMNS, Heights, plan


class Overview(Vertical):
    """Everything at a glance, a pane each."""

    TITLE: ClassVar[str] = "Overview"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "regroup", "Group", id="overview.group"),
        Binding("i", "explain", "Why", id="overview.explain", show=False),
    ]

    def __init__(self, *, clock: Callable[[], datetime], asked: str = "") -> None:
        super().__init__(id="overview")
        self._clock = clock
        self._asked = asked
        self._started_at = clock()
        self._picture: Picture | None = None
        self._groups_by_contributor = False
        self._nothing = NothingYet(id="nothing-yet")
        self._figures = Figures(id="figures")
        self._timeline = Timeline(id="timeline")
        self._pipeline = Pipeline(id="pipeline")
        self._regions = Groups("REGIONS", "region", lambda p: p.regions, id="regions")
        self._contributors = Groups(
            "CONTRIBUTORS", "contributor", lambda p: p.contributors, id="contributors"
        )
        self._managers = Managers(id="managers")
        self._problems = Problems(id="problems")
        self._events = Events(id="events")

    def compose(self) -> ComposeResult:
        """Put the panes in the order of attention."""
        yield self._nothing
        yield self._figures
        with Horizontal(id="trend"):
            yield self._timeline
            yield self._pipeline
        with Horizontal(id="where"):
            yield self._regions
            yield self._contributors
            yield self._managers
        yield self._problems
        yield self._events

    def on_mount(self) -> None:
        """Say what is waited for."""
        self._nothing.show(None, asked=self._asked, started_at=self._started_at)
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Give every pane its share of the height."""
        del event
        self._lay_out()
        self._feed()
        self.refresh_bindings()

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's
        """Send keys to the problems, unless a pane has them already."""
        if not self.has_focus_within:
            self._problems.focus(scroll_visible)
        return self

    def show(self, picture: Picture, query: Query) -> None:
        """Show the whole swarm: the filter means tables, not sums."""
        del query
        self._picture = picture
        self._nothing.show(picture, asked=self._asked, started_at=self._started_at)
        self._lay_out()
        self._feed()

    def action_regroup(self) -> None:
        """Show contributors in the place of regions, or regions again."""
        self._groups_by_contributor = not self._groups_by_contributor
        had_focus = self._regions.has_focus or self._contributors.has_focus
        self._lay_out()
        self._feed()
        if had_focus:
            (self._contributors if self._groups_by_contributor else self._regions).focus()

    def action_explain(self) -> None:
        """Tell why the problem under the cursor is one, from whichever pane has the keys."""
        self._problems.action_explain()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to regroup only where the two do not stand side by side."""
        del parameters
        return action != "regroup" or self.size.width < THREE_COLUMNS

    def tick(self, now: datetime) -> None:
        """Let ages grow."""
        self._nothing.tick(now)
        for pane in self._panes():
            pane.tick(now)

    def _take_keys(self) -> None:
        if self.display and self.screen.focused is None:
            self.focus()

    def _feed(self) -> None:
        now = self._clock()
        self._nothing.tick(now)
        if self._picture is not None:
            for pane in self._panes():
                pane.show(self._picture, now)

    def _panes(self) -> list[PicturePane]:
        panes: list[PicturePane] = [self._figures, self._timeline, self._pipeline, self._regions]
        panes += [self._contributors, self._managers, self._problems, self._events]
        return [pane for pane in panes if pane.display]

    def _lay_out(self) -> None:
        picture = self._picture
        is_seen = picture is not None and picture.snapshot.nodes_at is not None
        if is_seen and self._nothing.display:
            # What is hidden cannot have keys: until now there was nobody to send them to.
            self.call_after_refresh(self._take_keys)
        self._nothing.display = not is_seen
        heights = plan(
            self.size.width,
            self.size.height,
            groups=self._count_groups(),
            by_contributor=self._groups_by_contributor,
            managers=len(picture.leadership.managers) if picture is not None else 0,
        )
        for choices in (self._regions, self._contributors, self._managers, self._problems):
            choices.gap = heights.gap
        for pane, height in self._heights(heights):
            shown = height if is_seen else 0
            pane.display = shown > 0
            if shown and (pane.styles.height is None or pane.styles.height.value != shown):
                pane.styles.height = shown

    def _count_groups(self) -> int:
        if self._picture is None:
            return 0
        return max(len(self._picture.regions), len(self._picture.contributors))

    def _heights(self, heights: Heights) -> list[tuple[PicturePane, int]]:
        return [
            (self._figures, heights.figures),
            (self._timeline, heights.timeline),
            (self._pipeline, heights.pipeline),
            (self._regions, heights.regions),
            (self._contributors, heights.contributors),
            (self._managers, heights.managers),
            (self._problems, heights.problems),
            (self._events, heights.events),
        ]
