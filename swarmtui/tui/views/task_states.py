"""The line of task states: how many tasks are in each, in the order of a task's life."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from textual.events import Resize

from swarmtui.insight.picture import TaskCounts
from swarmtui.swarm.words import PIPELINE, TASK_STATES, TaskState
from swarmtui.tui import words
from swarmtui.tui.lines import Line, Spans, dim, width_of
from swarmtui.tui.meaning import Span
from swarmtui.tui.panes.pane import Pane
from swarmtui.tui.states import task_meaning

BETWEEN = "   "
_WAITED_LONG_S = 5

_SIGNS = {
    TaskState.RUNNING: "●",
    TaskState.COMPLETE: "✓",
    TaskState.SHUTDOWN: "■",
    TaskState.REMOVE: "■",
    TaskState.FAILED: "✗",
    TaskState.REJECTED: "✗",
    TaskState.ORPHANED: "○",
    TaskState.UNKNOWN: "○",
}


def sign_of(state: TaskState) -> str:
    """Return the sign of a state; those on the way to running share one."""
    return _SIGNS.get(state, "◔")


def state_parts(counts: TaskCounts, now: datetime) -> Iterator[Spans]:
    """Go through the states somebody is in, and running; with the oldest age of those that wait."""
    for state in TASK_STATES:
        count = counts.by_state.get(state, 0)
        if count <= 0 and state is not TaskState.RUNNING:
            continue
        meaning = task_meaning(state)
        spans = [Span(f"{sign_of(state)} ", meaning), dim(f"{state} ")]
        spans.append(Span(words.count(count), meaning))
        since = counts.oldest.get(state) if state in PIPELINE else None
        if since and words.seconds_between(since, now) > _WAITED_LONG_S:
            spans.append(dim(f" {words.age_since(since, now)}"))
        yield tuple(spans)


def flow(parts: Iterable[Spans], *, width: int) -> Sequence[Line]:
    """Return the parts one after the other, broken into as many lines as they need."""
    lines: list[list[Span]] = [[Span(" ")]]
    for part in parts:
        gap = Span(BETWEEN) if len(lines[-1]) > 1 else Span("")
        if gap.text and width_of([*lines[-1], gap, *part]) > width:
            lines.append([Span(" ")])
            gap = Span("")
        lines[-1] += [gap, *part]
    return [Line(tuple(spans)) for spans in lines]


class StateLine(Pane):
    """How many tasks are in each state; two lines where one is too short."""

    DEFAULT_CSS = """
    StateLine { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._counts = TaskCounts()
        self._now: datetime | None = None
        self._wanted = 1
        self._width = 0

    def show(self, counts: TaskCounts, now: datetime) -> None:
        """Show these counts."""
        self._counts, self._now = counts, now
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Flow anew."""
        if event.size.width != self._width:
            self._width, self._wanted = event.size.width, 1
        self._draw()

    def _draw(self) -> None:
        if self._now is None or not self.size.width:
            return
        flowed = flow(state_parts(self._counts, self._now), width=self.size.width)
        # Only ever taller, so that what stands below does not jump with every count.
        self._wanted = max(self._wanted, len(flowed))
        if self.size.height != self._wanted:
            self.styles.height = self._wanted
        self.paint(flowed)
