"""The pipeline: tasks on their way to running, with the oldest age in each state."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from swarmtui.insight.picture import Picture, Sample, TaskCounts
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import PIPELINE, TaskState
from swarmtui.tui.freshness import Freshness
from swarmtui.tui.lines import Line, Spans, cut, dim, joined, title
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.panes.pane import PicturePane
from swarmtui.tui.words import age_since, count, left, right

NAME = 10
COUNT = 7
AGE = 5
CELL = NAME + COUNT + 1 + AGE
OVER = timedelta(seconds=30)
"""How far back a count is compared: a state drains or fills within seconds."""


class Pipeline(PicturePane):
    """States before running, failures, and the most frequent error."""

    def lines_for(self, picture: Picture, now: datetime) -> Sequence[Line]:
        """Return the states in two columns."""
        return pipeline_lines(picture, width=self.size.width, now=now, fresh=self.fresh)


def pipeline_lines(
    picture: Picture, *, width: int, now: datetime, fresh: Freshness
) -> Sequence[Line]:
    """Return four lines of two states, one of failures and one of the top error."""
    half = len(PIPELINE) // 2
    gap = Span("  " if width >= 2 * CELL + 3 else " ")
    states = [
        Line(
            (
                Span(" "),
                *_state(picture, first, now, fresh),
                gap,
                *_state(picture, second, now, fresh),
            )
        )
        for first, second in zip(PIPELINE[:half], PIPELINE[half:], strict=True)
    ]
    return [*states, _failures(picture.tasks, width), *_top_error(picture, width)]


def _state(picture: Picture, state: TaskState, now: datetime, fresh: Freshness) -> Spans:
    tasks = picture.tasks
    number = tasks.by_state.get(state, 0)
    quiet = Meaning.PLAIN if number else Meaning.DIM
    oldest = tasks.oldest.get(state)
    age = age_since(oldest, now) if number and oldest else ""
    return (
        dim(left(state, NAME)),
        Span(right(count(number), COUNT), fresh.meaning(state, number, now=now, otherwise=quiet)),
        dim(trend_of(state, picture.history)),
        dim(right(age, AGE)),
    )


def trend_of(state: TaskState, history: Sequence[Sample]) -> str:
    """Return whether a state fills (↑) or drains (↓), by the history; a blank when neither."""
    if not history:
        return " "
    newest = history[-1]
    before = next((s for s in reversed(history) if newest.at - s.at >= OVER), history[0])
    change = newest.tasks.get(state, 0) - before.tasks.get(state, 0)
    return "↑" if change > 0 else "↓" if change < 0 else " "


def _failures(tasks: TaskCounts, width: int) -> Line:
    parts = [
        _failed("failed", tasks.failed_5m),
        _failed("rejected", tasks.rejected_5m),
    ]
    return Line((dim(" in 5 min  "), *joined(parts, width=width - 12)))


def _failed(word: str, number: int) -> Spans:
    return (Span(count(number), Meaning.BAD if number else Meaning.DIM), dim(f" {word}"))


def _top_error(picture: Picture, width: int) -> list[Line]:
    if not picture.errors:
        return []
    top = picture.errors[0]
    said = (title(f" {count(top.count)} × "), Span(plain(top.text)))
    return [Line(cut(said, width - 1))]
