"""Regions and contributors, one line each, worst first: health, nodes, tasks, failures, trend."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.message import Message

from swarmtui.insight.parts import GroupName
from swarmtui.insight.picture import Group, Health, Picture
from swarmtui.swarm.text import plain
from swarmtui.tui import charts
from swarmtui.tui.lines import Line, Spans, dim, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.messages import GroupOpened
from swarmtui.tui.panes.choice_pane import Choice, ChoicePane
from swarmtui.tui.states import health_glyph
from swarmtui.tui.words import count, left, percent, right

NODES, SHARE, TASKS, FAILURES, TREND = 7, 6, 9, 9, 8
LEAST_NAME, MOST_NAME = 12, 26
LEAST_BAR, MOST_BAR = 6, 24

BARS = {
    Health.HEALTHY: Meaning.OK,
    Health.DEGRADED: Meaning.WARN,
    Health.CRITICAL: Meaning.BAD,
    Health.UNKNOWN: Meaning.DIM,
}


class Layout:
    """Which columns fit in a width, and how wide the elastic ones are."""

    def __init__(self, width: int, longest_name: int) -> None:
        room = width - 4 - NODES - SHARE - 1
        self.has_tasks = room >= LEAST_NAME + LEAST_BAR + TASKS + 2
        room -= TASKS if self.has_tasks else 0
        self.has_failures = room >= LEAST_NAME + LEAST_BAR + FAILURES + 2
        room -= FAILURES if self.has_failures else 0
        self.has_trend = room >= LEAST_NAME + LEAST_BAR + TREND + 4
        room -= TREND + 2 if self.has_trend else 0
        self.name = max(LEAST_NAME, min(longest_name, MOST_NAME, room - LEAST_BAR - 2))
        self.bar = max(0, min(MOST_BAR, room - self.name - 2))


class Groups(ChoicePane):
    """A table of regions or contributors."""

    GROWS_OLD: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        field: str,
        groups_of: Callable[[Picture], Sequence[Group]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._heading = name
        self._field = field
        self._groups_of = groups_of
        self._drawn: tuple[object, ...] = ()
        """What the lines were drawn from last."""

    def show(self, picture: Picture, now: datetime) -> None:
        """Show another picture; its groups are mostly as they were in the one before."""
        made_of = (self.heading, self._groups_of(picture), self.size, self.gap)
        if made_of == self._drawn:
            self.picture, self.now = picture, now
        else:
            self._drawn = made_of
            super().show(picture, now)

    def heads(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the title with the names of the columns."""
        del now
        groups = self._groups_of(picture)
        if not groups:
            return [Line((title(f" {self.heading}"),)), Line((dim("   none seen yet"),))]
        return [Line(_heads(self.heading, self._layout(groups)))]

    @property
    def heading(self) -> str:
        """Return what stands above the groups."""
        return self._heading

    def choices(self, picture: Picture, now: datetime) -> Sequence[Choice]:
        """Return one line a group."""
        del now
        groups = self._groups_of(picture)
        layout = self._layout(groups)
        return [Choice(group.name, group_spans(group, layout)) for group in groups]

    def rest(self, hidden: Sequence[Choice]) -> Spans:
        """Say how many do not fit, and whether one of them needs a look."""
        names = {choice.key for choice in hidden}
        groups = self._groups_of(self.picture) if self.picture is not None else ()
        ill = sum(g.health is not Health.HEALTHY for g in groups if g.name in names)
        state = "all well" if not ill else f"{count(ill)} of them not well"
        meaning = Meaning.WARN if ill else Meaning.DIM
        return (dim(f"   … {count(len(hidden))} more, "), Span(state, meaning))

    def message_for(self, key: str, picture: Picture) -> Message | None:
        """Ask for a group in detail."""
        del picture
        return GroupOpened(GroupName(self._field, key))

    def _layout(self, groups: Sequence[Group]) -> Layout:
        return Layout(self.size.width, max((len(group.name) for group in groups), default=0))


def _heads(name: str, layout: Layout) -> Spans:
    head = [title(f" {left(name, layout.name + 2)}"), dim(right("nodes", NODES))]
    head.append(dim(f"  {left('ready', layout.bar)}{' ' * SHARE}"))
    head += [dim(right("tasks", TASKS))] if layout.has_tasks else []
    head += [dim(right("fail 5m", FAILURES))] if layout.has_failures else []
    head += [dim("  trend")] if layout.has_trend else []
    return tuple(head)


def group_spans(group: Group, layout: Layout) -> Spans:
    """Return the line of one group."""
    fails = group.failures_5m
    spans = [
        Span(" "),
        health_glyph(group.health),
        Span(f" {left(plain(group.name), layout.name)}"),
        Span(right(count(group.nodes), NODES)),
        Span(f"  {charts.bar(group.ready, group.machines, width=layout.bar)}", BARS[group.health]),
        Span(right(percent(group.ready, group.machines), SHARE)),
    ]
    spans += [Span(right(count(group.tasks_running), TASKS))] if layout.has_tasks else []
    if layout.has_failures:
        spans.append(Span(right(count(fails), FAILURES), Meaning.BAD if fails else Meaning.DIM))
    if layout.has_trend:
        spans.append(Span(f"  {charts.sparkline(group.trend, width=TREND)}", Meaning.CHART))
    return tuple(spans)
